"""Drafted request letters for the gaps that a formal request could close."""
