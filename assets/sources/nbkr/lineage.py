"""Which of NBKR's columns each column of its observations is made of."""

from __future__ import annotations

from assets.sources.nbkr.harmonise import SOURCE

# Tables that observations are made of; exchange rates are only read.
DATASETS = ("remittances",)
_FROM: dict[str, tuple[str, ...]] = {
    "indicator": ("flow",),
    "definition": ("flow",),
    "origin": ("country", "flow"),
    "destination": ("country", "flow"),
    "freq": ("period_start", "period_end"),
    "year": ("period_end",),
    "period_start": ("period_start",),
    "period_end": ("period_end",),
    "value": ("value",),
    "precision": ("rounding",),
    "qualifier": ("qualifier",),
    "obs_status": ("provisional",),
    "additive_set": ("period_start", "period_end", "country"),
    "published_in": ("published_in",),
    "release": ("release",),
    "extract_id": ("extract_id",),
    "source_ref": ("source_ref",),
}
# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE = {
    name: [([SOURCE, "remittances"], column) for column in columns]
    for name, columns in _FROM.items()
}
