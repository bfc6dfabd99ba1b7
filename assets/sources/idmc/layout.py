"""How IDMC heads its columns: in workbooks and CSV by labels, in the API by keys."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assets.sources.reading import Faults
from assets.sources.workbooks import folded
from schemas.sources.idmc import AGE_BANDS, DISPLACEMENT_COUNTS

# Keys of the API that only repeat as a number what a name says.
LEFT_OUT = "_left_out"
_BANDS = tuple(AGE_BANDS.values())
# Less alike than this, a header is not that dataset's.
_ALIKE = 0.6


@dataclass(frozen=True)
class Layout:
    """How one dataset is headed in one format.

    Attributes:
        dataset: The dataset.
        form: table (workbook or CSV) or api.
        labels: Column by label.
        always: Columns that are always there.
        variants: Sets of further columns, of which a file has exactly one.
        optional: Columns that some releases have and others have not.
    """

    dataset: str
    form: str
    labels: Mapping[str, str]
    always: frozenset[str]
    variants: tuple[frozenset[str], ...] = (frozenset(),)
    optional: frozenset[str] = field(default=frozenset())

    def column(self, label: str) -> str | None:
        """The column that a label heads, if it is known."""
        return self._by_label.get(label if self.form == "api" else folded(label))

    def needed(self, found: frozenset[str]) -> frozenset[str]:
        """The columns that a file with these ones must have, by the nearest variant."""
        nearest = min(self.variants, key=lambda one: len(one ^ (found - self.always)))
        return self.always | nearest

    def label(self, column: str) -> str:
        """The label that heads a column, the newest where it had several."""
        return next(label for label, named in self.labels.items() if named == column)

    @cached_property
    def _by_label(self) -> Mapping[str, str]:
        return {
            (label if self.form == "api" else folded(label)): column
            for label, column in self.labels.items()
        }


def _snake(label: str) -> str:
    return label.lower().replace(" ", "_")


_RAW_AND_ROUNDED = {
    f"{label}{mark}": f"{column}_{form}"
    for label, column in (
        ("Conflict Stock Displacement", "conflict_stock"),
        ("Conflict Internal Displacements", "conflict_displacements"),
        ("Disaster Internal Displacements", "disaster_displacements"),
        ("Disaster Stock Displacement", "disaster_stock"),
    )
    for mark, form in (("", "rounded"), (" (Raw)", "raw"))
}
# Before 2022 the exports had only these, and other words for movements.
_OLD_WORDS = {
    "Conflict New Displacements": "conflict_displacements_rounded",
    "Disaster New Displacements": "disaster_displacements_rounded",
}
_COUNTS = frozenset(_RAW_AND_ROUNDED.values())
_OF_CAUSE = {
    cause: frozenset(one for one in _COUNTS if one.startswith(cause))
    for cause in ("conflict", "disaster")
}
_OLD_COUNTS = frozenset(f"{one}_rounded" for one in DISPLACEMENT_COUNTS)
_COUNTRY_YEAR = {"ISO3": "iso3", "Year": "year"}
_HAZARD = {
    "Hazard Category": "hazard_category",
    "Hazard Type": "hazard_type",
    "Hazard Sub Type": "hazard_sub_type",
}
_EVENT_LABELS = {
    "Event Codes (Code:Type)": "event_codes",
    "Event ID": "event_id",
    "Displacement occurred": "displacement_occurred",
}
_FIGURE_LABELS = {
    "ID": "figure_id",
    **_COUNTRY_YEAR,
    "Country": "country_name",
    "Figure cause": "cause",
    "Event codes (Code:Type)": "event_codes",
    **{
        label: _snake(label)
        for label in (
            "Geographical region", "Figure category", "Figure unit", "Reported figures",
            "Household size", "Total figures", "Hazard category", "Hazard sub category",
            "Hazard type", "Hazard sub type", "Violence type", "Other event sub type",
            "Start date", "Start date accuracy", "End date", "End date accuracy", "Stock date",
            "Stock date accuracy", "Stock reporting date", "Publishers", "Sources",
            "Sources type", "Event ID", "Event name", "Event cause", "Event main trigger",
            "Event start date", "Event end date", "Event start date accuracy",
            "Event end date accuracy", "Is housing destruction", "Locations coordinates",
            "Locations name", "Locations accuracy", "Locations type", "Displacement occurred",
        )
    },
}  # fmt: skip
# Added or dropped from release to release.
_FIGURE_OPTIONAL = frozenset(
    ("geographical_region", "other_event_sub_type", "event_codes", "locations_type",
     "displacement_occurred", "is_housing_destruction", "event_main_trigger", "sources_type")
)  # fmt: skip
_FIGURE_ALWAYS = frozenset(_FIGURE_LABELS.values()) - _FIGURE_OPTIONAL
_API_COUNTRY = {"iso3": "iso3", "country_name": "country_name", "year": "year"}
_API_COUNTS = {
    "new_displacement": "displacements_raw",
    "new_displacement_rounded": "displacements_rounded",
    "total_displacement": "stock_raw",
    "total_displacement_rounded": "stock_rounded",
}
_API_EVENT = {
    **{
        name: name
        for name in ("event_name", "start_date", "start_date_accuracy", "end_date",
                     "end_date_accuracy", "event_codes")
    },
    **{f"{name}_name": name for name in ("hazard_category", "hazard_sub_category",
                                         "hazard_type", "hazard_sub_type")},
}  # fmt: skip
_API_LEFT_OUT = ("id", "hazard_category", "hazard_sub_category", "hazard_type", "hazard_sub_type")


def _api(dataset: str, labels: Mapping[str, str], left_out: Sequence[str] = ("id",)) -> Layout:
    every = {**labels, **dict.fromkeys(left_out, LEFT_OUT)}
    always = frozenset(labels.values())
    return Layout(dataset, "api", every, always, optional=frozenset((LEFT_OUT,)))


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "displacements", "table",
        {**_COUNTRY_YEAR, "Name": "country_name", **_RAW_AND_ROUNDED, **_OLD_WORDS},
        frozenset(("iso3", "country_name", "year")),
        (_COUNTS, _OF_CAUSE["conflict"], _OF_CAUSE["disaster"], _OLD_COUNTS),
    ),
    Layout(
        "disasters", "table",
        {
            **_COUNTRY_YEAR, "Country / Territory": "country_name", "Event Name": "event_name",
            "Date of Event (start)": "start_date",
            "Disaster Internal Displacements": "displacements_rounded",
            "Disaster Internal Displacements (Raw)": "displacements_raw",
            **_HAZARD, **_EVENT_LABELS,
        },
        frozenset(("iso3", "country_name", "year", "event_name", "start_date",
                   "displacements_rounded", "displacements_raw", *_HAZARD.values())),
        optional=frozenset(_EVENT_LABELS.values()),
    ),
    Layout(
        "sex_age", "table",
        {**_COUNTRY_YEAR, "Country": "country_name", "Sex": "sex", "Cause": "cause", **AGE_BANDS},
        frozenset(("iso3", "country_name", "year", "sex", "cause")),
        (
            frozenset(AGE_BANDS[one] for one in (
                "0-1", "0-4", "0-14", "0-17", "0-24", "5-11", "5-14", "12-14", "12-16",
                "15-17", "15-24", "25-64", "65+")),
            frozenset(AGE_BANDS[one] for one in ("0-4", "5-11", "12-17", "18-59", "60+")),
        ),
    ),
    Layout(
        "figure_analyses", "table",
        {**_COUNTRY_YEAR, "Figure cause": "cause", "Figure category": "figure_category",
         "Description": "description", "Figures": "figures_raw",
         "Figures rounded": "figures_rounded"},
        frozenset(("iso3", "year", "cause", "figure_category", "description", "figures_raw",
                   "figures_rounded")),
    ),
    Layout(
        "disaggregated", "table", _FIGURE_LABELS, _FIGURE_ALWAYS, optional=_FIGURE_OPTIONAL
    ),
    _api("conflicts", {**_API_COUNTRY, **_API_COUNTS}),
    _api("disasters", {**_API_COUNTRY, **_API_EVENT, **_API_COUNTS}, _API_LEFT_OUT),
    _api("displacements", {
        **_API_COUNTRY,
        **{
            f"{cause}_{key}": f"{cause}_{column}"
            for cause in ("conflict", "disaster") for key, column in _API_COUNTS.items()
        },
    }),
    _api("figure_analyses", {
        "iso3": "iso3", "year": "year", "figure_cause_name": "cause",
        "figure_category_name": "figure_category", "description": "description",
        "figures": "figures_raw", "figures_rounded": "figures_rounded",
    }, ("id", "figure_cause", "figure_category")),
)  # fmt: skip


def label_of(dataset: str, form: str, column: str) -> str:
    """The label of a column in a dataset's table, or its key in the API.

    Args:
        dataset: The dataset.
        form: table or api; where the column is in one only, that one counts.
        column: The column.
    """
    own = [one for one in LAYOUTS if one.dataset == dataset and column in one.labels.values()]
    return min(own, key=lambda one: one.form != form).label(column)


def classify(header: Sequence[str], form: str) -> Layout | None:
    """Tell what a header heads, also where a label is renamed.

    Args:
        header: Its cells, or the keys of an item.
        form: table or api.

    Returns:
        The layout that is most like it, None if none is like it.
    """
    best: tuple[float, Layout] | None = None
    for one in LAYOUTS:
        if one.form != form:
            continue
        columns = [one.column(label) for label in header]
        found = frozenset(c for c in columns if c is not None)
        every = found | one.needed(found)
        alike = len(found) / (len(every) + columns.count(None))
        if alike >= _ALIKE and (best is None or alike > best[0]):
            best = (alike, one)
    return best[1] if best else None


def resolve(header: Sequence[str], layout: Layout, place: str, faults: Faults) -> list[str | None]:
    """The column that each cell of a header heads.

    Args:
        header: The cells, or the keys of an item.
        layout: What it heads, as ``classify`` told.
        place: Where it is.
        faults: Takes each column that is unknown, renamed, doubled or missing.

    Returns:
        A column for each cell; None for what is left out or not known.
    """
    columns = [layout.column(label) for label in header]
    found = frozenset(c for c in columns if c is not None)
    missing = sorted(layout.needed(found) - found)
    labels = {layout.label(one): one for one in missing}
    for label, column in zip(header, columns, strict=True):
        if column is None and label.strip():
            near = difflib.get_close_matches(label, labels, n=1, cutoff=0.6)
            told = f"the column {near[0]!r}" if near else "no further column: it is not known"
            faults.add(place, label, label, told)
            if near:
                labels.pop(near[0])
    for label in labels:
        faults.add(place, label, None, "this column, which is missing")
    bands = [column for column in columns if column in _BANDS]
    if bands != sorted(bands, key=_BANDS.index):
        told = ", ".join(layout.label(one) for one in bands if one is not None)
        faults.add(place, "age bands", told, "bands in their order: labels may have been swapped")
    for column in sorted(found - {LEFT_OUT}):
        if columns.count(column) > 1:
            faults.add(place, column, layout.label(column), "one column with this meaning")
    return [None if column == LEFT_OUT else column for column in columns]
