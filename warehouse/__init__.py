"""Where figures are kept: landing, tables between steps, the published database."""
