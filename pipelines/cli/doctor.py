"""``migmap doctor``: ask the publishers without landing anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from pipelines.cli.console import EXIT_FAILED, complain, out, say
from pipelines.doctor import Diagnosis, Table, examine
from pipelines.fetching import sources_to_ask
from warehouse import reference_data
from warehouse.home import current

_SIGNS = {"passes": "✓", "not configured": "–"}


def doctor(
    source: Annotated[str | None, typer.Option(help="Only this publisher, e.g. unhcr.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Ask each publisher's addresses: are they there, is it data, what would change?

    Nothing lands and nothing is remembered. An address that is not known yet is no fault.

    Exit codes: 0 all that is known answers as it should, 1 something does not.
    """
    reference = reference_data.load()
    sources = sources_to_ask(reference, source)
    if not sources:
        known = ", ".join(sources_to_ask(reference, None))
        raise typer.BadParameter(f"no publisher {source!r} is asked; asked are: {known}")
    found = list(examine(current(), reference, sources))
    if as_json:
        out.print_json(json.dumps([one.as_json() for one in found], ensure_ascii=False))
    else:
        _print(found)
    if not all(one.well for one in found):
        raise typer.Exit(EXIT_FAILED)


def _print(found: Sequence[Diagnosis]) -> None:
    for one in found:
        sign = _SIGNS.get(one.stage, "✗")
        say(f"{sign} {one.source + '/' + one.dataset:26} {_answer(one)}")
        if one.message and not one.well:
            complain(one.message)
        elif one.message:
            say(f"  {one.message}")
    unsure = [one for one in found if one.certainty != "known" and one.stage != "not configured"]
    if unsure:
        say("Not certain, to be checked on the first live run:")
    for one in unsure:
        say(f"  {one.source}/{one.dataset} ({one.certainty}): {one.how_to_check}")


def _answer(one: Diagnosis) -> str:
    if one.now is None:
        return one.stage
    told = f"{one.stage}: {_told(one.now)}"
    if one.held is None:
        return f"{told}; none is held"
    told += f"; held {_told(one.held)}, release {one.held.release}"
    if one.new is None:
        held, now = (";".join(scope) for scope in (one.held.scope, one.now.scope))
        return f"{told}, for {held} and not {now}: {one.changed:,} changed, {one.vanished:,} gone"
    return f"{told}: {one.changed:,} changed, {one.new:,} new, {one.vanished:,} gone"


def _told(table: Table) -> str:
    years = "" if table.first_year is None else f" of {table.first_year}-{table.last_year}"
    return f"{table.rows:,} rows{years}"
