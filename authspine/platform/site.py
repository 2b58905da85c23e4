"""The admin site: every page runs in the scope of the organization that is chosen in its switch."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite

from authspine.api.admin.seat import choose, may_enter, offered, outside_scope, seat, seated, user_of
from authspine.kernel.errors import Invalid
from authspine.platform.sidebar import in_order

# The switch lists this many organizations; the page to choose one finds the others by name.
MOST_OFFERED = 50


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]
    """Unfold's site with the seat of the signed-in member: whom they act for, and how much they may do."""

    index_title = "Overview"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        # What may be cached (the catalogue of translations) shows no rows.
        return super().admin_view(view if cacheable else seated(view), cacheable)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        chooser = path("organization/", self.admin_view(self.choose_organization), name="choose_organization")
        # No row of ours has a page on another site, and the address that would lead there takes any id for a query's.
        return [chooser, *(one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site")]

    def has_permission(self, request: HttpRequest) -> bool:
        """Who is a member somewhere, too: their role says what they may do. Second factors are asked for before."""
        return may_enter(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one place to sign in, with both factors. Who is signed in and is sent here may not enter."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one place to change it, too, where tries at the old one are counted."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "seat": seat(request),
            # Asked by the template only: a dialog or an autocompletion has no switch.
            "offered_organizations": self._offered(request),
        }

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """A search that is refused, such as one for too many words, finds nobody: the field has no place for words."""
        found: HttpResponse = JsonResponse({"results": [], "pagination": {"more": False}})
        # No text of the database holds this sign, and it refuses to look for it.
        if "\x00" not in request.GET.get("term", ""):
            with suppress(Invalid):
                found = super().autocomplete_view(request)
        return found

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Unfold takes whatever is asked for as a page for one that is there."""
        try:
            found: HttpResponse = super().search(request, extra_context)
        except InvalidPage as error:
            raise Http404 from error
        return found

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Each page asks for it several times: found once, since it reverses an address for each model."""
        found: dict[str | None, list[Any]] | None = getattr(request, "app_lists", None)
        if found is None:
            found = request.app_lists = {}  # type: ignore[attr-defined]
        if app_label not in found:
            found[app_label] = in_order(super().get_app_list(request, app_label))
        return found[app_label]

    def _offered(self, request: HttpRequest) -> Callable[[], list[Any]]:
        return lambda: list(offered(user_of(request))[:MOST_OFFERED]) if self.has_permission(request) else []

    @outside_scope
    def choose_organization(self, request: HttpRequest) -> HttpResponse:
        """The page to choose an organization on, and where the switch sends its choice."""
        if request.method == "POST":
            return self._choose(request)
        typed = request.GET.get("q", "").replace("\x00", "").strip()
        found = offered(user_of(request)).filter(name__icontains=typed)
        context = {
            **self.each_context(request),
            "title": "Choose an organization",
            "found": found[:MOST_OFFERED],
            "typed": typed,
            "next": request.GET.get("next", ""),
            "most": MOST_OFFERED,
        }
        return TemplateResponse(request, "admin/choose_organization.html", context)

    def _choose(self, request: HttpRequest) -> HttpResponse:
        organization = choose(request, request.POST.get("organization", "").replace("\x00", ""))
        if organization is None:
            messages.error(request, "This organization cannot be chosen: it is closed, or you are not a member of it.")
            return HttpResponseRedirect(reverse("admin:choose_organization"))
        messages.success(request, f"You now see {organization.name}.")
        wanted = request.POST.get("next", "")
        here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(wanted if here else reverse("admin:index"))
