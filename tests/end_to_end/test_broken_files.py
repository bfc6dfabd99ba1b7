"""Files as they come, whole and broken: through ``migmap read`` and through the inbox."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines.cli.main import application
from tests.end_to_end.population import SIDECAR, Items, as_csv, changed

ROOT = Path(__file__).resolve().parents[2]
EXTRACTS = ROOT / "warehouse" / "extracts" / "unhcr"
BUNDLED = sorted(p for p in EXTRACTS.rglob("*.json") if not p.name.endswith(".manifest.json"))

# Above its table the website prints what was asked for, and calls the columns otherwise.
PREAMBLE = """Extracted:,"United Nations High Commissioner for Refugees"
"Date extracted:","07/03/2021 10:56"

"Content type","End year stock population totals"
Years:
"""
WEBSITE = {
    "year": "Year",
    "coo_name": "Country of origin",
    "coo_iso": "Country of origin (ISO)",
    "coa_name": "Country of asylum",
    "coa_iso": "Country of asylum (ISO)",
    "refugees": "Refugees under UNHCR’s mandate",
    "asylum_seekers": "Asylum-seekers",
    "oip": "Venezuelans displaced abroad",
}


def as_website(items: Items) -> bytes:
    renamed = [{label: item[name] for name, label in WEBSITE.items()} for item in items]
    return PREAMBLE.encode() + as_csv(renamed)


def as_pages(items: Items) -> bytes:
    page = {"page": 1, "short-url": None, "maxPages": 1, "total": [], "items": items}
    return json.dumps([page]).encode()


def without(items: Items, name: str) -> Items:
    return [{key: cell for key, cell in item.items() if key != name} for item in items]


def renamed(items: Items, name: str, to: str) -> Items:
    return [{to if key == name else key: cell for key, cell in item.items()} for item in items]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return (
        data[:middle]
        + bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
        + data[middle + 8 :]
    )


def read(path: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(application(), ["read", str(path), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_bundled_extract_is_clean(path: Path) -> None:
    code, told = read(path, "--json")
    manifest = json.loads(path.with_name(f"{path.stem}.manifest.json").read_text("utf-8"))
    assert code == 0
    assert json.loads(told) == {
        "file": path.name,
        "source": "unhcr",
        "dataset": path.parent.name,
        "release": path.stem,
        "scope": "KGZ",
        "rows": manifest["rows"],
        "faults": [],
    }


@pytest.mark.parametrize(
    ("make", "name", "release"),
    [
        # What a file does not say, nobody guesses; the website prints the day.
        (as_csv, "population.csv", "unknown"),
        (as_website, "export.csv", "2021-03-07"),
        (lambda items: gzip.compress(as_csv(items)), "packed.bin", "unknown"),
        (as_pages, "pages.txt", "unknown"),
    ],
    ids=["csv", "website", "gzip", "pages"],
)
def test_every_format_is_recognised(
    population_items: Items,
    tmp_path: Path,
    make: Callable[[Items], bytes],
    name: str,
    release: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(make(population_items))
    code, told = read(path, "--json")
    assert code == 0, told
    answer = json.loads(told)
    assert (answer["source"], answer["dataset"]) == ("unhcr", "population")
    assert answer["rows"] == len(population_items) > 900
    assert (answer["release"], answer["scope"]) == (release, "unknown")


def test_a_person_reads_what_a_file_is(population_items: Items, tmp_path: Path) -> None:
    path = tmp_path / "population.csv"
    path.write_bytes(as_csv(population_items))
    code, told = read(path)
    assert code == 0
    assert "dataset  population" in told
    assert "no faults" in told


def test_an_unknown_origin_of_the_website_is_read(population_items: Items, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(as_website(changed(population_items, 0, coo_name="Unknown ", coo_iso="")))
    code, told = read(path, "--json")
    assert code == 0, told


# name: how the file is broken, and what the message must say of the place.
BROKEN: dict[str, tuple[Callable[[Items], bytes], dict[str, Any], str, str | None]] = {
    "text in a number": (
        lambda items: as_csv(changed(items, 2, refugees="12x")), {}, "line 4", "refugees",
    ),
    "text in a number of a page": (
        lambda items: as_pages(changed(items, 2, refugees="12x")), {}, "$[0].items[2]", "refugees",
    ),
    "text in a number of the website": (
        lambda items: as_website(changed(items, 2, refugees="12x")), {}, "line 9", "refugees",
    ),
    "renamed header": (
        lambda items: as_csv(renamed(items, "refugees", "refugee")), {}, "line 1", "refugee",
    ),
    "missing column": (
        lambda items: as_csv(without(items, "asylum_seekers")), {}, "line 1", "asylum_seekers",
    ),
    "repeated row": (
        lambda items: as_csv([*items, items[0]]), {}, "line 987", "year, coo_iso, coa_iso",
    ),
    "cut inside a line": (lambda items: as_csv(items)[:-9], {}, "line 986", None),
    "cut inside a page": (lambda items: as_pages(items)[:-9], {}, "line 1", None),
    "gzip cut short": (lambda items: gzip.compress(as_csv(items))[:-9], {}, "end of file", None),
    "gzip with bytes changed": (
        lambda items: flipped(gzip.compress(as_csv(items))), {}, "gzip data", None,
    ),
    "fewer rows than the manifest says": (
        lambda items: as_csv(items[:-1]), {**SIDECAR, "rows": 985}, "broken.csv", "rows",
    ),
    "a web page": (
        lambda items: b"<!DOCTYPE html>\n<html><title>404</title></html>", {}, "line 1", None,
    ),
    "empty": (lambda items: b"", {}, "the file", None),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_with_the_place(
    population_items: Items, tmp_path: Path, name: str
) -> None:
    make, sidecar, place, column = BROKEN[name]
    path = tmp_path / "broken.csv"
    path.write_bytes(make(population_items))
    if sidecar:
        path.with_name("broken.csv.manifest.json").write_text(json.dumps(sidecar))
    code, told = read(path, "--json")
    assert code == 1, told
    faults = json.loads(told)["faults"]
    assert len(faults) >= 1
    places = [fault["place"] for fault in faults if fault["column"] == column]
    assert places[0].startswith(place), faults
    assert all(fault["expected"] for fault in faults)
    code, told = read(path)
    assert code == 1
    assert place in told
    assert "would refuse" in told


def test_a_stranger_is_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(b"town,people\nBishkek,1\n")
    code, told = read(path, "--json")
    assert code == 2
    assert json.loads(told)["source"] is None
    assert "town,people" in json.loads(told)["message"]
    code, told = read(path)
    assert code == 2
    assert "town,people" in told


def test_a_file_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    code, told = read(tmp_path / "nothing.csv")
    assert code == 2
    assert "does not exist" in told


# --- through the inbox


def figures_only_in(one: Path, other: Path, table: str) -> list[tuple[Any, ...]]:
    """Figures that stand in the published file of one home and not in that of the other."""
    figures = f"SELECT * EXCLUDE (extract_id, source_ref) FROM {{}}.{table}"
    with duckdb.connect() as connection:
        for name, home in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{home / 'migration.duckdb'}' AS {name} (READ_ONLY)")
        return connection.execute(
            f"SELECT origin, destination, year, value FROM "
            f"({figures.format('one')} EXCEPT ALL {figures.format('other')})"
        ).fetchall()


@pytest.mark.slow
@pytest.mark.xdist_group("second-refresh")
class TestRefusedInTheInbox:
    """What a refusal leaves behind."""

    def test_the_refresh_says_so(self, second_refresh: Any) -> None:
        assert second_refresh.returncode == 2, second_refresh.told
        assert "broken.csv" in second_refresh.told
        assert "line 4, column refugees: found '12x'" in second_refresh.told

    @pytest.mark.parametrize("table", ["stock", "flow", "stock_superseded", "flow_superseded"])
    def test_only_the_figure_changes_that_another_file_corrected(
        self, table: str, second_refresh: Any, refreshed_home: Path
    ) -> None:
        """The broken file has the figure as it was."""
        came = figures_only_in(second_refresh.home, refreshed_home, table)
        went = figures_only_in(refreshed_home, second_refresh.home, table)
        if table == "stock":
            (was,), (now,) = went, came
            assert was[:3] == now[:3] == ("AFG", "KGZ", 2025)
            assert now[3] - was[3] == second_refresh.corrected - second_refresh.answers[0][0] != 0
        else:
            assert came == went == []

    def test_the_table_of_extracts_names_it(self, second_refresh: Any, ask_home: Any) -> None:
        home = second_refresh.home
        found = ask_home(home, "SELECT file, dataset, why FROM extract WHERE NOT accepted")
        assert [(file, dataset) for file, dataset, _ in found] == [("broken.csv", "population")]
        assert "line 4" in found[0][2]

    def test_the_gate_fails_while_the_run_succeeds(self, second_refresh: Any) -> None:
        home = second_refresh.home
        with dg.DagsterInstance.from_config(str(home / "var" / "dagster")) as instance:
            newest = instance.get_runs(limit=1)[0]
            assert newest.status == dg.DagsterRunStatus.SUCCESS
            checks = {
                (evaluation.asset_key.to_user_string(), evaluation.check_name): evaluation
                for event in instance.all_logs(newest.run_id)
                if event.is_dagster_event
                and event.get_dagster_event().event_type
                == dg.DagsterEventType.ASSET_CHECK_EVALUATION
                for evaluation in [event.get_dagster_event().asset_check_evaluation_data]
            }
        gate = checks["unhcr/extracts", "gate"]
        assert not gate.passed
        assert gate.severity == dg.AssetCheckSeverity.ERROR
        assert "broken.csv" in str(gate.description)
        assert checks["unhcr/population", "key"].passed

    def test_status_names_it(self, second_refresh: Any, here: Callable[..., Result]) -> None:
        status = here(second_refresh.home, "status")
        assert status.exit_code == 0
        assert "broken.csv" in status.stderr
        assert "line 4" in status.stderr
        assert "Up to date" in status.stdout

    def test_the_inbox_keeps_only_the_reason(self, second_refresh: Any) -> None:
        home = second_refresh.home
        left = sorted(path.name for path in (home / "var" / "inbox").iterdir())
        assert left == ["broken.csv.manifest.json", "broken.csv.refused.txt"]
        why = (home / "var" / "inbox" / "broken.csv.refused.txt").read_text(encoding="utf-8")
        assert "line 4, column refugees: found '12x'" in why
