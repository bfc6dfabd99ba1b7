"""What a build is made of, as hashes: the one truth on whether anything changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from warehouse import landing
from warehouse.home import REFERENCE_FOLDER, WAREHOUSE_FOLDER, Home
from warehouse.reference_data import fingerprint as reference_fingerprint

_CODE_FOLDERS = ("schemas", "warehouse", "assets")
# Libraries that decide what figures and tables come out.
_LIBRARIES = ("pandas", "pandera", "pyarrow", "duckdb", "babel")


def parts(home: Home) -> dict[str, str]:
    """The parts that a build depends on.

    Args:
        home: The warehouse home.

    Returns:
        A hash by part: ``extracts/<source>`` for each publisher, ``refused``, ``reference`` and
        ``code`` (models, rules, views and the libraries they run on).
    """
    by_source: dict[str, list[str]] = {}
    for one in landing.accepted(home):
        told = (
            f"{one.dataset} {one.release} {one.extract_id} {one.scope} {one.known_on} {one.access}"
        )
        by_source.setdefault(one.source, []).append(told)
    found = {f"extracts/{source}": _hash(sorted(told)) for source, told in by_source.items()}
    found["refused"] = _hash(sorted(one.extract_id for one in landing.refused(home)))
    found["reference"] = reference_fingerprint(REFERENCE_FOLDER)
    found["code"] = code_fingerprint(WAREHOUSE_FOLDER.parent)
    return dict(sorted(found.items()))


def whole(of_parts: dict[str, str]) -> str:
    """One hash over all parts."""
    return _hash([json.dumps(of_parts, sort_keys=True)])


def code_fingerprint(root: Path) -> str:
    """A hash over models, rules, views and the versions of the libraries they run on.

    Args:
        root: The folder that holds the packages.
    """
    files = [path for folder in _CODE_FOLDERS for path in (root / folder).rglob("*.py")]
    # The scripts that wrote the bundled extracts are no part of a refresh, nor is what is made
    # of the published file.
    files = [
        path for path in files if not {"extracts", "outputs"} & set(path.relative_to(root).parts)
    ]
    files += (root / "warehouse" / "views").glob("*.sql")
    told = [f"{name} {version(name)}" for name in _LIBRARIES]
    told += [
        f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(files)
    ]
    return _hash(told)


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
