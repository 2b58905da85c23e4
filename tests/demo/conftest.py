"""A demo of the test's own: its organization is the one that the pages show."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from tests.demo.visitor import Visitor
from tests.fixtures import Maker, new_organization


@pytest.fixture
def organization(settings: Settings) -> Organization:
    """In place of any other organization: one that says that it is a demo."""
    made = new_organization(is_demo=True)
    settings.DEMO = True
    settings.DEMO_ORGANIZATION = made.slug
    return made


@pytest.fixture
def visitor(organization: Organization) -> Visitor:
    return Visitor(organization, Client())


@pytest.fixture
def other() -> Maker:
    """Rows of an organization that is not the demo's."""
    return Maker(new_organization())
