"""Changes to services, and to the offers, resources and requirements around them. All run inside an organization scope.

Lock order: what belongs to a service (its price, offers, requirements) is decided under the lock of the service's row.
"""

from services.actions.services import check, deactivate, derive, own_offer, publish, remove_all, set_price, update

__all__ = ["check", "deactivate", "derive", "own_offer", "publish", "remove_all", "set_price", "update"]
