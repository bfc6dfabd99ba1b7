"""What a reader says of a file that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assets.sources.reading import FileRefused, Reading


def refusal(reader: Callable[..., Reading], *given: Any) -> str:
    with pytest.raises(FileRefused) as refused:
        reader(*given)
    return str(refused.value)
