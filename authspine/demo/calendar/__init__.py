"""The week of one professional: what was chosen (`choice`), what is in it (`week`), and where it stands (`layout`)."""
