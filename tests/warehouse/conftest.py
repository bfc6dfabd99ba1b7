"""Builds of the warehouse from small frames and from the bundled extracts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assets.availability.rules import matrix
from assets.availability.sources_by_year import sources_by_year
from assets.column_lineage import column_lineage
from assets.combining import combine
from assets.published import MODELS, build_row
from schemas.generate import PUBLISHED_TABLES, comment_sql, create_table_sql
from schemas.reference import REFERENCE_TABLES
from schemas.validate import empty_frame
from warehouse import database
from warehouse.database import TableInput
from warehouse.reference_data import Reference

Tables = dict[str, TableInput]
TablesOf = Callable[..., Tables]


@pytest.fixture(scope="session")
def fact_tables(reference: Reference) -> TablesOf:
    """What the views of figures read: facts, extract and the reference tables."""

    def make(
        observations: pd.DataFrame,
        extracts: pd.DataFrame,
        releases: pd.DataFrame | None = None,
        datasets: pd.DataFrame | None = None,
    ) -> Tables:
        known = {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
        known |= {} if releases is None else {"release": releases}
        known |= {} if datasets is None else {"dataset": datasets}
        facts = combine(observations, extracts, known["release"], known["dataset"], known["area"])
        return {**vars(facts), "extract": extracts, **known}

    return make


@pytest.fixture(scope="session")
def all_tables(fact_tables: TablesOf, reference: Reference) -> TablesOf:
    """All tables of a build, with a matrix that goes with the figures."""

    def make(observations: pd.DataFrame, extracts: pd.DataFrame) -> Tables:
        tables = fact_tables(observations, extracts)
        with database.in_memory(tables) as connection:
            evidence = connection.sql("SELECT * FROM cell_evidence").df()
        totals = pd.DataFrame(
            columns=["country", "theme", "indicator", "breakdown", "year", "value"]
        )
        empty = {name: empty_frame(model) for name, model in MODELS.items()}
        return (
            empty
            | tables
            | {
                "availability_matrix": matrix(evidence, totals, 2023, reference),
                "sources_by_year": sources_by_year(evidence, reference),
                "column_lineage": column_lineage(PUBLISHED_TABLES),
                "build": build_row({"code": "x"}, None),
            }
        )

    return make


@pytest.fixture(scope="session")
def good_tables(all_tables: TablesOf, observations: TablesOf, extracts: TablesOf) -> Tables:
    """Two stocks, one of them superseded, and a flow: enough for every proof."""
    figures = observations(
        {"value": 189.0},
        {"value": 180.0, "release": "2023-mid", "extract_id": "zero"},
        {"measure": "flow", "indicator": "returns", "origin": "KGZ", "destination": "AFG",
         "detail": "returnee=refugee", "additive_set": "returnee=refugee",
         "definition": "unhcr_returned_refugee"},
    )  # fmt: skip
    files = extracts({"extract_id": "zero", "release": "2023-mid"}, {})
    return all_tables(figures, files)


@pytest.fixture(scope="session")
def build() -> Callable[[Path, Tables], dict[str, int]]:
    """Build a database file from tables."""
    ddl = {name: [create_table_sql(model), *comment_sql(model)] for name, model in MODELS.items()}

    def make(path: Path, tables: Tables) -> dict[str, int]:
        return database.build(path, MODELS, tables, ddl)

    return make


@pytest.fixture(scope="session")
def good_build(
    tmp_path_factory: pytest.TempPathFactory,
    build: Callable[[Path, Tables], dict[str, int]],
    good_tables: Tables,
) -> Path:
    """A proven build; nobody may change it."""
    path = tmp_path_factory.mktemp("build") / "good.duckdb"
    build(path, good_tables)
    return path


@pytest.fixture
def own_build(good_build: Path, tmp_path: Path) -> Path:
    """A copy of the proven build that a test may publish."""
    return Path(shutil.copyfile(good_build, tmp_path / "own.duckdb"))
