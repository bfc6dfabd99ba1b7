"""Make observations: the long shape that all publishers' figures are brought to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from schemas.facts import OBSERVATIONS

ALL = "_T"
WORLD = "WLD"
DEFAULTS: dict[str, str | None] = {
    "sex": ALL,
    "age": ALL,
    "education": ALL,
    "employment": ALL,
    "reason": ALL,
    "detail": ALL,
    "universe": ALL,
    "qualifier": None,
    "additive_set": None,
    "published_in": None,
}
_SPLIT_COLUMNS = ("sex", "age", "education", "employment", "reason")
_KINDS = {one.name: one.kind for one in OBSERVATIONS.fields}


def constant(value: str | None, length: int) -> pd.Categorical:
    """A categorical column that holds one value throughout, or nothing.

    Args:
        value: The value; None leaves every row missing.
        length: Number of rows.
    """
    code = -1 if value is None else 0
    return pd.Categorical.from_codes(np.full(length, code, dtype="int8"), dtype=_only(value))


@cache
def _only(value: str | None) -> pd.CategoricalDtype:
    """The type of a column of one value: it takes pandas longer to make than the column."""
    return pd.CategoricalDtype(pd.Index([] if value is None else [value], dtype="str"))


def chosen(positions: np.ndarray, values: Sequence[str]) -> pd.Categorical:
    """A categorical column picked from a few values.

    Args:
        positions: For each row the position of its value; -1 leaves it missing.
        values: The values, repeated or not.
    """
    categories = sorted(set(values))
    code_of = {value: code for code, value in enumerate(categories)}
    # The last entry serves position -1.
    codes = np.array([*(code_of[value] for value in values), -1])
    return pd.Categorical.from_codes(codes[positions], categories=pd.Index(categories, dtype="str"))


def days(values: np.ndarray) -> pd.Series:
    """Days as ``date32``.

    Args:
        values: ``datetime64[D]``, NaT where there is none.
    """
    array = pa.array(values.astype("datetime64[D]"), type=pa.date32())
    return pd.Series(pd.arrays.ArrowExtensionArray(array))


def complete(rows: Mapping[str, object], constants: Mapping[str, str | None]) -> pd.DataFrame:
    """Fill the columns that a publisher's figures do not use.

    Args:
        rows: Columns that vary, all of one length; at least ``value`` and ``source_ref``.
        constants: Columns that hold one value throughout.

    Returns:
        A frame in the columns of ``schemas.facts.OBSERVATIONS`` but ``breakdown``.
    """
    length = len(rows["value"])  # type: ignore[arg-type]
    columns: dict[str, object] = {}
    for one in OBSERVATIONS.fields:
        if one.name in rows:
            column = rows[one.name]
            columns[one.name] = (
                column.reset_index(drop=True) if isinstance(column, pd.Series) else column
            )
        elif one.name == "breakdown":
            continue
        elif one.kind == "date":
            columns[one.name] = days(np.full(length, np.datetime64("NaT"), dtype="datetime64[D]"))
        elif one.kind == "text":
            columns[one.name] = pd.Series([constants.get(one.name)] * length, dtype="str")
        elif one.kind == "number":
            columns[one.name] = np.full(length, np.nan)
        else:
            value = constants[one.name] if one.name in constants else DEFAULTS[one.name]
            columns[one.name] = constant(value, length)
    return pd.DataFrame(columns, copy=False)


def concatenate(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack frames of the same columns, keeping categories.

    ``pandas.concat`` turns unequal categories into strings, which costs five times the memory.

    Args:
        frames: At least one frame; all with the same columns.
    """
    first, *rest = frames
    if not rest:
        return first.reset_index(drop=True)
    columns: dict[str, object] = {}
    for name in first.columns:
        parts = [frame[name] for frame in frames]
        if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            columns[name] = union_categoricals(list(map(_of_text, parts)), ignore_order=True)
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns, copy=False)


def _of_text(column: pd.Series) -> pd.Series:
    """The column, with categories of text also where Parquet kept none and forgot their type."""
    if len(column.cat.categories):
        return column
    return pd.Series(constant(None, len(column)))


def with_breakdown(frame: pd.DataFrame) -> pd.DataFrame:
    """Name the dimensions that each figure splits.

    A figure splits origin and destination unless one side is the world or both are the same
    area; then its place is all that is said, and it is a ``total`` if nothing else is split.

    Args:
        frame: Observations without ``breakdown``.

    Returns:
        The frame in the columns of ``schemas.facts.OBSERVATIONS``.
    """
    # Numbered alike, areas are compared by their number: there are far more rows than areas.
    areas = union_categoricals([frame["origin"], frame["destination"]])
    origin, destination = areas[: len(frame)], areas[len(frame) :]
    pair = (origin != WORLD) & (destination != WORLD) & (origin.codes != destination.codes)
    code = pair.astype("int64")
    for position, name in enumerate(_SPLIT_COLUMNS, start=1):
        code += _is_split(frame[name]).astype("int64") << position
    detail = frame["detail"].cat
    code += (detail.codes.to_numpy().astype("int64") + 1) << (len(_SPLIT_COLUMNS) + 1)
    found, inverse = np.unique(code, return_inverse=True)
    details = list(detail.categories)
    names = [_breakdown_name(int(one), details) for one in found]
    return frame.assign(breakdown=chosen(inverse, names))[OBSERVATIONS.columns]


def _is_split(column: pd.Series) -> np.ndarray:
    split = np.asarray(column.cat.categories != ALL)
    return split[column.cat.codes.to_numpy()]


def _breakdown_name(code: int, details: list[str]) -> str:
    names = ["origin", "destination"] if code & 1 else []
    names += [name for at, name in enumerate(_SPLIT_COLUMNS, start=1) if code >> at & 1]
    detail = details[(code >> (len(_SPLIT_COLUMNS) + 1)) - 1]
    if detail != ALL:
        names += [pair.split("=", 1)[0] for pair in detail.split(";")]
    return "+".join(names) or "total"


def detail_text(**pairs: str) -> str:
    """The ``detail`` of a figure: sorted ``name=value`` pairs.

    Args:
        pairs: Names and values; ``%``, ``;`` and ``=`` in values are percent-encoded.
    """
    encoded = {
        name: value.replace("%", "%25").replace(";", "%3B").replace("=", "%3D")
        for name, value in pairs.items()
    }
    return ";".join(f"{name}={encoded[name]}" for name in sorted(encoded))


def detail_column(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.Categorical:
    """The ``detail`` column made of several columns of a source-shaped frame.

    Args:
        frame: The source-shaped frame.
        names: Column of the frame by name in the detail.
    """
    columns = list(names.values())
    group = frame.groupby(columns, observed=True, sort=True, dropna=False).ngroup()
    first = frame.loc[~group.duplicated(), columns].assign(group=group[~group.duplicated()])
    ordered = first.sort_values("group")
    texts = [
        detail_text(**{name: str(row[column]) for name, column in names.items()})
        for row in ordered.to_dict("records")
    ]
    return chosen(group.to_numpy(), texts)
