from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('collect', '0007_families_are_kept_under_their_keys'),
    ]

    operations = [
        migrations.DeleteModel(
            name='SubmissionFamily',
        ),
    ]
