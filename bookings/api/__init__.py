"""Bookings and what can be booked, over HTTP."""
