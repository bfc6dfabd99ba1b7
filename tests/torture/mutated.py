"""A mutated file of an extract: what it is, and what was done to it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from documents import Original


@dataclass
class Mutated:
    """A mutated file.

    Attributes:
        data: Its bytes.
        sidecar: Text of the manifest beside it.
        what: What was done, for people.
        same: Whether its figures must be those of the original, and nothing else will do.
        of_cells: Whether it is a mutation of certain cells alone.
    """

    data: bytes
    sidecar: str
    what: str
    same: bool = False
    of_cells: bool = False


Mutator = Callable[[Original, random.Random], Mutated]


def of_bytes(original: Original, data: bytes, what: str, *, same: bool = False) -> Mutated:
    return Mutated(data, json.dumps(original.sidecar, ensure_ascii=False), what, same)
