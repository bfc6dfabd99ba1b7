"""Tell people that a run failed or a file was refused; off until somebody says where to."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.alert_plugs import AlertFailed, Message, Plug, plugs, without_secrets
from pipelines.fetch_jobs import FETCH
from pipelines.refresh import root_cause
from warehouse import landing
from warehouse.home import current
from warehouse.landing import Manifest

NOT_CONFIGURED = "no alert is configured"
SECONDS = 60
# What is read on a telephone; the whole stands in `migmap status` and in the pages.
_MOST_ITEMS = 20
_MOST_LETTERS = 1500


def alert_sensors() -> list[dg.SensorDefinition]:
    """The sensors of alerts; they run, and say that no alert is configured until one is."""
    return [alert_run_failed, alert_refused]


@dg.run_failure_sensor(
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tell by e-mail or webhook that a run failed, at which step and why. A message "
    "that can't be sent is not repeated.",
)
def alert_run_failed(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Send one message for a failed run.

    Raises:
        AlertFailed: A plug did not take it; the tick shows it, the next run is told all the same.
    """
    ways = plugs(os.environ)
    if not ways:
        return dg.SkipReason(NOT_CONFIGURED)
    causes = {
        str(event.step_key): root_cause(event) for event in context.get_step_failure_events()
    } or {"run": context.failure_event.message or "unknown error"}
    run = context.dagster_run
    failures = _send(ways, failed_run(run.job_name, run.run_id, causes))
    if failures:
        raise AlertFailed("; ".join(failures.values()))
    return None


@dg.sensor(
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tell by e-mail or webhook which files were refused and why, each once. What "
    "can't be sent is tried again at the next look.",
)
def alert_refused(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Send one message for the refusals that stand and were not told before."""
    ways = plugs(os.environ)
    if not ways:
        return dg.SkipReason(NOT_CONFIGURED)
    standing = {_name(one): one for one in landing.standing_refusals(current())}
    told = _told(context.cursor)
    failures: dict[str, str] = {}
    for name, plug in ways.items():
        before = told.get(name, set()) & standing.keys()
        new = [one for key, one in standing.items() if key not in before]
        failed = _send({name: plug}, refused_files(new)) if new else {}
        failures |= failed
        told[name] = before if failed else set(standing)
    context.update_cursor(json.dumps({name: sorted(keys) for name, keys in told.items()}))
    if failures:
        context.log.error("Not told: %s", "; ".join(failures.values()))
        return dg.SkipReason(f"Not told, tried again next time: {'; '.join(failures.values())}")
    return dg.SkipReason("Every refusal that stands was told.")


def failed_run(job: str, run_id: str, causes: Mapping[str, str]) -> Message:
    """What is told of a failed run.

    Args:
        job: Its job.
        run_id: Its id.
        causes: The error by step.
    """
    items = tuple(
        {"step": step.replace("__", "/"), "why": _short(why)} for step, why in causes.items()
    )
    lines = [f"The run {run_id} of job {job} failed.", ""]
    for item in items[:_MOST_ITEMS]:
        lines += [f"Step: {item['step']}", f"Why: {item['why']}", ""]
    lines += ["Nothing was published by it; the last good warehouse serves on."]
    if job.startswith(FETCH):
        lines += [
            "What to do: nothing, if the publisher was out of reach: it is asked again at the next "
            "time of the schedule. If this comes twice, `migmap doctor` looks at the publisher's "
            "addresses and answers, and the page Fetching tells what is believed of them."
        ]
    else:
        lines += [
            "What to do: read the run in Dagster's pages, or run `migmap refresh` on the machine. "
            "The page Operations tells what the usual messages mean."
        ]
    return _clean(Message("failed", f"Migration data map: job {job} failed", _joined(lines), items))


def refused_files(manifests: Sequence[Manifest]) -> Message:
    """What is told of refused files.

    Args:
        manifests: Files in quarantine.
    """
    items = tuple(
        {
            "source": one.source,
            "dataset": one.dataset,
            "file": one.file,
            "refused_at": one.landed_at,
            "why": _short(one.why or "unknown"),
        }
        for one in manifests
    )
    count = f"{len(items)} file" + ("s were" if len(items) > 1 else " was")
    lines = [f"{count} refused. What was accepted before is published on.", ""]
    for item in items[:_MOST_ITEMS]:
        lines += [
            f"Source: {item['source']}, dataset: {item['dataset']}",
            f"File: {item['file']}, refused {item['refused_at']}",
            f"Why: {item['why']}",
            "",
        ]
    if len(items) > _MOST_ITEMS:
        lines += [f"... and {len(items) - _MOST_ITEMS} more: `migmap status` lists them.", ""]
    lines += [
        "What to do: look at the place that is named. If the file is wrong, ask its publisher for "
        "a right one and drop that into the inbox. If the file is right, the page Operations "
        "tells how a person lets it pass.",
    ]
    return _clean(Message("refused", f"Migration data map: {count} refused", _joined(lines), items))


def _send(ways: Mapping[str, Plug], message: Message) -> dict[str, str]:
    """Send by every way; what went wrong, by way."""
    failures = {}
    for name, plug in ways.items():
        try:
            plug(message)
        except AlertFailed as error:
            failures[name] = str(error)
    return failures


def _told(cursor: str | None) -> dict[str, set[str]]:
    said: Any = json.loads(cursor) if cursor else {}
    return {str(name): set(keys) for name, keys in said.items()}


def _name(manifest: Manifest) -> str:
    # The same bytes refused again for another reason are another refusal.
    return f"{manifest.extract_id[:16]}.{manifest.landed_order}"


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]} ..."


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _clean(message: Message) -> Message:
    def clean(text: str) -> str:
        return without_secrets(text, os.environ)

    items = tuple({key: clean(value) for key, value in item.items()} for item in message.items)
    return Message(message.kind, clean(message.subject), clean(message.text), items)
