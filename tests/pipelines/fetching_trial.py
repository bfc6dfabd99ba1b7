"""What asking a publisher for one dataset does to a home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from assets.sources.fetching.settings import Settings
from pipelines.fetching import DatasetReport, fetch_and_land
from tests.publishers_server import PublishersServer
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

    def standing(self) -> dict[str, str]:
        """What is accepted and what is published, by hash."""
        paths = [self.home.database, *self.home.landing.rglob("*")]
        return {str(one): sha256(one.read_bytes()).hexdigest() for one in paths if one.is_file()}
