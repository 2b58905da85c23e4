"""Routes and WSGI application of the peer's project."""

import logging

from django.core.wsgi import get_wsgi_application
from django.urls import include, path

application = get_wsgi_application()  # before its routes, which import its models
logging.disable(logging.ERROR)  # it writes several lines about each booking

urlpatterns = [path("appointment/", include("appointment.urls"))]
