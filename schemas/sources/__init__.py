"""The source-shaped tables, one module a publisher."""

from schemas.sources import unhcr
from schemas.table import TableModel

SOURCE_MODELS: dict[str, dict[str, TableModel]] = {"unhcr": unhcr.MODELS}
