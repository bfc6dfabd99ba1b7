"""What is made: from published files to figures, their availability and the outputs."""
