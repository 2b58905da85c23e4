"""The base of the admins of tenant-owned rows.

Pages run in the scope of the chosen organization (`seat`); the role there decides who may. What is saved goes through
the journeys of the orchestrator, never through `save()`; a refusal is told beside its field.
"""

from typing import Any, ClassVar

from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline

from authspine.api import narrowing, reads
from authspine.api.admin.plain import PlainAdmin
from authspine.api.admin.seat import caller, may, visible


class ByRole:
    """Permissions as the API has them, out of the same table. Django's own are not asked."""

    # The line of the table; what has none is for nobody.
    resource: ClassVar[str] = ""

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether the table has it for whoever is signed in."""
        return may(request, self.resource, verb)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "read")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "read")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "create")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the page that the user may see: every list, row, choice and search begins here."""
        return visible(request, self.every(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what the user is not shown."""
        found = super().get_fieldsets(request, obj)  # type: ignore[misc]
        hidden = narrowing.hidden(caller(request), self.resource)
        return [
            (title, {**part, "fields": [name for name in part["fields"] if name not in hidden]})
            for title, part in found
        ]

    def every(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows of the page; what a subclass says instead of `get_queryset`."""
        return super().get_queryset(request)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.queryset = visible(request, field.queryset)
        return field


class TenantAdmin(ByRole, PlainAdmin):
    """An admin of rows of the chosen organization."""

    # A page of it needs a chosen organization.
    in_organization = True

    def reach(self, request: HttpRequest, object_id: str) -> None:
        """Whether the user may see this row at all, and so any page of it. Raises PermissionDenied, Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        self.row(request, object_id)

    def register(self, fields: dict[str, Any]) -> Model:
        """The journey that makes a record of what the form holds."""
        raise NotImplementedError

    def update(self, row: Any, changes: dict[str, Any]) -> None:
        """The journey that changes what was changed in the form."""
        raise NotImplementedError

    def remove(self, row: Any) -> None:
        """The journey that takes a record away."""
        raise NotImplementedError

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without what the user is not shown."""
        hidden = narrowing.hidden(caller(request), self.resource)
        return [name for name in super().get_list_display(request) if name not in hidden]

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Names who of the house did what, so it is not for who sees a part of the rows only."""
        if caller(request).is_narrow:
            raise PermissionDenied
        return super().history_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changelist_view(request, *args, **kwargs)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown is not None:
            reads.tell(shown.result_list)
        return response

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The row that a page is about, which the page shows: itself, what has happened to it, whether to delete it."""
        found = super().get_object(request, *args, **kwargs)
        if found is not None:
            reads.tell([found], one=True)
        return found

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if caller(request).is_narrow:
            context["show_history"] = False
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            # From here on the form's own object, which was never stored, stands for the stored one.
            obj.__dict__.update(self.register(form.cleaned_data).__dict__)
        elif form.changed_data:
            self.update(obj, {name: form.cleaned_data[name] for name in form.changed_data})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.remove(row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # The journey decides what goes along and what stays: Django's own search would refuse for every booking.
        rows = list(objs)
        return [str(row) for row in rows], {model_ngettext(self.opts, len(rows)): len(rows)}, set(), []


class SoftDeleteAdmin(TenantAdmin):
    """Rows that become inactive, and stay, when others refer to them: then they are only looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.deleted_at)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.deleted_at)


class ReadOnlyAdmin(TenantAdmin):
    """An admin of what has happened: to be looked at, never to be changed."""

    list_disable_select_all = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TenantInline(ByRole, TabularInline):
    """Rows that are edited on the page of the row they belong to, which says by which journey."""

    extra = 0
    show_title = False
