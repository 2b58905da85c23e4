"""The product's routes, and the bare views that they are measured against."""

from django.urls import path

from authspine import urls as product
from benchmark import bare

handler500 = product.handler500

urlpatterns = [
    path("bare/replay/<slug:name>", bare.replay),
    path("bare/bookings", bare.hold),
    path("bare/bookings/<uuid:booking>/confirm", bare.confirm),
    *product.urlpatterns,
]
