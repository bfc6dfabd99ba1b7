"""How the commands open the published file, and what they say where they can't."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import duckdb
import typer

from assets.outputs.internal import internal_files
from pipelines.cli.console import EXIT_FAILED, EXIT_NO_WAREHOUSE, complain
from warehouse import database
from warehouse.home import Home

Internal = Annotated[
    bool,
    typer.Option("--internal", help="Also where it shows figures of files marked internal."),
]


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for reading.

    Args:
        home: The warehouse home.

    Yields:
        A read-only connection.

    Raises:
        typer.Exit: Nothing was published, or what is asked for is not in a file that another
            version of this software published. Both are said.
    """
    try:
        connection = database.open_read_only(home)
    except database.NoWarehouse as error:
        complain(str(error))
        raise typer.Exit(EXIT_NO_WAREHOUSE) from None
    with connection:
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            version = _version(connection)
            if version == database.CONTRACT_VERSION:
                raise
            complain(
                f"the published file keeps version {version} of the warehouse's contract, this is "
                f"{database.CONTRACT_VERSION}: run a refresh first ({error})"
            )
            raise typer.Exit(EXIT_NO_WAREHOUSE) from None


@contextmanager
def to_pass_on(home: Home, *, internal: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file to make something of it that others will see.

    Args:
        home: The warehouse home.
        internal: Whether figures of files that are marked internal may be among it.

    Yields:
        A read-only connection.

    Raises:
        typer.Exit: As ``published``; or such files are held and may not be among it.
    """
    with published(home) as connection:
        files = [] if internal else internal_files(connection)
        if files:
            complain(
                f"Files marked internal are held, and their figures would be shown: "
                f"{'; '.join(files)}. With --internal it is made none the less."
            )
            raise typer.Exit(EXIT_FAILED)
        yield connection


def _version(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("SELECT contract_version FROM build").fetchone()
    return "none" if found is None else str(found[0])
