"""Ways in which signing in or making an organization fails."""

from authspine.kernel.errors import Conflict, Invalid


class SlugTakenError(Conflict):
    code = "slug_exists"
    detail = "An organization with this name exists already."


class UnknownOrganizationError(Invalid):
    code = "unknown_organization"
    detail = "There is no organization with this slug."
