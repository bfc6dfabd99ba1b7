"""Earlier builds: kept when they are replaced, listed, and brought back.

A kept build is a hard link to the published file that was replaced: nothing is copied, and its
name is there before the new file takes its place, so that no moment is without it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connecting import connect
from warehouse.files import replacing, sync
from warehouse.home import Home

# Build ids are made of these; a name that a stranger put there is not touched.
_KEPT = re.compile(r"(?P<build>\d{8}T\d{6}-[0-9a-f]+)\.duckdb")


class NoSuchBuild(Exception):
    """No kept build answers to the name, or several do."""


class BuildUnreadable(Exception):
    """A kept build can't be read to its end."""


@dataclass(frozen=True)
class Build:
    """A published build, current or earlier.

    Attributes:
        build_id: Its id, which begins with the time when it was built.
        built_at: That time, UTC.
        parts: Parts of its fingerprint.
        rows: Rows of each table.
        path: Its file.
    """

    build_id: str
    built_at: str
    parts: dict[str, str]
    rows: dict[str, int]
    path: Path

    def changed_parts(self, before: Build | None) -> list[str]:
        """Parts of the fingerprint that differ from those of another build.

        Args:
            before: The build before; None if there is none.
        """
        if before is None:
            return []
        names = sorted(self.parts.keys() | before.parts.keys())
        return [name for name in names if self.parts.get(name) != before.parts.get(name)]


def keep_published(home: Home) -> None:
    """Keep the published file among the previous builds; it stays published, too.

    A file that does not say which build it is can't be read either: it is not kept.

    Args:
        home: The warehouse home.
    """
    if not home.database.is_file():
        return
    home.previous.mkdir(parents=True, exist_ok=True)
    for left_behind in home.previous.glob(".keeping.*"):
        left_behind.unlink()
    # Under a name of its own first: a connection that this process may still have to an older
    # file of the published name would answer for it with the older build.
    keeping = home.previous / f".keeping.{os.getpid()}.duckdb"
    try:
        _link_or_copy(home.database, keeping)
        try:
            build_id = read_build(keeping).build_id
        except BuildUnreadable:
            return
        # What stands under this name already is the same build, as after a rollback to it.
        keeping.replace(home.previous / f"{build_id}.duckdb")
        sync(home.previous)
    finally:
        keeping.unlink(missing_ok=True)


def kept_files(home: Home) -> list[Path]:
    """Files of the builds that are kept, the oldest first."""
    if not home.previous.is_dir():
        return []
    return sorted(path for path in home.previous.iterdir() if _KEPT.fullmatch(path.name))


def forget_older(home: Home, newest: int) -> list[Path]:
    """Remove kept builds except the newest.

    Args:
        home: The warehouse home.
        newest: How many earlier builds stay; the current one does not count.

    Returns:
        The files that were removed.
    """
    current = published_id(home)
    earlier = [path for path in kept_files(home) if path.stem != current]
    removed = earlier[: max(len(earlier) - newest, 0)]
    for path in removed:
        path.unlink()
    return removed


def history(home: Home) -> list[Build]:
    """The current build and all that are kept, the newest first; what can't be read is left out."""
    found: dict[str, Build] = {}
    for path in (home.database, *kept_files(home)):
        try:
            build = read_build(path)
        except BuildUnreadable:
            continue
        found.setdefault(build.build_id, build)
    return sorted(found.values(), key=lambda build: build.build_id, reverse=True)


def published_id(home: Home) -> str | None:
    """Id of the published build; None if there is none, or none that can be read."""
    try:
        return read_build(home.database).build_id
    except BuildUnreadable:
        return None


def read_build(path: Path) -> Build:
    """Read what a database file says of itself.

    Args:
        path: A published file, or one that is kept.

    Raises:
        BuildUnreadable: There is no such file, or it is not a build.
    """
    if not path.is_file():
        raise BuildUnreadable(f"{path.name} is not there")
    try:
        with connect(path) as connection:
            found = connection.execute(
                "SELECT build_id, CAST(built_at AS VARCHAR), fingerprint_parts FROM build"
            ).fetchall()
            counted = connection.execute(
                "SELECT table_name, estimated_size FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
        ((build_id, built_at, parts),) = found
    except (duckdb.Error, ValueError) as error:
        raise BuildUnreadable(f"{path.name} can't be read: {error}") from error
    rows = {str(name): int(count) for name, count in counted}
    return Build(build_id, built_at, json.loads(parts), rows, path)


def find(home: Home, named: str | None = None) -> Build:
    """A kept build by its id or the beginning of it.

    Args:
        home: The warehouse home.
        named: The id; None for the build before the current one.

    Raises:
        NoSuchBuild: None or several answer to the name, or the current one does.
    """
    current = published_id(home)
    kept = [path for path in kept_files(home) if path.stem != current]
    listed = ", ".join(path.stem for path in reversed(kept)) or "none"
    if named is None:
        earlier = [path for path in kept if current is None or path.stem < current]
        if not earlier:
            raise NoSuchBuild(f"no build before the current one is kept; kept: {listed}")
        return read_build(earlier[-1])
    if current is not None and named == current:
        raise NoSuchBuild(f"build {current} is the current one")
    wanted = [path for path in kept if path.stem.startswith(named)]
    if len(wanted) != 1:
        how_many = "several kept builds begin" if wanted else "no kept build begins"
        raise NoSuchBuild(f"{how_many} with {named!r}; kept: {listed}")
    return read_build(wanted[0])


def copy_proven(home: Home, build: Build) -> Path:
    """Copy a kept build beside the published file, and read the copy to its end.

    Args:
        home: The warehouse home.
        build: A kept build.

    Returns:
        The copy, ready to be renamed over the published file.

    Raises:
        BuildUnreadable: A block of it is broken, or a view does not answer; the copy is removed.
    """
    home.building.mkdir(parents=True, exist_ok=True)
    copy = home.building / f"rollback.{os.getpid()}.duckdb"
    try:
        shutil.copyfile(build.path, copy)
        with connect(copy) as connection:
            for (table,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
            ).fetchall():
                # A hash of every row needs every column of it, and so every block of the file.
                connection.execute(f'SELECT bit_xor(hash(one)) FROM "{table}" AS one').fetchall()
            for (view,) in connection.execute(
                "SELECT view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall():
                connection.execute(f'SELECT * FROM "{view}" LIMIT 0')
    except duckdb.Error as error:
        copy.unlink(missing_ok=True)
        raise BuildUnreadable(f"build {build.build_id} can't be read: {error}") from error
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def _link_or_copy(published: Path, kept: Path) -> None:
    try:
        kept.hardlink_to(published)
    except OSError:
        # Some file systems know no hard links.
        with replacing(kept) as temporary:
            shutil.copyfile(published, temporary)
