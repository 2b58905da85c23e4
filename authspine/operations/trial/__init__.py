"""A trial of the whole platform on the database in use, in a scratch organization that is removed afterwards.

It goes through the journeys that users go through and looks at what came of each; nothing is taken for granted.
"""
