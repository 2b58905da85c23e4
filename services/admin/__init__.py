"""What is sold, who offers it, and the resources that it takes."""

from services.admin import offers, resources, services

__all__ = ["offers", "resources", "services"]
