"""The outputs in the asset graph: thin wrappers of the functions that make them.

They read the published file and nothing else, so they hold no refresh lock: a refresh may rename
a new file over the one they read. What makes an output is imported where it is made: whoever loads
the definitions, as each refresh does, need not wait for what draws charts.
"""

from pathlib import Path

import dagster as dg

from assets.outputs.internal import internal_files
from assets.outputs.labels import LANGUAGES
from assets.sources.assets import OWNERS
from warehouse import database
from warehouse.home import Home

CODE_VERSION = "1"
GROUP = "outputs"
# Files whose figures not everybody may see: what is made here lies in the home, and whoever passes
# it on should know.
_INTERNAL = "internal_files"
# One table stands for all: they are published together or not at all.
PUBLISHED = dg.AssetKey(["published", "build"])


class PublishedHome(dg.ConfigurableResource[Home]):
    """The warehouse home whose published file the outputs read.

    Attributes:
        root: The folder that holds ``migration.duckdb`` and ``var/``.
    """

    root: str

    @property
    def home(self) -> Home:
        """The paths of the home."""
        return Home(Path(self.root))


@dg.asset(
    key=["outputs", "site"],
    deps=[PUBLISHED],
    group_name=GROUP,
    description="The report site: one folder of pages that works from disk and offline.",
    owners=OWNERS,
    kinds={"html"},
    code_version=CODE_VERSION,
)
def site(published_home: PublishedHome) -> dg.MaterializeResult[None]:
    """Build the site of the published file."""
    from assets.outputs.site.build import build_site

    home = published_home.home
    with database.open_read_only(home) as connection:
        built = build_site(connection, home.outputs / "site")
        internal = internal_files(connection)
    return dg.MaterializeResult(
        metadata={
            "pages": built.pages,
            "bytes": built.bytes,
            "build": built.build_id,
            _INTERNAL: len(internal),
            "path": dg.MetadataValue.path(built.index),
        }
    )


@dg.asset(
    key=["outputs", "workbook"],
    deps=[PUBLISHED],
    group_name=GROUP,
    description="The MDMM workbook in three languages: a sheet a theme, gaps, overrides.",
    owners=OWNERS,
    kinds={"excel"},
    code_version=CODE_VERSION,
)
def workbook(published_home: PublishedHome) -> dg.MaterializeResult[None]:
    """Write the workbook of the published file in every language."""
    from assets.outputs.workbook.book import workbook_path, write_workbook

    home = published_home.home
    paths = {language: workbook_path(home, language) for language in LANGUAGES}
    with database.open_read_only(home) as connection:
        for language, path in paths.items():
            write_workbook(connection, path, language)
        internal = internal_files(connection)
    written = {
        language: dg.MetadataValue.path(str(path.resolve())) for language, path in paths.items()
    }
    return dg.MaterializeResult(metadata=written | {_INTERNAL: dg.MetadataValue.int(len(internal))})


@dg.asset(
    key=["outputs", "sdmx"],
    deps=[PUBLISHED],
    group_name=GROUP,
    description="Current stocks and flows as SDMX-CSV 2.0, with their structure in SDMX-JSON.",
    owners=OWNERS,
    kinds={"csv", "json"},
    code_version=CODE_VERSION,
)
def sdmx(published_home: PublishedHome) -> dg.MaterializeResult[None]:
    """Write the SDMX files of the published file."""
    from assets.outputs.sdmx.export import export_sdmx

    home = published_home.home
    with database.open_read_only(home) as connection:
        exported = export_sdmx(connection, home.outputs / "sdmx")
        internal = internal_files(connection)
    return dg.MaterializeResult(metadata=_written(exported.folder, exported.rows, internal))


@dg.asset(
    key=["outputs", "datapackage"],
    deps=[PUBLISHED],
    group_name=GROUP,
    description="A Data Package: every table as CSV, with keys, licences and citations.",
    owners=OWNERS,
    kinds={"csv", "json"},
    code_version=CODE_VERSION,
)
def datapackage(published_home: PublishedHome) -> dg.MaterializeResult[None]:
    """Write the data package of the published file."""
    from assets.outputs.tables.datapackage import export_datapackage

    home = published_home.home
    with database.open_read_only(home) as connection:
        exported = export_datapackage(connection, home.outputs / "datapackage")
        internal = internal_files(connection)
    return dg.MaterializeResult(metadata=_written(exported.folder, exported.rows, internal))


@dg.asset(
    key=["outputs", "parquet"],
    deps=[PUBLISHED],
    group_name=GROUP,
    description="Every published table and the views of countries as Parquet.",
    owners=OWNERS,
    kinds={"parquet"},
    code_version=CODE_VERSION,
)
def parquet(published_home: PublishedHome) -> dg.MaterializeResult[None]:
    """Write the tables of the published file as Parquet."""
    from assets.outputs.tables.files import export_tables

    home = published_home.home
    with database.open_read_only(home) as connection:
        exported = export_tables(connection, home.outputs / "parquet", "parquet")
        internal = internal_files(connection)
    return dg.MaterializeResult(metadata=_written(exported.folder, exported.rows, internal))


def _written(
    folder: Path, rows: dict[str, int], internal: list[str]
) -> dict[str, int | dg.MetadataValue]:
    return {
        "path": dg.MetadataValue.path(str(folder)),
        "dagster/row_count": sum(rows.values()),
        _INTERNAL: len(internal),
    }


outputs = [site, workbook, sdmx, datapackage, parquet]
