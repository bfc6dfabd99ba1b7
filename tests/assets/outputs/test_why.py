"""``migmap why``: from a number to the cell of the file, and every part of a sum."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from assets.outputs.why import evidence, finding
from assets.outputs.why.checks import row_of
from assets.outputs.why.places import opener
from assets.outputs.why.question import Unclear, parse
from assets.outputs.why.text import answer_lines
from pipelines.cli import console
from pipelines.cli.main import application

ReadCell = Callable[[Path, str], float | None]
Why = Callable[..., str]
PAGE = "where-does-this-number-come-from.md"

# Question, value, files (dataset and release), parts, unit of the file.
FIGURES: dict[str, tuple[str, float, str, int, float]] = {
    "unhcr, JSON, sum": (
        "indicator=refugees destination=KGZ year=2022", 274, "unhcr/population/2025-end", 12, 1,
    ),
    "unhcr, JSON, older release": (
        "indicator=refugees origin=KGZ year=2022 release=2023-mid", 3287,
        "unhcr/population/2023-mid", 33, 1,
    ),
    "unhcr, JSON, by place": (
        "indicator=refugees origin=AFG destination=KGZ year=2022 dataset=demographics sex=F "
        "age=Y18T59", 49, "unhcr/demographics/2025-end", 1, 1,
    ),
    "idmc, workbook": (
        "indicator=idps_conflict year=2022 dataset=displacements", 4003,
        "idmc/displacements/2023", 1, 1,
    ),
    "idmc, JSON, sum": (
        "indicator=displacements_disaster year=2024", 4654, "idmc/disasters/2025", 13, 1,
    ),
    "idmc, CSV": (
        "indicator=displacements_disaster year=2023 dataset=figure_analyses", 47,
        "idmc/figure_analyses/2024", 1, 1,
    ),
    "undesa, revision of 2024": (
        "indicator=migrants origin=KGZ destination=RUS year=2020", 399110,
        "undesa/destination_origin/2024", 1, 1,
    ),
    "undesa, revision of 2020": (
        "indicator=migrants destination=KGZ year=2020 age=Y25T29", 21072, "undesa/age_sex/2020",
        1, 1,
    ),
    "undesa, revision of 2019": (
        "indicator=migrants origin=KGZ destination=WLD year=2019 release=2019 source=undesa",
        754969, "undesa/destination_origin/2019", 1, 1,
    ),
    "undesa, CSV": (
        "indicator=net_migration destination=KGZ year=2004 source=undesa", -32088,
        "undesa/wpp_net_migration/2024", 1, 1e3,
    ),
    "nsc, JSON": ("indicator=emigrants origin=KGZ year=2022", 6527, "nsc/opendata/2025", 1, 1),
    "nsc, workbook": (
        "indicator=emigrants origin=KGZ year=2023 dataset=dynamic", 4610, "nsc/dynamic/2024", 1, 1,
    ),
    "nsc, CSV": (
        "indicator=fdi_inflow year=2020 detail=activity=S", 177900, "nsc/sdg_17_3_1_1a/2022", 1,
        1e3,
    ),
    "nsc, press": (
        "indicator=emigrants origin=KGZ year=2019", 7600, "nsc/press/2020-05-28", 1, 1e3,
    ),
    "nbkr": (
        "indicator=remittance_inflow origin=RUS destination=KGZ year=2020", 679800000,
        "nbkr/remittances/2025-press", 1, 1e6,
    ),
    "iom_report": (
        "indicator=smuggling_cases year=2022", 62, "iom_report/figures/2024-01", 1, 1,
    ),
    "iom_report, share": (
        "statistic=share indicator=emigrants destination=DEU", 2.4, "iom_report/profiles/2024-01",
        1, 1,
    ),
    "idmc, event": ("event=13487 dataset=disaggregated", 4003, "idmc/disaggregated/2024", 1, 1),
}  # fmt: skip


@pytest.fixture
def why(
    monkeypatch: pytest.MonkeyPatch, refreshed_home: Path, published: duckdb.DuckDBPyConnection
) -> Why:
    """Run ``migmap why`` on the refreshed home, which is cheap to open while ``published`` is."""

    def command(*arguments: str, code: int = 0, home: Path = refreshed_home) -> str:
        monkeypatch.setattr(console.out, "_width", 1000)
        monkeypatch.setenv("MIGMAP_HOME", str(home))
        done = CliRunner().invoke(application(), ["why", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    return command


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_ends_at_its_cell(
    name: str, why: Why, refreshed_home: Path, read_cell: ReadCell
) -> None:
    question, value, file, count, unit = FIGURES[name]
    told: dict[str, Any] = json.loads(why(question, "--json"))
    assert told["figure"]["value"] == value
    assert len(told["parts"]) == count
    for part in told["parts"]:
        names = f"{part['source']}/{part['dataset']}/{part['release']}"
        path = refreshed_home / "var/landing" / names.rsplit("/", 1)[0] / part["extract_id"]
        assert names == file
        assert read_cell(path, part["source_ref"]) == pytest.approx(part["value"] / unit)
        assert float(part["printed"]) == pytest.approx(part["value"] / unit)
    assert sum(part["value"] for part in told["parts"]) == pytest.approx(value)
    assert {one["extract_id"] for one in told["files"]} == {p["extract_id"] for p in told["parts"]}
    assert [one["asset"] for one in told["way"]][2] == file.rsplit("/", 1)[0]


def test_the_figures_come_from_every_source(published: duckdb.DuckDBPyConnection) -> None:
    sources = published.execute("SELECT DISTINCT source FROM extract").fetchall()
    asked = {file.split("/")[0] for _, _, file, _, _ in FIGURES.values()}
    assert asked == {source for (source,) in sources}


def test_every_sum_is_the_sum_of_its_parts(published: duckdb.DuckDBPyConnection) -> None:
    for measure, time in (("stock", "reference_date"), ("flow", "period_start, period_end")):
        key = (
            "country, theme, indicator, dimension, partner, sex, age, education, employment, "
            f"reason, detail, year, {time}, unit, universe, source, producer, dataset, release, "
            "additive_set"
        )
        query = f"""
            WITH made AS MATERIALIZED (
                SELECT {key}, sum(value) AS value FROM country_{measure}_parts GROUP BY ALL
            ),
            shown AS MATERIALIZED (SELECT {key}, value FROM country_{measure})
            SELECT
                (SELECT count(*) FROM (FROM made EXCEPT FROM shown)),
                (SELECT count(*) FROM made) - (SELECT count(*) FROM shown),
                (SELECT count(*) FROM shown) > 0
        """
        assert published.execute(query).fetchall() == [(0, 0, True)]


def test_it_tells_the_way_the_checks_and_the_cells(why: Why) -> None:
    told = why("indicator=refugees destination=KGZ year=2022", "--all")
    for line in (
        "refugees, WLD to KGZ, 2022: 274 persons",
        "derived     yes: sum of 12 published figures",
        "licence CC BY 4.0",
        "parts       189 at $[1].items[197].refugees, printed 189  refugees AFG KGZ",
        "definition  Refugee: ",
        "gate unhcr/population: refugees: a count of at least 0",
        "table stock: value: a value, or none with status O, Q or M",
        "in print    t4-035 (section Table 4) refugees in KGZ from total 2022: 274, reproduced",
        "map         refugees_hosted stock total 2022: available, public_complete",
        "2023-mid (known by 2023-10-25): 274, superseded",
        "-> unhcr/population.refugees",
        "-> unhcr/observations.value",
        "-> combined/stock.value",
        "-> published/stock.value",
        "-> availability/matrix.status",
    ):
        assert line in told
    assert " more; all with" not in told
    assert "... and 2 more; all with --all or --json" in why(
        "indicator=refugees destination=KGZ year=2022"
    )


def test_an_older_release_says_what_superseded_it(why: Why) -> None:
    told = why("indicator=refugees origin=KGZ year=2022 release=2023-mid")
    assert "2025-end (known by 2026-06-25): 3,297, superseding" in told
    assert "combined/stock_superseded" in told
    as_known = why("indicator=refugees origin=KGZ year=2022 known_on=2024-01-31")
    assert as_known.splitlines()[0] == told.splitlines()[0]


def test_what_was_odd_about_a_figure_is_told(why: Why) -> None:
    told = why("event=13487 dataset=disaggregated")
    assert "odd         value_withdrawn at line 3" in told
    assert "release 2025 has none" in told


def test_a_cell_tells_its_rule_and_its_figures(why: Why) -> None:
    told = json.loads(why("theme=immigration breakdown=age measure=stock year=2020", "--json"))
    assert told["figure"]["rule"] == "public_complete"
    assert len(told["parts"]) == told["figure"]["observations"] == 16
    assert [one["dataset"] for one in told["evidence"]] == ["age_sex"]
    assert [one["holds"] for one in told["declared"]] == ["nothing"]
    empty = why("theme=refugees_hosted breakdown=education measure=stock year=2022")
    assert "not available" in empty.splitlines()[0]
    assert "no figure is held" in empty


def test_an_open_question_lists_candidates(why: Why) -> None:
    told = why("indicator=refugees year=2022", code=2)
    assert "2 figures have all of this" in told
    assert "theme=refugees_from origin=KGZ destination=WLD" in told
    assert "Narrow it by theme, origin, destination." in told
    cells = why("theme=refugees_hosted breakdown=total year=2022", code=2)
    assert "measure=stock" in cells
    assert "Narrow it by measure" in cells


def test_where_nothing_is_found_the_nearest_are_told(why: Why, tmp_path: Path) -> None:
    told = why("indicator=refugees destination=KGZ year=1900", code=1)
    assert "nothing has all of" in told
    assert "with another year: " in told
    assert "2025 and 21 more" in told
    assert "leave more of it open" in why("indicator=nothing destination=KGX", code=1)
    why("indicator=refugees", code=1, home=tmp_path / "none")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("", "nothing is asked"),
        ("refugees", "expected name=value"),
        ("year=2022 year=2023", "year is given twice"),
        ("indicater=refugees", "did you mean indicator?"),
        ("year=last", "expected a whole number"),
        ("known_on=May indicator=refugees", "expected a day"),
        ("statistic=share freq=A", "no such name of a profile"),
        ("indicator='refugees", "No closing quotation"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(question: str, told: str, why: Why) -> None:
    with pytest.raises(Unclear, match=told.replace("?", r"\?")):
        parse(question)
    assert told in why(question, code=2)


def test_a_figure_of_a_dataset_that_is_not_preferred_is_found(
    published: duckdb.DuckDBPyConnection,
) -> None:
    question = parse("indicator=emigrants origin=KGZ year=2023 dataset=dynamic")
    (found,) = finding.find(published, question)
    assert found.where == "published"
    told = evidence.answer(published, found)
    assert told.parts == [found.row]
    assert told.cells == []


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("$[0].items[200].refugees", "$[0].items[200]"),
        ("$.results[2].total", "$.results[2]"),
        ("line 3, Total figures", "line 3"),
        ("Sheet!5, Stock (Raw)", "Sheet!5"),
        ("Table 1!F12", "Table 1!F12"),
    ],
)
def test_the_row_of_a_place(place: str, row: str) -> None:
    assert row_of(place) == row
    assert row_of(row) == row


@pytest.mark.parametrize("place", ["line 9, value", "line 2, other", "value", "$.value"])
def test_a_place_that_is_not_in_the_file_is_an_error(place: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a,value\n1,2\n", encoding="utf-8")
    assert opener(path)("line 2, value") == "2"
    with pytest.raises((LookupError, StopIteration)):
        opener(path)(place)


def test_the_page_shows_what_is_printed(why: Why, published: duckdb.DuckDBPyConnection) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / PAGE).read_text(encoding="utf-8")
    told = why("indicator=refugees destination=KGZ year=2022", "--all").splitlines()
    for line in page.split("```text\n")[1].split("```")[0].splitlines():
        known = line.split("...")[0].rstrip()
        plain = [one.replace("checked  ", "         ", 1) for one in told]
        same = known.replace("checked  ", "         ", 1)
        assert any(one.startswith(same) for one in plain), line
    for asked in re.findall(r"^\| .+ \| `(.+=.+)` \|$", page, re.MULTILINE):
        assert len(finding.find(published, parse(asked))) == 1, asked
    query = page.split("```sql\n")[1].split("```")[0]
    assert sum(value for _, value, _, _ in published.execute(query).fetchall()) == 274


def test_bytes_that_came_again_are_found_where_they_lie(
    published: duckdb.DuckDBPyConnection,
) -> None:
    (found,) = finding.find(published, parse("indicator=refugees destination=KGZ year=2022"))
    told = evidence.answer(published, found)
    again = [one | {"extract_id": f"{one['extract_id']}-2"} for one in told.files]

    def places(answer: evidence.Answer) -> list[str]:
        lines = answer_lines(answer, lambda part: None)
        return [line.strip() for line in lines if "landed as" in line]

    assert places(replace(told, files=again)) == places(told) != []
