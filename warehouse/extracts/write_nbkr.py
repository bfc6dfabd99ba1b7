"""Write the bundled extract of NBKR's remittances; run by hand, no part of a refresh.

    python -m warehouse.extracts.write_nbkr FOLDER_OF_FIGURES

The folder holds ``figures_nbkr.csv``: figures of the National Bank that were seen in the press,
with where each was seen. No workbook of the bank was seen, so the layout is assumed: a list with a
row a span and country. Figures that contradict each other are all kept.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

RELEASE = "2025-press"
TITLE = "Денежные переводы физических лиц через системы денежных переводов, млн. долл. США"
ASSUMED = "Макет таблицы предположительный; показатели взяты из прессы"
HEADER = ("Период", "Страна", "Приток", "Отток", "Чистый приток", "Точность", "Примечание",
          "Где опубликовано")  # fmt: skip
MONTHS = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь",
          "октябрь", "ноябрь", "декабрь")  # fmt: skip
COUNTRIES = {"ALL": "Всего", "RUS": "Россия", "USA": "США", "TUR": "Турция", "KAZ": "Казахстан"}
FLOWS = ("inflow", "outflow", "net")
# Printed in full beside the figures of 2020; what a note calls implied was nowhere printed.
_PRINTED_IN_NOTE = re.compile(r"(\d{4}-\d\d) = ([\d.]+) \(also (.+)\)")

Figure = dict[str, str]
Row = list[str | float | None]


def with_printed_in_notes(figures: Sequence[Figure]) -> list[Figure]:
    """The figures, and those that a note says were printed too."""
    found = []
    for one in figures:
        printed = _PRINTED_IN_NOTE.search(one["note"])
        if printed:
            sources = f"{one['source']}; {printed[3]}"
            found.append(one | {"period": printed[1], "value_musd": printed[2], "note": "",
                                "source": sources})  # fmt: skip
            found.append(one | {"note": ""})
        else:
            found.append(one)
    return found


def span_of(period: str) -> str:
    """A span as the bank would write it: ``2019``, ``январь 2020``, ``январь-май 2020``."""
    year, _, months = period.partition("-")
    if not months:
        return year
    first, _, last = months.partition("/")
    names = [MONTHS[int(one) - 1] for one in (first, last) if one]
    return f"{'-'.join(names)} {year}"


def remark_of(note: str) -> str:
    """What matters of a note to whoever reads the figure."""
    words = []
    if "approx lower bound" in note:
        words.append("at least")
    elif "approx" in note:
        words.append("about")
    if note == "rounded":
        words.append("rounded")
    if "preliminary" in note:
        words.append("preliminary")
    if "ambiguous" in note or "reads as each" in note:
        words.append("wording of the source ambiguous")
    return "; ".join(words)


def rounding_of(value: str, note: str) -> float | None:
    """Unit of rounding in million US dollars; None where the figure is only about right."""
    if "approx" in note:
        return None
    return round(10.0 ** -len(value.partition(".")[2]), 6)


def rows_of(figures: Sequence[Figure]) -> list[Row]:
    """Rows of the list: figures of one span, country, rounding, remark and source together."""
    rows: dict[tuple[object, ...], Row] = {}
    for one in with_printed_in_notes(figures):
        remark = remark_of(one["note"])
        rounding = rounding_of(one["value_musd"], one["note"])
        own = (span_of(one["period"]), COUNTRIES[one["country"]])
        told = (rounding, remark, one["source"])
        row = rows.setdefault((one["period"], *own, *told), [*own, None, None, None, *told])
        row[2 + FLOWS.index(one["flow"])] = float(one["value_musd"])
    return [rows[key] for key in sorted(rows, key=str)]


def workbook_of(rows: Sequence[Row]) -> bytes:
    """The rows as an .xlsx workbook, always of the same bytes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime.datetime(2026, 1, 1)})
    sheet = book.add_worksheet("Переводы")
    sheet.write(0, 0, TITLE)
    sheet.write(1, 0, ASSUMED)
    for at, row in enumerate((HEADER, *rows), start=3):
        for column, cell in enumerate(row):
            if cell not in (None, ""):
                sheet.write(at, column, cell)
    sheet.set_column(0, len(HEADER) - 1, 16)
    book.close()
    return stream.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the extract and its manifest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("figures", type=Path, help="folder with NBKR's figures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "nbkr")
    given = parser.parse_args(arguments)
    with (given.figures / "figures_nbkr.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    rows = rows_of(figures)
    count = sum(cell is not None for row in rows for cell in row[2:5])
    folder = given.out / "remittances"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{RELEASE}.xlsx").write_bytes(workbook_of(rows))
    manifest = {
        "publisher": "nbkr",
        "dataset": "remittances",
        "release": RELEASE,
        "scope": ["KGZ"],
        "rows": count,
        "link": "https://www.nbkr.kg/",
        "retrieved_at": None,
        "licence": "no reuse terms found",
        "licence_link": None,
        "citation": "National Bank of the Kyrgyz Republic, remittances of individuals through "
        "money transfer systems, as printed by the press",
        "figures_from": "Pages of the press that name the National Bank as their source, of 2017 "
        "to 2025; each row says which",
        "note": "The layout of the workbook is assumed: none of the bank was seen. Only figures "
        "that were printed are in it; those that contradict each other are all kept. Which span "
        "the figures of January to November 2022 by country are about is not sure.",
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{RELEASE}.manifest.json").write_text(text, "utf-8", newline="\n")
    print(f"remittances {RELEASE}: {count} figures")


if __name__ == "__main__":
    main()
