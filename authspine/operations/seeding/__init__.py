"""A large business for measurements: the same for the same seed, with every constraint in force."""

from authspine.operations.seeding.plan import MOST
from authspine.operations.seeding.run import seed

__all__ = ["MOST", "seed"]
