"""Fixtures of the tests of payments."""

from tests.gateways import wire

__all__ = ["wire"]
