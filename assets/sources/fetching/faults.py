"""Why something could not be fetched: faults that pass, faults that stay, and what is not set."""

from __future__ import annotations


class FetchFault(Exception):
    """A dataset could not be fetched; the message is for people and holds no secret."""


class TransientFault(FetchFault):
    """What may be gone next time: a time-out, an overloaded or restarting server, a cut line.

    Attributes:
        wait_seconds: How long the server asked to wait, if it did.
    """

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class PermanentFault(FetchFault):
    """What a person must look at: no such address, another type, too large, a wrong redirect."""


class NotConfigured(FetchFault):
    """An address that nobody knows yet: nothing was asked, and nothing is wrong."""
