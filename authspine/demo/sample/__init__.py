"""Believable data for the demo: who is there (`people`), what they did and will do (`diary`), and both as a `document`.

Imported rather than acted out, since history has happened at other times than now.
"""
