"""Moving a case, with every row inside it, to another worker: in one step and wholly.

A case must not go to another worker in part. But nobody may change everything that lies in it: a private note is seen
by its writer alone, a history is never rewritten, and who accepts a transfer does not reach the case before. So one
function of the database moves agency, team and owner of all rows with the owner's right, and nothing else of them. It
looks by itself whether who asks may: either she holds the right to give this case to that worker, before and after, or
she is that worker and a transfer to her waits for her answer. The new worker must hold a role that works with cases.

It is declared when all tables inside a case are known: see ``paivand.cases.apps``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, models

from paivand.access.models.walls import DEFINERS, Definer
from paivand.access.rules.roles import roles_with
from paivand.access.rules.verbs import Verb
from paivand.cases.models.cases import Case, CaseRecord
from paivand.cases.models.oversight import CaseMove, Transfer
from paivand.core.rules.privacy import DataClass
from paivand.referrals.models import Notice, Referral
from paivand.referrals.models.referrals import ReferralRecord
from paivand.referrals.rules.notices import Audience
from paivand.referrals.rules.referrals import OriginKind, Sensitivity

UPKEEP = "upkeep"


def tables_inside() -> list[str]:
    """Every table inside a case, in alphabetical order."""
    return sorted(model._meta.db_table for model in _concrete(CaseRecord))


def _concrete(base: type[models.Model]) -> Iterator[type[models.Model]]:
    for model in base.__subclasses__():
        if model._meta.abstract:
            yield from _concrete(model)
        else:
            yield model


_CASE, _TRANSFER, _MOVE = Case._meta.db_table, Transfer._meta.db_table, CaseMove._meta.db_table
_REFERRAL, _NOTICE = Referral._meta.db_table, Notice._meta.db_table
_ASKED = f"'{Verb.CASE_ASSIGN}', '{DataClass.CASE}'"
_WORKING_ROLES = ", ".join(f"'{role}'" for role in sorted(roles_with(Verb.CASE_WORK, DataClass.CASE)))


def _reaches(district: str, agency: str, team: str, owner: str) -> str:
    """Whether the right to assign of who asks reaches a place."""
    return (
        f"(paivand_everywhere({_ASKED}) or {district} = any(paivand_districts({_ASKED})) "
        f"or {agency} = any(paivand_agencies({_ASKED})) or {team} = any(paivand_teams({_ASKED})) "
        f"or {owner} = paivand_owner({_ASKED}))"
    )


def tables_of_referrals() -> list[str]:
    """Every table about one referral, in alphabetical order."""
    return sorted(model._meta.db_table for model in _concrete(ReferralRecord))


def _moves() -> Iterator[str]:
    """What moves: everything inside the case, and the referrals that grew out of it with all that belongs to them.

    A sealed referral never grew out of a case; that it stays where it is does not hang on that.
    """
    moved = "set agency_id = new_agency, team_id = new_team, owner_id = receiver"
    ordinary = f"sensitivity = '{Sensitivity.ORDINARY}'"
    of_case = (
        f"select r.id from {_REFERRAL} r "  # noqa: S608
        f"where r.origin_kind = '{OriginKind.CASE}' and r.origin_id = moved and r.{ordinary}"
    )
    for table in tables_inside():
        yield f'update "{table}" {moved} where case_id = moved;'
    for table in tables_of_referrals():
        yield f'update "{table}" {moved} where {ordinary} and referral_id in ({of_case});'
    # Who works the case is told what comes of a referral that is not over, and what the one before has not read yet.
    yield (
        f"update {_NOTICE} set for_user_id = receiver "  # noqa: S608
        f"where audience = '{Audience.SENDER}' and seen_at is null and {ordinary} and referral_id in ({of_case});"
    )
    yield (
        f"update {_REFERRAL} {moved}, sender_id = case when ended_at is null then receiver else sender_id end "
        f"where id in ({of_case});"
    )


def _body() -> str:
    moves = "\n  ".join(_moves())
    return f"""
declare
  stood {_CASE}%rowtype;
  new_agency uuid;
  new_team uuid;
begin
  select * into stood from {_CASE} where id = moved for update;
  select u.agency_id, u.team_id into new_agency, new_team from access_user u
    where u.id = receiver and u.is_active and exists (
      select 1 from access_roleassignment a where a.user_id = u.id and a.role in ({_WORKING_ROLES})
        and a.ended_at is null and a.starts_at <= now() and (a.expires_at is null or a.expires_at > now()));
  if not found or stood.id is null then
    raise insufficient_privilege using message = 'The case or its new worker is not there.';
  end if;
  if not coalesce(
    {_reaches("stood.district_id", "stood.agency_id", "stood.team_id", "stood.owner_id")}
      and {_reaches("stood.district_id", "new_agency", "new_team", "receiver")}
    or receiver = paivand_user() and stood.offered_to_id = receiver
      and paivand_holds('{Verb.CASE_WORK}', '{DataClass.CASE}')
      and exists (select 1 from {_TRANSFER} t
        where t.case_id = moved and t.receiver_id = receiver and t.state = 'asked'), false)
  then
    raise insufficient_privilege using message = 'This case is not given to this worker by this user.';
  end if;
  {moves}
  update {_CASE} set agency_id = new_agency, team_id = new_team, owner_id = receiver, former_owner_id = stood.owner_id,
    offered_to_id = null, version = stood.version + 1, changed_at = now() where id = moved;
end
"""  # noqa: S608  # built from constants of the code only


def declare() -> None:
    """Make the function known to the wall; every table inside a case must be known before."""
    DEFINERS["paivand_hand_over"] = Definer(arguments="moved uuid, receiver uuid", result="void", body=_body())


DEFINERS["paivand_end_offer"] = Definer(
    arguments="offered uuid",
    result="void",
    body=f"""
begin
  update {_CASE} set offered_to_id = null where id = offered
    and (offered_to_id = paivand_user() or paivand_purpose('{UPKEEP}'));
end
""",  # noqa: S608  # built from constants of the code only
)

DEFINERS["paivand_end_former_reading"] = Definer(
    arguments="until timestamptz",
    result="integer",
    body=f"""
declare
  ended integer;
begin
  if not paivand_purpose('{UPKEEP}') then
    return 0;
  end if;
  update {_CASE} c set former_owner_id = null where c.former_owner_id is not null
    and not exists (select 1 from {_MOVE} m where m.case_id = c.id and m.at >= until);
  get diagnostics ended = row_count;
  return ended;
end
""",  # noqa: S608  # built from constants of the code only
)


def hand_over(case_id: uuid.UUID, receiver_id: uuid.UUID) -> None:
    """Move a case and everything inside to ``receiver``, with her agency and team; the former worker is kept.

    Raises:
        ProgrammingError: when the database finds that who asks may not. Actions look before, and say it in words.
    """
    with connection.cursor() as cursor:
        cursor.execute("select paivand_hand_over(%s, %s)", [case_id, receiver_id])


def end_offer(case_id: uuid.UUID) -> None:
    """Offer a case to nobody any more: its receiver said no, or the time is over. She stops seeing it with this."""
    with connection.cursor() as cursor:
        cursor.execute("select paivand_end_offer(%s)", [case_id])


def end_former_reading(until: datetime) -> int:
    """Let former workers read a case no more that went to another before ``until``. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("select paivand_end_former_reading(%s)", [until])
        return int(cursor.fetchone()[0])
