"""Sign-in by e-mail and password, through the blind index of the installation."""

from django.contrib.auth.backends import ModelBackend


class EmailBackend(ModelBackend):
    """Django's own: `User.objects.get_by_natural_key` finds the login."""
