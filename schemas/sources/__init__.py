"""The source-shaped tables, one module a publisher."""

from schemas.sources import idmc, iom_report, nbkr, nsc, undesa, unhcr
from schemas.table import TableModel

SOURCE_MODELS: dict[str, dict[str, TableModel]] = {
    "idmc": idmc.MODELS,
    "iom_report": iom_report.MODELS,
    "nbkr": nbkr.MODELS,
    "nsc": nsc.MODELS,
    "undesa": undesa.MODELS,
    "unhcr": unhcr.MODELS,
}
