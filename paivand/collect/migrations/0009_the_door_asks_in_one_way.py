from django.db import migrations

SHOW = """
create function paivand_show_device(p_user text, p_digest text) returns table (
  device_id uuid, revoked_at timestamptz, expires_on date, username text, language text, agency_id uuid, team_id uuid,
  district_id text, holds boolean, seen_at timestamptz
) language plpgsql as $$
begin
  perform set_config('paivand.user', p_user, true), set_config('paivand.purpose', 'device', true),
    set_config('paivand.link', p_digest, true);
  return query select d.id, d.revoked_at, d.expires_on, u.username::text, u.language::text, u.agency_id, u.team_id,
      coalesce(t.district_id, (paivand_districts('form.fill', null))[1], d.district_id)::text,
      paivand_holds('form.fill', null), d.seen_at
    from collect_device d
    left join access_user u on u.id = d.user_id
    left join access_team t on t.id = u.team_id
    where d.token_digest = p_digest;
  perform set_config('paivand.purpose', '', true), set_config('paivand.link', '', true);
end
$$
"""

FIND = """
create function paivand_find_submission(p_lock bigint, p_form uuid, p_instance text) returns table (
  state text, id uuid, xml_sha256 text, is_complete boolean, is_erased boolean
) language plpgsql as $$
begin
  perform pg_advisory_xact_lock(p_lock);
  -- Its own statement: it sees what whoever held the lock before has written.
  return query select f.state::text, s.id, s.xml_sha256::text, s.is_complete, s.erased_at is not null
    from collect_form f
    left join collect_submission s on s.form_id = f.id and s.instance_id = p_instance
    where f.id = p_form;
end
$$
"""

KEEP = """
create function paivand_keep_submission(
  p_id uuid, p_content uuid, p_now timestamptz, p_district text, p_agency uuid, p_team uuid, p_owner uuid, p_form uuid,
  p_version uuid, p_instance text, p_root text, p_deprecated text, p_sha256 text, p_device uuid, p_is_survey boolean,
  p_is_complete boolean, p_xml text
) returns void language plpgsql as $$
begin
  insert into collect_submission (id, version, created_at, changed_at, district_id, agency_id, team_id, owner_id,
      form_id, form_version_id, instance_id, root_id, deprecated_id, xml_sha256, device_id, received_at, is_survey,
      is_complete, state, state_at, problem, n_attempts, aside_reason)
    values (p_id, 1, p_now, p_now, p_district, p_agency, p_team, p_owner, p_form, p_version, p_instance, p_root,
      p_deprecated, p_sha256, p_device, p_now, p_is_survey, p_is_complete, 'waiting', p_now, '', 0, '');
  insert into collect_submissioncontent (id, version, created_at, changed_at, district_id, agency_id, team_id, owner_id,
      submission_id, is_survey, xml)
    values (p_content, 1, p_now, p_now, p_district, p_agency, p_team, p_owner, p_id, p_is_survey, p_xml);
  update collect_device set n_sent = n_sent + 1, seen_at = p_now where id = p_device;
end
$$
"""


class Migration(migrations.Migration):
    """What the door asks at every form, as functions: a connection plans their statements once, not at every form.

    They run with the rights of who calls them, so that row security holds inside them as outside.
    """

    dependencies = [("collect", "0008_no_second_list_of_families")]

    operations = [
        migrations.RunSQL(sql=SHOW, reverse_sql="drop function paivand_show_device"),
        migrations.RunSQL(sql=FIND, reverse_sql="drop function paivand_find_submission"),
        migrations.RunSQL(sql=KEEP, reverse_sql="drop function paivand_keep_submission"),
    ]
