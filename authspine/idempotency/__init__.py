"""What is asked for once, under a key of the caller's own: claimed, carried out once, and answered alike ever after."""
