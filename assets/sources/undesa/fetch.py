"""Ask UN DESA for its workbooks: each is complete for the whole world."""

from __future__ import annotations

from collections.abc import Iterator

from assets.sources.belonging import WORLD_SCOPE
from assets.sources.fetching.datasets import Asking, Fetched, NotFetched, each_dataset


def fetch(asking: Asking) -> Iterator[Fetched | NotFetched]:
    """Ask for every dataset.

    A revision has a name of its own, and so has its workbook: a new revision is asked for when its
    address stands in table ``endpoint``.

    Args:
        asking: Session, endpoints and folder.

    Yields:
        For each dataset its workbook, or why it did not come.
    """
    return each_dataset(
        asking, lambda endpoint: asking.whole_file(endpoint, (WORLD_SCOPE,), "xlsx")
    )
