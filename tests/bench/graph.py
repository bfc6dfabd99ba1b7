"""Write down the shape of our asset graph, and the DDL of stock and flow, for what we compare to.

``graph.py SHAPE DDL``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipelines.definitions import definitions
from schemas import facts
from schemas.generate import create_table_sql

Shape = dict[str, list[dict[str, object]]]


def shape() -> Shape:
    """Every op of the graph with its asset keys, what they are made of, and its checks."""
    ops, external = [], []
    for one in definitions().resolve_asset_graph().assets_defs:
        specs = [
            {"key": list(spec.key.path), "deps": [list(dep.asset_key.path) for dep in spec.deps]}
            for spec in one.specs
        ]
        if one.is_executable:
            checks = [{"asset": list(c.asset_key.path), "name": c.name} for c in one.check_specs]
            ops.append({"name": one.node_def.name, "specs": specs, "checks": checks})
        else:
            external += specs
    return {"ops": ops, "external": external}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(shape()), encoding="utf-8")
    ddl = ";\n".join(create_table_sql(model) for model in (facts.STOCK, facts.FLOW))
    Path(sys.argv[2]).write_text(ddl, encoding="utf-8")
