from django.db import migrations


class Migration(migrations.Migration):
    """The running number from which family codes are made; the database hands out each once."""

    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="create sequence registry_family_number as integer start 1",
            reverse_sql="drop sequence registry_family_number",
        ),
    ]
