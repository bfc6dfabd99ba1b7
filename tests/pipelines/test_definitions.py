"""The whole graph: what is in it, how it is described, when it runs, what runs leave behind."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from assets.sources.publishers import NAMES
from pipelines import schedules, sensors
from pipelines.definitions import definitions
from pipelines.fetch_jobs import FETCH
from pipelines.jobs import OUTPUTS, REFRESH
from pipelines.refresh import nothing_new
from schemas.generate import PUBLISHED_TABLES
from schemas.table import TableModel
from warehouse.home import Home
from warehouse.lock import PID_TAG

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")
RENEW = "UPDATE_SNAPSHOTS"


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.Definitions]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIGMAP_HOME", str(tmp_path_factory.mktemp("empty")))
        yield definitions()


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> list[dg.AssetSpec]:
    return sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)


@pytest.fixture(scope="module")
def checks(defs: dg.Definitions) -> list[dg.AssetCheckKey]:
    return sorted(defs.resolve_asset_graph().asset_check_keys)


@pytest.fixture(scope="session")
def instance(refreshed_home: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance after one refresh."""
    with dg.DagsterInstance.from_config(str(refreshed_home / "var" / "dagster")) as found:
        yield found


# --- what is in the graph


def as_text(specs: list[dg.AssetSpec], checks: list[dg.AssetCheckKey]) -> str:
    """Every spec, one field a line."""
    told = []
    for spec in specs:
        of_asset = [check.name for check in checks if check.asset_key == spec.key]
        # Kinds are kept as tags, and Dagster marks where an asset without a computation stands.
        tags = {
            name: value for name, value in spec.tags.items() if not name.startswith("dagster/kind/")
        }
        told.append(
            "\n".join(
                [
                    spec.key.to_user_string(),
                    f"  {spec.description}",
                    f"  group {spec.group_name}; kinds {', '.join(sorted(spec.kinds))}",
                    f"  owners {', '.join(spec.owners)}; code version {spec.code_version}",
                    f"  tags {', '.join(f'{n}={v}' for n, v in sorted(tags.items())) or 'none'}",
                    f"  checks {', '.join(of_asset) or 'none'}",
                    *(f"  from {dep.asset_key.to_user_string()}" for dep in sorted_deps(spec)),
                ]
            )
        )
    return "\n\n".join(told) + "\n"


def sorted_deps(spec: dg.AssetSpec) -> list[dg.AssetDep]:
    return sorted(spec.deps, key=lambda dep: dep.asset_key)


def test_the_graph_is_as_it_was(specs: list[dg.AssetSpec], checks: list[dg.AssetCheckKey]) -> None:
    now = as_text(specs, checks)
    if os.environ.get(RENEW):
        SNAPSHOT.write_text(now, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == now, (
        f"the asset graph changed: if it should, set {SNAPSHOT.name} anew with {RENEW}=1, "
        "read the difference and commit it"
    )


def test_a_change_of_any_field_shows(specs: list[dg.AssetSpec]) -> None:
    one = specs[0]
    changes: list[dict[str, Any]] = [
        {"description": "another"},
        {"group_name": "another"},
        {"owners": ["team:another"]},
        {"code_version": "999"},
        {"tags": {"another": "tag"}},
        {"kinds": {"another"}},
        {"deps": ["another"]},
    ]
    for change in changes:
        assert as_text([one.replace_attributes(**change)], []) != as_text([one], []), change
    assert as_text([one], [dg.AssetCheckKey(one.key, "another")]) != as_text([one], [])


def test_every_asset_says_what_it_is(specs: list[dg.AssetSpec]) -> None:
    assert len(specs) > 30
    for spec in specs:
        key = spec.key.to_user_string()
        assert spec.description, key
        assert spec.description[-1] in ".", key
        assert spec.owners, key
        assert spec.kinds, key
        assert spec.group_name not in (None, "default"), key


def test_groups_are_the_stages(specs: list[dg.AssetSpec]) -> None:
    assert {spec.group_name for spec in specs} == {
        "publishers", "reference", "sources", "observations", "combined", "availability",
        "report", "published", "outputs",
    }  # fmt: skip


def test_data_go_one_way(specs: list[dg.AssetSpec]) -> None:
    order = ["publishers", "reference", "sources", "observations", "combined", "availability",
             "report", "published", "outputs"]  # fmt: skip
    stage = {spec.key: order.index(str(spec.group_name)) for spec in specs}
    assert [
        f"{spec.key.to_user_string()} from {dep.asset_key.to_user_string()}"
        for spec in specs
        for dep in spec.deps
        if stage[dep.asset_key] > stage[spec.key]
    ] == []


def test_all_that_is_made_has_a_code_version(specs: list[dg.AssetSpec]) -> None:
    made = [spec for spec in specs if spec.group_name not in ("publishers", "reference")]
    assert [spec.key for spec in made if not spec.code_version] == []


def test_every_published_table_is_an_asset(specs: list[dg.AssetSpec]) -> None:
    published = {spec.key.path[1] for spec in specs if spec.group_name == "published"}
    assert published == {model.name for model in PUBLISHED_TABLES}


@pytest.mark.parametrize(
    ("of_landing", "expected"),
    [(True, {"gate", "freshness"}), (False, {"key", "row_count_drift"})],
)
def test_what_is_of_a_publisher_has_its_checks(
    specs: list[dg.AssetSpec],
    checks: list[dg.AssetCheckKey],
    of_landing: bool,
    expected: set[str],
) -> None:
    keys = [
        spec.key
        for spec in specs
        if spec.group_name == "sources" and (spec.key.path[-1] == "extracts") is of_landing
    ]
    assert len(keys) >= 5
    for key in keys:
        assert {check.name for check in checks if check.asset_key == key} == expected, key


# --- jobs and schedule


def test_there_is_a_job_for_all_and_one_a_publisher(
    defs: dg.Definitions, specs: list[dg.AssetSpec]
) -> None:
    jobs = {job.name: job for job in defs.resolve_all_job_defs() if not job.name.startswith("__")}
    publishers = {spec.key.path[0] for spec in specs if spec.group_name == "sources"}
    assert "unhcr" in publishers
    asked = publishers - {"iom_report"}
    assert jobs.keys() == (
        {"refresh", "outputs", "fetch"}
        | {f"refresh_{name}" for name in publishers}
        | {f"fetch_{name}" for name in asked}
    )
    assert {op.name for op in jobs["fetch"].graph.node_defs} == {f"ask_{name}" for name in asked}
    whole = jobs["refresh"].asset_layer.executable_asset_keys
    outputs = {spec.key for spec in specs if spec.group_name == "outputs"}
    assert jobs["outputs"].asset_layer.executable_asset_keys == outputs
    assert not outputs & whole
    for name in publishers:
        selected = jobs[f"refresh_{name}"].asset_layer.executable_asset_keys
        own = {spec.key for spec in specs if spec.key.path[0] == name}
        assert own | {dg.AssetKey(["published", "stock"])} <= selected <= whole, name
        others = publishers - {name}
        assert not [key for key in selected if key.path[0] in others], name
    assert all(job.description for job in jobs.values())


def test_the_schedule_is_on_and_of_bishkek(defs: dg.Definitions) -> None:
    schedule = defs.resolve_schedule_def("weekly_fetch")
    assert schedule.execution_timezone == "Asia/Bishkek"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == FETCH


def test_each_publisher_that_goes_on_publishing_has_a_schedule(defs: dg.Definitions) -> None:
    assert set(schedules.PUBLISHER_CRONS) == set(NAMES) - {"iom_report"}
    for publisher in schedules.PUBLISHER_CRONS:
        schedule = defs.resolve_schedule_def(f"fetch_{publisher}_by_cadence")
        assert schedule.execution_timezone == "Asia/Bishkek"
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
        assert schedule.job_name == f"fetch_{publisher}"


def test_a_publisher_looks_for_its_own_files_only(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(own_home))
    file = own_home / "var" / "inbox" / "new.csv"
    file.write_text("town,people\n")
    file.with_name("new.csv.manifest.json").write_text('{"publisher": "nsc"}')
    assert nothing_new(Home(own_home), "unhcr")
    assert not nothing_new(Home(own_home), "nsc")
    assert not nothing_new(Home(own_home))


def test_the_schedule_asks_though_nothing_changed_here(
    refreshed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    with (
        dg.instance_for_test() as instance,
        dg.build_schedule_context(instance=instance) as context,
    ):
        assert isinstance(schedules.weekly_fetch(context), dg.RunRequest)


def test_the_schedule_reports_killed_runs(
    refreshed_home: Path, monkeypatch: pytest.MonkeyPatch, defs: dg.Definitions
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    started = dg.DagsterRunStatus.STARTED
    with dg.instance_for_test() as instance:
        killed = instance.add_run(
            dg.DagsterRun(
                job_name=REFRESH, run_id=str(uuid.uuid4()), status=started,
                tags={PID_TAG: str(os.getpid() + 1)},
            )
        )  # fmt: skip
        with dg.build_schedule_context(instance=instance) as context:
            schedules.weekly_fetch(context)
        left = instance.get_run_by_id(killed.run_id)
    assert left is not None
    assert left.status == dg.DagsterRunStatus.FAILURE


# --- outputs


def outputs_tick(home: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("MIGMAP_HOME", str(home))
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        return sensors.outputs_after_refresh(context)


def test_outputs_are_made_once_for_each_published_build(
    refreshed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        ((build,),) = connection.sql("SELECT build_id FROM build").fetchall()
    asked = outputs_tick(refreshed_home, monkeypatch)
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_key is not None
    assert asked.run_key.startswith(f"{build}.")
    assert isinstance(outputs_tick(tmp_path, monkeypatch), dg.SkipReason)


def test_the_sensor_of_outputs_is_on(defs: dg.Definitions) -> None:
    sensor = defs.resolve_sensor_def("outputs_after_refresh")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert sensor.job_name == OUTPUTS


# --- what a run leaves behind


def newest(instance: dg.DagsterInstance, *key: str) -> dict[str, Any]:
    event = instance.get_latest_materialization_event(dg.AssetKey(key))
    assert event is not None, key
    assert event.asset_materialization is not None
    return dict(event.asset_materialization.metadata)


@pytest.mark.slow
@pytest.mark.parametrize("key", [("publisher", "unhcr"), ("reference", "tables")])
def test_what_is_not_made_here_is_observed(
    instance: dg.DagsterInstance, key: tuple[str, str]
) -> None:
    observed = instance.fetch_observations(dg.AssetKey(key), limit=5).records
    assert len(observed) == 1
    version = observed[0].asset_observation
    assert version is not None
    assert version.tags["dagster/data_version"]


@pytest.mark.slow
@pytest.mark.parametrize("model", PUBLISHED_TABLES, ids=lambda model: model.name)
def test_a_published_table_tells_rows_columns_and_lineage(
    instance: dg.DagsterInstance, model: TableModel, published: duckdb.DuckDBPyConnection
) -> None:
    metadata = newest(instance, "published", model.name)
    (rows,) = published.execute(f'SELECT count(*) FROM "{model.name}"').fetchall()
    assert (metadata["dagster/row_count"].value,) == rows
    columns = [column.name for column in metadata["dagster/column_schema"].schema.columns]
    assert columns == model.columns
    assert metadata["dagster/table_name"].value.endswith(f".{model.name}")
    lineage = metadata["dagster/column_lineage"].lineage.deps_by_column
    assert set(lineage) == (set() if model.name in ("build", "column_lineage") else set(columns))


@pytest.mark.slow
def test_every_check_was_looked_at(
    instance: dg.DagsterInstance, checks: list[dg.AssetCheckKey]
) -> None:
    run = instance.get_runs(limit=1)[0]
    found = {
        event.asset_check_evaluation_data.asset_check_key: event.asset_check_evaluation_data.passed
        for record in instance.all_logs(run.run_id)
        if (event := record.dagster_event) is not None
        and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    }
    assert sorted(found) == checks
    blocking = {key: passed for key, passed in found.items() if key.name in ("key", "gate")}
    assert len(blocking) > 10
    assert all(blocking.values()), blocking
