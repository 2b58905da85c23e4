"""Fixtures of the tests of people's protection."""

from tests.gateways import wire
from tests.payments.conftest import post

__all__ = ["post", "wire"]
