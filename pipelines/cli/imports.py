"""``migmap import``: what people decided or corrected, back into the reference data."""

from __future__ import annotations

import typer

from pipelines.cli.import_overrides import overrides

imports = typer.Typer(no_args_is_help=True)


@imports.callback()
def _group() -> None:
    """Read back what people filled in."""


for command in (overrides,):
    imports.command()(command)
