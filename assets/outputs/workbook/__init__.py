"""The MDMM workbook: write it from a published warehouse, read its overrides back."""
