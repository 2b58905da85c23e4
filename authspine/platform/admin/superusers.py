"""What concerns the whole installation is for superusers alone."""

from typing import Any

from django.http import HttpRequest

from authspine.api.admin.plain import PlainAdmin


class SuperuserAdmin(PlainAdmin):
    """Nothing is deleted here: logins are deactivated and organizations closed, since others refer to them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @staticmethod
    def _may(request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_superuser
