"""Finding, deciding and merging records of one person, and what is told about people elsewhere."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.core.rules.dates import Birth
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.registry.actions import duplicates
from paivand.registry.actions.duplicates import decide_pair, find_pairs
from paivand.registry.actions.families import add_member, edit_member, remove_member
from paivand.registry.actions.merges import merge_people, undo_merge
from paivand.registry.models import Consent, Family, FamilyMember, JourneyStep, Person
from paivand.registry.queries import duplicates as queries
from paivand.registry.queries import families as family_queries
from paivand.registry.queries.matches import facts_of_draft, likely_matches, matches_elsewhere, tells_enough
from paivand.registry.queries.people import same_person
from paivand.registry.queries.search import search
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import MemberDraft, PersonDraft, PhoneDraft
from paivand.registry.rules.duplicates import Verdict
from tests.cast import KULOB, person, register

pytestmark = pytest.mark.django_db

JAMSHED = PersonDraft("Ҷамшед", Sex.MALE, "Каримов", "Раҳимович", Birth.on_day(date(1984, 3, 12)))
PHONE = PhoneDraft("+992918123456")


def registered(by, draft=JAMSHED, **changes):
    """A family whose head is ``draft``."""
    return register(by, head=draft, **{"members": 0, **changes})


def found(by, draft, **place):
    with acting_as(by):
        return likely_matches(by, facts_of_draft(draft, **place))


def looks(by):
    with acting_as(by):
        return list(AuditEvent.objects.filter(event="duplicate.look", actor_id=by.pk))


# --- search before create --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["Ҷамшед", "Джамшед", "Чамшед", "Jamshed"])
def test_a_person_is_met_before_being_registered_again(given, zarina):
    family = registered(zarina)
    match, = found(zarina, replace(JAMSHED, given_name=given, father_name=""))  # fmt: skip
    assert match.is_likely
    assert (match.person.pk, match.family.code) == (family.head_id, family.code)
    assert {"given", "family", "birth", "sex"} <= set(match.comparison.agreeing)


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, given_name="Фарҳод"),
    replace(JAMSHED, father_name="Назарович", birth=Birth.on_day(date(1987, 5, 1))),
    replace(JAMSHED, given_name="Зебо", family_name="Азизова", father_name=""),
])  # fmt: skip
def test_twins_namesakes_and_strangers_are_not_met(draft, zarina):
    registered(zarina)
    assert found(zarina, draft) == []


def test_a_telephone_alone_brings_nobody_and_with_a_name_it_does(zarina):
    registered(zarina, replace(JAMSHED, birth=None, father_name="", phone=PHONE))
    assert found(zarina, PersonDraft("Зебо", Sex.FEMALE, "Азизова", phone=PHONE)) == []
    match, = found(zarina, PersonDraft("Jamshed", Sex.MALE, "Karimzoda", phone=PHONE))  # fmt: skip
    assert match.is_likely
    assert "phone" in match.comparison.agreeing


def test_nobody_is_met_beyond_ones_reach(zarina, farrukh):
    registered(zarina)
    assert found(farrukh, JAMSHED) == []


def test_a_search_needs_two_names_and_a_fact(zarina):
    def enough(**changes):
        bare = PersonDraft("Ҷамшед", Sex.MALE)
        return tells_enough(facts_of_draft(replace(bare, **changes)))

    assert enough(family_name="Каримов", birth=Birth.in_year(1984))
    assert enough(father_name="Раҳим", phone=PHONE)
    assert not enough(family_name="Каримов")
    assert not enough(birth=Birth.in_year(1984))


# --- the look elsewhere ----------------------------------------------------------------------------------------------


def test_a_likely_match_elsewhere_tells_district_and_agency_and_is_noted(zarina, farrukh):
    registered(zarina)
    with acting_as(farrukh):
        one, = matches_elsewhere(facts_of_draft(JAMSHED))  # fmt: skip
    assert (one.district.pk, one.agency) == ("TJ-KT-02", "Ҳамроҳ")
    event, = looks(farrukh)  # fmt: skip
    assert event.outcome == "done"
    assert event.detail == {"found": 1}
    assert (event.actor_name, event.roles, event.district_id) == ("Фаррух Назаров", "social_worker", "TJ-KT-20")
    assert (event.subject_label, event.reason, event.subject_id) == ("", "", None)


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, given_name="Jamshed", family_name="Karimzoda", father_name=""),
    replace(JAMSHED, family_name="Азизов"),
])  # fmt: skip
def test_the_look_elsewhere_knows_other_dresses(draft, zarina, farrukh):
    registered(zarina)
    with acting_as(farrukh):
        assert matches_elsewhere(facts_of_draft(draft))


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, birth=Birth.on_day(date(1984, 3, 13))),
    replace(JAMSHED, father_name="Назарович"),
    replace(JAMSHED, given_name="Фарҳод"),
    replace(JAMSHED, sex=Sex.FEMALE),
    replace(JAMSHED, birth=None),
    PersonDraft("Зебо", Sex.FEMALE, "Азизова", phone=PHONE),
])  # fmt: skip
def test_what_is_not_likely_is_neither_told_nor_noted(draft, zarina, farrukh):
    registered(zarina, replace(JAMSHED, phone=PHONE))
    with acting_as(farrukh):
        assert matches_elsewhere(facts_of_draft(draft)) == []
    assert not looks(farrukh)


def test_files_within_reach_are_not_told_again(zarina, gulnoz):
    registered(zarina)
    for by in (zarina, gulnoz):
        with acting_as(by):
            assert matches_elsewhere(facts_of_draft(JAMSHED)) == []
        assert not looks(by)


LOOK = "select * from paivand_likely_elsewhere(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s, %s)"
KEYS = ["gfy:jamwid|karim|1984"]


def asked(by, *arguments):
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute(LOOK, arguments or [KEYS, [], [], [], [], "", date(1984, 3, 12)])
        return cursor.fetchall(), [column.name for column in cursor.description]


def test_by_raw_sql_the_function_gives_district_and_agency_only(zarina, farrukh):
    for _ in range(2):
        registered(zarina)
    rows, columns = asked(farrukh)
    assert columns == ["district", "agency"]
    assert rows == [("TJ-KT-02", zarina.agency_id)]


def test_by_raw_sql_nobody_without_the_right_is_told_anything(zarina, manija, anvar, outsider, rustam):
    registered(zarina)
    for by in (manija, anvar, outsider, rustam):
        assert asked(by)[0] == []
        assert not looks(by)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, [KEYS, [], [], [], [], "", date(1984, 3, 12)])
        assert cursor.fetchall() == []


def test_by_raw_sql_one_fact_alone_tells_nothing(zarina, farrukh):
    registered(zarina, replace(JAMSHED, phone=PHONE))
    assert asked(farrukh, [], [], [], [PHONE.number], [], "", None)[0] == []
    assert asked(farrukh, [], [], ["gf:jamwid|karim"], [], [], "", None)[0] == []
    assert asked(farrukh, [], [], ["gf:jamwid|karim"], [PHONE.number], [], "", None)[0]


def test_the_application_cannot_look_without_the_note(zarina, farrukh):
    """The function writes the note itself: the caller cannot pass it by, and cannot write one for somebody else."""
    registered(zarina)
    asked(farrukh)
    assert len(looks(farrukh)) == 1
    with acting_as(farrukh), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update access_auditevent set event = 'x' where event = 'duplicate.look'")


# --- finding pairs ---------------------------------------------------------------------------------------------------

SCOPE = Scope(KULOB)


def search_through(by, **wanted):
    with acting_as(by):
        return find_pairs(scope=SCOPE, by=by, **wanted)


def listed(by, verdict=Verdict.OPEN):
    with acting_as(by):
        return queries.pairs(by, verdict=verdict).rows


def same_man(zarina, **changes):
    """Two families, each headed by a record of one man."""
    first = registered(zarina)
    second = registered(zarina, replace(JAMSHED, given_name="Jamshed", family_name="Karimzoda"), **changes)
    return first, second


def test_pairs_are_found_once_and_tell_what_agrees(zarina):
    first, second = same_man(zarina)
    assert search_through(zarina).pairs == 1
    assert search_through(zarina).pairs == 0
    pair, = listed(zarina)  # fmt: skip
    assert {pair.one_id, pair.other_id} == {first.head_id, second.head_id}
    assert pair.weight > 20
    assert ["birth", "day"] in [row[:2] for row in pair.evidence]


def test_a_shared_paper_or_telephone_finds_what_no_name_finds(zarina):
    registered(zarina, replace(JAMSHED, phone=PHONE))
    registered(zarina, replace(JAMSHED, given_name="Ҷ.", phone=PHONE, birth=Birth.in_year(1979)))
    assert search_through(zarina).looked_for == 2


def test_twins_and_namesakes_are_not_listed(zarina):
    registered(zarina)
    registered(zarina, replace(JAMSHED, given_name="Фарҳод"))
    registered(zarina, replace(JAMSHED, father_name="Назарович", birth=Birth.on_day(date(1988, 2, 2))))
    assert search_through(zarina).pairs == 0


def test_a_decided_pair_is_not_opened_again(zarina):
    same_man(zarina)
    search_through(zarina)
    decide(zarina, Verdict.DIFFERENT)
    search_through(zarina)
    assert listed(zarina) == []
    assert [pair.verdict for pair in listed(zarina, Verdict.DIFFERENT)] == ["different"]


def test_a_run_goes_on_where_the_one_before_ended(zarina, monkeypatch):
    monkeypatch.setattr(duplicates, "BATCH", 2)
    same_man(zarina)
    registered(zarina, PersonDraft("Зебо", Sex.FEMALE, "Азизова"))
    one = search_through(zarina)
    two = search_through(zarina, after=one.after)
    assert (one.looked_for, two.looked_for, two.after) == (2, 1, None)
    assert one.pairs + two.pairs == 1


def test_an_open_pair_follows_the_facts(zarina, nasiba):
    first, _second = same_man(zarina)
    search_through(zarina)
    before = listed(zarina)[0].weight
    with acting_as(zarina):
        member = first.members.get()
        draft = MemberDraft(replace(JAMSHED, birth=Birth.in_year(1984)), Relation.HEAD)
        edit_member(member=member, version=first.head.version, draft=draft, by=zarina)
    search_through(zarina)
    assert listed(zarina)[0].weight < before


def test_pairs_of_another_district_are_neither_found_nor_seen(zarina, farrukh):
    same_man(zarina)
    search_through(zarina)
    assert listed(farrukh) == []
    with acting_as(farrukh), pytest.raises((OutsideScopeError, WithoutRightError)):
        find_pairs(scope=SCOPE, by=farrukh)


def test_a_pair_across_districts_is_seen_by_who_reaches_both(zarina, farrukh, gulnoz):
    registered(zarina)
    registered(farrukh, jamoat="TJ-KT-20-04")
    assert search_through(gulnoz).pairs == 1
    assert len(listed(gulnoz)) == 1
    assert listed(zarina) == listed(farrukh) == []


# --- deciding --------------------------------------------------------------------------------------------------------


def decide(by, verdict, reason="гуфтугӯ бо ҳамсоя", pair=None):
    with acting_as(by):
        pair = pair or queries.pairs(by).rows[0]
        return decide_pair(pair=pair, verdict=verdict, reason=reason, version=pair.version, by=by)


def test_a_decision_has_its_reason_its_person_and_an_event(zarina):
    same_man(zarina)
    search_through(zarina)
    pair = decide(zarina, Verdict.UNSURE)
    assert (pair.verdict, pair.decided_by_id) == ("unsure", zarina.pk)
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="duplicate.review", subject_id=pair.pk).latest("at")
    assert event.detail == {"verdict": "unsure"}
    with pytest.raises(Refused, match="go by"):
        decide(zarina, Verdict.SAME, reason=" ", pair=pair)


def test_two_reviewers_do_not_overwrite_each_other(zarina, nasiba):
    same_man(zarina)
    search_through(zarina)
    stale = listed(nasiba)[0]
    decide(zarina, Verdict.SAME)
    with pytest.raises(Refused) as refused:
        decide(nasiba, Verdict.DIFFERENT, pair=stale)
    assert refused.value.code == "stale"


def test_who_reads_only_decides_nothing(zarina, rustam):
    same_man(zarina)
    search_through(zarina)
    with pytest.raises(WithoutRightError):
        decide(rustam, Verdict.SAME, pair=listed(rustam)[0])


# --- merging ---------------------------------------------------------------------------------------------------------


def merged(by, kept, absorbed, **changes):
    with acting_as(by):
        return merge_people(kept=kept, absorbed=absorbed, reason="шиносномаро дидем", by=by, **changes)


def undone(by, merge):
    with acting_as(by):
        return undo_merge(merge=merge, reason="ду нафар будаанд", by=by)


def state(by):
    """All that a merge may change, of everybody."""
    with acting_as(by):
        people = set(Person.objects.values_list("pk", "merged_into", "is_head", "sort_key"))
        columns = ("pk", "state", "state_on", "merged_into", "n_members", "head")
        members = set(FamilyMember.objects.values_list("pk", "family", "person", "relation", "until_on"))
        return people, set(Family.objects.values_list(*columns)), members


def test_a_merge_shows_one_person_and_moves_nothing(zarina, nasiba, sign_in):
    first, second = same_man(zarina)
    _people, _families, members = state(nasiba)
    merged(nasiba, first.head, second.head)
    assert state(nasiba)[2] == members
    with acting_as(zarina):
        assert same_person(zarina, [second.head_id]) == {
            first.head_id: first.head_id, second.head_id: first.head_id
        }  # fmt: skip
        shown = family_queries.members(zarina, second)
        assert [member.shown.pk for member in shown] == [first.head_id]
        assert set(shown[0].records) == {first.head_id, second.head_id}


def test_a_joined_file_leads_to_the_other_and_brings_its_members(zarina, nasiba, sign_in):
    first, second = same_man(zarina, members=2)
    merged(nasiba, first.head, second.head, join=True)
    answer = sign_in(zarina).get(f"/families/{second.code}/")
    assert (answer.status_code, answer.url) == (302, f"/families/{first.code}/")
    page = sign_in(zarina).get(f"/families/{first.code}/").content.decode()
    assert "Нигина" in page
    with acting_as(zarina):
        joined = Family.objects.get(pk=first.pk)
        assert joined.n_members == len(family_queries.members(zarina, joined)) == 3
        assert Family.objects.get(pk=second.pk).state == "merged"
        assert not Person.objects.get(pk=second.head_id).is_head


def test_search_finds_who_stays_under_the_other_spelling(zarina, nasiba):
    first, second = same_man(zarina)
    merged(nasiba, first.head, second.head, join=True)
    with acting_as(zarina):
        for typed in ("Karimzoda", "Каримов", "Jamshed"):
            found = search(zarina, typed)
            codes = {family.code for family in found}
            assert codes == {first.code}


def test_what_belongs_to_the_absorbed_record_is_read_with_the_one_that_stays(zarina, nasiba, sign_in):
    first, second = same_man(zarina)
    merged(nasiba, first.head, second.head, join=True)
    page = sign_in(zarina).get(f"/families/{first.code}/").content.decode()
    with acting_as(zarina):
        member, = family_queries.members(zarina, Family.objects.get(pk=first.pk))  # fmt: skip
        assert JourneyStep.objects.filter(person_id__in=member.records).count() == 2
        assert Consent.objects.filter(person_id__in=member.records).count() == 2
    assert page.count("Karimzoda") <= page.count("Каримов")


def test_a_merge_undone_restores_both(zarina, nasiba):
    first, second = same_man(zarina, members=2)
    before = state(nasiba)
    merge = merged(nasiba, first.head, second.head, join=True)
    assert state(nasiba) != before
    undone(nasiba, merge)
    assert state(nasiba) == before


@settings(max_examples=20)
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=1, max_size=5),
       order=st.randoms(use_true_random=False))  # fmt: skip
def test_merges_undone_in_any_order_restore_everything(steps, order, zarina, nasiba):
    with transaction.atomic():
        families = [registered(zarina, members=n % 3) for n in range(5)]
        before = state(nasiba)
        made = []
        for one, other, join in steps:
            with contextlib.suppress(Refused):
                if one != other:
                    made.append(merged(nasiba, families[one].head, families[other].head, join=join))
        order.shuffle(made)
        for merge in made:
            undone(nasiba, merge)
        assert state(nasiba) == before
        transaction.set_rollback(True)


def test_a_chain_of_merges_loses_its_middle_and_keeps_the_rest(zarina, nasiba):
    a, b, c = (registered(zarina) for _ in range(3))
    first = merged(nasiba, b.head, a.head)
    merged(nasiba, c.head, b.head)
    with acting_as(zarina):
        assert set(same_person(zarina, [a.head_id]).values()) == {c.head_id}
    undone(nasiba, first)
    with acting_as(zarina):
        assert same_person(zarina, [a.head_id]) == {a.head_id: a.head_id}
        assert same_person(zarina, [b.head_id])[b.head_id] == c.head_id


def test_a_merge_needs_a_reason_two_free_records_and_the_reach_of_both(zarina, nasiba, farrukh):
    first, second = same_man(zarina)
    far = registered(farrukh, jamoat="TJ-KT-20-04")
    with acting_as(nasiba):
        for changes, code in (
            ({"reason": " "}, "reason"),
            ({"absorbed": far.head}, "reach"),
            ({"join": True, "absorbed": registered(zarina, members=1).head, "kept": first.head}, None),
        ):
            wanted = {"kept": first.head, "absorbed": second.head, "reason": "дидем", "by": nasiba, **changes}
            if code:
                with pytest.raises(Refused) as refused:
                    merge_people(**wanted)
                assert refused.value.code == code
    merged(nasiba, first.head, second.head)
    with pytest.raises(Refused) as refused:
        merged(nasiba, first.head, second.head)
    assert refused.value.code == "merged"


def test_a_social_worker_merges_nobody(zarina):
    first, second = same_man(zarina)
    with pytest.raises(WithoutRightError):
        merged(zarina, first.head, second.head)


def test_merging_settles_the_pair_and_undoing_leaves_it_open_to_doubt(zarina, nasiba):
    first, second = same_man(zarina)
    search_through(zarina)
    merge = merged(nasiba, first.head, second.head)
    pair, = listed(zarina, Verdict.SAME)  # fmt: skip
    with pytest.raises(Refused) as refused:
        decide(zarina, Verdict.DIFFERENT, pair=pair)
    assert refused.value.code == "merged"
    undone(nasiba, merge)
    assert len(listed(zarina, Verdict.UNSURE)) == 1


def test_work_on_a_joined_file_goes_on_in_the_other(zarina, nasiba):
    first, second = same_man(zarina, members=2)
    merged(nasiba, first.head, second.head, join=True)
    with acting_as(zarina):
        add_member(family=second, person_id=new_id(), draft=MemberDraft(person("Зебо"), Relation.CHILD), by=zarina)
        joined = Family.objects.get(pk=first.pk)
        rows = {member.shown.given_name: member for member in family_queries.members(zarina, joined)}
        assert joined.n_members == len(rows) == 4
        remove_member(member=rows["Нигина"], until_on=timezone.localdate(), reason="ба шавҳар рафт", by=zarina)
        joined.refresh_from_db()
        assert joined.n_members == len(family_queries.members(zarina, joined)) == 3
