"""django-appointment as it would be run: its own project, database and environment, measured through its own code.

Where its set-up leaves a choice, the faster one is taken: pooled connections, no CSRF check, no e-mail.
"""
