"""The five relations over the tables as they stand, as SQL for PostgreSQL; read as the role of figures only.

``relations`` gives them as common table expressions, in which a person is her key and a coded step its pseudonym. The
other functions give what goes into memory or files: the same columns, all of them or what changed since a moment.
Nothing here comes from a reader, except moments, which are written out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from paivand.learning.rules.courses import courses

# Of a jamoat and its villages the jamoat, of any place its district.
_PLACES = """places as materialized (
select p.code,
case p.level when 'jamoat' then p.code when 'village' then coalesce(p.parent_id, '') else '' end as jamoat,
case p.level when 'district' then p.code when 'jamoat' then p.parent_id when 'village' then j.parent_id end as district
from core_place p left join core_place j on j.code = p.parent_id)"""

_STEP = """
select s.id::text as step, {who} as who, s.pseudonym <> '' as coded, s.service, s.outcome,
s.quantity::numeric(12,2) as quantity, s.happened_on, s.created_at at time zone 'UTC' as recorded_at,
r.created_at at time zone 'UTC' as reversed_at, coalesce(l.district, s.district_id) as district,
coalesce(l.jamoat, '') as jamoat, coalesce(coalesce(s.provider_id, s.agency_id)::text, '') as agency,
s.coded_sex as sex,
nullif(split_part(replace(s.coded_age, '+', '-'), '-', 1), '')::smallint as age_low,
nullif(split_part(replace(s.coded_age, '+', '-'), '-', 2), '')::smallint as age_high
from registry_journeystep s
left join registry_journeystep r on r.reverses_id = s.id
left join places l on l.code = s.place_id
where s.reverses_id is null{which}"""

_WHO = "case when s.pseudonym <> '' then s.pseudonym else coalesce(s.person_id, s.participant_id)::text end"

# A joined family stands for nobody any more: the one at the end of its arrows does.
_FAMILIES = """joined (id, one) as (
select id, merged_into_id from registry_family where merged_into_id is not null
union
select j.id, f.merged_into_id from joined j join registry_family f on f.id = j.one where f.merged_into_id is not null),
last_families as (
select j.id, j.one from joined j join registry_family f on f.id = j.one where f.merged_into_id is null)"""

_MEMBERS = """belongs as (
select distinct on (m.person_id) m.person_id, coalesce(l.one, m.family_id) as family_id
from registry_familymember m left join last_families l on l.id = m.family_id{which}
order by m.person_id, (m.until_on is null) desc, m.from_on desc, m.id desc)"""

# A day that is not known exactly is counted from the middle of what is known: core.rules.dates.Birth.age.
_PEOPLE = """
select p.id::text as who, p.sex, case p.birth_precision when 'month' then p.birth_on + 14
when 'year' then make_date(extract(year from p.birth_on)::int, 7, 1) else p.birth_on end as aged_from,
coalesce(d.band, '') as disability, coalesce(f.absence_status, '') as tie, f.id::text as family,
coalesce(f.district_id, p.district_id) as district, coalesce(f.jamoat_id, '') as jamoat
from registry_person p
left join belongs b on b.person_id = p.id
left join registry_family f on f.id = b.family_id
left join disability d on d.person_id = p.id{which}
union all
select q.id::text, q.sex, make_date(q.birth_year, 7, 1), '', '', null, q.district_id, ''
from registry_participant q{other}"""

_DISABILITY = """disability as (
select distinct on (a.person_id) a.person_id,
case s.band when 'with' then 'yes' when 'without' then 'no' else '' end band
from instruments_assessment a
left join instruments_score s on s.assessment_id = a.id and s.scale = 'worst'
where a.instrument = 'wgss' and a.state = 'completed' and a.person_id is not null{which}
order by a.person_id, a.answered_on desc, a.completed_at desc, s.id desc)"""

_GROUPS = """
select g.id::text as grp, coalesce(c.service, '') as service, g.course, g.state,
coalesce(g.finished_on, g.started_on, g.opened_on, g.starts_on) as happened_on,
g.changed_at at time zone 'UTC' as recorded_at, coalesce(l.district, g.district_id) as district,
coalesce(l.jamoat, '') as jamoat, coalesce(g.agency_id::text, '') as agency,
(g.n_enrolled + g.n_completed + g.n_failed)::int as n_learners, g.n_held::int as n_sessions
from learning_group g
left join course_services c on c.course = g.course
left join places l on l.code = g.place_id"""

# What is known of age or sex alone is not enough for a part of its own: it counts as unknown.
_REACH = """
select e.id::text as entry, e.channel, e.topic, coalesce(e.campaign_id::text, '') as campaign,
coalesce(e.district_id, '') as district, coalesce(e.jamoat_id, '') as jamoat,
coalesce(coalesce(e.agency_id, e.partner_agency_id)::text, '') as agency, e.event_on as happened_on,
e.confirmed_at at time zone 'UTC' as recorded_at, e.n_contacts, e.n_women, e.n_men, e.n_girls, e.n_boys,
e.n_contacts - e.n_women - e.n_men - e.n_girls - e.n_boys as n_unknown, e.n_repeat
from outreach_reachentry e where e.confirmed_at is not null"""


def relations(as_of: datetime | None = None) -> str:
    """All five as common table expressions that belong behind ``with recursive``.

    Args:
        as_of: which merges count for ``alias``: those that stood then.
    """
    return ",\n".join(
        [
            _PLACES,
            _FAMILIES,
            _MEMBERS.format(which=""),
            _DISABILITY.format(which=""),
            _course_services(),
            f"facts as ({_whole_steps('')})",
            f"people as ({_PEOPLE.format(which='', other='')})",
            _arrows(as_of),
            f"groups as ({_GROUPS})",
            f"reach as ({_REACH})",
        ]
    )


def steps(*, since: datetime | None = None, until: datetime | None = None) -> str:
    """Plain steps that were recorded from one moment on and before another. ``who`` is a key."""
    recorded = (*([f"s.created_at >= {stamp(since)}"] if since else []), *_before("s.created_at", until))
    which = "".join(f" and {part}" for part in ("s.pseudonym = ''", *recorded))
    return f"with {_PLACES}{_whole_steps(which)}"


def coded_steps() -> str:
    """All coded steps. ``who`` is a pseudonym."""
    which = " and s.pseudonym <> ''"
    return f"with {_PLACES}{_whole_steps(which)}"


def reversals(*, since: datetime, until: datetime | None = None) -> str:
    """Plain steps recorded before ``since`` that were taken back since, of whom and when; coded ones are read whole."""
    until_then = "".join(f" and {part}" for part in _before("r.created_at", until))
    return (
        "select s.id::text as step, coalesce(s.person_id, s.participant_id)::text as who, "
        "r.created_at at time zone 'UTC' as reversed_at from registry_journeystep r "
        f"join registry_journeystep s on s.id = r.reverses_id where r.created_at >= {stamp(since)}{until_then} "
        f"and s.created_at < {stamp(since)} and s.pseudonym = ''"
    )


def people(*, since: datetime | None = None) -> str:
    """Everybody, or those of whom something changed since a moment: herself, her family, or what she was asked."""
    if since is None:
        return f"with recursive {_FAMILIES},\n{_MEMBERS.format(which='')},\n{_DISABILITY.format(which='')}" + (
            _PEOPLE.format(which="", other="")
        )
    then = stamp(since)
    changed = f"""changed_families as (
select id from registry_family where changed_at >= {then}
union select l.id from last_families l join registry_family f on f.id = l.one where f.changed_at >= {then}),
changed as materialized (
select id from registry_person where changed_at >= {then}
union select person_id from registry_familymember where changed_at >= {then}
union select person_id from registry_familymember where family_id in (select id from changed_families)
union select person_id from instruments_assessment
where instrument = 'wgss' and changed_at >= {then} and person_id is not null
union select a.person_id from instruments_score s join instruments_assessment a on a.id = s.assessment_id
where s.scale = 'worst' and s.computed_at >= {then} and a.instrument = 'wgss' and a.person_id is not null)"""
    return (
        f"with recursive {_FAMILIES},\n{changed},\n"
        + _MEMBERS.format(which="\nwhere m.person_id in (select id from changed)")
        + ",\n"
        + _DISABILITY.format(which=" and a.person_id in (select id from changed)")
        + _PEOPLE.format(which="\nwhere p.id in (select id from changed)", other=f" where q.changed_at >= {then}")
    )


def merges() -> str:
    """Every merge there was: who was absorbed into whom, from when until when."""
    return (
        "select absorbed_id::text as absorbed, kept_id::text as kept, created_at at time zone 'UTC' as from_at, "
        "undone_at at time zone 'UTC' as until_at from registry_merge"
    )


def joined_participants() -> str:
    """Participants who were found to be another one, or a member of a family: as known now, for it is not dated."""
    return (
        "select id::text as absorbed, coalesce(same_as_id, person_id)::text as kept from registry_participant "
        "where same_as_id is not null or person_id is not null"
    )


def groups() -> str:
    """All groups."""
    return f"with {_PLACES},\n{_course_services()}{_GROUPS}"


def reach() -> str:
    """All confirmed entries, and those that take one back."""
    return _REACH


def changes(since: datetime | None) -> str:
    """One row that is another one whenever anything was written that figures are computed from.

    Args:
        since: what was recorded or changed before is known not to matter; None: all there is.
    """
    then = f" >= {stamp(since)}" if since else " is not null"
    parts = [
        f"(select row(count(id), max(created_at)) from registry_journeystep where created_at{then})",
        *(
            # A sum too: a row may be written by a transaction that began before the last one that is seen.
            f"(select row(count(id), max(changed_at), sum(extract(epoch from changed_at))) from {table} "
            f"where {more}changed_at{then})"
            for table, more in (
                ("registry_person", ""),
                ("registry_family", ""),
                ("registry_familymember", ""),
                ("registry_participant", ""),
                ("instruments_assessment", "instrument = 'wgss' and "),
            )
        ),
        f"(select row(count(id), max(computed_at)) from instruments_score where scale = 'worst' and computed_at{then})",
        "(select row(count(id), max(created_at), max(undone_at), count(undone_at)) from registry_merge)",
        "(select row(count(id), max(changed_at), sum(extract(epoch from changed_at))) from learning_group)",
        "(select row(count(id), max(changed_at), sum(extract(epoch from changed_at))) from outreach_reachentry)",
        # The coded ones are few, and read whole wherever the files end.
        "(select row(count(id), max(created_at)) from registry_journeystep where pseudonym <> '')",
    ]
    return f"select {', '.join(f'{part}::text' for part in parts)}"


def stamp(moment: datetime) -> str:
    """A moment as PostgreSQL reads it, whatever the zone of the session.

    >>> stamp(datetime(2023, 11, 3, 12, tzinfo=UTC))
    "timestamptz '2023-11-03 12:00:00.000000+00:00'"
    """
    return f"timestamptz '{moment.astimezone(UTC).isoformat(sep=' ', timespec='microseconds')}'"


def _before(column: str, until: datetime | None) -> list[str]:
    return [f"{column} < {stamp(until)}"] if until else []


def _whole_steps(which: str) -> str:
    return _STEP.format(who=_WHO, which=which)


def _course_services() -> str:
    """The service under which the completion of each course is written down."""
    rows = ", ".join(f"('{one.code}', '{one.service}')" for one in sorted(courses().values(), key=lambda one: one.code))
    rows = rows or "('', '')"
    return f"course_services (course, service) as (values {rows})"


def _arrows(as_of: datetime | None) -> str:
    """``alias``, by the same rule as ``registry.rules.duplicates.arrows``: who was absorbed points to the last one."""
    stood = "undone_at is null"
    if as_of:
        stood = f"created_at <= {stamp(as_of)} and (undone_at is null or undone_at > {stamp(as_of)})"
    return f"""merged (who, one) as (
select absorbed_id, kept_id from registry_merge where {stood}
union select id, coalesce(same_as_id, person_id) from registry_participant
where same_as_id is not null or person_id is not null),
followed (who, one) as (
select who, one from merged
union select w.who, m.one from followed w join merged m on m.who = w.one),
alias as (select f.who::text as who, f.one::text as one from followed f left join merged m on m.who = f.one
where m.who is null)"""
