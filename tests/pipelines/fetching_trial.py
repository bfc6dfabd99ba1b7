"""What asking a publisher for one dataset does to a home."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256

from assets.sources.fetching.settings import Settings
from pipelines.fetching import DatasetReport, fetch_and_land
from tests.publishers_server import PublishersServer
from warehouse import landing
from warehouse.home import Home
from warehouse.reference_data import Reference


@dataclass
class Trial:
    """A home with its publishers, and what asking one for one dataset does."""

    home: Home
    reference: Reference
    server: PublishersServer
    settings: Settings

    def ask(self, name: str) -> DatasetReport:
        """Ask for one dataset, named source/dataset."""
        source, dataset = name.split("/")
        table = self.reference.table("endpoint")
        one = table[(table["source"] == source) & (table["dataset"] == dataset)]
        reference = replace(self.reference, tables={**self.reference.tables, "endpoint": one})
        (report,) = fetch_and_land(self.home, reference, [source], self.settings)
        return report

    def standing(self) -> dict[str, object]:
        """What is accepted and what is published; not when it was last confirmed."""
        found: dict[str, object] = {}
        for path in (self.home.database, *self.home.landing.rglob("*")):
            if path.name.endswith(landing.MANIFEST_SUFFIX):
                found[str(path)] = json.loads(path.read_text("utf-8")) | {"confirmed_order": None}
            elif path.is_file():
                found[str(path)] = sha256(path.read_bytes()).hexdigest()
        return found
