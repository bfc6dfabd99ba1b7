"""What NSC's labels mean: rows about migration, headers, units, economic activities.

Labels of the open-data category and of the SDG platform are as seen. Those of the dynamic table of
external migration and of the platform's activities in Russian were not seen: they are the words
that NSC uses elsewhere for the same things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assets.sources.workbooks import folded

IMMIGRANTS, EMIGRANTS, NET, POPULATION = "immigrants", "emigrants", "net_migration", "population"
MIGRATION = (IMMIGRANTS, EMIGRANTS, NET)

_ROWS: dict[str, tuple[str, ...]] = {
    IMMIGRANTS: (
        "number of immigrants", "immigrants", "number of arrivals", "arrivals", "arrived",
        "число иммигрантов", "иммигранты", "число прибывших", "прибывшие", "прибыло",
        "иммигранттардын саны", "иммигранттар", "келгендердин саны", "келгендер",
    ),
    EMIGRANTS: (
        "number of emigrants", "emigrants", "number of departures", "departures", "departed",
        "число эмигрантов", "эмигранты", "число выбывших", "выбывшие", "выбыло",
        "эмигранттардын саны", "эмигранттар", "кеткендердин саны", "кеткендер",
    ),
    NET: (
        "net migration", "migration balance", "migration increase, outflow (-)",
        "сальдо миграции", "миграционный прирост", "миграционный прирост, отток (-)",
        "миграция сальдосу", "миграциялык өсүш", "миграциялык өсүш, агып чыгуу (-)",
    ),
    POPULATION: (
        "population at beginning of year, total", "численность населения на начало года, всего",
        "жылдын башына карата калктын саны, бардыгы",
    ),
}  # fmt: skip
_BY_LABEL = {folded(label): name for name, labels in _ROWS.items() for label in labels}
# A unit stands behind the label, with a colon or a comma before it.
_UNIT = re.compile(r"[\s,:;(]+((thous|тыс)\w*\.?|миң)?\s*(people|persons|человек|чел\.?|адам)\)?$")
_THOUSANDS = re.compile(r"\b(thous\w*|тыс\w*|миң)\b")
_EXTERNAL = ("external", "international", "внешн", "международн", "тышкы", "эл аралык")
_MIGRATION_WORDS = ("migra", "мигра")

# Headers of the three label columns of a dynamic table.
LANGUAGE_HEADERS: dict[str, tuple[str, ...]] = {
    "ky": ("көрсөткүчтөрдүн аталышы", "көрсөткүчтөр"),
    "ru": ("наименование показателей", "показатели"),
    "en": ("items", "indicators", "name of indicators"),
}

# Sections of ISIC Rev. 4, which the national classification (GKED) follows.
_ACTIVITIES: dict[str, tuple[str, ...]] = {
    "A": ("agriculture, forestry and fishing",
          "сельское хозяйство, лесное хозяйство и рыболовство"),
    "B": ("mining and quarrying", "добыча полезных ископаемых"),
    "C": ("manufacturing", "обрабатывающие производства (обрабатывающая промышленность)",
          "обрабатывающие производства", "обрабатывающая промышленность"),
    "D": ("electricity, gas, steam and air conditioning supply",
          "обеспечение (снабжение) электроэнергией, газом, паром и кондиционированным воздухом"),
    "E": ("water supply; sewerage, waste management and remediation activities",
          "водоснабжение, очистка, обработка отходов и получение вторичного сырья"),
    "F": ("construction", "строительство"),
    "G": ("wholesale and retail trade; repair of motor vehicles and motorcycles",
          "оптовая и розничная торговля; ремонт автомобилей и мотоциклов"),
    "H": ("transportation and storage", "транспортная деятельность и хранение грузов"),
    "I": ("accommodation and food service activities", "деятельность гостиниц и ресторанов"),
    "J": ("information and communication", "информация и связь"),
    "K": ("financial and insurance activities", "финансовое посредничество и страхование"),
    "L": ("real estate activities", "операции с недвижимым имуществом"),
    "M": ("professional, scientific and technical activities",
          "профессиональная, научная и техническая деятельность"),
    "N": ("administrative and support service activities",
          "административная и вспомогательная деятельность"),
    "O": ("public administration and defence; compulsory social security",
          "государственное управление и оборона; обязательное социальное обеспечение"),
    "P": ("education", "образование"),
    "Q": ("human health and social work activities",
          "здравоохранение и социальное обслуживание населения"),
    "R": ("arts, entertainment and recreation", "искусство, развлечения и отдых"),
    "S": ("other service activities", "прочая обслуживающая деятельность"),
}  # fmt: skip
SECTIONS = {label: section for section, labels in _ACTIVITIES.items() for label in labels}


def indicators_of(labels: Iterable[str | None]) -> list[str]:
    """The indicators that a row's labels name; more than one when languages disagree.

    Args:
        labels: The labels of a row in its languages, cleaned of footnote digits.
    """
    texts = [folded(label) for label in labels if label]
    found = {_BY_LABEL.get(text) or _BY_LABEL.get(_UNIT.sub("", text)) for text in texts}
    return sorted(one for one in found if one is not None)


def in_thousands(*texts: object) -> bool:
    """Whether one of the texts says that figures are in thousands; a missing one says nothing."""
    return any(_THOUSANDS.search(folded(text)) for text in texts if isinstance(text, str))


def names_a_unit(text: object) -> bool:
    """Whether a row's label ends with a unit of its own."""
    return isinstance(text, str) and _UNIT.search(folded(text)) is not None


def is_external_migration(titles: Iterable[str | None]) -> bool:
    """Whether a table's titles name migration across the border.

    Arrivals and departures are also counted within the country, under the same labels.
    """
    texts = [folded(title) for title in titles if title]
    return any(
        any(word in text for word in _EXTERNAL) and any(word in text for word in _MIGRATION_WORDS)
        for text in texts
    )
