"""Extracts kept in the repository, and the scripts that wrote them."""
