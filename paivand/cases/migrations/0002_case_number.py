from django.db import migrations


class Migration(migrations.Migration):
    """The running number from which codes of cases are made; the database hands out each once."""

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="create sequence cases_case_number as integer start 1",
            reverse_sql="drop sequence cases_case_number",
        ),
    ]
