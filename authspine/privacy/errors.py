"""Ways in which the protection of people refuses to go on."""

from authspine.kernel.errors import Conflict, Missing, Unavailable


class PersonErased(Conflict):
    code = "person_erased"
    detail = "This person has been erased: nothing more is written down about them."


class ErasureNotFound(Missing):
    detail = "There has been no such erasure."


class ErasureListAway(Unavailable):
    code = "erasure_list_away"
    detail = "The list of erasures cannot be written now, and without it nobody is erased. Please try again later."


class ErasureListBroken(RuntimeError):
    """The list has a line that cannot be read: whoever it names might come back with a restored database."""
