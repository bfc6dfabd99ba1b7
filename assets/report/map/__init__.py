"""The map beside the report: readings, discrepancies, gaps, openness, as assets."""
