from django.db import migrations

NUMBERS = ("cases_case_number", "cases_round_number")


class Migration(migrations.Migration):
    """The running numbers from which codes of cases and of selections are made; the database hands out each once."""

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(sql=f"create sequence {name} as integer start 1", reverse_sql=f"drop sequence {name}")
        for name in NUMBERS
    ]
