"""National Bank of the Kyrgyz Republic."""
