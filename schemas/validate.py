"""Check a frame against a table model and its code lists, with capped and placed failures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError

from schemas.faults import MAX_FAULTS, Fault, Refused
from schemas.table import PANDAS_DTYPES, CodeLists, Field, RowCheck, TableModel

PLACE_COLUMN = "source_ref"


class SchemaRefused(Refused):
    """A table that breaks its model."""


def empty_frame(model: TableModel) -> pd.DataFrame:
    """A frame without rows, with the model's columns and types."""
    empty = {kind: pd.Series([], dtype=dtype) for kind, dtype in PANDAS_DTYPES.items()}  # type: ignore[call-overload]
    return _frame({one.name: empty[one.kind] for one in model.fields}, pd.RangeIndex(0))


def conform(frame: pd.DataFrame, model: TableModel) -> pd.DataFrame:
    """Put the columns in the model's order and types.

    Args:
        frame: Any frame that has at least the model's columns.
        model: The table that it should become.

    Returns:
        A frame with exactly the model's columns, each of the model's type.

    Raises:
        SchemaRefused: A column is missing or unknown, or a value has the wrong type.
    """
    missing = [name for name in model.columns if name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in model.columns]
    faults = [Fault(model.name, name, None, "a column of this name") for name in missing]
    faults += [Fault(model.name, name, name, "no column of this name") for name in unknown]
    if faults:
        raise SchemaRefused(model.name, faults)
    typed = {}
    for one in model.fields:
        try:
            typed[one.name] = _as_kind(frame[one.name], one)
        except (ValueError, TypeError) as error:
            faults.append(
                Fault(model.name, one.name, str(error)[:200], f"values of kind {one.kind}")
            )
    if faults:
        raise SchemaRefused(model.name, faults)
    return _frame(typed, frame.index)


def _frame(columns: dict[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    # Unless told not to, pandas works out a common index of all columns and copies each of them,
    # which over a small table takes as long as all the rest; it still copies what is written to.
    return pd.DataFrame(columns, index=index, copy=False)


def _as_kind(column: pd.Series, one: Field) -> pd.Series:
    wanted = PANDAS_DTYPES[one.kind]
    if one.kind == "code":
        # An all-missing column comes back from Parquet with categories of no type.
        if not isinstance(column.dtype, pd.CategoricalDtype) or not isinstance(
            column.cat.categories.dtype, pd.StringDtype
        ):
            return column.astype(pd.StringDtype(na_value=float("nan"))).astype("category")
        return column
    if column.dtype == wanted:
        return column
    # A column that nobody filled has no type to come from: pandas makes it of floats.
    if one.kind == "date" and column.isna().all():
        column = column.astype("object")
    return column.astype(wanted)  # type: ignore[call-overload, no-any-return]


def validate(
    frame: pd.DataFrame, model: TableModel, codes: CodeLists, *, prove_key: bool = True
) -> pd.DataFrame:
    """Check a frame against its model; the frame that comes back is the one to go on with.

    Args:
        frame: A frame with the model's columns, in any order and of types that convert.
        model: The table's model.
        codes: The allowed values of each code list, read at call time.
        prove_key: Whether repeated keys are looked for. Fact tables leave that to the build,
            where DuckDB proves it over all tables at once.

    Returns:
        The frame in the model's column order and types.

    Raises:
        SchemaRefused: Something is wrong; at most ``MAX_FAULTS`` faults are listed, each with
            the place of its row (column ``source_ref`` where the table has one).
        KeyError: The model names a code list that is not given.
    """
    typed = conform(frame, model).reset_index(drop=True)
    broken: list[RowCheck] = []
    try:
        _pandera_schema(_rules(model, codes, prove_key), broken).validate(typed)
    except SchemaError:
        if not broken:
            raise
        raise _refusal(typed, model, broken) from None
    return typed


def _rules(model: TableModel, codes: CodeLists, prove_key: bool) -> list[RowCheck]:
    rules = [_not_missing(one) for one in model.fields if not one.nullable]
    rules += [_known_code(one, codes[one.codes]) for one in model.fields if one.codes is not None]
    rules += model.checks
    if prove_key:
        rules.append(_unique_key(model))
    return rules


def _pandera_schema(rules: list[RowCheck], broken: list[RowCheck]) -> pa.DataFrameSchema:
    """A schema with all rules; those that a frame breaks are put into ``broken``.

    Columns and types are those of ``conform``. Missing values are a check of ours, not pandera's:
    its own can't be capped, and an all-bad million rows would make a message of sixty megabytes.
    All rules are one check of pandera's, because it takes as long over a check as a rule does over
    a small table, and there are forty rules to a table.
    """

    def hold(frame: pd.DataFrame) -> bool:
        broken.extend(rule for rule in rules if not rule.holds(frame).all())
        return not broken

    # Each rule looks at missing values itself: pandera would look through the whole frame for
    # them, which is nine tenths of the time.
    return pa.DataFrameSchema(checks=pa.Check(hold, name="rules", ignore_na=False))


def _not_missing(one: Field) -> RowCheck:
    return RowCheck(
        f"present:{one.name}", "a value", lambda frame: frame[one.name].notna(), one.name
    )


def _known_code(one: Field, allowed: frozenset[str]) -> RowCheck:
    def holds(frame: pd.DataFrame) -> pd.Series:
        column = frame[one.name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            # One look a category, not one a row: a million rows hold a few hundred codes.
            values = column.array
            known = np.array([*(one in allowed for one in values.categories), True])
            return pd.Series(known[values.codes], index=column.index)
        return column.isin(list(allowed)) | column.isna()

    return RowCheck(f"codes:{one.name}", f"a code of {one.codes}", holds, one.name)


def _unique_key(model: TableModel) -> RowCheck:
    key = list(model.key)
    return RowCheck(
        "key", f"one row a key ({', '.join(key)})", lambda frame: ~frame.duplicated(key), key[-1]
    )


def _refusal(frame: pd.DataFrame, model: TableModel, broken: list[RowCheck]) -> SchemaRefused:
    faults: list[Fault] = []
    total = 0
    for rule in broken:
        rows = frame.index[~rule.holds(frame).fillna(False).astype(bool)]
        total += len(rows)
        for row in rows[:MAX_FAULTS]:
            if rule.name == "key":
                faults.append(_repeated(frame, model, row))
            else:
                value = _value(frame, row, rule.column)
                faults.append(Fault(_place(frame, row), rule.column, value, rule.expected))
    return SchemaRefused(model.name, faults, total)


def _place(frame: pd.DataFrame, row: int) -> str:
    if PLACE_COLUMN in frame.columns and pd.notna(frame[PLACE_COLUMN].iloc[row]):
        return str(frame[PLACE_COLUMN].iloc[row])
    return f"row {row + 1}"


def _value(frame: pd.DataFrame, row: int, column: str) -> str | None:
    value = frame[column].iloc[row]
    return None if pd.isna(value) else str(value)


def _repeated(frame: pd.DataFrame, model: TableModel, row: int) -> Fault:
    key = list(model.key)
    values = frame.loc[row, key]
    same = pd.Series(True, index=frame.index)
    for name in key:
        same &= frame[name].isna() if pd.isna(values[name]) else frame[name] == values[name]
    places = f"{_place(frame, int(str(same.idxmax())))} and {_place(frame, row)}"
    found = ", ".join(f"{name}={values[name]}" for name in key)
    return Fault(places, None, found, "one row a key")
