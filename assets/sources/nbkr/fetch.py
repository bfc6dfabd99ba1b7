"""Ask the National Bank for its workbook of remittances, once its address is known."""

from __future__ import annotations

from collections.abc import Iterator

from assets.sources.fetching.datasets import Asking, Fetched, NotFetched, each_dataset


def fetch(asking: Asking) -> Iterator[Fetched | NotFetched]:
    """Ask for every dataset.

    Args:
        asking: Session, endpoints and folder.

    Yields:
        For each dataset its workbook, or why it did not come. Its reader knows the scope.
    """
    return each_dataset(asking, lambda endpoint: asking.whole_file(endpoint, None, "xlsx"))
