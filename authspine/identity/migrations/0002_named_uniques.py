from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="prefix",
            field=models.CharField(max_length=16),
        ),
        migrations.AlterField(
            model_name="organization",
            name="slug",
            field=models.SlugField(db_index=False, max_length=63),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(max_length=254),
        ),
        migrations.AlterField(
            model_name="user",
            name="email_key",
            field=models.CharField(editable=False, max_length=254),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(fields=("prefix",), name="identity_apikey_prefix_unique"),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(fields=("slug",), name="identity_organization_slug_unique"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(fields=("email",), name="identity_user_email_unique"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(fields=("email_key",), name="identity_user_email_key_unique"),
        ),
    ]
