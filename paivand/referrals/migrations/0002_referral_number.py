from django.db import migrations


class Migration(migrations.Migration):
    """The running number from which codes of referrals are made; the database hands out each once."""

    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="create sequence referrals_referral_number as integer start 1",
            reverse_sql="drop sequence referrals_referral_number",
        ),
    ]
