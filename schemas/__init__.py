"""What is allowed: the columns, tables and checks of the migration data map."""
