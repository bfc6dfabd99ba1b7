"""The source-shaped tables, one module a publisher."""

from __future__ import annotations

from dataclasses import replace

from schemas.checks import within_measure
from schemas.sources import idmc, iom_report, nbkr, nsc, undesa, unhcr
from schemas.table import TableModel


def _measured(models: dict[str, TableModel]) -> dict[str, TableModel]:
    """Models whose numbers must be within what can be true at all."""
    return {
        name: replace(one, checks=(*one.checks, *within_measure(one.fields)))
        for name, one in models.items()
    }


SOURCE_MODELS: dict[str, dict[str, TableModel]] = {
    "idmc": _measured(idmc.MODELS),
    "iom_report": _measured(iom_report.MODELS),
    "nbkr": _measured(nbkr.MODELS),
    "nsc": _measured(nsc.MODELS),
    "undesa": _measured(undesa.MODELS),
    "unhcr": _measured(unhcr.MODELS),
}
