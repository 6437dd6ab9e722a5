"""What is kept: one database is the truth, one file a concern."""
