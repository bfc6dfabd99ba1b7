"""National Statistical Committee of the Kyrgyz Republic."""
