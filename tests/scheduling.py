"""Which worker of pytest-xdist gets which tests: a file stays together, and files of one group.

What a module's fixtures make is then made once. pytest-xdist's own ``loadgroup`` knows the group by
a suffix of a test's name, which pytest 9.2 no longer takes (pytest-xdist issue 1386): there every
test went its own way, and both workers made everything.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import Scheduling
from xdist.scheduler.loadscope import LoadScopeScheduling

_GROUP = re.compile(r'xdist_group\("([^"]+)"\)')


class ByFileAndGroup(LoadScopeScheduling):
    """Hands out files in their order; those that name the same ``xdist_group`` together."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(self.config.rootpath, nodeid.split("::", 1)[0])


@cache
def scope_of(root: Path, file: str) -> str:
    """The group that a test file names, or the file."""
    named = _GROUP.search((root / file).read_text(encoding="utf-8"))
    return named[1] if named else file


def long_files_first(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, so that no worker is left with one in the end.

    Those marked ``meanwhile`` come before all: one worker makes ``refreshed_home``, for which the
    others would wait, and the other has as much to do that does not need it.
    """

    def marked(name: str) -> set[Path]:
        return {item.path for item in items if item.get_closest_marker(name)}

    meanwhile, slow = marked("meanwhile"), marked("slow")
    items.sort(key=lambda item: (item.path not in meanwhile, item.path not in slow))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return ByFileAndGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without workers tests stay in their order."""
    if hasattr(config, "workerinput"):
        long_files_first(items)
