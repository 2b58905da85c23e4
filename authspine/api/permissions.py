"""Who may: the scope of the caller against the scope that the view needs. Whatever is not allowed is denied."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from authspine.api.caller import Caller, Scope


class HasScope(BasePermission):
    """GET, HEAD and OPTIONS need `read`, every other method `write`, unless the view's `scopes` asks for more.

    `scopes` maps an action of the view (or a method, where there are no actions) to a scope.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.auth
        return isinstance(caller, Caller) and caller.may(needed_scope(request.method or "", view))


def needed_scope(method: str, view: Any) -> Scope:
    """The scope that this method of the view needs."""
    declared = getattr(view, "scopes", {})
    action = getattr(view, "action", None) or method.lower()
    usual: Scope = "read" if method in SAFE_METHODS else "write"
    needed: Scope = declared.get(action, usual)
    return needed
