"""What is decided about professionals without a database: working hours and verification."""
