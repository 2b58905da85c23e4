"""What is decided about professionals without a database: working hours, policies, limits, verification."""
