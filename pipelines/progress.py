"""Tell who listens how far a run is: one call a finished step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

Listener = Callable[[str, bool], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call the listener with a step's name and whether it succeeded, while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@dg.success_hook
def step_succeeded(context: dg.HookContext) -> None:
    """Pass a success on."""
    _tell(context.op.name, succeeded=True)


@dg.failure_hook
def step_failed(context: dg.HookContext) -> None:
    """Pass a failure on."""
    _tell(context.op.name, succeeded=False)


def _tell(step: str, *, succeeded: bool) -> None:
    for listener in _listeners:
        listener(step, succeeded)
