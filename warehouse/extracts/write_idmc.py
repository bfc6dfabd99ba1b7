"""Write the bundled IDMC extracts of one country; run by hand, no part of a refresh.

    python -m warehouse.extracts.write_idmc FOLDER_OF_FIGURES

The folder holds the country's rows of IDMC's exports as CSV with the exports' own headers
(release 2023, and the single figures of release 2024) and of its API as JSON (release 2025). They
are written as IDMC sends them: workbooks with the exports' sheets, the API's envelopes, CSV.
IDMC's remarks in words are left out. Written twice, they are the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

COUNTRY = "KGZ"
API = "https://helix-tools-api.idmcdb.org/external-api/gidd"
LICENCE_LINK = "https://creativecommons.org/licenses/by-nc/4.0/"
_DATE_COLUMN = "Date of Event (start)"
_MADE = datetime(2023, 11, 20, tzinfo=UTC).replace(tzinfo=None)
_README = (
    ("Title: Global Internal Displacement Database (GIDD)", ""),
    ("Date extracted", "20/11/2023"),
    ("Last update", "15/11/2023"),
    (f"Rows of {COUNTRY} only, written from the figures of that export.", ""),
    (f"Licence: CC BY-NC 4.0, {LICENCE_LINK}", ""),
)
_NEVER_SENT = "In the publisher's layout; a file with these rows alone was never sent."
_RELEASE_2023 = "release of 2023 with the figures up to 2022, extracted on 20 November 2023"
_RELEASE_2024 = "release of 2024 with the figures up to 2023"
_RELEASE_2025 = "release of 2025 with the figures up to 2024, last updated on 13 May 2025"

Rows = list[list[str]]


def read_csv(path: Path) -> Rows:
    """All rows of a CSV file, its header first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def workbook(sheet: str, rows: Rows) -> bytes:
    """An export with one sheet of data and the README, of the publisher's layout.

    Args:
        sheet: Name of the sheet as the publisher calls it.
        rows: Header and rows as text; numbers and days are written as such.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})
        data = book.add_worksheet(sheet)
        header = rows[0]
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                if at and header[column] == _DATE_COLUMN:
                    day = datetime.strptime(text[:10], "%Y-%m-%d")
                    data.write_datetime(at, column, day, day_format)
                elif at and text.isdigit():
                    data.write_number(at, column, int(text))
                elif text:
                    data.write_string(at, column, text)
        readme = book.add_worksheet("README")
        for at, line in enumerate(_README):
            for column, text in enumerate(line):
                if text:
                    readme.write_string(at, column, text)
    return out.getvalue()


def envelope(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """An answer of the API with all rows in it, a row a line."""
    head = {"last_updated": "2025-05-13", "count": len(rows), "next": None, "previous": None}
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{json.dumps(head)[:-1]}, "results": [\n{lines}\n]}}\n'.encode()


def as_csv(rows: Rows) -> bytes:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def without(rows: Rows, column: str) -> Rows:
    """The rows with a column left blank."""
    at = rows[0].index(column)
    return [rows[0], *([*row[:at], "", *row[at + 1 :]] for row in rows[1:])]


def manifest(
    dataset: str, release: str, rows: int, link: str, words: str, note: str
) -> dict[str, Any]:
    """What an extract is, where it came from and on which terms it may be used."""
    return {
        "publisher": "idmc",
        "dataset": dataset,
        "release": release,
        "scope": [COUNTRY],
        "rows": rows,
        "link": f"{API}/{link}?iso3__in={COUNTRY}",
        "retrieved_at": None,
        "licence": "CC BY-NC 4.0",
        "licence_link": LICENCE_LINK,
        "citation": (
            "Internal Displacement Monitoring Centre, Global Internal Displacement Database,"
            f" {words}, https://www.internal-displacement.org/database/displacement-data/"
        ),
        "figures_from": (
            f"{COUNTRY} rows of IDMC's Global Internal Displacement Database, {words},"
            " as gathered from public copies"
        ),
        "note": note,
    }


def write(folder: Path, name: str, content: bytes, described: Mapping[str, Any]) -> None:
    """Write an extract and its manifest."""
    target = folder / described["dataset"] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    text = json.dumps(described, indent=2, ensure_ascii=False)
    target.with_name(f"{described['release']}.manifest.json").write_text(
        text + "\n", "utf-8", newline="\n"
    )
    print(f"{described['dataset']} {described['release']}: {described['rows']} rows")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every extract."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("figures", type=Path, help="folder of tables with IDMC's figures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "idmc")
    given = parser.parse_args(arguments)
    figures, out = given.figures, given.out
    export = "displacements/displacement-export/"
    for dataset, table, sheet, link, more in (
        ("displacements", "displacement", "1_Displacement_data", export,
         " The export's sheet of sex and age is an extract of its own."),
        ("sex_age", "sadd", "2_IDPs_SADD_estimates", export,
         " The export's sheet of displacements is an extract of its own."),
        ("disasters", "disasters", "1_Disaster_Displacement_data",
         "disasters/disaster-export/", ""),
    ):  # fmt: skip
        rows = read_csv(figures / f"kgz_{table}_2023release.csv")
        described = manifest(
            dataset, "2023", len(rows) - 1, link, _RELEASE_2023, _NEVER_SENT + more
        )
        write(out, "2023.xlsx", workbook(sheet, rows), described)
    for dataset in ("conflicts", "disasters"):
        source = figures / f"kgz_api_{dataset}_2025release.json"
        items = json.loads(source.read_text("utf-8"))
        note = "One envelope with all rows, as the API would send it for a large enough page."
        described = manifest(dataset, "2025", len(items), f"{dataset}/", _RELEASE_2025, note)
        write(out, "2025.json", envelope(items), described)
    rows = read_csv(figures / "kgz_disaggregated_2024release.csv")
    note = "The export's columns as CSV. It holds the figures of 2023 alone."
    link = "disaggregations/disaggregation-export/"
    described = manifest("disaggregated", "2024", len(rows) - 1, link, _RELEASE_2024, note)
    write(out, "2024.csv", as_csv(rows), described)
    rows = without(read_csv(figures / "kgz_context_2024release.csv"), "Description")
    note = (
        "The export's sheet of remarks as CSV, the figures of 2023 alone; the remarks themselves"
        " are left blank."
    )
    described = manifest("figure_analyses", "2024", len(rows) - 1, export, _RELEASE_2024, note)
    write(out, "2024.csv", as_csv(rows), described)


if __name__ == "__main__":
    main()
