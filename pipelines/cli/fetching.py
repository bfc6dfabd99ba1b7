"""What ``migmap refresh --fetch`` shows: how far a download is, and what became of each dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from assets.sources.limits import how_to_accept
from pipelines.cli.console import complain, out, say
from pipelines.fetching import FAILED, NOTHING_NEW, DatasetReport, fetch_and_land, sources_to_ask
from pipelines.refresh import Fetch
from warehouse.home import Home
from warehouse.reference_data import Reference

_MARKS = {"accepted": "✓", "refused": "✗", "transient": "✗", "permanent": "✗"}


def fetching(source: str | None) -> Fetch:
    """What a refresh calls to ask the publishers, with its progress on the terminal.

    Args:
        source: Only this publisher, if given.
    """

    def fetch(home: Home, reference: Reference) -> list[DatasetReport]:
        sources = sources_to_ask(reference, source)
        if not sources:
            say(f"{source} is never fetched: its files are bundled or come through the inbox.")
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=out, transient=True) as shown:
            bar = _Bar(shown)
            return fetch_and_land(home, reference, sources, listener=_tell, progress=bar.progress)

    return fetch


def print_fetched(reports: Sequence[DatasetReport]) -> bool:
    """Print why datasets were refused or did not come, and how many came.

    Args:
        reports: What became of each dataset; nothing is printed if nobody was asked.

    Returns:
        Whether all that was asked for came and passed the gate.
    """
    if not reports:
        return True
    bad = [one for one in reports if one.state in ("refused", *FAILED)]
    for one in bad:
        word = "Refused:" if one.state == "refused" else "Not fetched:"
        advice = how_to_accept(one.manifest) if one.manifest is not None else ""
        complain(f"{one.message or one.told}{advice}", word)
    if all(one.state in (*NOTHING_NEW, "not configured") for one in reports):
        say("The publishers have nothing new.")
    else:
        counts = Counter(one.told for one in reports)
        say("Fetched: " + ", ".join(f"{number} {told}" for told, number in counts.items()))
    return not bad


def _tell(report: DatasetReport) -> None:
    name = f"{report.source}/{report.dataset}"
    say(f"{_MARKS.get(report.state, '=')} {name:26} {report.told}")
    if report.state == "not configured":
        say(f"  {report.message}")


class _Bar:
    """One line of progress: that of the download under way."""

    def __init__(self, shown: Progress) -> None:
        self.shown = shown
        self.task: TaskID | None = None
        self.what = ""

    def progress(self, what: str, received: int, whole: int | None) -> None:
        """Show how far a download is; the last one's line gives way."""
        if self.task is None or what != self.what:
            if self.task is not None:
                self.shown.remove_task(self.task)
            self.task, self.what = self.shown.add_task(what, total=whole), what
        self.shown.update(self.task, completed=received, total=whole)
