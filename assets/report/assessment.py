"""What the report says of cells, by two readings, beside what the rules compute.

A reading may hold several statements of a cell, which can contradict each other; its state is the
best of them, as the best source decides a computed cell.
"""

from __future__ import annotations

import pandas as pd

from schemas.gaps import ASSESSMENT_CHECK
from schemas.validate import validate
from warehouse.reference_data import Reference

Row = dict[str, object]
CELL = ["country", "theme", "measure", "breakdown", "year"]
_KEY = [*CELL, "producers"]
_RANK = {"available": 0, "partial": 1, "not_available": 2}
_STATUS_OF = {"any": "status", "national": "status_national"}


def assessment_check(
    matrix: pd.DataFrame, matrix_then: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Set the readings beside the computed cells.

    Args:
        matrix: The availability matrix of the build.
        matrix_then: The matrix as it was known when the report came out.
        reference: Tables ``assessed_cell`` and ``assessment_explanation``.

    Returns:
        One row a cell, year and kind of producers that a reading speaks of, in the columns of
        ``schemas.gaps.ASSESSMENT_CHECK``. Where the computed status is not that of each reading,
        the explanation says why: a rule's, or a row's of ``assessment_explanation``; it is
        missing where neither knows.
    """
    stated = statements_by_year(reference.table("assessed_cell"))
    states = _best(stated, [*_KEY, "reading"]).pivot(index=_KEY, columns="reading", values="state")
    states = states.reindex(columns=[1, 2]).set_axis(["first_reading", "second_reading"], axis=1)
    rows = states.reset_index().merge(
        _computed(matrix).rename(columns={"state": "status"}), on=_KEY, how="inner"
    )
    then = _computed(matrix_then).rename(columns={"state": "then"})
    rows = rows.merge(then, on=_KEY, how="left")
    readings = rows[["first_reading", "second_reading"]]
    rows["agrees"] = (readings.eq(rows["status"], axis=0) | readings.isna()).all(axis=1)
    said: dict[tuple[object, ...], list[Row]] = {}
    for statement in _records(stated):
        said.setdefault(tuple(statement[name] for name in _KEY), []).append(statement)
    told = _records(reference.table("assessment_explanation"))
    rows["explanation"] = [
        None if one["agrees"] else _explanation(one, said, told) for one in _records(rows)
    ]
    return validate(rows[ASSESSMENT_CHECK.columns], ASSESSMENT_CHECK, reference.codes)


def statements_by_year(assessed: pd.DataFrame) -> pd.DataFrame:
    """Statements of the report, one row a year.

    Args:
        assessed: Rows of ``assessed_cell``.

    Returns:
        Columns of the cell with year, producers, reading, section and state.
    """
    rows = assessed.astype(
        dict.fromkeys(("country", "theme", "measure", "breakdown", "producers", "state"), "str")
    )
    rows["year"] = [
        list(range(int(first), int(last) + 1))
        for first, last in zip(rows["year_from"], rows["year_to"], strict=True)
    ]
    by_year = rows.explode("year").astype({"year": "int64", "reading": "int64"})
    return by_year[[*_KEY, "reading", "section", "state"]].reset_index(drop=True)


def _records(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict("records")]


def _best(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    ranked = rows.assign(rank=rows["state"].map(_RANK)).sort_values("rank", kind="stable")
    return ranked.drop_duplicates(key)[[*key, "state"]]


def _computed(matrix: pd.DataFrame) -> pd.DataFrame:
    """The computed states, one row a cell, year and kind of producers."""
    cells = matrix.astype(dict.fromkeys([*CELL[:-1], *_STATUS_OF.values()], "str"))
    parts = [
        cells[CELL].assign(producers=producers, state=cells[column])
        for producers, column in _STATUS_OF.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _explanation(
    one: Row, said: dict[tuple[object, ...], list[Row]], told: list[Row]
) -> str | None:
    """Why a cell's status is not that of each reading; None if nothing is known."""
    written = [
        str(row["explanation"])
        for row in told
        if all(row[name] == one[name] for name in ("theme", "measure", "breakdown", "producers"))
        and int(str(row["year_from"])) <= int(str(one["year"])) <= int(str(row["year_to"]))
    ]
    if written:
        return written[0]
    statements = said[tuple(one[name] for name in _KEY)]
    same = [statement for statement in statements if statement["state"] == one["status"]]
    if same:
        return (
            f"The report's statements differ, or the readings of them: {_quoted(statements)}. The "
            f"computed cell is as in {_quoted(same)}."
        )
    if one["then"] in {statement["state"] for statement in statements}:
        return (
            "Known since the report: with what was known when it came out, the cell is "
            f"{one['then']}, as the report says."
        )
    return None


def _quoted(statements: list[Row]) -> str:
    told = {
        f"reading {one['reading']}, section {one['section']}: {one['state']}" for one in statements
    }
    return "; ".join(sorted(told))
