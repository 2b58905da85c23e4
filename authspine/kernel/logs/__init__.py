"""The log: one object a line, of fields that are named here and nowhere else, with nothing in it about a person.

- `lines`: what a line is, as JSON or for people.
- `words`: which of a message may be told. What our own code says is told; of other programs' words only those that
  stand in the program, never what was filled in.
- `faults`: an exception by its class, its code and its frames, never by its text.
- `configuration`: which loggers speak; `hooks`: what nobody caught.
"""
