from django.db import migrations

GUARD = """
create function learning_guard_certificate_name() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.name = '' then
        raise exception 'A certificate is issued to somebody with a name.';
    end if;
    if tg_op = 'UPDATE' and new.name <> old.name and new.name <> '' then
        raise exception 'The name on a certificate is never rewritten; it can be erased.';
    end if;
    return new;
end
$$
"""
TRIGGER = """
create trigger certificate_name_is_kept_or_erased before insert or update of name on learning_certificate
for each row execute function learning_guard_certificate_name()
"""


class Migration(migrations.Migration):
    """With a withdrawn consent the name on a certificate is erased. It begins with one, and never becomes another."""

    dependencies = [("learning", "0004_certificates")]

    operations = [
        migrations.RemoveConstraint(model_name="certificate", name="certificate_names_its_holder"),
        migrations.RunSQL(sql=GUARD, reverse_sql="drop function learning_guard_certificate_name()"),
        migrations.RunSQL(
            sql=TRIGGER, reverse_sql="drop trigger certificate_name_is_kept_or_erased on learning_certificate"
        ),
    ]
