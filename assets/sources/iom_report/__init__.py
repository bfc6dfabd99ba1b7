"""What only IOM's report of January 2024 prints."""
