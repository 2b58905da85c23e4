from django.db import migrations

from authspine.privacy.migrating import make_keys


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [migrations.RunPython(make_keys, migrations.RunPython.noop)]
