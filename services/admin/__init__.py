"""What is sold, who offers it, and the resources that it takes."""

from services.admin import offers, requirements, resources, services

__all__ = ["offers", "requirements", "resources", "services"]
