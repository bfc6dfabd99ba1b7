"""Which of the columns each column of the observations is made of."""

COLUMN_LINEAGE = {
    "origin": [(["us_tip", "cases"], "country")],
    "destination": [(["us_tip", "cases"], "country")],
    "year": [(["us_tip", "cases"], "year")],
    "detail": [(["us_tip", "cases"], "form")],
    "value": [(["us_tip", "cases"], "cases")],
    "source_ref": [(["us_tip", "cases"], "source_ref")],
}
