"""The pipeline's own functions on the files in the inbox of a home: all the way to published.

What the assets do with them, in their order and with the Parquet files between them, but without
Dagster's run, the bundled extracts and the assessment. ``whole_way.py HOME``
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pandas as pd

from assets import checks, published
from assets.combining import combine
from assets.sources import gate
from assets.sources.observations import concatenate
from schemas import facts
from schemas.assessment import EXTRACT
from schemas.sources import SOURCE_MODELS
from schemas.validate import empty_frame, validate
from warehouse import fingerprint, landing, reference_data
from warehouse.files import write_table
from warehouse.home import Home
from warehouse.reference_data import Reference
from warehouse.tables import table_path

FACTS = (facts.STOCK, facts.FLOW, facts.STOCK_SUPERSEDED, facts.FLOW_SUPERSEDED)


def whole_way(home: Home) -> dict[str, int]:
    """Take the files in the inbox all the way to a published database.

    Args:
        home: A fresh home with files and their sidecars in the inbox.

    Returns:
        Rows of each published table.
    """
    reference = reference_data.load()
    land(home, reference)
    publishers = sorted({one.source for one in landing.accepted(home)})
    for source in publishers:
        observe(home, source, reference)
    combine_all(home, publishers, reference)
    for name, key in published.UPSTREAM.items():
        if not table_path(home, *key).is_file():
            write_table(empty_frame(published.MODELS[name]), table_path(home, *key))
    return published.publish(home, fingerprint.parts(home), None)


def land(home: Home, reference: Reference) -> None:
    """Land the files in the inbox, and no bundled one."""
    waiting = len(gate.inbox_files(home))
    with (
        tempfile.TemporaryDirectory() as nothing,
        mock.patch.object(gate, "EXTRACTS_FOLDER", Path(nothing)),
    ):
        outcome = gate.land(home, reference)
    if len(outcome.accepted) != waiting or outcome.refused:
        raise SystemExit("\n".join(str(one.why) for one in outcome.refused) or "nothing landed")


def observe(home: Home, source: str, reference: Reference) -> None:
    """A publisher's tables and what is made of them; a dataset that did not land is empty."""
    landed = {one.dataset for one in landing.accepted(home, source)}
    tables = {}
    for dataset, model in SOURCE_MODELS[source].items():
        tables[dataset] = empty_frame(model)
        if dataset in landed:
            frame = gate.landed_table(home, source, dataset, reference)
            assert checks.unique_key(frame, model.key).passed
            tables[dataset] = _through_parquet(home, frame, source, dataset)
    made = importlib.import_module(f"assets.sources.{source}.harmonise").harmonise(
        tables, reference
    )
    observations = validate(made, facts.OBSERVATIONS, reference.codes, prove_key=False)
    assert checks.unique_key(observations, facts.OBSERVATIONS.key).passed
    write_table(observations, table_path(home, source, "observations"))


def combine_all(home: Home, publishers: list[str], reference: Reference) -> None:
    """The four tables of facts of all publishers' observations."""
    extracts = landing.as_frame(landing.accepted(home))
    write_table(extracts, table_path(home, "combined", EXTRACT.name))
    observations = concatenate(
        [pd.read_parquet(table_path(home, source, "observations")) for source in publishers]
    )
    combined = combine(
        observations, extracts,
        *(reference.table(name) for name in ("release", "dataset", "area")),
    )  # fmt: skip
    for model in FACTS:
        table = validate(getattr(combined, model.name), model, reference.codes, prove_key=False)
        write_table(table, table_path(home, "combined", model.name))


def _through_parquet(home: Home, frame: pd.DataFrame, *key: str) -> pd.DataFrame:
    write_table(frame, table_path(home, *key))
    return pd.read_parquet(table_path(home, *key))


if __name__ == "__main__":
    rows = whole_way(Home(Path(sys.argv[1])).make())
    print(rows)
