"""Tell who listens how far a run is: one call a finished step."""

import logging
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


class _Telling(logging.Handler):
    """Passes the end of each step on."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if not isinstance(event, dg.DagsterEvent) or event.step_key is None:
            return
        if event.is_step_success or event.is_step_failure:
            for listener in _listeners:
                listener(event.step_key, event.is_step_success)


# Hooks would tell the same, at the price of two more stored events a step.
@dg.logger({}, description="Tells the command line which steps have ended.")
def progress(context: dg.InitLoggerContext) -> logging.Logger:
    """What Dagster hands a run's events to."""
    logger = logging.Logger("migmap.progress")
    logger.addHandler(_Telling())
    return logger
