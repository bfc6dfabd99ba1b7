"""Write area.csv, the list of areas, anew.

Run by hand, when the names or the areas change:

    python -m warehouse.reference.make_areas

It is no part of a refresh: a refresh reads the checked-in area.csv and never this module. The names
of countries come from CLDR through Babel, in the release of Babel that is installed; what CLDR does
not know (special and residual areas, groups) is written below, and in own_names.tsv what belongs to
one country. The output depends on nothing else, so a run without a change leaves the file as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, cast

from babel import Locale
from babel.core import get_global

from warehouse.reference.undesa_groups import CHANNEL_ISLANDS, GROUPS

COLUMNS = ("area", "kind", "iso2", "m49", "parent", "name_en", "name_ru", "name_ky")
OUTPUT = Path(__file__).with_name("area.csv")
OWN_NAMES = Path(__file__).with_name("own_names.tsv")
"""Subdivisions with their country, and names of countries that differ from CLDR's: as the national
statistical office writes them, or out of date."""

ISO_COUNTRIES = 249
"""How many entries ISO 3166-1 has; another number means that CLDR changed its list."""

NOT_ISO_3166_1 = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)
"""Regions of CLDR outside ISO 3166-1: exceptional reservations, groups, test codes."""

ALPHA3_CHOICE = {"CD": "COD", "DE": "DEU", "FR": "FRA", "MM": "MMR", "TL": "TLS", "YE": "YEM"}
"""The alpha-3 code in force, where CLDR also knows a withdrawn one."""

M49_CHOICE = {"DE": "276", "ET": "231", "FR": "250", "SD": "729", "YE": "887"}
"""The numeric code in force, where CLDR also knows a withdrawn one."""


class Area(NamedTuple):
    """One row of area.csv; an empty text is NULL."""

    area: str
    kind: str
    iso2: str
    m49: str
    parent: str
    name_en: str
    name_ru: str
    name_ky: str


_CIS = (
    "Commonwealth of Independent States",
    "Содружество Независимых Государств",
    "Көз карандысыз мамлекеттердин шериктештиги",
)

_UN_DESA_NORTH = (
    "Other North (UN DESA)",
    "Прочие страны Севера (ДЭСВ ООН)",
    "Түндүктүн башка өлкөлөрү (БУУнун ЭСМД)",
)

_UN_DESA_SOUTH = (
    "Other South (UN DESA)",
    "Прочие страны Юга (ДЭСВ ООН)",
    "Түштүктүн башка өлкөлөрү (БУУнун ЭСМД)",
)

_SERBIA_AND_MONTENEGRO = (
    "Serbia and Montenegro (until 2006)",
    "Сербия и Черногория (до 2006 г.)",
    "Сербия жана Черногория (2006-жылга чейин)",
)

_OUTSIDE_CIS = ("Countries outside the CIS", "Страны вне СНГ", "КМШдан тышкаркы өлкөлөр")

_TIBETAN = ("Tibetan (UNHCR)", "Тибетцы (УВКБ ООН)", "Тибеттиктер (БУУнун КЖКБ)")

OTHER_AREAS = (
    *(Area(code, "group", "", code, "", *names) for code, *names in GROUPS),
    Area(CHANNEL_ISLANDS[0], "country", "", CHANNEL_ISLANDS[0], "", *CHANNEL_ISLANDS[1:]),
    Area("AB9", "special", "", "", "", "Abyei", "Абьей", "Абьей"),
    Area("CIS", "group", "", "", "", *_CIS),
    Area("NON_CIS", "group", "", "", "", *_OUTSIDE_CIS),
    Area("OTH", "residual", "", "", "", "Other countries", "Прочие страны", "Башка өлкөлөр"),
    Area("OTH_N", "residual", "", "", "", *_UN_DESA_NORTH),
    Area("OTH_S", "residual", "", "", "", *_UN_DESA_SOUTH),
    Area("SCG", "country", "CS", "891", "", *_SERBIA_AND_MONTENEGRO),
    Area("TIB", "special", "", "", "", *_TIBETAN),
    Area("UNK", "special", "", "", "", "Unknown", "Неизвестно", "Белгисиз"),
    Area("WLD", "world", "", "1", "", "World", "Весь мир", "Дүйнө жүзү"),
    Area(
        "XXA", "special", "", "", "", "Stateless", "Лица без гражданства", "Жарандыгы жок адамдар"
    ),
)
"""Areas beside the countries. Residuals are under their publisher's meaning."""


def _codes_by_iso2() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """CLDR's alpha-3 and numeric aliases, turned round: each alpha-2 code with its aliases."""
    alpha3: dict[str, list[str]] = {}
    numeric: dict[str, list[str]] = {}
    aliases = cast("Mapping[str, list[str]]", get_global("territory_aliases"))
    for alias, regions in aliases.items():
        if len(alias) != 3 or len(regions) != 1:
            continue
        codes = alpha3 if alias.isalpha() else numeric if alias.isdigit() else None
        if codes is not None:
            codes.setdefault(regions[0], []).append(alias)
    return alpha3, numeric


def _one(iso2: str, found: list[str], choice: dict[str, str]) -> str:
    """The one code in force of the codes found for a country."""
    if iso2 in choice:
        if choice[iso2] not in found:
            raise ValueError(f"{iso2}: {choice[iso2]} is chosen, CLDR has {found}")
        return choice[iso2]
    if len(found) != 1:
        raise ValueError(f"{iso2}: one code is wanted, CLDR has {found}")
    return found[0]


def countries() -> list[Area]:
    """Every entry of ISO 3166-1, and Kosovo under the usual code XKX."""
    alpha3, numeric = _codes_by_iso2()
    names = {
        language: cast("Mapping[str, str]", Locale(language).territories)
        for language in ("en", "ru", "ky")
    }
    entries = [
        iso2
        for iso2 in names["en"]
        if len(iso2) == 2 and iso2.isalpha() and iso2 not in NOT_ISO_3166_1
    ]
    if len(entries) != ISO_COUNTRIES:
        raise ValueError(f"{ISO_COUNTRIES} countries are wanted, CLDR gives {len(entries)}")

    coded = [
        (
            iso2,
            _one(iso2, alpha3.get(iso2, []), ALPHA3_CHOICE),
            str(int(_one(iso2, numeric.get(iso2, []), M49_CHOICE))),
        )
        for iso2 in entries
    ]
    coded.append(("XK", "XKX", ""))  # user-assigned codes; the United Nations give no M49 code

    own = {row["area"]: row for row in own_names()}
    rows = []
    for iso2, area, m49 in coded:
        en, ru, ky = (
            own.get(area, {}).get(f"name_{language}") or names[language][iso2]
            for language in ("en", "ru", "ky")
        )
        rows.append(Area(area, "country", iso2, m49, "", en, ru, ky))
    return rows


def own_names() -> list[dict[str, str]]:
    """The rows of own_names.tsv."""
    with OWN_NAMES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def subdivisions() -> list[Area]:
    """Parts of countries, as own_names.tsv lists them."""
    return [
        Area(
            row["area"], "subdivision", "", "", row["parent"],
            row["name_en"], row["name_ru"], row["name_ky"],
        )
        for row in own_names()
        if row["parent"]
    ]  # fmt: skip


def areas() -> list[Area]:
    """All areas, in the order of their codes, every code once and every name there."""
    rows = sorted([*countries(), *subdivisions(), *OTHER_AREAS])
    if len({row.area for row in rows}) != len(rows):
        raise ValueError("an area code is there twice")
    nameless = [row.area for row in rows if not (row.name_en and row.name_ru and row.name_ky)]
    if nameless:
        raise ValueError(f"areas without a name: {nameless}")
    return rows


def main() -> None:
    """Rewrite area.csv."""
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(areas())


if __name__ == "__main__":
    main()
