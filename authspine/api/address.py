"""Where a request comes from."""

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    return str(request.META["REMOTE_ADDR"])
