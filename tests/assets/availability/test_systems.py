"""Every data system that the report names: its row, its themes, its years."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.reference_data import Reference

SYSTEMS: dict[str, dict[str, str]] = {
    "nsc": {
        "immigration": "2018-2024", "emigration": "2018-2024", "internal_migration": "2018-2022",
    },
    "nsc_on_request": {
        "immigration": "2018-2022", "emigration": "2018-2022", "internal_migration": "2018-2022",
        "return_migration": "2018-2022",
    },
    "census_2022": {"emigration": "2022", "internal_migration": "2022"},
    "nsc_covid_survey": {"return_migration": "2020"},
    "kihs": {"emigration": "2018", "return_migration": "2018-2021"},
    "nsc_crime": {"undocumented_migration": "2018-2022"},
    "nsc_refugees": {"refugees_hosted": "2018-2022"},
    "nsc_investment": {"remittances": "2018-2022"},
    "srs": {
        "immigration": "2018-2022", "emigration": "2018-2022", "internal_migration": "2018-2022",
    },
    "infocom": {"internal_migration": "2018-2022"},
    "molssm": {
        "immigration": "2018-2022", "emigration": "2018-2023", "refugees_hosted": "2018-2022",
    },
    "mfa": {"emigration": "2018-2022"},
    "moia": {"undocumented_migration": "2018-2023", "immigration": "2018-2023"},
    "mes": {"internal_displacement": "2018-2023"},
    "mdd": {"immigration": "2018-2023"},
    "scns": {"immigration": "2018-2023"},
    "nbkr": {"remittances": "2018-2025"},
    "undesa": {"immigration": "2020", "emigration": "2020"},
    "unhcr": {"refugees_hosted": "2018-2025", "refugees_from": "2018-2025"},
    "idmc": {"internal_displacement": "2018-2024"},
    "iom_mtm": {"return_migration": "2022"},
    "returnee_surveys": {"return_migration": "2020-2022"},
    "iom_internal_study": {"internal_migration": "2022"},
    "world_bank_2022": {"emigration": "2018-2019", "return_migration": "2018-2021"},
    "l2ck": {"emigration": "2021"},
    "us_tip": {"undocumented_migration": "2019-2020;2022"},
    "red_crescent": {"internal_displacement": "2022"},
    "unicef_mics_2020": {"return_migration": "2020"},
    "wfp_2021": {"return_migration": "2020"},
    "adb_2022": {"remittances": "2022"},
    "roland_holst_karymshakov_2022": {"big_data": "2019-2022"},
    "tsapenko_yurevich_2022": {"big_data": "2019-2020"},
}  # fmt: skip
ELEVEN = (
    "source", "authors", "institution", "title", "link", "data_source", "frequency",
    "publicly_available", "breakdowns", "definition", "languages",
)  # fmt: skip


def years_of(spans: str) -> set[int]:
    found: set[int] = set()
    for span in spans.split(";"):
        first, _, last = span.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


@pytest.fixture(scope="module")
def listed(refreshed_home: Path) -> dict[tuple[str, str], set[int]]:
    """Years of each source and theme in the published table."""
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT source, theme, years FROM sources_by_year").fetchall()
    found: dict[tuple[str, str], set[int]] = {}
    for source, theme, spans in rows:
        found.setdefault((source, theme), set()).update(years_of(spans))
    return found


@pytest.mark.parametrize("source", SYSTEMS)
def test_each_system_has_its_themes_and_years(
    source: str, listed: dict[tuple[str, str], set[int]]
) -> None:
    for theme, spans in SYSTEMS[source].items():
        assert years_of(spans) <= listed[(source, theme)], theme


def test_no_source_is_listed_that_nobody_named(
    listed: dict[tuple[str, str], set[int]], reference: Reference
) -> None:
    # What the project adds to the report's systems.
    own = {"abel_cohen", "nsc_wfp_2021"}
    assert {source for source, _ in listed} - own <= set(SYSTEMS)


def test_the_eleven_fields_of_table_2_are_filled(refreshed_home: Path) -> None:
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        for column in ELEVEN:
            empty = connection.execute(
                f"SELECT source FROM sources_by_year WHERE coalesce(trim({column}), '') = ''"
            ).fetchall()
            assert empty == [], column


def test_every_coverage_says_how_to_get_it(reference: Reference) -> None:
    """What is not public has a route; what is said of a cell has its section."""
    coverage = reference.table("coverage")
    sources = reference.table("source").astype({"source": "str"}).set_index("source")
    closed = coverage[(coverage["access"] != "public") & (coverage["holds"] != "nothing")]
    routes = closed["source"].astype("str").map(sources["request_route"])
    assert closed.loc[routes.isna(), "source"].tolist() == []
    assert coverage["section"].notna().all()
