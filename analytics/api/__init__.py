"""Analytics over HTTP: events, the report on them, and their export."""
