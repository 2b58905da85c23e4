"""Lists the organizations that have entries or a head, so that those of a removed one are proved as well."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations

from authspine.audit.constraints import SETTINGS

# From one organization to the next in the index, as in audit_pending. Their ids alone.
_ORGANIZATIONS = f"""
CREATE FUNCTION audit_organizations() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER {SETTINGS} AS $$
    WITH RECURSIVE found(id) AS (
        (SELECT organization_id FROM public.audit_entry ORDER BY organization_id LIMIT 1)
        UNION ALL SELECT (SELECT organization_id FROM public.audit_entry
            WHERE organization_id > found.id ORDER BY organization_id LIMIT 1) FROM found WHERE found.id IS NOT NULL
    ) SELECT id FROM found WHERE id IS NOT NULL UNION SELECT organization_id FROM public.audit_head
$$;
REVOKE ALL ON FUNCTION audit_organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_organizations() TO {settings.APP_ROLE};
"""  # noqa: S608 (text of ours)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("audit", "0003_found_exports")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunSQL(_ORGANIZATIONS, "DROP FUNCTION audit_organizations()")
    ]
