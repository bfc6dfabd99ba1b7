"""NSC's tables of the SDG platform and figures of the press, and what must refuse one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.sources import gate
from assets.sources.nsc.read import read
from assets.sources.reading import Reading
from schemas.faults import Refused
from tests.assets.sources.refusals import refusal
from warehouse.home import EXTRACTS_FOLDER
from warehouse.reference_data import Reference

FOLDER = EXTRACTS_FOLDER / "nsc"
TRAFFICKING = FOLDER / "sdg_16_2_2" / "2022.csv"
FDI = FOLDER / "sdg_17_3_1_1a" / "2022.csv"
PRESS = FOLDER / "press" / "2019-05-16.csv"

Read = Callable[..., Reading]


@pytest.fixture
def read_data(given: Callable[[Any], Path]) -> Read:
    return lambda data: read(given(data))


def test_english_and_russian_tables_read_the_same(read_data: Read) -> None:
    text = TRAFFICKING.read_text("utf-8")
    russian = text.replace("Reference area", "Территория")
    for english, name in (("Batken", "Баткенская область"), ("Bishkek (city)", "г. Бишкек")):
        russian = russian.replace(english, name)
    one, other = read_data(text), read_data(russian)
    assert one.dataset == other.dataset == "sdg_16_2_2"
    assert one.frame.drop(columns="area").equals(other.frame.drop(columns="area"))
    assert "г. Бишкек" in set(other.frame["area"])


def test_activities_are_known_by_their_names_in_both_languages(read_data: Read) -> None:
    text = (
        "Year,Вид экономической деятельности,Value\n2022,,10.25\n"
        "2022,Добыча полезных ископаемых,10.0\n2022,Образование,0.25\n"
    )
    frame = read_data(text).frame
    assert frame["section"].fillna("").tolist() == ["", "B", "P"]
    assert frame["decimals"].tolist() == [2, 1, 2]


BROKEN_TABLES: list[tuple[Path, Callable[[str], str], str]] = [
    (TRAFFICKING, lambda text: text.replace("2011,,,5", "2011,,,five"), "line 2, column value"),
    (TRAFFICKING, lambda text: text.replace("2011,,,5", "2011,,,"), "line 2, column value"),
    (TRAFFICKING, lambda text: text.replace("2011,,,5", "2O11,,,5"), "line 2, column year"),
    (TRAFFICKING, lambda text: text.replace("GeoCode", "GeoCodes", 1), "line 1, column GeoCodes"),
    (TRAFFICKING, lambda text: text.replace("Value", "Amount", 1), "line 1, column Amount"),
    (TRAFFICKING, lambda text: "\n".join(line.rsplit(",", 1)[0] for line in text.split("\n")),
     "line 1, column value: expected this column"),
    (TRAFFICKING, lambda text: text + "2011,,,5\n", "line 2 has it already"),
    (TRAFFICKING, lambda text: text[:-1], "may be cut off"),
    (TRAFFICKING, lambda text: text[:-4] + "\n", "found '3 fields'"),
    (TRAFFICKING, lambda text: text.split("\n", 1)[0] + "\n", "rows below the header"),
    (TRAFFICKING, lambda text: text + '2011,"Osh,KG06,1\n', "line 51"),
    (TRAFFICKING, lambda text: text.replace("Value", "GeoCode", 1), "one column of this meaning"),
    (FDI, lambda text: text.replace("Construction", "Constructions", 1), "column activity"),
    (FDI, lambda text: text.replace("Value", "Sum", 1), "line 1, column Sum"),
    (PRESS, lambda text: text.replace(",1974,", ",,"), "line 2, column value"),
    (PRESS, lambda text: text.replace("partner", "partners", 1), "the column 'partner'"),
    (PRESS, lambda text: text.replace("zpress.kg 2019-05-16 (NSC table)", "", 1),
     "line 2, column published_in"),
    (PRESS, lambda text: text + text.splitlines()[1] + "\n", "line 2 has it already"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "breaks", "told"), BROKEN_TABLES)
def test_a_broken_table_is_refused(
    read_data: Read, path: Path, breaks: Callable[[str], str], told: str
) -> None:
    text = path.read_text("utf-8")
    broken = breaks(text)
    assert broken != text
    assert told in refusal(read_data, broken)


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (TRAFFICKING, "Batken,KG05", "Atlantis,KG05", "found 'Atlantis', expected a code of area"),
        (TRAFFICKING, "Batken,KG05", "Batken,KG99", "found 'KG99'"),
        (
            TRAFFICKING,
            "2014,,,19",
            "2014,,,20",
            "column value: found '20.0', expected rows by area",
        ),
        (FDI, "2022,,1202599.0", "2022,,1202599.2", "expected rows by section that make the total"),
        (PRESS, ",AZE,2017", ",AZERB,2017", "found 'AZERB'"),
    ],
)
def test_the_gate_refuses_unknown_names_and_wrong_totals(
    tmp_path: Path, reference: Reference, path: Path, old: str, new: str, told: str
) -> None:
    text = path.read_text("utf-8")
    assert old in text
    given = tmp_path / "given.csv"
    given.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Refused) as refused:
        gate.read_checked(given, reference, {})
    assert told in str(refused.value)
