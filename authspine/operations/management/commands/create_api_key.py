"""manage.py create_api_key ORGANIZATION_SLUG --scope write: prints the key alone on a line; it is not shown again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.models import ApiKey
from authspine.kernel.errors import PlatformError


class Command(BaseCommand):
    help = "Makes an API key of an organization, and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", help="the organization's slug")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, required=True)
        parser.add_argument("--name", default="", help="what the key is for")

    def handle(self, *args: Any, organization: str, scope: str, name: str, **options: Any) -> None:
        try:
            tenant = identity_queries.organization_by_slug(organization)
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(identity_actions.create_api_key(tenant, scope=scope, name=name)[1])
