"""Who did what to which row, from where, and who looked at whom: written by the database itself, and chained."""
