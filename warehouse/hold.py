"""A hold on the published build, so that the next refresh does not undo a rollback."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from warehouse import database, previous
from warehouse.files import replacing, sync
from warehouse.home import Home
from warehouse.previous import Build

# Tag of a Dagster run that may publish over a hold.
FORCE_TAG = "migmap/force"
HOW_TO_LIFT = (
    "until somebody lifts the hold with `migmap rollback --release` or `migmap refresh --force`"
)


@dataclass(frozen=True)
class Hold:
    """That a build shall stay published.

    Attributes:
        build_id: The build.
        by: Who holds it.
        why: The reason given, if any.
        since: When, UTC.
    """

    build_id: str
    by: str
    why: str | None
    since: str

    def __str__(self) -> str:
        """The hold in words."""
        since = self.since[:16].replace("T", " ")
        why = f": {self.why}" if self.why else ", no reason given"
        return f"build {self.build_id} is held by {self.by} since {since} UTC{why}"


class Held(Exception):
    """A build is held, so nothing is published."""


def held(home: Home) -> Hold | None:
    """The hold that is in force.

    A hold counts only while the build that it names is the published one: a rollback writes it
    before it renames, and a kill in between, or a publication since, leaves one that says nothing.

    Args:
        home: The warehouse home.
    """
    try:
        hold = Hold(**json.loads(home.hold.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return hold if hold.build_id == previous.published_id(home) else None


def release(home: Home) -> Hold | None:
    """Lift the hold.

    Returns:
        The hold that was in force, if any.
    """
    hold = held(home)
    home.hold.unlink(missing_ok=True)
    return hold


def roll_back(home: Home, build: Build, why: str | None = None) -> Hold:
    """Publish a kept build again and hold it; whoever calls holds the refresh lock.

    The build is copied and read to its end first. The one that it replaces is kept.

    Args:
        home: The warehouse home.
        build: A kept build.
        why: The reason, for whoever looks later.

    Returns:
        The hold.

    Raises:
        warehouse.previous.BuildUnreadable: The kept build is broken; nothing changed.
    """
    copy = previous.copy_proven(home, build)
    hold = Hold(build.build_id, _who(), why, datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        with replacing(home.hold) as temporary:
            temporary.write_text(json.dumps(asdict(hold), ensure_ascii=False), encoding="utf-8")
        sync(home.var)
        database.publish(home, copy)
    finally:
        copy.unlink(missing_ok=True)
    return hold


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a process of a user without a name, as in a container
        return f"user {os.getuid()}"
