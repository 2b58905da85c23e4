"""Who may: the table of `authspine.identity.access`, asked for every request. Whatever is not allowed is denied."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from authspine.api.caller import Caller
from authspine.identity import access


class InTable(BasePermission):
    """The view's `resource` and the verb of its action must stand in the table for the caller.

    OPTIONS tells nothing but the methods, so it is for whoever may do anything there.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        caller, resource = request.auth, getattr(view, "resource", None)
        if not isinstance(caller, Caller):
            return False
        if request.method == "OPTIONS":
            return bool(access.verbs_of(caller.who, resource))
        return access.may(caller.who, resource, access.verb_of(getattr(view, "action", None) or ""))
