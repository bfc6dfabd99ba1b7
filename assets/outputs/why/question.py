"""Read the question: ``name=value`` pairs that name a figure, a cell of the map or an event."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.assessment import AVAILABILITY_MATRIX
from schemas.facts import DISPLACEMENT_EVENT, FLOW, PROFILE, STOCK

Kind = Literal["figure", "cell", "profile", "event"]
# What only the views of countries have; they have no such columns as PUBLISHED_ONLY.
COUNTRY_ONLY = ("country", "theme", "partner", "dimension", "derived")
PUBLISHED_ONLY = ("freq", "published_in", "definition", "extract_id", "source_ref")
EXTRA = ("measure", "known_on")
FIGURE_NAMES = (*dict.fromkeys([*STOCK.columns, *FLOW.columns, *COUNTRY_ONLY, *EXTRA]),)
CELL_NAMES = ("country", "theme", "measure", "breakdown", "year", "status", "rule")
TABLE_OF_KIND = {"profile": PROFILE, "event": DISPLACEMENT_EVENT, "cell": AVAILABILITY_MATRIX}


class Unclear(Exception):
    """A question that can't be read; its text says why and what would do."""


@dataclass(frozen=True)
class Question:
    """What is asked for.

    Attributes:
        kind: ``figure`` of stock, flow and the views of countries; ``cell`` of the map, when theme
            and breakdown are named without an indicator; ``profile`` when a statistic is named;
            ``event`` when an event is.
        given: Value by name, as text.
        known_on: The day as of whose knowledge is asked, None for now.
    """

    kind: Kind
    given: Mapping[str, str]
    known_on: date | None = None


def parse(text: str) -> Question:
    """Read a question.

    Args:
        text: ``name=value`` pairs with spaces between, values with spaces in quotes:
            ``indicator=refugees destination=DEU year=2022``.

    Raises:
        Unclear: A pair has no ``=``, a name is not known or stands twice, a year or day is none.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Unclear(f"{text!r}: {error}") from None
    given: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name or not value:
            raise Unclear(f"{word!r}: expected name=value, as in year=2022")
        if name in given:
            raise Unclear(f"{name} is given twice: {given[name]!r} and {value!r}")
        given[name] = value
    if not given:
        raise Unclear('nothing is asked: try "indicator=refugees destination=DEU year=2022"')
    kind = _kind(given)
    _refuse_unknown(given, kind)
    if "year" in given and not (given["year"].isascii() and given["year"].isdigit()):
        raise Unclear(f"year={given['year']}: expected a whole number, as in year=2022")
    day = given.pop("known_on", None)
    try:
        return Question(kind, given, date.fromisoformat(day) if day else None)
    except ValueError:
        raise Unclear(f"known_on={day}: expected a day, as in known_on=2024-01-31") from None


def names_of(kind: Kind) -> tuple[str, ...]:
    """The names that a question of a kind may give."""
    if kind == "figure":
        return FIGURE_NAMES
    return CELL_NAMES if kind == "cell" else tuple(TABLE_OF_KIND[kind].columns)


def _kind(given: Mapping[str, str]) -> Kind:
    if "event" in given or "event_name" in given:
        return "event"
    if "statistic" in given:
        return "profile"
    if "indicator" not in given and "theme" in given and "breakdown" in given:
        return "cell"
    return "figure"


def _refuse_unknown(given: Mapping[str, str], kind: Kind) -> None:
    known = names_of(kind)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise Unclear(f"{name}: no such name of a {kind}; {hint}")
