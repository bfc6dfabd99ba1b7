"""NBKR's files: remittances found by labels, exchange rates, and what must refuse one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from assets.sources import gate
from assets.sources.nbkr import labels
from assets.sources.nbkr.labels import Span
from assets.sources.nbkr.read import read
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from schemas.faults import Refused
from tests.assets.sources.refusals import refusal
from warehouse.home import EXTRACTS_FOLDER
from warehouse.reference_data import Reference

REMITTANCES = EXTRACTS_FOLDER / "nbkr" / "remittances" / "2025-press.xlsx"
UNIT = ["Денежные переводы физических лиц, млн. долл. США"]
LIST = [
    UNIT, [], ["Период", "Страна", "Приток", "Отток", "Чистый приток"],
    ["апрель 2017", "Всего", 170.7, 32.1, 138.6], ["2019", "Всего", "2 406,85", "-", ""],
    ["январь-май 2020", "Россия", 679.8, "", ""],
]  # fmt: skip
XML = """<?xml version="1.0" encoding="windows-1251" ?>
<CurrencyRates Name="Курсы" Date="03.07.2026">
<Currency ISOCode="USD"><Nominal>1</Nominal><Value>87,4500</Value></Currency>
<Currency ISOCode="KZT"><Nominal>100</Nominal><Value>18,42</Value></Currency>
</CurrencyRates>
"""
RATES = [
    ["", "СПРАВКА"], [], ["", "1 Доллар США"], [], ["", "Дата", "Курс"],
    ["", "(курсы действуют с указанных дат)", "(к кыргызскому сому)"],
    ["", "02.07.2026", 87.45], ["", "01.07.2026", "87,41"], [], ["", "НАЦИОНАЛЬНЫЙ БАНК"],
]  # fmt: skip

Grid = list[list[Any]]
Read = Callable[..., Reading]


@pytest.fixture
def read_grid(tmp_path: Path) -> Read:
    def reader(grid: Grid, sheet: str = "Переводы", old: bool = False) -> Reading:
        path = tmp_path / "given"
        if old:
            xls = xlwt.Workbook()
            page = xls.add_sheet(sheet)
        else:
            xlsx = xlsxwriter.Workbook(path)
            page = xlsx.add_worksheet(sheet)
        for at, row in enumerate(grid):
            for column, cell in enumerate(row):
                if cell != "":
                    page.write(at, column, cell)
        xls.save(str(path)) if old else xlsx.close()
        return read(path)

    return reader


@pytest.fixture
def read_data(tmp_path: Path) -> Read:
    def reader(data: bytes) -> Reading:
        (tmp_path / "given").write_bytes(data)
        return read(tmp_path / "given")

    return reader


def figures(reading: Reading) -> dict[tuple[str, str, str, str], float]:
    columns = ["period_start", "period_end", "flow", "country", "value"]
    return {
        (str(first), str(last), flow, country): value
        for first, last, flow, country, value in reading.frame[columns].itertuples(index=False)
    }


# --- remittances


def test_the_extract_passes_the_gate(reference: Reference) -> None:
    manifest = gate.read_sidecar(REMITTANCES)
    reading = gate.read_checked(REMITTANCES, reference, manifest)
    assert (reading.source, reading.dataset, reading.scope) == ("nbkr", "remittances", ("KGZ",))
    assert len(reading.frame) == manifest["rows"] == 45
    assert "assumed" in manifest["note"]
    assert read_any(REMITTANCES).dataset == "remittances"


@pytest.mark.parametrize("old", [False, True])
def test_a_list_is_read_by_its_labels(read_grid: Read, old: bool) -> None:
    found = figures(read_grid(LIST, "Переводы", old))
    assert found == {
        ("2017-04-01", "2017-04-30", "inflow", "Всего"): 170.7,
        ("2017-04-01", "2017-04-30", "outflow", "Всего"): 32.1,
        ("2017-04-01", "2017-04-30", "net", "Всего"): 138.6,
        ("2019-01-01", "2019-12-31", "inflow", "Всего"): 2406.85,
        ("2020-01-01", "2020-05-31", "inflow", "Россия"): 679.8,
    }


def test_columns_stand_in_any_order_and_either_language(read_grid: Read) -> None:
    grid = [
        ["", "Remittances, million US dollars"],
        [
            "Net inflow",
            "Remark",
            "Country",
            "Outflow",
            "Period",
            "Inflow",
            "Rounding",
            "Published in",
        ],
        [138.6, "about; preliminary", "Total", 32.1, "April 2017", 170.7, 0.1, "a page"],
    ]
    frame = read_grid(grid).frame
    assert frame.set_index("flow")["value"].to_dict() == {
        "net": 138.6, "outflow": 32.1, "inflow": 170.7,
    }  # fmt: skip
    assert frame["source_ref"].tolist() == ["Переводы!A3", "Переводы!D3", "Переводы!F3"]
    assert set(frame["qualifier"]) == {"about"}
    assert frame["provisional"].all()
    assert set(frame["rounding"]) == {0.1}


def test_what_is_said_of_figures_is_not_lost_with_its_column(read_grid: Read) -> None:
    header = ["Period", "Country", "Inflow", "Rounding", "Remark", "Published in"]
    row: list[Any] = ["April 2017", "Total", 170.7, 0.1, "about", "a page"]
    title = ["Remittances, million US dollars"]
    for at in (3, 4, 5):
        grid = [title, *([*one[:at], *one[at + 1 :]] for one in (header, row))]
        with pytest.raises(FileRefused, match=r"Переводы!2, column header.* or none of these"):
            read_grid(grid)


def test_a_cross_table_has_directions_as_lines_and_the_year_above_the_months(
    read_grid: Read,
) -> None:
    grid = [
        UNIT, ["Страны", 2020.0, "", 2021.0], ["", "январь", "февраль", "январь"],
        ["Приток"], ["Всего", 148.5, 161.1, 150.0], ["Россия", 140.0, 150.0, "…"],
        ["Отток"], ["Всего", 30.0, 31.0, 32.0], ["Примечание: без почтовых переводов"],
    ]  # fmt: skip
    found = figures(read_grid(grid))
    assert found["2020-02-01", "2020-02-29", "inflow", "Всего"] == 161.1
    assert found["2020-02-01", "2020-02-29", "inflow", "Россия"] == 150
    assert found["2021-01-01", "2021-01-31", "outflow", "Всего"] == 32
    assert len(found) == 8


def test_the_year_may_stand_in_the_name_of_the_sheet_or_on_a_line(read_grid: Read) -> None:
    grid = [UNIT, ["Период", "Приток"], ["январь", 148.5], ["I квартал", 453.6]]
    assert set(figures(read_grid(grid, "2020 г."))) == {
        ("2020-01-01", "2020-01-31", "inflow", "Total"),
        ("2020-01-01", "2020-03-31", "inflow", "Total"),
    }
    lines = [UNIT, ["Период", "Приток"], ["2019"], ["май", 194.3], ["2020"], ["май", 165.3]]
    reading = read_grid(lines)
    assert [str(one) for one in reading.frame["period_start"]] == ["2019-05-01", "2020-05-01"]
    assert reading.frame["period"].tolist() == ["2019 май", "2020 май"]


def test_figures_are_rounded_as_the_finest_of_them_shows(read_grid: Read) -> None:
    grid = [UNIT, ["Период", "Приток"], ["2019", 2406.85], ["2020", 2377.0]]
    assert set(read_grid(grid).frame["rounding"]) == {0.01}


def _cell(row: int, column: int, value: Any) -> Callable[[Grid], None]:
    return lambda grid: grid[row].__setitem__(column, value)


BROKEN: list[tuple[Callable[[Grid], object], str]] = [
    (_cell(3, 2, "many"), "Переводы!C4, column value: found 'many'"),
    (_cell(2, 2, "Притоки денег"), "Переводы!C3, column header: found 'Притоки денег'"),
    (_cell(2, 0, "Когда"), "Переводы!A3, column header: found 'Когда'"),
    (_cell(3, 0, "13.2017"), "Переводы!A4, column period: found '13.2017'"),
    (_cell(3, 0, "апрель"), "Переводы!C4, column labels: expected a year"),
    (_cell(3, 0, "декабрь-январь 2017"), "Переводы!A4, column period"),
    (lambda grid: grid.append(grid[3]), "Переводы!C4 has it already"),
    (
        lambda grid: grid.__setitem__(slice(2, None), [["Период", "Страна"], ["Приток"]]),
        "columns of directions or spans",
    ),
    (lambda grid: grid.__delitem__(slice(3, None)), "figures below the header"),
    (lambda grid: grid[0].__setitem__(0, "Денежные переводы"), "million US dollars"),
    (lambda grid: grid[0].__setitem__(0, "Переводы, тыс. долл. США"), "million US dollars"),
]


@pytest.mark.parametrize(("breaks", "told"), BROKEN)
def test_a_broken_list_is_refused(
    read_grid: Read, breaks: Callable[[Grid], object], told: str
) -> None:
    grid = [list(row) for row in LIST]
    breaks(grid)
    assert told in refusal(read_grid, grid)


def test_a_figure_under_a_line_without_direction_is_refused(read_grid: Read) -> None:
    grid = [UNIT, ["Страна", "январь 2020"], ["Всего", 148.5], ["Приток"], ["Россия", 1.0]]
    assert "Переводы!B3, column labels: expected a direction" in refusal(read_grid, grid)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [(1, "Атлантида", "'Атлантида', expected a code of area_name:nbkr"),
     (3, -32.1, "'-32.1', expected at least 0")],
)  # fmt: skip
def test_the_gate_refuses_unknown_countries_and_negative_flows(
    read_grid: Read, tmp_path: Path, reference: Reference, column: int, value: Any, told: str
) -> None:
    grid = [list(row) for row in LIST]
    grid[3][column] = value
    read_grid(grid)
    with pytest.raises(Refused, match=re.escape(told)):
        gate.read_checked(tmp_path / "given", reference, {})


@pytest.mark.parametrize(
    ("data", "told"),
    [(REMITTANCES.read_bytes()[:-400], "a workbook that can be read"), (b"", "empty"),
     (b"<html><body>404</body></html>", "web page")],
)  # fmt: skip
def test_what_is_no_whole_file_is_refused(read_data: Read, data: bytes, told: str) -> None:
    assert told in refusal(read_data, data)


@pytest.mark.parametrize(
    ("cell", "span"),
    [
        ("2019", Span(2019)), (2019.0, Span(2019)), ("2019 г.", Span(2019)),
        ("январь 2020 года", Span(2020, (1, 1))), ("Мая", Span(None, (5, 5))),
        ("янв.-май 2020", Span(2020, (1, 5))), ("January \u2013 May 2020", Span(2020, (1, 5))),
        ("2020-01/05", Span(2020, (1, 5))), ("2020-04", Span(2020, (4, 4))),
        ("04.2020", Span(2020, (4, 4))), ("II кв. 2021", Span(2021, (4, 6))),
        ("4 quarter 2021", Span(2021, (10, 12))), ("Q3 2021", Span(2021, (7, 9))),
        (date(2020, 12, 1), Span(2020, (12, 12))), ("Россия", None), ("Мали", None),
        ("2020-13", None), ("V квартал 2020", None), ("май-январь 2020", None), ("2019-2020", None),
        ("", None), (7.5, None),
    ],
)  # fmt: skip
def test_spans(cell: object, span: Span | None) -> None:
    assert labels.span(cell) == span


def test_the_days_of_a_span() -> None:
    assert Span(2020, (2, 2)).days() == (date(2020, 2, 1), date(2020, 2, 29))
    assert Span(2019).days() == (date(2019, 1, 1), date(2019, 12, 31))
    with pytest.raises(ValueError, match="no year"):
        Span(None, (2, 2)).days()


# --- exchange rates


def test_the_xml_of_a_day_has_its_encoding_and_decimal_commas(read_data: Read) -> None:
    reading = read_data(XML.encode("cp1251"))
    assert reading.dataset == "exchange_rates"
    assert reading.frame.values.tolist() == [
        [date(2026, 7, 3), "USD", 1, 87.45, "/CurrencyRates/Currency[1]/Value"],
        [date(2026, 7, 3), "KZT", 100, 18.42, "/CurrencyRates/Currency[2]/Value"],
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("87,4500", "dear", "/CurrencyRates/Currency[1]/Value, column Value: found 'dear'"),
        ("<Value>87,4500</Value>", "", "/CurrencyRates/Currency[1]/Value"),
        ("Nominal", "Units", "/CurrencyRates/Currency[1]/Nominal"),
        ("USD", "dollar", "/CurrencyRates/Currency[1], column ISOCode"),
        ("KZT", "USD", "/CurrencyRates/Currency[1]/Value has it already"),
        ("03.07.2026", "2026-07-03", "/CurrencyRates, column Date"),
        ("</CurrencyRates>", "", "XML"),
        ('?>\n', '?>\n<!DOCTYPE x [<!ENTITY y "z">]>\n', "without a document type"),
    ],
)  # fmt: skip
def test_broken_xml_is_refused(read_data: Read, old: str, new: str, told: str) -> None:
    broken = XML.replace(old, new)
    assert broken != XML
    assert told in refusal(read_data, broken.encode("cp1251"))


@pytest.mark.parametrize("old", [False, True])
def test_the_workbook_of_a_currency(read_grid: Read, old: bool) -> None:
    frame = read_grid(RATES, "Spravka", old).frame
    assert frame["rate"].tolist() == [87.45, 87.41]
    assert frame["currency"].tolist() == ["Доллар США"] * 2
    assert frame["source_ref"].tolist() == ["Spravka!C7", "Spravka!C8"]
    assert frame["date"].tolist() == [date(2026, 7, 2), date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("row", "column", "value", "told"),
    [
        (6, 2, "dear", "Spravka!C7, column Курс: found 'dear'"),
        (6, 2, "", "Spravka!C7, column Курс"),
        (7, 1, "1 июля", "Spravka!B8, column Дата"),
        (7, 1, "02.07.2026", "Spravka!C7 has it already"),
        (2, 1, "Доллар", "units and name of the currency"),
    ],
)
def test_a_broken_workbook_of_a_currency_is_refused(
    read_grid: Read, row: int, column: int, value: Any, told: str
) -> None:
    grid = [list(one) for one in RATES]
    grid[row][column] = value
    assert told in refusal(read_grid, grid, "Spravka")


def test_exchange_rates_are_read_and_not_landed(
    read_data: Read, tmp_path: Path, reference: Reference
) -> None:
    read_data(XML.encode("cp1251"))
    reading = gate.read_checked(tmp_path / "given", reference, {})
    assert len(reading.frame) == 2
    assert not (reference.table("dataset")["dataset"] == "exchange_rates").any()


def test_what_is_not_nbkrs_is_not_recognised(read_data: Read, read_grid: Read) -> None:
    with pytest.raises(NotRecognised):
        read_data(b"period,flow,country\n")
    with pytest.raises(NotRecognised):
        read_grid([["Country", "2019"], ["a", 1.0]])
