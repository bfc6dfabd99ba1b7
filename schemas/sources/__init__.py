"""The source-shaped tables, one module a publisher."""

from schemas.sources import iom_report, unhcr
from schemas.table import TableModel

SOURCE_MODELS: dict[str, dict[str, TableModel]] = {
    "iom_report": iom_report.MODELS,
    "unhcr": unhcr.MODELS,
}
