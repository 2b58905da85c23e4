"""The base of every admin: lists that stay quick, refusals in words, and a log without personal data."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.contrib.admin import ShowFacets
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.options import (
    SOURCE_MODEL_VAR,
    ActionLocation,
    IncorrectLookupParameters,
    get_content_type_for_model,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey, JSONField, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from authspine.api.admin.filters import takes
from authspine.api.admin.form_fields import ReferenceField, StrictJSONField
from authspine.api.admin.refusals import REFUSALS, RefusableForm, told
from authspine.api.admin.seat import user_of
from authspine.kernel.errors import Invalid
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedParagraphs, EncryptedText, is_encrypted


class PlainList(ChangeList):
    """A list that speaks of "results" only when something was searched or filtered."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class PlainAdmin(ModelAdmin):
    """What every list and form of the product's admin has in common."""

    form = RefusableForm
    list_per_page = 50
    # A second count, of the whole table, would be made for every filtered list.
    show_full_result_count = False
    # Each would count the table once for each choice of each filter.
    show_facets = ShowFacets.NEVER
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    # References to the rows whose pages lead here (`columns.rows`), each by its id.
    reached_by: ClassVar[tuple[str, ...]] = ()
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        JSONField: {"form_class": StrictJSONField},
        EncryptedJSON: {"form_class": StrictJSONField, "widget": UnfoldAdminTextareaWidget},
        EncryptedText: {"widget": UnfoldAdminTextInputWidget},
        EncryptedParagraphs: {"widget": UnfoldAdminTextareaWidget},
        EncryptedEmail: {"widget": UnfoldAdminEmailInputWidget},
        ForeignKey: {"form_class": ReferenceField},
    }

    def get_sortable_by(self, request: HttpRequest) -> list[str]:
        """Not by what is encrypted: the order of ciphertexts says nothing."""
        sealed = {field.name for field in self.model._meta.concrete_fields if is_encrypted(field)}
        return [name for name in super().get_sortable_by(request) if name not in sealed]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """By what is declared alone: how many rows begin with a letter tells what is sealed, letter by letter."""
        declared = (*self.get_list_filter(request), *filter(None, (self.date_hierarchy,)), *self.reached_by)
        return any(takes(self.model, one, lookup) for one in declared)

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        # Unfold's own override lacks `action_location`, which Django warns about.
        return DjangoModelAdmin.get_action_choices(self, request, [("", "Select action")], action_location)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PlainList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list that is asked for. Raises Invalid, also for dates beyond the calendar, which Django lets through."""
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, OverflowError, ValueError) as error:
            # Without a filter it is no fault of the asker.
            if not request.GET:
                raise
            raise Invalid("This list has no such page, and no filter that takes such a value.") from error

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing from the address: no link of ours fills a form in, and nobody else's is to."""
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or show the form again with what was refused; Django's own savepoint undoes what was done by then."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except REFUSALS as error:
            if request.method != "POST":
                raise
            request.refusal = told(error)  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """What opened the form in a window of its own says which model it is about; Django takes it unlooked at."""
        if "." not in request.POST.get(SOURCE_MODEL_VAR, "."):
            sent = request.POST.copy()
            del sent[SOURCE_MODEL_VAR]
            request.POST = sent  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_back(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_back(request, super().changelist_view, *args, **kwargs)

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """The row with this id, among those that the user may see here; 404 when there is none."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _or_back(self, request: HttpRequest, page: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Run a page; a refusal undoes what it did and is told as a message, on the page without its filters."""
        try:
            with transaction.atomic():
                response: HttpResponse = page(request, *args, **kwargs)
                return response
        except (*REFUSALS, ValidationError) as error:
            # A filter that no column takes is the asker's fault; without one it is ours.
            if request.method != "POST" and not request.GET:
                raise
            messages.error(request, told(error).detail)
            return HttpResponseRedirect(request.path)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        return self._log(request, obj, CHANGE, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> list[LogEntry]:
        return [self._log(request, row, DELETION, "") for row in queryset]

    def _log(self, request: HttpRequest, row: Model, flag: int, message: Any) -> LogEntry:
        # By id and not by name: the log is no tenant's table, and a person who was erased must not live on in it.
        return LogEntry.objects.create(
            user=user_of(request),
            content_type=get_content_type_for_model(row),
            object_id=row.pk,
            object_repr=f"{row._meta.verbose_name} {row.pk}",
            action_flag=flag,
            change_message=json.dumps(message) if isinstance(message, list) else message,
        )
