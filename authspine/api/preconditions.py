"""Entity tags: a change is refused when somebody was first (If-Match, 412), and bytes that are known are not sent again
(If-None-Match, 304).

A tag is strong: it names one answer, byte for byte, by a digest. Where the answer is an object with a version, the tag
begins with version and id, `"3-<id>-<digest>"`, and If-Match looks at these two alone: the rest may differ because time
went by (a hold that has lapsed reads as expired), and `"3-<id>"`, made of what stands in the object, will do as well.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from authspine.kernel.errors import Invalid

# A version that no row has: whoever expects it is refused, after it has been seen whether there is such a row at all.
NEVER: Final = 0
LONGEST: Final = 4000
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_VERSION: Final = re.compile(r'"([1-9][0-9]{0,8})-([0-9a-f-]{36})(?:-[0-9a-f]+)?"')


def version_of(row: Any) -> str:
    """How the tags of this object begin, without quotes."""
    return f"{row.version}-{row.id}"


def tag(content: bytes, begins: str = "") -> str:
    """The strong tag of these bytes."""
    digest = hashlib.sha256(content).hexdigest()
    return f'"{begins}-{digest[:16]}"' if begins else f'"{digest}"'


def expected_version(request: Request, row: UUID, *, current: Callable[[], int]) -> int | None:
    """The version of this row that the caller wants to change, by If-Match; None for any, NEVER for none that can be.

    `current` is asked only where the caller would take one of several. Raises Invalid for what is no list of tags.
    """
    tags = listed(request, "If-Match")
    if tags is None or tags == ["*"]:
        return None
    found = (_VERSION.fullmatch(one) for one in tags)
    versions = {int(match[1]) for match in found if match and match[2] == str(row)}
    if len(versions) > 1:
        now = current()
        return now if now in versions else NEVER
    return versions.pop() if versions else NEVER


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has these bytes already, by If-None-Match. Raises Invalid for what is no list of tags."""
    tags = listed(request, "If-None-Match") or []
    return tags == ["*"] or tag in [one.removeprefix("W/") for one in tags]


def check(request: Request, *, if_match: bool, if_none_match: bool) -> None:
    """Before anything is looked up: no precondition of a write is passed over, and each is well formed.

    Somebody whose If-Match were ignored would believe that nobody's work can be lost. Raises Invalid.
    """
    for header, taken in (("If-Match", if_match), ("If-None-Match", if_none_match)):
        if taken:
            listed(request, header)
        elif header in request.headers and request.method not in SAFE_METHODS:
            raise Invalid(f"This operation takes no {header}.")


def listed(request: Request, header: str) -> list[str] | None:
    """The tags of a header, `*` alone for any; None when it was not sent. Raises Invalid."""
    sent = request.headers.get(header)
    if sent is None:
        return None
    if sent.strip(" \t") == "*":
        return ["*"]
    if len(sent) > LONGEST or not _LIST.fullmatch(sent):
        raise Invalid(f'{header} must be * or a list of entity tags in double quotes, such as "3-..." as in ETag.')
    return re.findall(_TAG, sent)
