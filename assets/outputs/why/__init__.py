"""Where a number comes from: a figure or a cell of the map, back to the cell of the file."""
