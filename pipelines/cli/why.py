"""``migmap why``: where a number comes from."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any

import typer

from assets.outputs.queries import Record
from assets.outputs.why import evidence, finding, places
from assets.outputs.why.question import Question, Unclear, parse
from assets.outputs.why.text import answer_lines, candidate_lines
from pipelines.cli.console import EXIT_FAILED, complain, say
from pipelines.cli.opening import published
from warehouse.home import Home, current
from warehouse.landing import landed_as

EXIT_UNCLEAR = 2
_NEAR = 12


def why(
    question: Annotated[
        str,
        typer.Argument(
            help="name=value pairs: columns of stock, flow or country_stock, as in "
            '"indicator=refugees destination=DEU year=2022"; a cell of the map by theme, '
            "breakdown, measure and year; a share by statistic; an event by event_name. "
            "release= and known_on= go back in time."
        ),
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="All parts and checks, however many.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
) -> None:
    """Show where a number comes from: its file and cell, release, checks, and every part of a sum.

    What is left open means totals of the current release, of the dataset that is preferred for
    the country. Exit code 1: nothing found; 2: the question is not clear, candidates are listed.
    """
    home = current()
    try:
        asked = parse(question)
        with published(home) as connection:
            found = finding.find(connection, asked)
            near = {} if found else finding.nearest(connection, asked)
            told = evidence.answer(connection, found[0]) if len(found) == 1 else None
    except Unclear as error:
        complain(str(error))
        raise typer.Exit(EXIT_UNCLEAR) from None
    if told is None:
        _print_candidates(asked, found, near)
        raise typer.Exit(EXIT_UNCLEAR if found else EXIT_FAILED)
    in_file = _looker(home)
    if as_json:
        parts = [part | {"printed": in_file(part)} for part in told.parts]
        whole = told.as_dict() | {"parts": parts}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=1, default=str))
        return
    for line in answer_lines(told, in_file, everything=everything):
        say(line)


def _print_candidates(
    asked: Question, found: list[finding.Candidate], near: dict[str, list[str]]
) -> None:
    if found:
        say(f"{len(found)} figures have all of this:")
        for line in candidate_lines(found):
            say(line)
        return
    complain(f"nothing has all of {' '.join(f'{k}={v}' for k, v in asked.given.items())}")
    for name, values in near.items():
        more = f" and {len(values) - _NEAR} more" if len(values) > _NEAR else ""
        say(f"  with another {name}: {', '.join(values[-_NEAR:])}{more}")
    if not near:
        say("  and no other value of one name helps: leave more of it open")


def _looker(home: Home) -> Any:
    """A function that gives what is printed at a part's place, None where the file is gone."""

    @cache
    def opened(source: str, dataset: str, extract_id: str) -> places.Reader | None:
        try:
            return places.opener(home.landing / landed_as(source, dataset, extract_id))
        except OSError:
            return None

    def printed(part: Record) -> Any:
        read = opened(part["source"], part["dataset"], part["extract_id"])
        try:
            return None if read is None else read(part["source_ref"])
        except (LookupError, TypeError, ValueError):
            return None

    return printed
