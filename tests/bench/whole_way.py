"""The pipeline's own functions on one file of UNHCR's population table: from inbox to published.

What the assets do with it, in their order and with the Parquet files between them, but without
Dagster's run, the bundled extracts and the assessment. ``whole_way.py HOME``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from unittest import mock

import pandas as pd

from assets import checks, published
from assets.combining import combine
from assets.sources import gate
from assets.sources.unhcr.harmonise import harmonise
from schemas import facts
from schemas.assessment import EXTRACT
from schemas.sources.unhcr import MODELS
from schemas.validate import empty_frame, validate
from warehouse import fingerprint, landing, reference_data
from warehouse.files import write_table
from warehouse.home import Home
from warehouse.reference_data import Reference
from warehouse.tables import table_path

SOURCE, DATASET = "unhcr", "population"
FACTS = (facts.STOCK, facts.FLOW, facts.STOCK_SUPERSEDED, facts.FLOW_SUPERSEDED)


def whole_way(home: Home) -> dict[str, int]:
    """Take the file in the inbox all the way to a published database.

    Args:
        home: A fresh home with one file and its sidecar in the inbox.

    Returns:
        Rows of each published table.
    """
    reference = reference_data.load()
    land(home, reference)
    frame = gate.landed_table(home, SOURCE, DATASET, reference)
    assert checks.unique_key(frame, MODELS[DATASET].key).passed
    tables = {DATASET: _through_parquet(home, frame, SOURCE, DATASET)}
    made = harmonise(tables, reference)
    observations = validate(made, facts.OBSERVATIONS, reference.codes, prove_key=False)
    assert checks.unique_key(observations, facts.OBSERVATIONS.key).passed
    observations = _through_parquet(home, observations, SOURCE, "observations")
    extracts = landing.as_frame(landing.accepted(home))
    write_table(extracts, table_path(home, "combined", EXTRACT.name))
    combined = combine(
        observations, extracts, reference.table("release"), reference.table("dataset")
    )
    for model in FACTS:
        table = validate(getattr(combined, model.name), model, reference.codes, prove_key=False)
        write_table(table, table_path(home, "combined", model.name))
    for name, key in published.UPSTREAM.items():
        if not table_path(home, *key).is_file():
            write_table(empty_frame(published.MODELS[name]), table_path(home, *key))
    return published.publish(home, fingerprint.parts(home), None)


def land(home: Home, reference: Reference) -> None:
    """Land the file in the inbox, and no bundled one."""
    with (
        tempfile.TemporaryDirectory() as nothing,
        mock.patch.object(gate, "EXTRACTS_FOLDER", Path(nothing)),
    ):
        outcome = gate.land(home, reference)
    if len(outcome.accepted) != 1 or outcome.refused:
        raise SystemExit("\n".join(str(one.why) for one in outcome.refused) or "nothing landed")


def _through_parquet(home: Home, frame: pd.DataFrame, *key: str) -> pd.DataFrame:
    write_table(frame, table_path(home, *key))
    return pd.read_parquet(table_path(home, *key))


if __name__ == "__main__":
    rows = whole_way(Home(Path(sys.argv[1])).make())
    print(rows)
