"""What services take: a requirement by itself is edited here, all of a service's are written by the journey."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm, sentence
from authspine.api.admin.tenant import ReadOnlyAdmin, TenantAdmin
from authspine.orchestrator import services
from services import queries as service_queries
from services.actions.resources import Need
from services.errors import RequirementNotFound
from services.models import Option, Requirement, Resource, Service
from services.rules import MAX_REQUIREMENTS, check_options


class RequirementForm(RefusableForm):
    """Any one of the resources will do; those that stay keep their order, new ones come after them."""

    resources: Any = forms.ModelMultipleChoiceField(
        queryset=None,  # found in the scope of the request
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text="Any one of these will do, the first one first; new ones come after those that are here already.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen: list[UUID] = [] if self.instance._state.adding else self.instance.resources
        if field := self.fields.get("resources"):
            usable = Resource.objects.filter(active=True) | Resource.objects.filter(id__in=self.chosen)
            field.queryset = usable.order_by("name", "id")  # type: ignore[attr-defined]
            self.initial["resources"] = self.chosen

    def clean_resources(self) -> list[UUID]:
        wanted = [resource.id for resource in self.cleaned_data["resources"]]
        kept = [one for one in self.chosen if one in wanted]
        found = kept + [one for one in wanted if one not in kept]
        try:
            check_options(found)
        except ValueError as fault:
            raise forms.ValidationError(sentence(fault)) from fault
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        service = cleaned.get("service")
        if service and Requirement.objects.filter(service=service).count() >= MAX_REQUIREMENTS:
            self.add_error("service", f"A service takes at most {MAX_REQUIREMENTS} things.")
        return cleaned


@admin.register(Requirement)
class RequirementAdmin(TenantAdmin):
    """Whatever is changed, the service's requirements are written anew: each has another id then."""

    resource = "requirements"
    form = RequirementForm
    list_display = ("service_link", "place", "name", "options", "since")
    reached_by = ("service",)
    list_select_related = ("service",)
    search_fields = ("name",)
    autocomplete_fields = ("service",)
    ordering = ("-id",)

    service_link = columns.link("service", "service")
    place = columns.plain(lambda row: row.position + 1, "place")
    options = columns.rows("services_option", "requirement", "options")
    since = columns.moment("created_at", "since")

    fields = ("service", "name", "resources")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("service",) if obj else ()

    def register(self, fields: dict[str, Any]) -> Requirement:
        added = Need(fields["name"], fields["resources"])
        service = services.change_requirements(fields["service"].id, lambda kept: [*map(_need, kept), added])
        return _now(service)[-1]

    def update(self, row: Requirement, changes: dict[str, Any]) -> None:
        def change(kept: Sequence[Requirement]) -> list[Need]:
            _check_all_there({row.id}, kept)
            return [_need(one)._replace(**changes) if one.id == row.id else _need(one) for one in kept]

        service = services.change_requirements(row.service_id, change)
        row.__dict__.update(next(one for one in _now(service) if one.position == row.position).__dict__)

    def remove(self, row: Requirement) -> None:
        _remove(row.service_id, {row.id})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> None:
        # One service at a time: whoever stays has another id after the first one has gone.
        rows = sorted(queryset, key=lambda row: row.service_id)
        for service_id, of_it in groupby(rows, key=lambda row: row.service_id):
            _remove(service_id, {row.id for row in of_it})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # After a change the requirement has another id, so there is no same page to go on with.
        return super().render_change_form(request, context | {"show_save_and_continue": False}, *args, **kwargs)


def _need(row: Requirement) -> Need:
    return Need(row.name, row.resources)


def _now(service: Service) -> list[Requirement]:
    return list(service_queries.requirements_of([service.id]))


def _remove(service_id: UUID, gone: Collection[UUID]) -> None:
    def change(kept: Sequence[Requirement]) -> list[Need]:
        _check_all_there(gone, kept)
        return [_need(one) for one in kept if one.id not in gone]

    services.change_requirements(service_id, change)


def _check_all_there(wanted: Collection[UUID], kept: Sequence[Requirement]) -> None:
    if not set(wanted) <= {one.id for one in kept}:
        raise RequirementNotFound


@admin.register(Option)
class OptionAdmin(ReadOnlyAdmin):
    resource = "requirements"
    list_display = ("resource_link", "requirement_link", "position", "since")
    reached_by = ("requirement",)
    list_select_related = ("resource", "requirement")
    ordering = ("-id",)

    resource_link = columns.link("resource", "resource")
    requirement_link = columns.link("requirement", "requirement")
    since = columns.moment("created_at", "since")

    readonly_fields = ("requirement_link", "resource_link", "position", "since")
    fieldsets = (
        (None, {"fields": readonly_fields, "description": "Read-only: options are changed with their requirement."}),
    )
