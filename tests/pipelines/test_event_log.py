"""The event log of a refresh keeps its files open, and they are those of Dagster's own."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.event_log import KeptOpenEventLog, instance_of
from pipelines.home import prepare
from warehouse.home import Home

KEY = dg.AssetKey("one")


@dg.asset(key=KEY)
def one() -> None:
    """An asset to have events of."""


@pytest.fixture
def dagster_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", "")
    return prepare(home)


def test_dagsters_own_reads_what_it_wrote(dagster_home: Path) -> None:
    with instance_of(dagster_home) as instance:
        assert isinstance(instance.event_log_storage, KeptOpenEventLog)
        done = dg.materialize([one], instance=instance)
        # While it is open, too: whoever looks at Dagster's pages sees how far a refresh is.
        for moment in ("during", "after"):
            if moment == "after":
                instance.dispose()
            with dg.DagsterInstance.from_config(str(dagster_home)) as other:
                assert not isinstance(other.event_log_storage, KeptOpenEventLog)
                run = other.get_run_by_id(done.run_id)
                assert run is not None
                assert run.status == dg.DagsterRunStatus.SUCCESS
                told = [entry.dagster_event_type for entry in other.all_logs(done.run_id)]
                assert dg.DagsterEventType.ASSET_MATERIALIZATION in told
                assert dg.DagsterEventType.RUN_SUCCESS in told
                assert other.get_latest_materialization_event(KEY) is not None


def test_a_file_is_opened_once_and_closed_in_the_end(dagster_home: Path) -> None:
    def open_files() -> set[str]:
        found = set()
        for link in Path("/proc/self/fd").iterdir():
            try:
                target = str(link.readlink())
            except FileNotFoundError:
                continue
            if target.endswith(".db") and target.startswith(str(dagster_home / "history" / "runs")):
                found.add(Path(target).name)
        return found

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("tells open files by /proc")
    with instance_of(dagster_home) as instance:
        run_id = dg.materialize([one], instance=instance).run_id
        assert open_files() >= {"index.db", f"{run_id}.db"}
    assert open_files() == set()
