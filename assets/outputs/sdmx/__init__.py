"""Stocks and flows as SDMX: a structure message and SDMX-CSV."""
