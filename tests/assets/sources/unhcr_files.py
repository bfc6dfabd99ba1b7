"""UNHCR's files: its extracts, and small ones as API pages, as CSV and as its website exports."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from assets.sources.unhcr.layout import frame_columns
from schemas.sources.unhcr import AGE_GROUPS

EXTRACTS = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "unhcr"
FIGURES = sorted(p for p in EXTRACTS.rglob("*.json") if not p.name.endswith(".manifest.json"))

AFG_KGZ = ("Afghanistan", "AFG", "AFG", "Kyrgyzstan", "KGZ", "KGZ")
KGZ_GBR = ("Kyrgyzstan", "KGZ", "KGZ", "United Kingdom", "GBR", "GBR")
KGZ_KGZ = ("Kyrgyzstan", "KGZ", "KGZ", "Kyrgyzstan", "KGZ", "KGZ")


def item(dataset: str, year: Any, areas: tuple[str, ...], *cells: Any) -> dict[str, Any]:
    """An item of the API, with the ids that its bundled pages leave null."""
    row = dict(zip(frame_columns(dataset), (year, *areas, *cells), strict=True))
    return {"coo_id": None, "coa_id": None, **row}


def people(year: Any, areas: tuple[str, ...] = AFG_KGZ, refugees: Any = 189) -> dict[str, Any]:
    return item("population", year, areas, refugees, 12, "0", "0", "0", "0", "0", "-", "0")


def applied(year: int, app_type: str, dec_level: str, count: Any = 5) -> dict[str, Any]:
    return item("asylum_applications", year, KGZ_GBR, "G", app_type, dec_level, "P", count)


def place(**values: int) -> dict[str, int]:
    """A demographic row whose parts make f_total and m_total."""
    parts = {f"{sex}_{age}": values.get(f"{sex}_{age}", 0) for sex in "fm" for age in AGE_GROUPS}
    sums = {f"{sex}_total": sum(parts[f"{sex}_{age}"] for age in AGE_GROUPS) for sex in "fm"}
    return parts | sums | {"total": values.get("total", sum(sums.values()))}


def page(items: list[Any], number: int = 1, of: int = 1, total: Any = ()) -> dict[str, Any]:
    sums = list(total) if isinstance(total, tuple) else total
    return {"page": number, "short-url": None, "maxPages": of, "total": sums, "items": items}


def as_csv(items: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    rows = [{k: v for k, v in i.items() if not k.endswith("_id")} for i in items]
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


PREAMBLE = """Extracted:,"United Nations High Commissioner for Refugees"
"Date extracted:","07/03/2021 10:56"
"Last updated:","07/03/2021 10:56"
"Last Some data presented may differ from statistics published previously."

"Data table contains the following:","Population figures"
"Content type","End year stock population totals"
"Data quick link",https://example.org/?url=l9X0ri
"Data definitions",https://example.org/methodology/
"Usage licence",https://creativecommons.org/licenses/by/4.0/
"Population types included","REF,ROC,ASY"
Years:
Origin:
"Country of asylum::"
"""
SIDES = (
    'Year,"Country of origin","Country of origin (ISO)",'
    '"Country of asylum","Country of asylum (ISO)"'
)
EXPORT_2021 = (
    f'{PREAMBLE}{SIDES},"Refugees under UNHCR\u2019s mandate",Asylum-seekers,'
    '"IDPs of concern to UNHCR","Venezuelans displaced abroad","Stateless persons",'
    '"Others of concern"\n'
    "2015,Pakistan,PAK,Afghanistan,AFG,257523,51,0,,0,*\n"
    '2020,"Unknown ",,"Curacao ",CUW,5,*,0,16691,0,0\n'
    '2020,"Various ",,"Curacao ",CUW,7,0,0,,0,0\n'
)
EXPORT_2024 = (
    f'{PREAMBLE.replace("Years:", "Years:" + chr(10) + "Years:")}{SIDES},'
    '"Refugees under UNHCR\'s mandate",Asylum-seekers,"Returned refugees",'
    '"IDPs of concern to UNHCR","Returned IDPss","Stateless persons","Others of concern",'
    '"Other people in need of international protection",hst\n'
    "2023,Pakistan,PAK,Afghanistan,AFG,1,2,3,4,5,6,7,8,9\n"
)  # fmt: skip
