"""The one look beyond the asker's reach: whether a likely match lies there, and whom to ask.

A function of the database answers it with the owner's right. It takes keys and gives districts and agencies, at most
three; it tells nothing about files that the asker reaches herself, nothing about files that are not active, and writes
into the audit that something was told. Without a find it writes nothing.
"""

from __future__ import annotations

import uuid

from django.db import connection

from paivand.access.models.policies import InScope
from paivand.access.models.walls import DEFINERS, Definer
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Precision
from paivand.core.rules.privacy import DataClass
from paivand.methods.linkage import Facts, match_keys

LOOK = "duplicate.look"
MOST_KEYS, MOST_CANDIDATES, MOST_TOLD = 12, 200, 3

_REACHED = InScope(Verb.FAMILY_OPEN).sql(DataClass.FAMILY)
_MAY_ASK = " or ".join(
    f"paivand_holds('{verb}', '{DataClass.IDENTITY}')" for verb in (Verb.FAMILY_REGISTER, Verb.FAMILY_EDIT)
)
# Two facts must agree before anything is told: name and year with the father or the exact day, name and telephone, or
# a paper. A single fact would let a curious person ask whether a telephone number is known somewhere.
_BODY = f"""
declare
  told integer;
  rare boolean;
begin
  if not ({_MAY_ASK}) then
    return;
  end if;
  -- A frequent name with a year alone meets somebody in every district: then it says nothing.
  rare := (
    select count(*) <= {MOST_TOLD}
    from (select 1 from registry_matchkey k where k.key = any(names[1:{MOST_KEYS}]) limit {MOST_TOLD + 1}) few
  );
  return query
    with hits as (
      (select k.person_id, 'name' as by_what from registry_matchkey k where k.key = any(names[1:{MOST_KEYS}])
        limit {MOST_CANDIDATES})
      union all
      (select k.person_id, 'parent' from registry_matchkey k where k.key = any(parents[1:{MOST_KEYS}])
        limit {MOST_CANDIDATES})
      union all
      (select t.person_id, 'phone' from registry_phone t
        where t.number = any(numbers[1:{MOST_KEYS}]) and t.ended_on is null limit {MOST_CANDIDATES})
      union all
      (select d.person_id, 'paper' from registry_document d
        where d.number_key = any(papers[1:{MOST_KEYS}]) and d.number_key <> '' limit {MOST_CANDIDATES})
    ),
    candidates as (
      select h.person_id, array_agg(distinct h.by_what) as agrees from hits h group by h.person_id
    ),
    likely as (
      select p.id from candidates c join registry_person p on p.id = c.person_id
      where (sexed = '' or p.sex = sexed) and (
        'paper' = any(c.agrees)
        or 'phone' = any(c.agrees) and exists (
          select 1 from registry_matchkey k where k.person_id = p.id and k.key = any(bare[1:{MOST_KEYS}]))
        or 'name' = any(c.agrees)
          and (cardinality(parents) = 0 or p.father_name = '' or 'parent' = any(c.agrees))
          and (born is null or p.birth_precision <> '{Precision.DAY}' or p.birth_on = born)
          and ('parent' = any(c.agrees) or p.birth_precision = '{Precision.DAY}' and p.birth_on = born or rare)
        or 'parent' = any(c.agrees) and born is not null
          and p.birth_precision = '{Precision.DAY}' and p.birth_on = born
      )
    ),
    outside as (
      select district_id, agency_id from registry_family
      where state = 'active' and id in (
        select m.family_id from registry_familymember m join likely l on l.id = m.person_id where m.until_on is null
      ) and ({_REACHED}) is not true
    )
    select distinct o.district_id::text, o.agency_id from outside o limit {MOST_TOLD};
  get diagnostics told = row_count;
  if told > 0 then
    insert into access_auditevent (
      id, at, event, outcome, sealed, actor_id, actor_name, roles, subject_type, subject_label, reason, detail,
      district_id, agency_id, team_id, owner_id
    )
    select
      (lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
      now(), '{LOOK}', 'done', false, u.id, u.full_name,
      coalesce((select left(string_agg(distinct a.role, ' '), 200) from access_roleassignment a
        where a.user_id = u.id and a.ended_at is null and a.starts_at <= now()
        and (a.expires_at is null or a.expires_at > now())), ''),
      '', '', '', jsonb_build_object('found', told),
      (select case when count(distinct d) = 1 then min(d) end
        from access_roleassignment a, unnest(a.districts) d
        where a.user_id = u.id and a.ended_at is null and a.starts_at <= now()
        and (a.expires_at is null or a.expires_at > now())),
      u.agency_id, u.team_id, u.id
    from access_user u where u.id = paivand_user();
  end if;
end
"""  # noqa: S608  # built from constants of the code only

DEFINERS["paivand_likely_elsewhere"] = Definer(
    arguments="names text[], parents text[], bare text[], numbers text[], papers text[], sexed text, born date",
    result="table(district text, agency uuid)",
    body=_BODY,
)


def likely_elsewhere(facts: Facts) -> list[tuple[str, uuid.UUID | None]]:
    """District and agency of active files beyond the reach of who asks in which this person likely is."""
    year = facts.born.year if facts.born else None
    stored = match_keys(facts.given, facts.family, facts.father, year)
    exact = facts.precision == Precision.DAY and facts.born is not None and (facts.born.month, facts.born.day) != (1, 1)

    def keys(kind: str) -> list[str]:
        return [key for key in stored if key.startswith(f"{kind}:")]

    numbers, papers = sorted(facts.phones), sorted({number for _kind, number in facts.documents})
    if not (keys("gfy") or keys("gpy") or (numbers and keys("gf")) or papers):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select district, agency from paivand_likely_elsewhere("
            "%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s, %s::date)",
            [keys("gfy"), keys("gpy"), keys("gf"), numbers, papers, facts.sex, facts.born if exact else None],
        )
        return list(cursor.fetchall())
