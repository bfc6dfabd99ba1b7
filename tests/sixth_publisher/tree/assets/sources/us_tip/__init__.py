"""U.S. Department of State, Trafficking in Persons reports."""
