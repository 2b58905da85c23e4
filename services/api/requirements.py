"""What a service takes beside a professional, over HTTP."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer, ValidationError

from authspine.api.fields import IdField, LineField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import services
from services import queries as service_queries
from services.actions.resources import Need
from services.models import Service
from services.rules import MAX_OPTIONS, MAX_REQUIREMENTS


class RequirementIn(StrictSerializer):
    """One thing that is needed: any one of these resources will do, the first ones first."""

    name = LineField(max_length=100, allow_blank=True, default="")
    resources = ListField(child=IdField(), min_length=1, max_length=MAX_OPTIONS)

    def validate_resources(self, resources: list[UUID]) -> list[UUID]:
        if len(set(resources)) < len(resources):
            raise ValidationError("A requirement names each resource once.", code="repeated")
        return resources


class RequirementsIn(StrictSerializer):
    requirements = ListField(child=RequirementIn(), max_length=MAX_REQUIREMENTS)


class RequirementOut(Serializer[Any]):
    """One thing that a service takes."""

    name = LineField()
    resources = ListField(child=IdField())


class RequirementsOut(Serializer[Any]):
    requirements = ListField(child=RequirementOut())


class RequirementsViewSet(ScopedViewSet):
    """The resources that a service takes, such as one of these two rooms and the laser."""

    resource = "requirements"
    of = "services.Service"
    shown_as = RequirementsOut
    takes = {"replace": RequirementsIn}

    def retrieve(self, request: Request, id: UUID) -> Response:
        """What a service takes, all of it."""
        return self._show(service_queries.get(id))

    def replace(self, request: Request, id: UUID) -> Response:
        """Replace what a service takes, all of it. Bookings keep the resources that they have."""
        wanted = [Need(**requirement) for requirement in self.sent()["requirements"]]
        return self._show(services.require(id, wanted))

    def _show(self, service: Service) -> Response:
        return self.show({"requirements": service_queries.requirements_of([service.id])})
