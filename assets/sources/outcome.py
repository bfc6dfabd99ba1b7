"""What became of files at the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from warehouse.landing import Manifest

Status = Literal["accepted", "refused", "known", "unchanged"]


@dataclass(frozen=True)
class Landed:
    """What became of one file.

    Attributes:
        status: ``accepted``; ``refused``, now in quarantine; ``known``, the same bytes were
            accepted before and no other file followed them; ``unchanged``, other bytes with the
            figures of the last accepted file of the same dataset and scope.
        manifest: The file's own manifest; of a file that is known or unchanged, that of the
            accepted one.
        why: Why it was refused.
    """

    status: Status
    manifest: Manifest
    why: str | None = None


@dataclass
class Outcome:
    """What one landing did.

    Attributes:
        landed: What became of each file, in the order in which they were taken.
    """

    landed: list[Landed] = field(default_factory=list)

    @property
    def accepted(self) -> list[Manifest]:
        """Files that passed and were new."""
        return self._of("accepted")

    @property
    def refused(self) -> list[Manifest]:
        """Files that were refused now."""
        return self._of("refused")

    @property
    def known(self) -> list[Manifest]:
        """Accepted files that came again."""
        return self._of("known")

    @property
    def unchanged(self) -> list[Manifest]:
        """Accepted files whose figures came again in other bytes."""
        return self._of("unchanged")

    def _of(self, status: Status) -> list[Manifest]:
        return [one.manifest for one in self.landed if one.status == status]
