"""DuckDB alone: the global population table from its file to tables stock and flow.

The same rows, columns and DDL as ours, without a look at whether any of it is right.
``duckdb_alone.py FIGURES DDL DATABASE``
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

VALUES = (
    "refugees, asylum_seekers, returned_refugees, idps, returned_idps, stateless, ooc, oip, hst"
)
READ = """
CREATE TEMP TABLE printed AS
SELECT row_number() OVER () + 1 AS line, * FROM read_csv(?, header = true, all_varchar = true)
"""
MEANINGS = """
CREATE TEMP TABLE meaning AS
SELECT * FROM (VALUES
    ('refugees', 'stock', 'refugees', 'unhcr_refugee', '_T', 'pairs'),
    ('asylum_seekers', 'stock', 'asylum_seekers', 'unhcr_asylum_seeker', '_T', 'pairs'),
    ('idps', 'stock', 'idps_conflict', 'unhcr_idp', '_T', 'pairs'),
    ('stateless', 'stock', 'stateless', 'unhcr_stateless', '_T', 'pairs'),
    ('ooc', 'stock', 'others_of_concern', 'unhcr_other_of_concern', '_T', 'pairs'),
    ('oip', 'stock', 'others_in_need_of_protection', 'unhcr_oip', '_T', 'pairs'),
    ('hst', 'stock', 'host_community', 'unhcr_host_community', '_T', 'pairs'),
    ('returned_refugees', 'flow', 'returns', 'unhcr_returned_refugee', 'returnee=refugee',
        'returnee=refugee'),
    ('returned_idps', 'flow', 'returns', 'unhcr_returned_idp', 'returnee=idp', 'returnee=idp')
) AS t(printed_column, measure, indicator, definition, detail, additive_set)
"""
LOAD = """
INSERT INTO {table} BY NAME
WITH cell AS (
    UNPIVOT printed ON {values} INTO NAME printed_column VALUE figure
), figure AS (
    SELECT
        indicator, definition, detail, additive_set, line, printed_column,
        CASE WHEN measure = 'flow' THEN coa_iso ELSE coo_iso END AS origin,
        CASE WHEN measure = 'flow' THEN coo_iso ELSE coa_iso END AS destination,
        CAST(year AS BIGINT) AS year,
        CASE WHEN figure <> '*' THEN CAST(figure AS DOUBLE) END AS value
    FROM cell JOIN meaning USING (printed_column)
    WHERE figure <> '-' AND measure = '{table}'
)
SELECT
    indicator, origin, destination, '_T' AS sex, '_T' AS age, '_T' AS education,
    '_T' AS employment, '_T' AS reason, detail, '_T' AS universe, 'A' AS freq, year, {period},
    value, 'persons' AS unit,
    CASE WHEN value IS NULL THEN NULL WHEN value <= 5 THEN 5.0 ELSE 0.0 END AS precision,
    NULL AS qualifier, CASE WHEN value IS NULL THEN 'Q' ELSE 'A' END AS obs_status,
    concat_ws('+',
        CASE WHEN origin <> destination AND 'WLD' NOT IN (origin, destination)
            THEN 'origin+destination' WHEN detail = '_T' THEN 'total' END,
        CASE WHEN detail <> '_T' THEN split_part(detail, '=', 1) END
    ) AS breakdown,
    additive_set, 'unhcr' AS producer, 'unhcr' AS source, NULL AS published_in,
    'population' AS dataset, '2023-end' AS release, definition,
    (SELECT sha256(content) FROM read_blob($file)) AS extract_id,
    'line ' || line || ', ' || printed_column AS source_ref
FROM figure
"""
PERIODS = {
    "stock": "make_date(year, 12, 31) AS reference_date",
    "flow": "make_date(year, 1, 1) AS period_start, make_date(year, 12, 31) AS period_end",
}


def load(figures: Path, ddl: str, database: Path) -> None:
    """Unpivot and load the table into a new database file.

    Args:
        figures: The table, CSV packed with gzip.
        ddl: CREATE TABLE statements of stock and flow.
        database: The file to make.
    """
    with duckdb.connect(str(database)) as connection:
        connection.execute(ddl)
        connection.execute(READ, [str(figures)])
        connection.execute(MEANINGS)
        for table, period in PERIODS.items():
            statement = LOAD.format(table=table, values=VALUES, period=period)
            connection.execute(statement, {"file": str(figures)})


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"), Path(sys.argv[3]))
