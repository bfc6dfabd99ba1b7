"""Ask the National Statistical Committee: a category of open data, a dynamic table."""

from __future__ import annotations

from collections.abc import Iterator

from assets.sources.fetching.datasets import Asking, Fetched, NotFetched, each_dataset

_ENDINGS = {"opendata": "json", "dynamic": "xls"}


def fetch(asking: Asking) -> Iterator[Fetched | NotFetched]:
    """Ask for every dataset.

    Args:
        asking: Session, endpoints and folder.

    Yields:
        For each dataset its file, or why it did not come. Its reader knows the scope.
    """
    return each_dataset(
        asking,
        lambda endpoint: asking.whole_file(endpoint, None, _ENDINGS.get(endpoint.dataset, "csv")),
    )
