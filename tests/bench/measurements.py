"""What is measured against what, and how each process to measure is prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from child import run, script
from every_table import BILATERAL, fill_inbox

REFRESH = ["-m", "pipelines.cli.main", "refresh"]
GIGABYTE = 10**9
NAMES = ("bundled", "global", "global-refresh", "global-all", "read-bilateral", "site")
SHAPE, DDL = "shape.json", "facts.sql"

# Takes a fresh folder, gives the arguments and the variables of the process to measure.
Prepare = Callable[[Path], tuple[list[str], dict[str, str]]]


@dataclass(frozen=True)
class Measurement:
    """What is measured against what, and what is aimed at."""

    name: str
    what_a: str
    what_b: str
    prepare_a: Prepare
    prepare_b: Prepare
    aim_ratio: float | None = None
    aim_bytes: int | None = None
    aim_seconds: float | None = None
    # The process itself says what it took, without start and imports.
    told_inside: bool = False


def refresh_of(tables: Path | None) -> Prepare:
    """A refresh in a fresh home, with the tables of a folder in its inbox if given."""

    def prepare(folder: Path) -> tuple[list[str], dict[str, str]]:
        if tables is not None:
            fill_inbox(folder, tables)
        return REFRESH, {"MIGMAP_HOME": str(folder)}

    return prepare


def functions_on(tables: Path) -> Prepare:
    """The pipeline's own functions, with the tables of a folder in the inbox of a fresh home."""

    def prepare(folder: Path) -> tuple[list[str], dict[str, str]]:
        fill_inbox(folder, tables)
        return script("whole_way", folder), {}

    return prepare


def noop_of(shape: Path) -> Prepare:
    """A no-op job in the shape of our graph, in a fresh Dagster home."""

    def prepare(folder: Path) -> tuple[list[str], dict[str, str]]:
        return script("noop_job", written(shape)), {"MIGMAP_HOME": str(folder)}

    return prepare


def duckdb_on(tables: Path, ddl: Path) -> Prepare:
    """DuckDB alone, into a fresh file."""

    def prepare(folder: Path) -> tuple[list[str], dict[str, str]]:
        return script("duckdb_alone", tables, written(ddl), folder / "alone.duckdb"), {}

    return prepare


def written(path: Path) -> Path:
    """The shape of our graph, or the DDL: both are written when one is first asked for."""
    if not path.is_file():
        run(script("graph", path.with_name(SHAPE), path.with_name(DDL)))
    return path


def reading(whose: str, tables: Path) -> Prepare:
    """One reading of the bilateral workbook."""
    return lambda folder: (script("read_bilateral", whose, tables / BILATERAL.laid_out), {})


def site_of(home: Path) -> Prepare:
    """The report site of a refreshed home, into a fresh folder."""

    def prepare(folder: Path) -> tuple[list[str], dict[str, str]]:
        arguments = ["-m", "pipelines.cli.main", "report", "--output", str(folder / "site")]
        return arguments, refreshed(home)

    return prepare


def question_of(home: Path) -> Prepare:
    """The least that reads a refreshed home."""
    return lambda folder: (["-m", "pipelines.cli.main", "sql", "FROM build"], refreshed(home))


def refreshed(home: Path) -> dict[str, str]:
    """The variables of a home that is refreshed when it is first asked for."""
    variables = {"MIGMAP_HOME": str(home)}
    if not (home / "migration.duckdb").is_file():
        run(REFRESH, variables)
    return variables


def measurements(one: Path, every: Path, folder: Path) -> list[Measurement]:
    """All that can be measured.

    Args:
        one: A folder with the global population table, laid out.
        every: A folder with all global tables that there are.
        folder: Where is kept what several measurements need.
    """
    shape, ddl, published = folder / SHAPE, folder / DDL, folder / "published"
    return [
        Measurement(
            "bundled",
            "refresh of the bundled extracts",
            "no-op Dagster job in the shape of our graph",
            refresh_of(None), noop_of(shape), aim_ratio=1.5,
        ),
        Measurement(
            "global",
            "global population table, from inbox to published, by our functions",
            "DuckDB alone",
            functions_on(one), duckdb_on(one, ddl), aim_ratio=4.0, aim_bytes=2 * GIGABYTE,
        ),
        Measurement(
            "global-refresh",
            "refresh of bundled extracts and global population table",
            "refresh of the bundled extracts",
            refresh_of(one), refresh_of(None), aim_bytes=2 * GIGABYTE,
        ),
        Measurement(
            "global-all",
            "all global tables, from inbox to published, by our functions",
            "DuckDB alone, which reads CSV in place of workbooks",
            functions_on(every), duckdb_on(every, ddl), aim_ratio=4.0, aim_bytes=3 * GIGABYTE,
        ),
        Measurement(
            "read-bilateral",
            "UN DESA's bilateral workbook, from file to source-shaped table",
            "calamine alone, which parses the workbook, to cells",
            reading("ours", every), reading("parser", every), aim_seconds=0.6, told_inside=True,
        ),
        Measurement(
            "site",
            "the report site of the bundled extracts",
            "one question of the warehouse by the command line",
            site_of(published), question_of(published), aim_seconds=20.0,
        ),
    ]  # fmt: skip
