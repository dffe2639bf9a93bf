from django.db import migrations

TABLES = (
    "cases_approval cases_casedocument cases_casemove cases_caseperson cases_closure cases_conference "
    "cases_conferencedecision cases_conferencepresence cases_due cases_formersession cases_formerversion "
    "cases_legalmatter cases_legalstep cases_note cases_plan cases_planaction cases_plangoal cases_planneed "
    "cases_psychosocialsession cases_schoolcheck cases_schooling cases_schooltry cases_transfer cases_visit "
    "cases_visitperson cases_visitprogress"
).split()

FUNCTION = """
create function cases_refuse_closed() returns trigger language plpgsql as $$
begin
  -- The program itself, when it restores or measures, acts for nobody and is not asked.
  if coalesce(current_setting('paivand.user', true), '') <> ''
    and exists (select 1 from cases_case where id = new.case_id and state = 'closed')
  then
    raise check_violation using message = 'This case is closed: nothing new is written into it.',
      constraint = 'case_is_open';
  end if;
  return new;
end
$$
"""


def _trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=f"create trigger case_is_open before insert on {table} "
        "for each row execute function cases_refuse_closed()",
        reverse_sql=f"drop trigger case_is_open on {table}",
    )


class Migration(migrations.Migration):
    """The database lets nothing new into a closed case; its transitions are held by their own constraint."""

    dependencies = [("cases", "0002_numbers")]

    operations = [
        migrations.RunSQL(sql=FUNCTION, reverse_sql="drop function cases_refuse_closed()"),
        *(_trigger(table) for table in TABLES),
    ]
