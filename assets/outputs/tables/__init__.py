"""The published tables as plain files: CSV, Parquet, a data package."""
