from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('collect', '0006_whom_forms_are_about'),
    ]

    operations = [
        # What was written down of families before is kept under their keys.
        migrations.RunSQL(
            """
            insert into collect_submissionkey (id, version, created_at, changed_at, district_id, agency_id, team_id,
              owner_id, submission_id, is_survey, key, kind)
            select id, version, created_at, changed_at, district_id, agency_id, team_id, owner_id, submission_id,
              is_survey, family_id, 'family' from collect_submissionfamily;
            """,
            migrations.RunSQL.noop,
        ),
    ]
