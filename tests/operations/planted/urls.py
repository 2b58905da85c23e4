"""The product's routes, and one for each planted fault."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from authspine.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.operations.planted.faults import FAULTS

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def fail(request: HttpRequest, fault: str) -> HttpResponse:
    FAULTS[fault](request.GET["secret"])
    return HttpResponse("done")


urlpatterns = [*urlpatterns, path("planted/<str:fault>", fail)]
