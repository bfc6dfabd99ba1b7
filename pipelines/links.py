"""Who published what an asset is made of, and under which licence: on every asset's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from schemas.reference import REFERENCE_TABLES

Assets = Sequence[dg.AssetSpec | dg.AssetsDefinition]
PUBLISHER = "publisher"
_REFERENCE_KEYS = {
    ("reference", "tables"),
    *(("published", model.name) for model in REFERENCE_TABLES),
}
_OURS: Mapping[str, Any] = {
    "publisher": "This project: people edit warehouse/reference/*.csv.",
    "licence": "MIT, as the project; names of countries come from Unicode CLDR.",
}
_LICENCE_OF_ALL = (
    "Each figure keeps the licence of its publisher: columns licence and licence_link of tables "
    "source and extract."
)


def with_links(assets: Assets) -> list[dg.AssetSpec | dg.AssetsDefinition]:
    """The same assets, each with links to its publisher, or to all, and the licence.

    What an asset says itself stands. A publisher's asset takes what its head, the external asset
    ``publisher/<name>``, says; what is made of several names them all.

    Args:
        assets: All assets of the project.
    """
    heads = {
        one.key.path[-1]: one
        for one in assets
        if isinstance(one, dg.AssetSpec) and one.key.path[0] == PUBLISHER
    }
    everybody = {"publishers": _list_of(heads), "licence": _LICENCE_OF_ALL}

    def linked(spec: dg.AssetSpec) -> dg.AssetSpec:
        if tuple(spec.key.path) in _REFERENCE_KEYS:
            told = _OURS
        else:
            head = heads.get(spec.key.path[0 if spec.key.path[0] != PUBLISHER else -1])
            told = head.metadata if head is not None else everybody
        new = {name: value for name, value in told.items() if name not in spec.metadata}
        return spec.merge_attributes(metadata=new)

    return [
        linked(one) if isinstance(one, dg.AssetSpec) else one.map_asset_specs(linked)
        for one in assets
    ]


def _list_of(heads: Mapping[str, dg.AssetSpec]) -> dg.MarkdownMetadataValue:
    lines = []
    for name, head in sorted(heads.items()):
        site = head.metadata.get("website")
        title = (head.description or name).split(":")[0]
        link = f"[{title}]({site.url})" if isinstance(site, dg.UrlMetadataValue) else title
        lines.append(f"- {name}: {link}")
    return dg.MetadataValue.md("\n".join(lines))
