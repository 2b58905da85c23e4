"""Try the whole story: one button walks it, and its steps stay to be looked at."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authspine.demo import story
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page

KEPT = "story"


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DemoRequest) -> HttpResponse:
    if request.method == "POST":
        request.session[KEPT] = story.tell(request.visit)
        return HttpResponseRedirect(reverse("demo:story"))
    steps = request.session.get(KEPT, [])
    return show(
        request,
        "demo/story.html",
        tab="overview",
        steps=steps,
        milliseconds=sum(step["milliseconds"] for step in steps),
        whole=bool(steps) and not steps[-1]["failed"],
    )
