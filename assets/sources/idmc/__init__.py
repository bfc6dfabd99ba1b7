"""IDMC Global Internal Displacement Database."""
