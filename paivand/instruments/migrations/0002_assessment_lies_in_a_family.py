import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every questionnaire is asked in a family's file. The table is new: no row is without one."""

    dependencies = [
        ("instruments", "0001_initial"),
        ("registry", "__first__"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="assessment", name="assessment_is_of_somebody"),
        migrations.AlterField(
            model_name="assessment",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="registry.family"
            ),
        ),
    ]
