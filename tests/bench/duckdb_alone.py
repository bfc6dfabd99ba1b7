"""DuckDB alone: global tables of three publishers from their files to tables stock and flow.

The same rows, columns and DDL as ours, without a look at whether any of it is right. What stands
in a workbook is read from CSV. ``duckdb_alone.py FOLDER DDL DATABASE``
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

AREAS = Path(__file__).resolve().parents[2] / "warehouse" / "reference" / "area.csv"
READ = """
CREATE OR REPLACE TEMP TABLE printed AS
SELECT row_number() OVER () + 1 AS line, * FROM read_csv(?, header = true, all_varchar = true)
"""
# What each column that holds figures means: measure, indicator, definition, detail, what that
# splits, and the additive set.
MEANING = "printed_column, measure, indicator, definition, detail, splits, additive_set"
# UN DESA has numbers of its own for the world and for others.
AREA = """
CREATE TEMP TABLE area AS
SELECT area, kind, CASE area WHEN 'WLD' THEN 900 WHEN 'OTH' THEN 2003 ELSE m49 END AS m49
FROM read_csv(?)
"""
LOAD = """
INSERT INTO {measure} BY NAME
WITH cell AS (
    FROM printed UNPIVOT {nulls} (figure FOR printed_column IN ({columns}))
), figure AS (
    SELECT
        {said}, indicator, definition, printed_column, line,
        coalesce({detail}, '_T') AS detail, {splits} AS splits, {additive_set} AS additive_set,
        TRY_CAST(figure AS DOUBLE) AS value, figure = '*' AS withheld
    FROM cell JOIN meaning USING (printed_column) {joined}
    WHERE measure = '{measure}' AND {wanted}
)
SELECT
    indicator, origin, destination, sex, '_T' AS age, '_T' AS education, '_T' AS employment,
    '_T' AS reason, detail, '_T' AS universe, 'A' AS freq, year, {period}, value, unit,
    CASE WHEN value IS NULL THEN NULL WHEN {rounded} AND value <= 5 THEN 5.0 ELSE 0.0 END
        AS precision,
    NULL AS qualifier,
    CASE WHEN withheld THEN 'Q' WHEN value IS NULL THEN 'O' ELSE 'A' END AS obs_status,
    coalesce(nullif(concat_ws('+',
        CASE WHEN origin <> destination AND 'WLD' NOT IN (origin, destination)
            THEN 'origin+destination' END,
        CASE WHEN sex <> '_T' THEN 'sex' END, splits
    ), ''), 'total') AS breakdown,
    additive_set, '{source}' AS producer, '{source}' AS source, NULL AS published_in,
    '{dataset}' AS dataset, '{release}' AS release, definition,
    $extract AS extract_id,
    'line ' || line || ', ' || printed_column AS source_ref
FROM figure
"""
PERIODS = {
    "stock": "make_date(year, {month}, {day}) AS reference_date",
    "flow": "make_date(year, 1, 1) AS period_start, make_date(year, 12, 31) AS period_end",
}
_PAIR = """
    CASE WHEN indicator = 'returns' THEN coa_iso ELSE coo_iso END AS origin,
    CASE WHEN indicator = 'returns' THEN coo_iso ELSE coa_iso END AS destination,
    '_T' AS sex, CAST(year AS BIGINT) AS year, {unit} AS unit
"""
_WITHIN = """
    ISO3 AS origin, ISO3 AS destination, '_T' AS sex, CAST("Year" AS BIGINT) AS year,
    'persons' AS unit
"""
_BILATERAL = """
    o.area AS origin, d.area AS destination,
    CASE split_part(printed_column, '_', 1) WHEN 'both' THEN '_T' WHEN 'male' THEN 'M' ELSE 'F' END
        AS sex,
    CAST(split_part(printed_column, '_', 2) AS BIGINT) AS year, 'persons' AS unit
"""
_SET_OF_PAIR = """
    CASE
        WHEN 'group' IN (o.kind, d.kind) OR ('world' IN (o.kind, d.kind) AND sex = '_T') THEN NULL
        ELSE concat_ws('+', CASE WHEN 'world' NOT IN (o.kind, d.kind) THEN 'pairs'
            WHEN o.kind <> 'world' THEN 'origin' WHEN d.kind = 'world' THEN 'world' END,
            CASE WHEN sex <> '_T' THEN 'sex' END)
    END
"""
_EVENT = """
    'event=' || "Event Name" || coalesce(' ' || "Date of Event (start)", '')
        || ';hazard=' || "Hazard Type"
        || CASE WHEN repeated > 1 THEN ';row=' || repeated ELSE '' END
"""
# IDMC's figures that are not rounded, where there are any, and the rows of a repeated event.
TAKE_RAW = {
    "displacements": """
        CREATE OR REPLACE TEMP TABLE printed AS SELECT line, ISO3, "Year", {} FROM printed
    """,
    "disasters": """
        CREATE OR REPLACE TEMP TABLE printed AS
        SELECT *, row_number() OVER (
            PARTITION BY ISO3, "Year", "Hazard Type", "Event Name", "Date of Event (start)"
            ORDER BY line
        ) AS repeated
        FROM (SELECT * EXCLUDE ({1}), {0} FROM printed)
    """,
}
_RETURNS = {
    f"returned_{who}s": (
        "flow", "returns", f"unhcr_returned_{who}", f"returnee={who}", "returnee",
        f"returnee={who}",
    )
    for who in ("refugee", "idp")
}  # fmt: skip
_STOCKS = {
    "refugees": ("refugees", "refugee"),
    "asylum_seekers": ("asylum_seekers", "asylum_seeker"),
    "idps": ("idps_conflict", "idp"),
    "stateless": ("stateless", "stateless"),
    "ooc": ("others_of_concern", "other_of_concern"),
    "oip": ("others_in_need_of_protection", "oip"),
    "hst": ("host_community", "host_community"),
}
_OUTCOMES = ("recognized", "other", "rejected", "closed")
_CAUSES = {"Conflict": "conflict", "Disaster": "disaster"}
DIGEST = "SELECT sha256(content) FROM read_blob(?)"
OF_COLUMN = ("meaning.detail", "meaning.splits", "meaning.additive_set")
Meanings = Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True)
class Table:
    """How DuckDB has the figures of one file.

    Attributes:
        file: The file in the folder.
        source: Publisher.
        release: Release.
        said: SQL of what a row says of every figure: sides, sex, year, unit.
        meanings: What each column of figures means.
        parts: SQL of the detail, of what it splits and of the additive set.
        joined: Further joins.
        day: Month and day of a stock.
        zeros_rounded: Whether figures of 1 to 4 are rounded.
        keep_empty: Whether an empty cell is a missing figure, or none.
    """

    file: str
    source: str
    release: str
    said: str
    meanings: Meanings
    parts: tuple[str, str, str] = OF_COLUMN
    joined: str = ""
    day: tuple[int, int] = (12, 31)
    zeros_rounded: bool = True
    keep_empty: bool = False

    @property
    def dataset(self) -> str:
        """The publisher's table."""
        return self.file.split(".", 1)[0]


def _unhcr(
    dataset: str, meanings: Meanings, unit: str = "'persons'",
    parts: tuple[str, str, str] = OF_COLUMN,
) -> Table:  # fmt: skip
    said = _PAIR.format(unit=unit)
    return Table(f"{dataset}.csv.gz", "unhcr", "2023-end", said, meanings, parts)


def _counted(column: str) -> str:
    return f"CASE {column} WHEN 'P' THEN 'persons' ELSE 'cases' END"


TABLES = (
    _unhcr("population", {
        **{
            column: ("stock", indicator, f"unhcr_{definition}", None, None, "pairs")
            for column, (indicator, definition) in _STOCKS.items()
        },
        **_RETURNS,
    }),
    _unhcr("solutions", {
        **_RETURNS,
        "resettlement": ("flow", "resettlements", "unhcr_resettlement", None, None, "pairs"),
        "naturalisation": ("flow", "naturalisations", "unhcr_naturalisation", None, None, "pairs"),
    }),
    _unhcr(
        "asylum_applications",
        {"applied": ("flow", "asylum_applications", "unhcr_asylum_application", *(None,) * 3)},
        _counted("app_pc"),
        (
            "'app_type=' || app_type || ';dec_level=' || dec_level || ';procedure=' || "
            "procedure_type",
            "'app_type+dec_level+procedure'",
            "'app_type=' || app_type",
        ),
    ),
    _unhcr(
        "asylum_decisions",
        {
            "dec_total": ("flow", "asylum_decisions", "unhcr_asylum_decision", *(None,) * 3),
            **{
                f"dec_{one}": ("flow", "asylum_decisions", "unhcr_asylum_decision",
                               f"decision={one}", "decision", "+decision")
                for one in _OUTCOMES
            },
        },
        _counted("dec_pc"),
        (
            "'dec_level=' || dec_level || coalesce(';' || meaning.detail, '') || ';procedure=' || "
            "procedure_type",
            "concat_ws('+', 'dec_level', meaning.splits, 'procedure')",
            "'dec_level=' || dec_level || coalesce(meaning.additive_set, '')",
        ),
    ),
    Table(
        "displacements.csv", "idmc", "2023", _WITHIN,
        {
            **{
                f"{cause} Stock Displacement": ("stock", f"idps_{code}", f"idmc_idp_{code}",
                                                None, None, None)
                for cause, code in _CAUSES.items()
            },
            **{
                f"{cause} Internal Displacements": (
                    "flow", f"displacements_{code}", f"idmc_displacement_{code}", None, None, None
                )
                for cause, code in _CAUSES.items()
            },
        },
        zeros_rounded=False, keep_empty=True,
    ),
    Table(
        "disasters.csv", "idmc", "2023", _WITHIN,
        {"Disaster Internal Displacements": ("flow", "displacements_disaster",
                                             "idmc_displacement_disaster", None, None, "events")},
        (_EVENT, "CASE WHEN repeated > 1 THEN 'event+hazard+row' ELSE 'event+hazard' END",
         "'events'"),
        zeros_rounded=False, keep_empty=True,
    ),
    Table(
        "destination_origin.csv", "undesa", "2020", _BILATERAL,
        {
            f"{sex}_{year}": ("stock", "migrants", "undesa_foreign_born", None, None, None)
            for sex in ("both", "male", "female") for year in range(1990, 2021, 5)
        },
        ("NULL", "NULL", _SET_OF_PAIR),
        joined="JOIN area AS o ON o.m49 = CAST(origin_code AS BIGINT) "
        "JOIN area AS d ON d.m49 = CAST(destination_code AS BIGINT)",
        day=(7, 1), zeros_rounded=False,
    ),
)  # fmt: skip


def load(folder: Path, ddl: str, database: Path) -> None:
    """Unpivot and load every table that is in the folder into a new database file.

    Args:
        folder: The files, as ``every_table.lay_out`` leaves them.
        ddl: CREATE TABLE statements of stock and flow.
        database: The file to make.
    """
    with duckdb.connect(str(database)) as connection:
        connection.execute(ddl)
        connection.execute(AREA, [str(AREAS)])
        for one in TABLES:
            if (folder / one.file).is_file():
                _load_table(connection, folder / one.file, one)


def _load_table(connection: duckdb.DuckDBPyConnection, path: Path, one: Table) -> None:
    connection.execute(READ, [str(path)])
    if one.source == "idmc":
        raw = ", ".join(f'coalesce("{name} (Raw)", "{name}") AS "{name}"' for name in one.meanings)
        names = ", ".join(f'"{name}", "{name} (Raw)"' for name in one.meanings)
        connection.execute(TAKE_RAW[one.dataset].format(raw, names))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE meaning AS SELECT {_MEANING_COLUMNS}")
    connection.execute("DELETE FROM meaning")
    rows = [[name, *meaning] for name, meaning in one.meanings.items()]
    connection.executemany("INSERT INTO meaning VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    detail, splits, additive_set = one.parts
    month, day = one.day
    # As a subquery of the statement it would cost a third of the whole.
    (digest,) = connection.execute(DIGEST, [str(path)]).fetchall()[0]
    for measure in sorted({str(meaning[0]) for meaning in one.meanings.values()}):
        statement = LOAD.format(
            measure=measure, source=one.source, dataset=one.dataset, release=one.release,
            columns=", ".join(f'"{name}"' for name in one.meanings), said=one.said,
            detail=detail, splits=splits, additive_set=additive_set, joined=one.joined,
            period=PERIODS[measure].format(month=month, day=day),
            rounded="TRUE" if one.zeros_rounded else "FALSE",
            nulls="INCLUDE NULLS" if one.keep_empty else "",
            wanted="TRUE" if one.keep_empty else "figure <> '-'",
        )  # fmt: skip
        connection.execute(statement, {"extract": digest})


_MEANING_COLUMNS = ", ".join(f"NULL::VARCHAR AS {name}" for name in MEANING.split(", "))

if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"), Path(sys.argv[3]))
