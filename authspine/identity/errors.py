"""Ways in which signing in or making an organization fails."""

from authspine.kernel.errors import Conflict, Invalid, Missing, NotAllowed


class SlugTakenError(Conflict):
    code = "slug_exists"
    detail = "An organization with this name exists already."


class UnknownOrganizationError(Invalid):
    code = "unknown_organization"
    detail = "There is no organization with this slug."


class KeyNotFound(Missing):
    detail = "There is no such key."


class KeyNotLive(Conflict):
    code = "key_not_live"
    detail = "This key is revoked or has expired: make a new one."


class KeyRotated(Conflict):
    code = "key_rotated"
    detail = "This key has a successor already: rotate that one."


class MoreThanOwn(NotAllowed):
    code = "more_than_own"
    detail = "Nobody makes a key that may do more than they may, or for longer."


class AlreadyMember(Conflict):
    code = "already_member"
    detail = "They are a member already: change the role that they have."


class LastOwner(Conflict):
    code = "last_owner"
    detail = "A business is never without an owner: make somebody else one first."


class OwnersOnly(NotAllowed):
    code = "owners_only"
    detail = "Only an owner makes somebody an owner, or changes and removes one."
