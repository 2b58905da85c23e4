"""What is decided about events and reports without a database: types, buckets, rates, cells of a spreadsheet."""
