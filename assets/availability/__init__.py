"""Work out the availability matrix and the table of sources."""
