"""An owner who could not sign in is let go: what is refused is to take the last one who could."""

from typing import ClassVar

from django.db import migrations

from authspine.identity.constraints import FUNCTION, LAST_OWNER


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("identity", "0009_last_owner")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunSQL(FUNCTION % {"name": LAST_OWNER}, migrations.RunSQL.noop)
    ]
