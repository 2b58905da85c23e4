"""In which zone the demo shows times: the organization's, or the one that the visitor chooses."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authspine.demo.answers import done
from authspine.demo.forms.zones import ZoneForm
from authspine.demo.showing import show
from authspine.demo.visit import ZONE_COOKIE, DemoRequest, demo_page

YEAR = 365 * 24 * 3600


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: DemoRequest) -> HttpResponse:
    form = ZoneForm(request.POST or None, zone=request.visit.zone.key)
    if form.is_valid():
        zone = form.cleaned_data["zone"]
        response = done(request, f"Times are shown in {zone.replace('_', ' ')} now.", at=reverse("demo:overview"))
        response.set_cookie(ZONE_COOKIE, zone, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
        return response
    return show(request, "demo/zone.html", tab="", form=form)
