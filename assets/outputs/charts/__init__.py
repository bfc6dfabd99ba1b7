"""The report's fifteen figures drawn anew from the warehouse."""
