"""Owners, admins and superusers go nowhere without a second factor but to the pages where they set one up.

Every page and every session at the API passes here, so none can be forgotten. It goes by what is routed, `path_info`:
what stands before that in `path` may come from a header, where a web server believes one. A key comes without a session
and is not looked at; a key that comes with one makes it no better.
"""

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from authspine.accounts import second_factor
from authspine.api.errors import PROBLEM_JSON, problem
from authspine.identity import queries as identity_queries
from authspine.identity.models import User

ACCOUNTS: Final = "/accounts/"
# Here second factors are shown, added and taken away.
SECOND_FACTORS: Final = "/accounts/2fa"
# Here one is shown, by who is not past the gate.
SHOWING: Final = ("/accounts/2fa/authenticate", "/accounts/2fa/again", "/accounts/2fa/passkeys/sign-in")
# Where the password is changed.
CHANGING: Final = "/accounts/password"
# A client's own page asks for no session, and its address goes nowhere else.
LINKS: Final = "/b/"
REASON: Final = "This login needs a second factor: sign in with it, or set one up at /accounts/2fa."


class SecondFactorGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._refusal(request) or self.get_response(request)
        if request.path_info.startswith(ACCOUNTS):
            # Secrets, codes and addresses: no store keeps them.
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Who has to sign in again comes back to the page, through this gate, and does it anew.

        allauth, which is asked after us, keeps what was posted, by anybody and of any size, and does it afterwards past
        all middleware: a session from before the second factor would change one.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        return _to_address(ways[0]["url"] if ways else reverse("account_login"), request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if not request.session.session_key:
            return None
        user = request.user
        if not isinstance(user, User) or request.path_info.startswith(SHOWING) or second_factor.shown(request, user):
            return None
        if request.path_info.startswith(SECOND_FACTORS):
            # Who has one shows it before they see or change anything about it.
            return _to("mfa_reauthenticate", request) if second_factor.exists(user) else None
        if request.path_info.startswith(CHANGING) and second_factor.exists(user):
            # It ends all other sessions, theirs who have shown both.
            return _to("mfa_reauthenticate", request)
        if request.path_info.startswith((ACCOUNTS, LINKS)) or not identity_queries.needs_second_factor(user):
            return None
        return _refused(request, user)


def _refused(request: HttpRequest, user: User) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        body = json.dumps(problem(403, "mfa_required", REASON))
        return HttpResponse(body, status=403, content_type=PROBLEM_JSON)
    return _to("mfa_reauthenticate" if second_factor.exists(user) else "mfa_index", request)


def _to(name: str, request: HttpRequest) -> HttpResponse:
    return _to_address(reverse(name), request)


def _to_address(address: str, request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")
    add_never_cache_headers(response)
    return response
