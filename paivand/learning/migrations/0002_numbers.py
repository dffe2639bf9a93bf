from django.db import migrations


class Migration(migrations.Migration):
    """The running numbers from which codes of groups are made; the database hands out each once."""

    dependencies = [("learning", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="create sequence learning_group_number as integer start 1",
            reverse_sql="drop sequence learning_group_number",
        )
    ]
