"""The report site: a folder of static pages that works from disk and offline."""
