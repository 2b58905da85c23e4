"""Services that are there already are offered by the professional whom they belong to."""

from django.db import migrations

# Run by the owner of the tables, whom the policies do not bind: every organization's services are reached.
OFFER_EACH = """
INSERT INTO services_offer (id, organization_id, created_at, updated_at, service_id, professional_id, priority, active)
SELECT gen_random_uuid(), organization_id, created_at, created_at, id, professional_id, 0, true FROM services_service
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0002_offers_and_resources")]

    operations = [migrations.RunSQL(OFFER_EACH, migrations.RunSQL.noop)]
