"""Fixtures of the tests of people's protection."""

from tests.payments.conftest import post

__all__ = ["post"]
