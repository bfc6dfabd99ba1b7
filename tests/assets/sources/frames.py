"""Rows of a frame, chosen by what their cells hold, and their values."""

from __future__ import annotations

import pandas as pd


def some(frame: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    for name, value in wanted.items():
        frame = frame[frame[name].isna() if value is None else frame[name] == value]
    return frame


def values(frame: pd.DataFrame, *names: str) -> dict[object, float]:
    keys = frame[list(names)].astype("str").itertuples(index=False, name=None)
    return {
        key[0] if len(key) == 1 else key: value
        for key, value in zip(keys, frame["value"], strict=True)
    }
