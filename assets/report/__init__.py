"""The report check: every number that the report prints, derived from the warehouse."""
