"""How figures are put into words: what they count, how sure they are, whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from assets.outputs.labels import SIGNS, Label, Labels
from assets.outputs.why.pages import page_name

# Columns that split a figure, with the code list of each; the partner's are areas.
SPLITS = ("sex", "age", "education", "employment", "reason")


@dataclass(frozen=True)
class Figure:
    """One figure in words.

    Attributes:
        what: What is counted, and of whom.
        value: The number with its sign, or why there is none.
        source: Publisher, dataset and release.
        remarks: What must be said of it: derived, provisional, estimated, ...
        page: File name of the page that says where a total comes from; it need not be there.
    """

    what: str
    value: str
    source: str
    remarks: tuple[str, ...]
    page: str | None


def figure(row: dict[str, Any], labels: Labels) -> Figure:
    """Put a row of ``country_stock`` or ``country_flow`` into words.

    Args:
        row: The columns of the view that are named here, and those of ``SPLITS``.
        labels: Names and texts of the language.
    """
    parts = [str(labels.indicator(row["indicator"]))]
    if row["partner"] != "WLD" or row["breakdown"].startswith("country_of"):
        parts.append(str(labels.area(row["partner"])))
    parts += [str(labels.code(name, row[name])) for name in SPLITS if row[name] != "_T"]
    parts += detail(row["detail"], labels)
    return Figure(
        " · ".join(parts),
        value(row, labels),
        f"{row['source']} · {row['dataset']} · {row['release']}",
        tuple(str(remark) for remark in remarks(row, labels)),
        page_name(row) if row["breakdown"] == "total" else None,
    )


def value(row: dict[str, Any], labels: Labels) -> str:
    """The number of a row with its sign, or why there is none: missing is never zero."""
    if row["value"] is None:
        return str(labels.code("obs_status", row["obs_status"]))
    sign = SIGNS.get(row["qualifier"] or "", "")
    return f"{sign}\N{NO-BREAK SPACE}{labels.number(row['value'])}".lstrip("\N{NO-BREAK SPACE}")


def remarks(row: dict[str, Any], labels: Labels) -> list[Label]:
    """What must be said of a figure beside its value."""
    said = []
    if row["value"] is not None and row["obs_status"] != "A":
        said.append(labels.code("obs_status", row["obs_status"]))
    if row["derived"]:
        said.append(labels.text("site.figure.derived"))
    return said


def detail(text: str, labels: Labels) -> list[str]:
    """The values of a figure's further splits, by name where they have one.

    Args:
        text: Column ``detail``: ``name=value`` pairs, or ``_T``.
        labels: Names of the language.
    """
    if text == "_T":
        return []
    said = []
    for pair in text.split(";"):
        name, _, code = pair.partition("=")
        known = [("area", code), (f"code:{name}", code)]
        label = next((labels.names[one] for one in known if one in labels.names), None)
        said.append(str(label) if label else unquote(code).replace("_", " "))
    return said
