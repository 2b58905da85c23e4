"""What is decided about bookings without a database: status moves, bookable slots, the terms a booking is made on."""
