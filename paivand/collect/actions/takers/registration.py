"""A family that was registered on a phone: the same checks, the same search and the same action as on the screen."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.takers.answers import (
    at_questions,
    birth_of,
    birth_path,
    chosen,
    made_by,
    needed,
    read_at,
    text_of,
)
from paivand.collect.models import Submission
from paivand.collect.rules.deciding import standing_decision
from paivand.collect.rules.filled import Filled, Row
from paivand.collect.rules.remembering import once
from paivand.collect.rules.taking import Made, Taken, Undecided
from paivand.core.models import Place
from paivand.core.rules.dates import Precision
from paivand.core.rules.errors import Refused
from paivand.registry.actions.duplicates import set_apart
from paivand.registry.actions.people import demand_safe_number
from paivand.registry.actions.registration import (
    demand_possible_absence,
    demand_possible_birth,
    register_family,
    take_turns,
)
from paivand.registry.models import Family
from paivand.registry.queries.families import jamoats
from paivand.registry.queries.matches import Match, facts_of_draft, likely_matches_of, tells_enough
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.countries import is_country
from paivand.registry.rules.drafts import AwayDraft, ConsentDraft, FamilyDraft, MemberDraft, PersonDraft, PhoneDraft
from paivand.registry.rules.families import Housing, LandTenure, Origin
from paivand.registry.rules.keys import row_key
from paivand.registry.rules.migration import RETURNED, AbsenceStatus
from paivand.registry.rules.people import MayCall, phone_number

AGREED = "OK"
"""What a client writes into a question that was acknowledged."""
MOST_MEMBERS = 20
NEW = "new"
"""The decision that a family is registered though somebody like its people is registered already."""

_LETTER = re.compile(r"[^\W\d_]")
_ASSENTS = {"yes": True, "no": False, "too_young": None}
_AT_HOME = RETURNED | {AbsenceStatus.DEPORTED}
_FAMILY_FIELDS = {
    "registered_on": "place/registered_on", "jamoat": "place/jamoat", "consent_on": "consent/given_on",
    "consent_given_by": "consent/given_by", "phone": "contact/phone", "who_may_answer": "contact/who_may_answer",
    "agreed_on": "contact/may_call", "birth": "head/birth_known",
}  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """Who is registered already and likely one of the people of the form."""

    draft: PersonDraft
    matches: Sequence[Match]


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Register the family, unless somebody like its people is registered and nobody has decided about that yet.

    A decision stands for the registered people that were looked at: when another has come since, it is asked anew. A
    family that bears the number of this one and came with another form is no proof that this form was taken in: what it
    says may differ, so a person decides.
    """
    own_id = row_key(sent.pk, "family")
    family_id = next((one.entity_id for one in made_by(filled, "families")), own_id)
    there = {one.pk: one for one in Family.objects.seen_by(by).filter(pk__in=[own_id, family_id])}
    before = there.get(own_id) or there.get(family_id)
    if before is not None and (before.pk == own_id or before.head_id == row_key(sent.pk, "head")):
        return _taken(before)
    jamoat = _jamoat(filled, by)
    take_turns()
    draft = family_draft(filled, own_id if before else family_id, jamoat, sent)
    likely = _likely(by, draft)
    found = _told(likely, before)
    decided = standing_decision(answers, "duplicate", found)
    if before is not None and decided == str(before.pk):
        return _taken(before)
    if found and decided != NEW:
        return _same(decided, likely, found)
    with at_questions(_FAMILY_FIELDS):
        family = register_family(scope=placement(by, str(jamoat.parent_id)), draft=draft, by=by)
    answered = {one.draft.key: [match.person.pk for match in one.matches] for one in likely if one.draft.key}
    if answered:
        set_apart(family=family, answered=answered, by=by)
    return _taken(family)


def _taken(family: Family) -> Taken:
    made = Made("family", family.pk, family.code, "registry:family-open", {"code": family.code})
    return Taken((made,), families=(family.pk,))


def _same(decided: str, likely: Sequence[_Found], found: list[dict[str, Any]]) -> Taken:
    """The registered family that a person said it is; nothing is written into its file."""
    offered = {match.family.pk: match.family for one in likely for match in one.matches if match.family}
    try:
        family = offered.get(uuid.UUID(decided)) if decided else None
    except ValueError:
        family = None
    if family is None:
        raise Undecided("duplicate", found)
    return _taken(family)


def _told(likely: Sequence[_Found], before: Family | None) -> list[dict[str, Any]]:
    """The registered families with the person of the form that each match is about: keys, scores, agreeing fields.

    With them the one whose number the form bears, like its people or not.
    """
    found = [
        {
            "family": str(match.family.pk) if match.family else "",
            "person": str(match.person.pk),
            "score": round(match.comparison.weight, 1),
            "evidence": list(match.comparison.agreeing),
            "for": " ".join(filter(None, (one.draft.family_name, one.draft.given_name))),
        }
        for one in likely
        for match in one.matches
    ]
    if before is not None and all(one["family"] != str(before.pk) for one in found):
        same = {"family": str(before.pk), "person": str(before.head_id), "score": 0, "evidence": [], "for": ""}
        found.append(same)
    return sorted(found, key=lambda row: -row["score"])


def _likely(by: User, draft: FamilyDraft) -> list[_Found]:
    people = [
        (person, facts)
        for person in draft.people
        if tells_enough(facts := facts_of_draft(person, jamoat=draft.jamoat, village=draft.village))
    ]
    if not people:
        return []
    sought = tuple(facts for _person, facts in people)
    matches = once(("likely", by.pk, sought), lambda: likely_matches_of(by, sought))
    found = [
        _Found(person, [match for match in one if match.is_likely])
        for (person, _facts), one in zip(people, matches, strict=True)
    ]
    return [one for one in found if one.matches]


# --- what was filled in ----------------------------------------------------------------------------------------------


def _jamoat(filled: Filled, by: User) -> Place:
    code = needed(filled.value("place/jamoat"), "place/jamoat")
    found: Place | None = jamoats(by, Verb.FAMILY_REGISTER).filter(pk=code).first()
    if found is None:
        raise Refused(
            _("You do not register families in this jamoat. Choose another, or ask your supervisor."), "place",
            field="place/jamoat",
        )  # fmt: skip
    return found


def family_draft(filled: Filled, family_id: uuid.UUID, jamoat: Place, sent: Submission) -> FamilyDraft:
    """The family as it was told, each answer looked at where it stands.

    Raises:
        Refused: with the path of the first question whose answer cannot be.
        Unreadable: for a date or a number that is none.
    """
    if filled.value("start_here/agreed") != AGREED:
        raise Refused(
            _("Without consent nobody is registered. Explain it and tick here, or stop."), "consent",
            field="start_here/agreed",
        )  # fmt: skip
    today = timezone.localdate()
    registered_on = needed(filled.day("place/registered_on"), "place/registered_on")
    if registered_on > today:
        raise Refused(
            _("The day of registration lies in the future. Check it."), "date", field="place/registered_on"
        )  # fmt: skip
    head = replace(_person(filled, "head", today, row_key(sent.pk, "head")), phone=_phone(filled, registered_on, today))
    return FamilyDraft(
        family_id=family_id, jamoat=jamoat.pk, registered_on=registered_on, head=head, consent=_consent(filled),
        village=text_of(filled, "place/village", 120), members=_members(filled, sent, family_id, today),
        housing=chosen(filled, "place/housing", Housing), land=chosen(filled, "place/land", LandTenure),
        origin=Origin.FIELD,
    )  # fmt: skip


def _person(filled: Row, group: str, today: date, key: uuid.UUID, *, at: str = "") -> PersonDraft:
    """The person whose questions stand in ``group``, or directly in the repetition that stands ``at``."""
    place = f"{group}/" if group else at
    row = filled.repeats(group)[0] if group and filled.repeats(group) else filled
    given_name = needed(_name(row, "given_name", place), f"{place}given_name")
    draft = PersonDraft(
        given_name=given_name, sex=needed(chosen(row, "sex", Sex, at=place), f"{place}sex"),
        family_name=_name(row, "family_name", place), father_name=_name(row, "father_name", place),
        birth=birth_of(row, today, at=place), known_as=_name(row, "known_as", place), key=key,
    )  # fmt: skip
    with at_questions({"birth": birth_path(row, place)}):
        demand_possible_birth(draft, today)
    return draft


def _name(row: Row, path: str, at: str) -> str:
    said = text_of(row, path, 80, at=at)
    if said and (not _LETTER.search(said) or re.search(r"\d", said)):
        raise Refused(_("A name is written with letters only. Check it."), "name", field=f"{at}{path}")
    return said


def _phone(filled: Filled, registered_on: date, today: date) -> PhoneDraft | None:
    typed = filled.value("contact/phone")
    if not typed:
        return None
    may_call = chosen(filled, "contact/may_call", MayCall) or MayCall.NOT_ASKED
    draft = PhoneDraft(
        number=phone_number(typed), may_call=may_call, hours=text_of(filled, "contact/hours", 120),
        who_may_answer=text_of(filled, "contact/who_may_answer", 120),
        say_what=text_of(filled, "contact/say_what", 200), belongs_to=text_of(filled, "contact/belongs_to", 80),
        agreed_on=None if may_call is MayCall.NOT_ASKED else registered_on,
    )  # fmt: skip
    with at_questions(_FAMILY_FIELDS):
        demand_safe_number(draft, today)
    return draft


def _members(filled: Filled, sent: Submission, family_id: uuid.UUID, today: date) -> tuple[MemberDraft, ...]:
    rows = filled.repeats("members")
    if len(rows) > MOST_MEMBERS:
        raise Refused(
            _("At most %(count)s members are registered at once. Add the others on the screen.")
            % {"count": MOST_MEMBERS},
            "members", field="n_others",
        )  # fmt: skip
    keys = [one.entity_id for one in made_by(filled, "people")]
    # Where the number of the family is another's, those of its people are as well.
    if len(keys) != len(rows) or family_id == row_key(sent.pk, "family"):
        keys = [row_key(sent.pk, "member", place) for place in range(len(rows))]
    return tuple(
        _member(row, key, f"members[{place}]/", today)
        for place, (row, key) in enumerate(zip(rows, keys, strict=True), 1)
    )


def _member(row: Row, key: uuid.UUID, at: str, today: date) -> MemberDraft:
    relation = needed(chosen(row, "relation", Relation, at=at), f"{at}relation")
    if relation is Relation.HEAD:
        raise Refused(_("The family has a head already. Choose another relation."), "head", field=f"{at}relation")
    away = _away(row, at)
    left = "left_month" if row.value("left_known") == "month" else "left_year"
    with at_questions({"departed_on": f"{at}{left}", "country": f"{at}country"}):
        demand_possible_absence(away, today)
    return MemberDraft(_person(row, "", today, key, at=at), relation, away)


def _away(row: Row, at: str) -> AwayDraft | None:
    if row.value("abroad") != "yes":
        return None
    country = needed(row.value("country"), f"{at}country")
    if not is_country(country):
        raise Refused(_("Say in which country."), "country", field=f"{at}country")
    if row.value("left_known") == "year":
        year = needed(read_at(at, row.whole, "left_year"), f"{at}left_year")
        if not 1900 < year < 10000:
            raise Refused(_("There is no such year. Check it."), "away", field=f"{at}left_year")
        departed_on, precision = date(year, 1, 1), Precision.YEAR
    else:
        month = needed(read_at(at, row.day, "left_month"), f"{at}left_month")
        departed_on, precision = month.replace(day=1), Precision.MONTH
    status = chosen(row, "absence", AbsenceStatus, at=at)
    if status in _AT_HOME:
        raise Refused(_("This answer is none of the list. Choose again."), "choice", field=f"{at}absence")
    return AwayDraft(country=country, departed_on=departed_on, departed_precision=precision, status=status)


def _consent(filled: Filled) -> ConsentDraft:
    given_by = needed(chosen(filled, "consent/given_by", GivenBy), "consent/given_by")
    by_guardian = given_by is GivenBy.GUARDIAN
    given_on = needed(filled.day("consent/given_on"), "consent/given_on")
    valid_until = filled.day("consent/valid_until")
    if valid_until and valid_until < given_on:
        raise Refused(
            _("The consent ends before it is given. Check both days."), "consent", field="consent/valid_until"
        )
    language = filled.value("consent/language")
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("This answer is none of the list. Choose again."), "choice", field="consent/language")
    return ConsentDraft(
        given_by=given_by, method=needed(chosen(filled, "consent/method", ConsentMethod), "consent/method"),
        language=language, given_on=given_on, purposes=(ConsentPurpose.REGISTRATION, *_purposes(filled)),
        guardian_name=_guardian(filled) if by_guardian else "", assent=_assent(filled) if by_guardian else None,
        extent=text_of(filled, "consent/extent", 200), valid_until=valid_until,
    )  # fmt: skip


def _guardian(filled: Filled) -> str:
    said = text_of(filled, "consent/guardian_name", 120)
    if not said:
        raise Refused(_("Write down who gives the consent."), "consent", field="consent/guardian_name")
    return said


def _assent(filled: Filled) -> bool | None:
    said = filled.value("consent/assent")
    if said not in _ASSENTS:
        raise Refused(_("This answer is none of the list. Choose again."), "choice", field="consent/assent")
    if said == "no":
        raise Refused(
            _("A child who says no is not registered as the head of a family."), "consent", field="consent/assent"
        )
    return _ASSENTS[said]


def _purposes(filled: Filled) -> tuple[ConsentPurpose, ...]:
    found = []
    for said in filled.values("consent/purposes"):
        if said not in set(ConsentPurpose) - {ConsentPurpose.REGISTRATION}:
            raise Refused(_("This answer is none of the list. Choose again."), "choice", field="consent/purposes")
        found.append(ConsentPurpose(said))
    return tuple(dict.fromkeys(found))
