"""Django's admin app with our site in place of Django's own."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """What a member may do is said by their role: Django's groups would be a second answer, so they are not shown.

    Nor are the queue's jobs: they belong to no organization, and its pages are not made for this site.
    """

    default_site = "authspine.platform.site.BackOffice"

    def ready(self) -> None:
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib import admin
        from django.contrib.auth.models import Group
        from procrastinate.contrib.django.models import ProcrastinateJob

        # Second factors and aliases of addresses say nothing to anybody here.
        admin.site.unregister([Group, ProcrastinateJob, EmailAddress, Authenticator])
