"""UN DESA's figures as flat tables of text: what is read of them, and what refuses them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assets.sources import gate
from schemas.faults import Refused
from warehouse.reference_data import Reference

FLAT = {
    "pairs": (
        "destination_origin",
        "dest_code,dest_iso3,dest_name,orig_code,orig_iso3,orig_name,year,sex,value\n"
        "417,KGZ,Kyrgyzstan,900,,,1990,both,623083\n417,KGZ,Kyrgyzstan,643,RUS,,1990,male,1\n",
    ),
    "without sex": (
        "destination_origin",
        "year,sort_order,dest_name,notes,dest_code,data_type,orig_name,value\n"
        "1990,1990109,Kyrgyzstan,,417,B,Total,623083\n"
        "1990,1990020,Oceania,,909,,Kyrgyzstan,101\n1990,1990196,OCEANIA,,909,,Kyrgyzstan,101\n"
        "1990,1990109,Kyrgyzstan,,417,B,Other South,6818\n",
    ),
    "by name": (
        "destination_origin",
        "Year,Destination,orig_name,value,sex\n1990,Kyrgyzstan,Total,623083.0,total\n"
        "1990,WORLD,Kyrgyzstan,..,female\n",
    ),
    "destinations": (
        "destination",
        "dest_code,year,sex,value\n417,1990,both,623083\n417,1990,male,260416\n",
    ),
    "ages": (
        "age_sex",
        "dest_code,dest_iso3,year,sex,age,value,PopulationUniverse\n"
        "417,KGZ,1990,both,0-4,21569.0,3.0\n417,KGZ,1990,both,75+,23366.0,3.0\n",
    ),
    "ages in columns": (
        "age_sex",
        'Year,Destination,0-4_(mf),"75+_(mf)"\n1990,Kyrgyzstan,21569,23366\n',
    ),
    "net migration": ("wpp_net_migration", "country_code,year,mig\n417,1950,5.73\n417,1951,-1\n"),
    "flows": (
        "abel_cohen",
        "method,type,sex,year0,year1,orig,dest,flow\n"
        "sd_rev_neg,all,total,1990,1995,Kyrgyzstan,Cape Verde,2\n"
        "sd_rev_neg,all,female,1990,1995,Kyrgyzstan,Cape Verde,1\n",
    ),
}


@pytest.mark.parametrize(("dataset", "text"), FLAT.values(), ids=list(FLAT))
@pytest.mark.parametrize("packed", [False, True])
def test_flat_tables_are_read(
    tmp_path: Path, dataset: str, text: str, packed: bool, reference: Reference
) -> None:
    path = tmp_path / "figures.dat"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    reading = gate.read_checked(path, reference, {"release": "2020"})
    assert reading.dataset == dataset
    assert len(reading.frame) == (3 if "OCEANIA" in text else 2)


def broken_flat(name: str, old: str, new: str) -> str:
    text = FLAT[name][1]
    assert old in text
    return text.replace(old, new, 1)


BROKEN_TEXT = {
    "text in a number": (broken_flat("pairs", "623083", "many"), "line 2, column value"),
    "renamed header": (broken_flat("pairs", "value", "figure"), "column value: expected a column"),
    "missing cell": (broken_flat("pairs", "male,1", "male"), "line 3: found '8', expected 9 cells"),
    "unknown sex": (broken_flat("pairs", "male", "boys"), "line 3, column sex: found 'boys'"),
    "row twice": (broken_flat("pairs", "643,RUS,,1990,male", "900,,,1990,both"), "line 3, column"),
    "year that is none": (broken_flat("pairs", "1990", "90"), "line 2, column year: found '90'"),
    "no area": (broken_flat("by name", "WORLD", ""), "a location code or a name"),
    "only a header": ("dest_code,year,sex,value\n", "rows below the header"),
    "unknown name": (broken_flat("by name", "WORLD", "Atlantis"), "found 'Atlantis'"),
    "column of flows": (broken_flat("flows", "flow", "moves"), "column flow: expected a column"),
    "flow that is none": (broken_flat("flows", "Verde,2", "Verde,.."), "line 2, column flow"),
    "unknown country": (broken_flat("flows", "Cape Verde", "Atlantis"), "found 'Atlantis'"),
    "cut within a figure": (FLAT["net migration"][1].rstrip()[:-1], "line 3: found"),
    "more than there are people": (broken_flat("pairs", "623083", "1" * 12), "at most 10,000"),
    "net migration": (broken_flat("net migration", "5.73", "5,7,3"), "expected 3 cells"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN_TEXT.values(), ids=list(BROKEN_TEXT))
def test_a_broken_text_table_is_refused_with_the_place(
    tmp_path: Path, text: str, told: str, reference: Reference
) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        gate.read_checked(path, reference, {"release": "2020"})
    assert told in str(refused.value)
