"""The one way in which set-up fails: a sentence for the person at the terminal, no traceback, and exit code 2."""


class SetUpFailed(Exception):
    """Its text is one line that says what is wrong and, where it is known, what to do. It never holds a password."""
