"""What is remembered of requests, so that the next one can ask whether anything changed.

Beside ETag and Last-Modified the body itself is kept: an answer "not modified" then gives the same
file again, and a crash between fetching and landing loses nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assets.sources.fetching.secrets import public_link
from warehouse.files import replacing
from warehouse.landing import content_id


@dataclass(frozen=True)
class Remembered:
    """The last whole answer of an address.

    Attributes:
        body: Its file.
        headers: What to send to learn whether it is still the same.
    """

    body: Path
    headers: dict[str, str]


@dataclass(frozen=True)
class Memory:
    """A folder of remembered answers; None remembers nothing, as for a check that lands nothing."""

    folder: Path | None

    def find(self, address: str) -> Remembered | None:
        """The remembered answer of an address; None if there is none, or its body is not whole."""
        paths = self._paths(address)
        if paths is None:
            return None
        try:
            told = json.loads(paths[0].read_text(encoding="utf-8"))
            whole = content_id(paths[1]) == told["sha256"]
            headers = dict(told["headers"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Remembered(paths[1], headers) if whole and headers else None

    def keep(self, address: str, body: Path, answered: Mapping[str, str]) -> None:
        """Remember an answer that has a validator; forget what is known of one that has none.

        Args:
            address: Where it was asked; kept without secrets.
            body: Its file, which is copied.
            answered: The headers of the answer.
        """
        paths = self._paths(address)
        if paths is None:
            return
        headers = {
            ask: answered[said]
            for ask, said in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if said in answered
        }
        if not headers:
            self.forget([address])
            return
        with replacing(paths[1]) as temporary:
            shutil.copyfile(body, temporary)
        told = {"link": public_link(address), "sha256": content_id(body), "headers": headers}
        with replacing(paths[0]) as temporary:
            temporary.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    def forget(self, addresses: Iterable[str]) -> None:
        """Ask for these anew, as for what the gate refused: it may have been damaged on its way."""
        for address in addresses:
            for path in self._paths(address) or ():
                path.unlink(missing_ok=True)

    def _paths(self, address: str) -> tuple[Path, Path] | None:
        if self.folder is None:
            return None
        name = sha256(public_link(address).encode()).hexdigest()[:32]
        return self.folder / f"{name}.json", self.folder / f"{name}.body"
