"""What the page of an asset tells a person: all assets, by their specs and after a refresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines.definitions import definitions
from pipelines.links import with_links
from warehouse.tables import PREVIEW_LETTERS, PREVIEW_ROWS, preview

# Nothing before them has columns: they are the first to be made.
HEADS_OF_LINEAGE = ("extracts",)
LINKS = ("website", "publisher's table", "publisher's site", "publisher", "publishers")
SPECS = sorted(definitions().resolve_all_asset_specs(), key=lambda spec: spec.key.path)


def name_of(spec: dg.AssetSpec) -> str:
    return spec.key.to_user_string()


@pytest.fixture(scope="module")
def instance(refreshed_home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(refreshed_home / "var" / "dagster")) as found:
        yield found


def test_every_check_says_what_it_asks() -> None:
    specs = [
        spec
        for one in definitions().assets or []
        if isinstance(one, dg.AssetsDefinition)
        for spec in one.check_specs
    ]
    assert len(specs) > 50
    assert [spec.key for spec in specs if not (spec.description or "").endswith("?")] == []


@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_every_asset_says_what_it_is_whose_it_is_and_its_licence(spec: dg.AssetSpec) -> None:
    assert spec.description is not None
    assert spec.description.endswith(".")
    assert len(spec.description.split()) > 3
    assert spec.owners
    assert spec.kinds
    assert spec.group_name not in (None, "default")
    assert any(name in spec.metadata for name in LINKS), dict(spec.metadata)
    assert spec.metadata["licence"]


def test_what_is_made_of_one_publisher_links_to_that_one() -> None:
    links = {
        spec.key.path[0]: spec.metadata["website"].value
        for spec in SPECS
        if spec.key.path[-1] == "observations"
    }
    assert len(links) >= 6
    for spec in SPECS:
        if spec.key.path[0] in links:
            assert spec.metadata["website"].value == links[spec.key.path[0]]
        elif spec.key.path[0] == "combined":
            told = spec.metadata["publishers"].value
            assert all(
                line.startswith(f"- {name}: [") and line.endswith(f"]({links[name]})")
                for name, line in zip(sorted(links), told.splitlines(), strict=True)
            )


def test_what_an_asset_says_itself_stands() -> None:
    head = dg.AssetSpec(["publisher", "one"], metadata={"licence": "CC BY 4.0", "website": "x"})
    own = dg.AssetSpec(["one", "estimates"], metadata={"licence": "CC BY-NC 4.0"})
    _, linked = with_links([head, own])
    assert isinstance(linked, dg.AssetSpec)
    assert dict(linked.metadata) == {"licence": "CC BY-NC 4.0", "website": "x"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec",
    [s for s in SPECS if s.key.path[0] not in ("publisher", "reference", "outputs")],
    ids=name_of,
)
def test_after_a_refresh_a_table_shows_its_columns_rows_lineage_and_a_preview(
    spec: dg.AssetSpec, instance: dg.DagsterInstance
) -> None:
    event = instance.get_latest_materialization_event(spec.key)
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    columns = metadata["dagster/column_schema"].value.columns
    assert columns
    assert [column.name for column in columns if not (column.description or "").strip()] == []
    assert metadata["dagster/row_count"].value >= 0
    told = metadata["preview"].value
    shown = [cell.strip() for cell in told.splitlines()[0].strip("|").split("|")]
    assert shown in (["No rows."], [column.name for column in columns])
    if spec.key.path[-1] not in HEADS_OF_LINEAGE:
        lineage = metadata["dagster/column_lineage"].value.deps_by_column
        assert set(lineage) <= {column.name for column in columns}
        assert lineage or spec.key.path[-1] in ("build", "column_lineage")


def test_a_preview_is_short_and_leaves_empty_what_is_missing() -> None:
    frame = pd.DataFrame({"text": ["x" * 500, None] * PREVIEW_ROWS, "number": [1.5, None] * 5})
    told = preview(frame).value
    assert told is not None
    assert len(told.splitlines()) == 2 + PREVIEW_ROWS
    assert "x" * PREVIEW_LETTERS + "…" in told
    assert "x" * (PREVIEW_LETTERS + 1) not in told
    assert "nan" not in told.lower()
    assert "| a\\|b c |" in str(preview(pd.DataFrame({"text": ["a|b\nc"]})).value)
    assert preview(frame.iloc[:0]).value == "No rows."
