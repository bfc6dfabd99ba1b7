"""One folder a publisher, and what their readers share."""
