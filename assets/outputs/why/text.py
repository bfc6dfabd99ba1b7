"""The answer as lines of text for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assets.outputs.queries import Record
from assets.outputs.why.evidence import Answer
from assets.outputs.why.finding import Candidate
from assets.outputs.why.question import CELL_NAMES
from warehouse.landing import landed_as

SHOWN = 10
_MARGIN = 12
_TELLING = (
    "measure", "statistic", "event_name", "theme", "indicator", "origin", "destination",
    "breakdown", "sex", "age", "education", "employment", "reason", "detail", "universe", "year",
    "freq", "period_start", "period_end", "base", "value", "unit", "producer", "source", "dataset",
    "release",
)  # fmt: skip
# What is printed in the file, by a part's extract and place; None where it can't be looked up.
InFile = Callable[[Record], Any]


def amount(value: float | None, unit: str | None) -> str:
    """A number with its unit as people read it; ``none`` where there is none."""
    if value is None:
        return "none"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    return f"{number} {unit}" if unit else number


def answer_lines(answer: Answer, in_file: InFile, *, everything: bool = False) -> Iterator[str]:
    """The answer, a line at a time.

    Args:
        answer: What was gathered.
        in_file: Gives what is printed at a part's place.
        everything: Whether long lists are given whole; else the first ``SHOWN`` and a count.
    """
    shown = None if everything else SHOWN
    yield _title(answer)
    yield from _about(answer)
    yield from _files(answer)
    yield from _parts(answer, in_file, shown)
    for definition in answer.definitions:
        text = f"{definition['term']}: {definition['text_en']}"
        yield _line("definition", f"{text} [{definition['definition']}]")
    yield from _checked(answer, shown)
    if answer.where in ("country", "published"):
        yield _line("releases", "; ".join(map(_release, answer.other_releases)) or "no other held")
    yield "way"
    for step in answer.way:
        columns = f".{step['columns']}" if step["columns"] else ""
        yield f"  -> {step['asset']}{columns}  ({step['what']})"


def candidate_lines(candidates: Sequence[Candidate]) -> Iterator[str]:
    """Candidates, each as the pairs by which they differ, so that they can be asked for."""
    rows = [candidate.row for candidate in candidates]
    if candidates[0].where == "cell":
        rows = [{name: row[name] for name in CELL_NAMES} for row in rows]
    named = [name for name in _TELLING if any(row.get(name) is not None for row in rows)]
    differing = [name for name in named if len({str(row.get(name)) for row in rows}) > 1]
    for row in rows[: 2 * SHOWN]:
        pairs = [_pair(name, row[name]) for name in differing if row.get(name) is not None]
        yield "  " + " ".join(pairs)
    if len(rows) > 2 * SHOWN:
        yield f"  ... and {len(rows) - 2 * SHOWN} more"
    names = [name for name in differing if name not in ("value",)]
    if names:
        yield f"Narrow it by {', '.join(names)}."


def _pair(name: str, value: object) -> str:
    text = str(value)
    return f"{name}='{text}'" if " " in text else f"{name}={text}"


def _line(name: str, text: str) -> str:
    return f"{name:{_MARGIN}}{text}"


def _title(answer: Answer) -> str:
    one = answer.figure
    if answer.where == "cell":
        cell = f"{one['country']} {one['theme']} {one['measure']} {one['breakdown']} {one['year']}"
        return f"{cell}: {one['status'].replace('_', ' ')}"
    unit = one.get("unit", "persons")
    if answer.where == "event":
        return f"{one['event_name'] or one['event']}: {amount(one['value'], unit)}"
    place = f"{one['origin']} to {one['destination']}"
    return f"{one['indicator']}, {place}, {one['year']}: {amount(one['value'], unit)}"


def _about(answer: Answer) -> Iterator[str]:
    one = answer.figure
    if answer.where == "cell":
        yield _line("rule", f"{one['rule']} ({one['evidence']})")
        yield _line("reason", one["reason"])
    else:
        split = [
            _pair(name, one[name])
            for name in ("sex", "age", "education", "employment", "reason", "detail", "universe")
            if one.get(name) not in (None, "_T")
        ]
        kind = one.get("measure") or one.get("statistic") or answer.where
        breakdown = f", breakdown {one['breakdown']}" if one.get("breakdown") else ""
        yield _line("figure", f"{kind}{breakdown} {' '.join(split)}".rstrip())
        time = [one.get(name) for name in ("reference_date", "period_start", "period_end")]
        yield _line("time", " to ".join(str(day) for day in time if day) or str(one["year"]))
        qualifier = one.get("qualifier") or "none"
        yield _line("status", f"{one.get('obs_status') or 'A'}, qualifier {qualifier}")
        derived = f"yes: sum of {len(answer.parts)} published figures" if one.get("derived") else ""
        yield _line("derived", derived or "no: as published")
        if one.get("themes"):
            yield _line("themes", ", ".join(one["themes"]))
    for producer in answer.producers:
        yield _line("producer", f"{producer['source']}: {producer['title']}")
    for release in answer.releases:
        name = f"{release['source']}/{release['dataset']}"
        yield _line("release", f"{name} {release['release']}, known by {release['known_on_to']}")


def _files(answer: Answer) -> Iterator[str]:
    for file in answer.files:
        yield _line(
            "file", f"{file['file']}, {file['rows']} rows, from {file['link'] or 'no link'}"
        )
        when = file["retrieved_at"] or "on a day that was not recorded"
        yield _line("", f"retrieved {when}; licence {file['licence'] or 'not found'}")
        place = landed_as(file["source"], file["dataset"], file["extract_id"])
        yield _line("", f"landed as {place.as_posix()}")
        for name, told in (("cite", "citation"), ("figures from", "figures_from")):
            if file[told]:
                yield _line("", f"{name} {file[told]}")


def _parts(answer: Answer, in_file: InFile, shown: int | None) -> Iterator[str]:
    if not answer.parts:
        yield _line("parts", "no figure is held")
    several_files = len(answer.files) > 1
    for number, part in enumerate(answer.parts[:shown]):
        printed = in_file(part)
        told = f"{amount(part['value'], None)} at {part['source_ref']}"
        told += "" if printed is None else f", printed {printed}"
        if len(answer.parts) > 1:
            told += f"  {_about_part(part)}"
        if several_files:
            told += f"  in {part['source']}/{part['dataset']}/{part['extract_id'][:12]}"
        name = "place" if len(answer.parts) == 1 else "parts" if number == 0 else ""
        yield _line(name, told)
    yield from _more(len(answer.parts), shown)


def _about_part(part: Record) -> str:
    names = (
        "indicator", "origin", "destination", "sex", "age", "education", "employment", "reason",
        "detail",
    )  # fmt: skip
    told = [str(part[name]) for name in names if part.get(name) not in (None, "_T")]
    return " ".join([*told, part.get("qualifier") or ""]).rstrip()


def _checked(answer: Answer, shown: int | None) -> Iterator[str]:
    for number, check in enumerate(answer.checks[:shown]):
        name = "checked" if number == 0 else ""
        yield _line(name, f"{check['where']} {check['name']}: {check['what']}")
    yield from _more(len(answer.checks), shown)
    for issue in answer.issues[:shown]:
        yield _line("odd", f"{issue['kind']} at {issue['source_ref']}: {issue['description']}")
    yield from _more(len(answer.issues), shown)
    if not answer.issues:
        yield _line("odd", "nothing was noted at this place")
    for claim in answer.claims:
        printed = amount(claim["printed_value"], None)
        told = f"{claim['claim_id']} (section {claim['section']}) {claim['statement']}: {printed}"
        yield _line("in print", f"{told}, {claim['status']}")
    for cell in answer.cells:
        name = f"{cell['theme']} {cell['measure']} {cell['breakdown']} {cell['year']}"
        yield _line("map", f"{name}: {cell['status'].replace('_', ' ')}, {cell['rule']}")
    for one in answer.evidence:
        share = "" if one["completeness"] is None else f", {one['completeness']:.1%} of the total"
        name = f"{one['source']}/{one['dataset']} {one['release']}: {one['indicator']}"
        yield _line("evidence", f"{name}, figures: {one['observations']}{share}")
    for one in answer.declared:
        told = f"{one['source']}: {one['holds']}, {one['access']}; seen {one['date_seen']} by "
        yield _line("declared", f"{told}{one['seen_by']}. {one['note'] or ''}".rstrip())


def _more(count: int, shown: int | None) -> Iterator[str]:
    if shown is not None and count > shown:
        yield _line("", f"... and {count - shown} more; all with --all or --json")


def _release(one: Record) -> str:
    value = amount(one["value"], None)
    return f"{one['release']} (known by {one['known_on']}): {value}, {one['standing']}"
