"""The map as it was known on a day, and what changed between two days or two builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.availability import known_on
from assets.availability.diff import cell_changes, changes, figure_changes
from assets.availability.known_on import Snapshot
from schemas.reference import COVERAGE, OVERRIDE
from schemas.validate import conform
from warehouse.reference_data import Reference

THE_REPORT = date(2024, 1, 31)
CELL = ["theme", "measure", "breakdown", "year"]

SnapshotOn = Callable[[Path, date], Snapshot]


# What the module makes is made once: its tests stay with one worker.
pytestmark = pytest.mark.xdist_group("known-on")


@pytest.fixture(scope="module")
def published(refreshed_home: Path) -> Path:
    return refreshed_home / "migration.duckdb"


@pytest.fixture(scope="module")
def as_reported(published: Path, snapshot_on: SnapshotOn) -> Snapshot:
    return snapshot_on(published, THE_REPORT)


@pytest.fixture(scope="module")
def summer_2024(published: Path, snapshot_on: SnapshotOn) -> Snapshot:
    return snapshot_on(published, date(2024, 6, 17))


@pytest.fixture(scope="module")
def at_last(published: Path) -> Snapshot:
    return known_on.snapshot_on(published, date(9999, 12, 31))


@pytest.fixture(scope="module")
def build(published: Path) -> Snapshot:
    return known_on.snapshot_of(published)


def cell(frame: pd.DataFrame, theme: str, measure: str, breakdown: str, year: int) -> Any:
    found = frame
    for name, value in zip(CELL, (theme, measure, breakdown, year), strict=True):
        found = found[found[name] == value]
    (row,) = found.to_dict("records")
    return row


def total(frame: pd.DataFrame, theme: str, indicator: str, year: int) -> Any:
    found = frame[
        (frame["theme"] == theme) & (frame["indicator"] == indicator)
        & (frame["breakdown"] == "total") & (frame["year"] == year)
    ]  # fmt: skip
    (row,) = found.to_dict("records")
    return row


# --- The matrix on a day


def test_in_january_2024_refugees_of_2023_were_an_interim_figure(as_reported: Snapshot) -> None:
    row = cell(as_reported.matrix, "refugees_hosted", "stock", "total", 2023)
    assert (row["status"], row["rule"]) == ("partial", "part_year")
    assert "release 2023-mid" in row["reason"]
    assert "2023-06-30" in row["reason"]
    assert total(as_reported.figures, "refugees_hosted", "refugees", 2023)["value"] == 253


def test_in_june_2024_they_were_available(summer_2024: Snapshot) -> None:
    row = cell(summer_2024.matrix, "refugees_hosted", "stock", "total", 2023)
    assert (row["status"], row["rule"]) == ("available", "public_complete")
    assert total(summer_2024.figures, "refugees_hosted", "refugees", 2023)["value"] == 27790


def test_the_matrix_ends_with_the_newest_year_then_known(
    as_reported: Snapshot, build: Snapshot
) -> None:
    assert as_reported.matrix["year"].max() == 2023
    assert build.matrix["year"].max() == build.figures["year"].max() > 2023
    assert len(as_reported.matrix) % as_reported.matrix["year"].nunique() == 0


def test_at_the_end_of_time_the_matrix_is_the_published_one(
    at_last: Snapshot, build: Snapshot
) -> None:
    columns = ["country", *CELL, "status", "status_national", "rule", "observations"]
    then, now = (
        one.matrix[columns].astype(object).sort_values(columns[:5]).reset_index(drop=True)
        for one in (at_last, build)
    )
    assert then.equals(now)
    assert figure_changes(at_last, build).empty


def test_before_anything_was_known_no_cell_is_available(published: Path) -> None:
    made = known_on.snapshot_on(published, date(2018, 1, 1))
    assert made.figures.empty
    assert set(made.matrix["status"]) == {"not_available"}
    assert set(made.matrix["year"]) == {2018}


def test_nothing_is_written(published: Path) -> None:
    before = published.stat()
    with known_on.known_on(published, THE_REPORT) as connection:
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("CREATE TABLE published.main.mine AS SELECT 1")
        releases = connection.execute("SELECT max(release) FROM stock WHERE source = 'unhcr'")
        assert releases.fetchall() == [("2023-mid",)]
        late = "SELECT count(*) FROM extract WHERE source = 'unhcr' AND release = '2025-end'"
        assert connection.execute(late).fetchall() == [(0,)]
    assert (published.stat().st_mtime_ns, published.stat().st_size) == (
        before.st_mtime_ns, before.st_size,
    )  # fmt: skip


def test_the_file_keeps_its_own_reference_tables(published: Path, reference: Reference) -> None:
    with known_on.known_on(published, THE_REPORT) as connection:
        own = known_on.reference_of(connection)
    assert own.active_countries() == reference.active_countries()
    assert own.codes == reference.codes
    assert len(own.table("coverage")) == len(reference.table("coverage"))


def test_only_coverage_seen_and_overrides_decided_by_the_day_count(reference: Reference) -> None:
    one = reference.table("coverage").iloc[0].to_dict()
    days = [pd.Timestamp("2024-01-30"), pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-01")]
    coverage = conform(pd.DataFrame([one | {"date_seen": day} for day in days]), COVERAGE)
    override = conform(
        pd.DataFrame([{"country": one["country"], "theme": "refugees_hosted", "date": day}
                      for day in days]).reindex(columns=OVERRIDE.columns),
        OVERRIDE,
    )  # fmt: skip
    given = replace(
        reference, tables=reference.tables | {"coverage": coverage, "override": override}
    )
    then = known_on.reference_on(given, THE_REPORT)
    for table, column in (("coverage", "date_seen"), ("override", "date")):
        assert list(pd.to_datetime(then.table(table)[column])) == days[:2]


# --- What changed


def test_the_release_that_changed_a_cell_is_named(
    as_reported: Snapshot, summer_2024: Snapshot
) -> None:
    cells = cell_changes(as_reported, summer_2024)
    row = cell(cells, "refugees_hosted", "stock", "total", 2023)
    assert (row["before"], row["after"]) == ("partial", "available")
    assert (row["rule_before"], row["rule_after"]) == ("part_year", "public_complete")
    assert row["changed_by"] == "unhcr population 2023-end"
    by_sex = cell(cells, "refugees_hosted", "stock", "sex", 2023)
    assert (by_sex["before"], by_sex["changed_by"]) == (
        "not_available", "unhcr demographics 2023-end",
    )  # fmt: skip
    by_status = cell(cells, "refugees_hosted", "stock", "protection_status", 2023)
    assert by_status["changed_by"] == "unhcr population 2023-end"
    assert not (
        cells["before"].eq(cells["after"]) & cells["rule_before"].eq(cells["rule_after"])
    ).any()


def test_the_release_that_changed_a_figure_is_named(
    as_reported: Snapshot, summer_2024: Snapshot
) -> None:
    row = total(figure_changes(as_reported, summer_2024), "refugees_hosted", "refugees", 2023)
    assert (row["before"], row["after"]) == (253, 27790)
    assert (row["status_before"], row["status_after"]) == ("P", "A")
    assert (row["day_before"].date(), row["day_after"].date()) == (
        date(2023, 6, 30), date(2023, 12, 31),
    )  # fmt: skip
    assert row["changed_by"] == "unhcr population 2023-end"


def test_a_figure_that_a_release_repeats_did_not_change(
    as_reported: Snapshot, summer_2024: Snapshot
) -> None:
    changed = figure_changes(as_reported, summer_2024)
    asked = {"theme": "refugees_hosted", "indicator": "refugees", "breakdown": "total"}
    same = changed[(changed[list(asked)] == pd.Series(asked)).all(axis=1)]
    assert list(same["year"]) == [2023]
    before = total(as_reported.figures, "refugees_hosted", "refugees", 2022)
    after = total(summer_2024.figures, "refugees_hosted", "refugees", 2022)
    assert (before["release"], after["release"]) == ("2023-mid", "2023-end")
    assert before["value"] == after["value"]


def test_with_the_days_between_the_release_that_did_it_is_named(
    as_reported: Snapshot, summer_2024: Snapshot, at_last: Snapshot
) -> None:
    """The release of 2025 repeats what that of 2023 said of 2023."""
    asked = ("refugees_hosted", "refugees", 2023)
    _, without = changes([as_reported, at_last])
    assert total(without, *asked)["changed_by"] == "unhcr population 2025-end"
    cells, with_days = changes([as_reported, summer_2024, at_last])
    assert total(with_days, *asked)["changed_by"] == "unhcr population 2023-end"
    assert total(with_days, "refugees_hosted", "refugees", 2025)["changed_by"] == (
        "unhcr population 2025-end"
    )
    row = cell(cells, "refugees_hosted", "stock", "total", 2023)
    assert row["changed_by"] == "unhcr population 2023-end"


def test_the_days_between_are_those_of_releases(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[date, Reference]] = []
    monkeypatch.setattr(known_on, "snapshot_on", lambda _, *day: asked.append(day))
    known_on.snapshots_between(published, THE_REPORT, date(2024, 7, 11))
    assert [day for day, _ in asked] == [THE_REPORT, date(2024, 6, 17), date(2024, 7, 11)]
    with duckdb.connect(str(published), read_only=True) as connection:
        held = known_on.reference_of(connection).tables
    for _, reference in asked:
        assert reference.tables.keys() == held.keys()
        assert all(reference.tables[name].equals(held[name]) for name in held)


def test_a_build_has_not_changed_against_itself(build: Snapshot) -> None:
    assert cell_changes(build, build).empty
    assert figure_changes(build, build).empty


AFGHANS = (
    "dataset = 'population' AND indicator = 'refugees' AND origin = 'AFG' AND destination = 'KGZ'"
)
BY_SEX = "theme = 'refugees_hosted' AND measure = 'stock' AND breakdown = 'sex' AND year = 2022"
RETURNS = "theme = 'return_migration' AND measure = 'flow' AND breakdown = 'total'"


@pytest.fixture(scope="module")
def older(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A build with two other figures, and with two cells that something else decided."""
    path = tmp_path_factory.mktemp("older") / "older.duckdb"
    path.write_bytes(published.read_bytes())
    with duckdb.connect(str(path)) as connection:
        for statement in (
            f"UPDATE stock SET value = 7 WHERE {AFGHANS} AND year = 2022",
            f"DELETE FROM stock WHERE {AFGHANS} AND year = 2021",
            f"UPDATE availability_matrix SET status = 'available', rule = 'override' "
            f"WHERE {BY_SEX}",
            "UPDATE build SET fingerprint_parts = json_merge_patch(fingerprint_parts, "
            '\'{"reference": "other"}\')',
            f"DELETE FROM coverage WHERE {RETURNS} AND source = 'iom_mtm'",
            f"UPDATE availability_matrix SET rule = 'nothing' WHERE {RETURNS} AND year = 2022",
        ):
            connection.execute(statement)
    return known_on.snapshot_of(path)


def test_figures_of_another_build(older: Snapshot, build: Snapshot) -> None:
    # Of the same reference tables: the releases alone are left to name.
    found = figure_changes(replace(older, parts=build.parts), build)
    found = found[found["breakdown"] == "country_of_origin"].sort_values("year")
    came, changed = found.to_dict("records")
    assert (came["partner"], came["year"], changed["partner"], changed["year"]) == (
        "AFG", 2021, "AFG", 2022,
    )  # fmt: skip
    assert pd.isna(came["before"])
    assert (came["after"], came["changed_by"]) == (213, "unhcr population 2025-end")
    assert (changed["before"], changed["after"]) == (7, 189)
    assert changed["changed_by"] == "the same releases"


def test_a_cell_that_other_rules_decided_names_them(older: Snapshot, build: Snapshot) -> None:
    _, row = cell_changes(older, build).sort_values("theme", ascending=False).to_dict("records")
    assert (row["before"], row["rule_before"], row["changed_by"]) == (
        "available", "override", "reference",
    )  # fmt: skip


def test_a_cell_that_a_sighting_decided_names_it(older: Snapshot, build: Snapshot) -> None:
    row, _ = cell_changes(older, build).sort_values("theme", ascending=False).to_dict("records")
    assert "coverage of iom_mtm" in row["changed_by"]


@pytest.fixture(scope="module")
def small(as_reported: Snapshot) -> Callable[..., Snapshot]:
    """A snapshot with one cell, its evidence and nothing else."""

    def make(release: str | None, rule: str) -> Snapshot:
        keys = as_reported.matrix.head(1).assign(rule=rule, status="available").astype(object)
        evidence = keys[["country", *CELL]].assign(
            source="unhcr", dataset="population", release=release
        )
        return replace(
            as_reported,
            matrix=keys,
            evidence=evidence if release else evidence.head(0),
            figures=as_reported.figures.head(0),
            releases=pd.DataFrame(
                [("unhcr", "population", "r2")], columns=["source", "dataset", "release"]
            ),
            seen=as_reported.seen.head(0),
        )

    return make


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (("r1", "part_year"), ("r2", "public_complete"), "unhcr population r2"),
        (("r1", "part_year"), (None, "nothing"), "unhcr population r2"),
        ((None, "nothing"), ("r2", "public_complete"), "unhcr population r2"),
        (("r2", "part_year"), (None, "nothing"), "the same releases"),
        ((None, "nothing"), (None, "unverified"), "the same releases"),
    ],
)
def test_what_changed_a_cell(
    before: tuple[str | None, str],
    after: tuple[str | None, str],
    cause: str,
    small: Callable[..., Snapshot],
) -> None:
    (row,) = cell_changes(small(*before), small(*after)).to_dict("records")
    assert row["changed_by"] == cause
