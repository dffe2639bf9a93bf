"""Lists of those who came, files and copies: what the actions refuse, and what a withdrawn consent erases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.models.files import path_of
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.outreach.actions.entries import confirm_entry, correct_entry, discard_entry, edit_entry, reverse_entry
from paivand.outreach.actions.files import SentFile, add_file, remove_file
from paivand.outreach.actions.materials import Given, add_material, move_copies
from paivand.outreach.actions.register import erase_line, recognise_attendee, remove_line, write_list
from paivand.outreach.models import Attendee, Material, MaterialMove, ReachFile
from paivand.outreach.rules.contacts import AgeGroup
from paivand.outreach.rules.drafts import AttendeeDraft, MaterialDraft
from paivand.outreach.rules.estimates import Way
from paivand.outreach.rules.materials import MoveKind
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules import ConsentPurpose, Sex
from paivand.registry.rules.consents import Consequence
from tests.cases.files import pdf, photograph
from tests.cast import DUSTI, KULOB, fresh
from tests.outreach.reaching import day, planned, recorded, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)
    return tmp_path


def code_of(run):
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code


def woman(name="Савринисо", **more):
    return AttendeeDraft(name, Sex.FEMALE, AgeGroup.ADULT, **more)


def small(by):
    """A draft that waits for its list."""
    return recorded(by, session_of(parts={}, n_repeat=None), confirm=False)


def write(by, entry, *people, **more):
    values = {"form_id": new_id(), "agreed_on": day(), **more}
    return write_list(entry=entry, rows=people, by=fresh(by), **values)


def test_a_list_tells_contacts_by_sex_and_age_and_who_came_before(zarina):
    row = small(zarina)
    with acting_as(zarina):
        girl = AttendeeDraft("Нигина", Sex.FEMALE, AgeGroup.CHILD)
        nobody = AttendeeDraft("Шаҳло", None, AgeGroup.UNKNOWN)
        row = write(zarina, row, woman(before=True), girl, nobody)
    assert (row.n_contacts, row.n_women, row.n_girls, row.n_unknown) == (3, 1, 1, 1)
    assert (row.n_repeat, row.repeat_known, row.from_register, row.way) == (1, True, True, Way.SIGN_IN)
    with acting_as(zarina):
        row = write(zarina, row, woman("Лола"), n_others=4)
        assert (row.n_contacts, row.n_listed, row.n_unknown, row.repeat_known) == (8, 4, 5, False)
        assert [line.n for line in Attendee.objects.order_by("n")] == [1, 2, 3, 4]
        # The numbers follow the list, whatever the form says.
        row = edit_entry(entry=row, version=row.version, draft=session_of(parts={"n_men": 99}), by=fresh(zarina))
    assert (row.n_contacts, row.n_men) == (8, 0)


def test_taking_somebody_off_keeps_those_who_came_besides(zarina):
    with acting_as(zarina):
        row = write(zarina, small(zarina), woman(), woman("Лола"), n_others=3)
        row = remove_line(entry=row, attendee=Attendee.objects.get(name="Лола"), by=fresh(zarina))
    assert (row.n_contacts, row.n_listed, row.n_women) == (4, 1, 1)


def test_what_a_list_refuses(zarina):
    row = small(zarina)
    with acting_as(zarina):
        assert code_of(lambda: write(zarina, row)) == "rows"
        assert code_of(lambda: write(zarina, row, woman(" "))) == "name"
        assert code_of(lambda: write(zarina, row, woman(telephone="12"))) == "phone"
        assert code_of(lambda: write(zarina, row, *[woman()] * 41)) == "many"
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert code_of(lambda: write(zarina, row, woman(), agreed_on=tomorrow)) == "agreed"
        assert code_of(lambda: write(zarina, row, woman(), n_others=-1)) == "others"
        key = new_id()
        done = write(zarina, row, woman(), form_id=key)
        assert code_of(lambda: write(zarina, done, woman(), form_id=key)) == "twice"
        assert code_of(lambda: edit_entry(
            entry=done, version=done.version, by=fresh(zarina),
            draft=session_of(channel="school_event", way=Way.HEADCOUNT, parts={"n_girls": 3}, n_repeat=None),
        )) == "channel"  # fmt: skip
        confirmed = confirm_entry(entry=done, version=done.version, by=fresh(zarina))
        assert code_of(lambda: write(zarina, confirmed, woman())) == "state"
        line = Attendee.objects.get()
        assert code_of(lambda: remove_line(entry=confirmed, attendee=line, by=fresh(zarina))) == "state"
    radio = recorded(zarina, session_of(channel="school_event", way=Way.HEADCOUNT), confirm=False)
    with acting_as(zarina):
        assert code_of(lambda: write(zarina, radio, woman())) == "channel"


def test_names_are_for_who_records_there_and_may_see_learners(zarina, tahmina, farrukh, manija, nasiba):
    with acting_as(zarina):
        row = write(zarina, small(zarina), woman())
    for user, seen in ((tahmina, 1), (farrukh, 0), (manija, 0), (nasiba, 0)):
        with acting_as(user):
            assert Attendee.objects.count() == seen
            assert Attendee.objects.seen_by(fresh(user)).count() == seen
    with acting_as(manija), pytest.raises(WithoutRightError):
        write(manija, row, woman("Лола"))


def test_a_thrown_away_draft_takes_its_list_with_it(zarina):
    with acting_as(zarina):
        row = write(zarina, small(zarina), woman())
        discard_entry(entry=row, version=row.version, by=fresh(zarina))
        assert not Attendee.objects.exists()


def _registration(zarina, family):
    return Consent.objects.filter(person_id=family.head_id, purpose=ConsentPurpose.REGISTRATION).get()


def test_a_withdrawn_consent_takes_the_name_off_every_list_and_no_contact(zarina, farrukh, family):
    with acting_as(zarina):
        row = write(zarina, small(zarina), woman(person=family.head_id), woman("Лола"))
        row = confirm_entry(entry=row, version=row.version, by=fresh(zarina))
        consent = _registration(zarina, family)
        told = {one.consequence: one.n for one in consequences_of_withdrawal(fresh(zarina), consent)}
        assert told[Consequence.LISTS_ERASED] == 1
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="she asked", by=fresh(zarina))
        erased, kept = Attendee.objects.order_by("n")
        assert (erased.name, erased.person_id, erased.sex, erased.age) == ("", None, "female", "adult")
        assert erased.erased_at is not None
        assert kept.name == "Лола"
        row.refresh_from_db()
    assert (row.n_contacts, row.n_women, row.state) == (2, 2, "confirmed")


def test_a_line_is_recognised_and_erased_once(zarina, family):
    with acting_as(zarina):
        write(zarina, small(zarina), woman())
        line, by = Attendee.objects.get(), fresh(zarina)
        line = recognise_attendee(attendee=line, person=family.head, by=by)
        assert line.person_id == family.head_id
        assert recognise_attendee(attendee=line, by=by).person_id is None
        line = erase_line(attendee=line, by=by)
        assert (line.name, line.telephone) == ("", "")
        assert code_of(lambda: erase_line(attendee=line, by=by)) == "erased"
        assert code_of(lambda: recognise_attendee(attendee=line, person=family.head, by=by)) == "erased"


# --- files -----------------------------------------------------------------------------------------------------------


def add(by, entry, content=None, **more):
    return add_file(
        entry=entry, file_id=new_id(), sent=SentFile(photograph() if content is None else content, **more), by=fresh(by)
    )


def test_a_file_lies_sealed_and_goes_for_good(zarina, django_capture_on_commit_callbacks):
    row = recorded(zarina)
    with acting_as(zarina):
        kept = add(zarina, row, pdf())
        assert path_of(kept.pk).exists()
        assert b"%PDF" not in path_of(kept.pk).read_bytes()
        with django_capture_on_commit_callbacks(execute=True):
            remove_file(entry=row, file=kept, by=fresh(zarina))
        assert not path_of(kept.pk).exists()
        assert code_of(lambda: remove_file(entry=row, file=kept, by=fresh(zarina))) == "twice"
        row.refresh_from_db()
    assert row.n_files == 0


def test_what_files_are_refused(zarina, manija):
    row = recorded(zarina)
    with acting_as(zarina):
        assert code_of(lambda: add(zarina, row, b"")) == "empty"
        assert code_of(lambda: add(zarina, row, b"MZ" + b"0" * 99)) == "kind"
        for _n in range(12):
            add(zarina, row)
            row.refresh_from_db()
        assert code_of(lambda: add(zarina, row)) == "many"
        reverse_entry(entry=row, reversal_id=new_id(), reason="x", by=fresh(zarina))
        assert code_of(lambda: add(zarina, row)) == "reversed"
    other = recorded(zarina)
    with acting_as(manija):
        with pytest.raises(WithoutRightError):
            add(manija, other)
        assert not add(manija, other, has_names=False).has_names


def test_sheets_with_names_are_seen_by_who_may_see_names(zarina, manija, nasiba, farrukh):
    row = recorded(zarina)
    with acting_as(zarina):
        add(zarina, row)
        add(zarina, row, has_names=False)
    # Whoever records or opens figures sees what shows no names, wherever it lies; whoever only looks at figures, none.
    for user, seen in ((zarina, 2), (manija, 1), (farrukh, 1), (nasiba, 0)):
        with acting_as(user):
            assert ReachFile.objects.count() == seen
            assert ReachFile.objects.seen_by(fresh(user)).count() == seen


# --- copies ----------------------------------------------------------------------------------------------------------


def leaflet(by, n=500, **more):
    with acting_as(by):
        draft = MaterialDraft("leaflet", "Ҳуқуқи шумо", "tg", n)
        return add_material(
            scope=placement(by, KULOB), material_id=new_id(), draft=draft, by=fresh(by), campaign=planned(by), **more
        )


def left(by, row):
    with acting_as(by):
        return Material.objects.get(pk=row.pk).n_left


def test_copies_follow_an_entry_when_it_is_corrected_and_taken_back(zarina):
    material = leaflet(zarina)
    row = recorded(zarina, given=[Given(material.pk, 120)])
    assert left(zarina, material) == 380
    with acting_as(zarina):
        draft = session_of(parts={"n_women": 3}, n_repeat=None)
        row = correct_entry(entry=row, entry_id=new_id(), draft=draft, reason="x", by=fresh(zarina))
    assert left(zarina, material) == 380
    with acting_as(zarina):
        reverse_entry(entry=row, reversal_id=new_id(), reason="did not happen", by=fresh(zarina))
        assert sum(MaterialMove.objects.filter(kind="given").values_list("n_copies", flat=True)) == 0
    assert left(zarina, material) == 500


def test_no_more_copies_go_than_there_are(zarina, farrukh):
    material = leaflet(zarina, n=50)
    assert code_of(lambda: recorded(zarina, given=[Given(material.pk, 51)])) == "copies"
    with acting_as(zarina):
        by = fresh(zarina)
        move = {"material": material, "by": by, "move_id": new_id()}
        assert code_of(lambda: move_copies(kind=MoveKind.LOST, n_copies=51, **move)) == "copies"
        assert code_of(lambda: move_copies(kind=MoveKind.PRINTED, n_copies=0, **move)) == "copies"
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert code_of(lambda: move_copies(kind=MoveKind.PRINTED, n_copies=1, on=tomorrow, **move)) == "date"
        made = move_copies(kind=MoveKind.PRINTED, n_copies=10, **move)
        again = {**move, "move_id": made.pk}
        assert code_of(lambda: move_copies(kind=MoveKind.PRINTED, n_copies=10, **again)) == "twice"
        move_copies(kind=MoveKind.PRINTED, n_copies=-60, **{**move, "move_id": new_id()})
    assert left(zarina, material) == 0
    with acting_as(farrukh):
        with pytest.raises(WithoutRightError):
            move_copies(material=material, move_id=new_id(), kind=MoveKind.LOST, n_copies=1, by=fresh(farrukh))
    with pytest.raises(OutsideScopeError):
        recorded(farrukh, session_of(jamoat=None), scope=placement(farrukh, DUSTI), given=[Given(material.pk, 1)])


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (MaterialDraft("stone", "x"), "kind"),
        (MaterialDraft("leaflet", " "), "title"),
        (MaterialDraft("leaflet", "x", "latin"), "language"),
        (MaterialDraft("leaflet", "x", "tg", 20_000_000), "copies"),
    ],
)
def test_what_a_material_refuses(zarina, draft, code):
    with acting_as(zarina):
        scope, by = placement(zarina, KULOB), fresh(zarina)
        assert code_of(lambda: add_material(scope=scope, material_id=new_id(), draft=draft, by=by)) == code


# --- campaigns -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "кириллица"}, "code"),
        ({"title": "  "}, "title"),
        ({"ends_on": day(90)}, "date"),
        ({"topics": ()}, "topic"),
        ({"topics": ("weather",)}, "topic"),
        ({"n_aimed": 0}, "aimed"),
        ({"languages": ("latin",)}, "language"),
    ],
)
def test_what_a_campaign_refuses(zarina, changes, code):
    assert code_of(lambda: planned(zarina, **changes)) == code


def test_a_campaign_is_planned_where_one_works_and_seen_by_who_sees_figures(zarina, farrukh, nasiba):
    row = planned(zarina, code="safe 2022")
    assert row.code == "SAFE-2022"
    assert code_of(lambda: planned(zarina, code="SAFE-2022")) == "code"
    with pytest.raises(WithoutRightError):
        planned(farrukh, code="X-1", scope=placement(farrukh, KULOB))
    with pytest.raises(WithoutRightError):
        planned(nasiba, code="X-2")
