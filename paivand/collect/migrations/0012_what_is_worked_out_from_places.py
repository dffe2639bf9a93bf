"""Surveys that are here already: what they work out from a place leaves the tables, as it does from now on."""

import json

from django.db import migrations

from paivand.collect.rules.computed_places import computed_from_places

ANSWERS = """
update collect_surveyanswer set version = version + 1, changed_at = now(), "values" = "values" - %(paths)s::text[],
  parts = coalesce((
    select jsonb_object_agg(key, (
      select jsonb_agg(line - %(paths)s::text[] order by at)
      from jsonb_array_elements(value) with ordinality lines(line, at)
    )) from jsonb_each(parts)
  ), '{}')
where form_version_id = %(version)s
"""
FILES = """
update collect_surveyfile set version = version + 1, state = 'failed', trouble = 'other', sha256 = ''
where state = 'done' and survey_id = %(survey)s
"""


def seal(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "select v.id, v.form_id, v.xml, v.questions from collect_formversion v "
            "join collect_form f on f.id = v.form_id where f.kind = 'survey'"
        )
        for version, survey, xml, kept in cursor.fetchall():
            paths = sorted(computed_from_places(xml))
            if not paths:
                continue
            questions = json.loads(kept) if isinstance(kept, str) else kept
            told = [one | {"place": True} if one["path"] in paths else one for one in questions]
            cursor.execute(
                "update collect_formversion set version = version + 1, changed_at = now(), questions = %s where id = %s",
                [json.dumps(told), version],
            )
            # Only what stands in the tables goes: the forms as they arrived stay sealed.
            cursor.execute(ANSWERS, {"paths": paths, "version": version})
            cursor.execute(FILES, {"survey": survey})


class Migration(migrations.Migration):

    dependencies = [
        ('collect', '0011_files_know_their_reach'),
    ]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
