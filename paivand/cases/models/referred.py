"""Looks beyond what a worker is told of others' red flags, as far as safety needs: who must see a specialist first.

A red flag is told to supervisors and to who wrote the answers down. Whoever would take the person into psychosocial
sessions must not do so in ignorance. So a function of the database answers with the owner's right, about people within
the asker's own reach, and tells nothing but their keys: neither which flag it is nor whose words it rests on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection

from paivand.access.models.policies import InScope
from paivand.access.models.walls import DEFINERS, Definer
from paivand.access.rules.verbs import Verb
from paivand.cases.rules.sessions import REFER_FIRST
from paivand.core.rules.privacy import DataClass

MOST_PEOPLE = 500
"""How many people are asked about at once at most."""

_CODES = ", ".join(f"'{code}'" for code in sorted(REFER_FIRST))
_WITHIN_REACH = InScope(Verb.CASE_VIEW).sql(DataClass.HEALTH)

DEFINERS["paivand_referred_first"] = Definer(
    arguments="people uuid[]",
    result="table(person uuid)",
    body=f"""
begin
  return query
    select asked.one from unnest(people[1:{MOST_PEOPLE}]) as asked(one)
    where exists (
      select from (select * from instruments_redflag where {_WITHIN_REACH}) f
      join instruments_assessment a on a.id = f.assessment_id
      where f.answered_at is null and f.code = any(array[{_CODES}]::text[])
        and (a.person_id = asked.one or a.person_id is null and exists (
          select from registry_familymember m
          where m.family_id = a.family_id and m.person_id = asked.one and m.until_on is null)));
end
""",  # noqa: S608  # built from constants of the code only
)


def referred_first(people: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of ``people`` about whom, or about whose family, an open red flag asks for a specialist first."""
    with connection.cursor() as cursor:
        cursor.execute("select person from paivand_referred_first(%s::uuid[])", [list(people)])
        return {person for (person,) in cursor.fetchall()}
