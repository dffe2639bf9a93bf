"""Supervision sessions and reviews of files: who writes, who reads, what becomes due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.cases.actions.supervision import (
    FileDraft,
    SessionDraft,
    draw_review,
    edit_session,
    finish_review,
    hold_session,
    look_at_file,
    put_right,
)
from paivand.cases.models import (
    Correction,
    Due,
    ReviewedFile,
    SessionWellbeing,
    SupervisionSession,
)
from paivand.cases.queries import supervision as queries
from paivand.cases.queries.oversight import unseen
from paivand.cases.rules.supervision import Finding, SessionForm, checklist, drawn, score
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from tests.cases.case_cast import a_case, closed_case
from tests.cases.team import SUPERVISOR, case_of, colleague, many_cases
from tests.cases.test_assignment import give, refusal

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SECRET = "she sleeps badly since the summer"


@pytest.fixture
def mehri(admin, zarina):
    return colleague(admin, "mehri", like=zarina)


@pytest.fixture
def second(admin, zarina):
    """Another supervisor of the same place."""
    return colleague(admin, "second.guide", role=SUPERVISOR, like=zarina)


def hold(by, worker, *, form_id=None, **changes):
    values = {"form": SessionForm.SINGLE, "held_on": TODAY, "agreed": "two visits less", "wellbeing": SECRET, **changes}
    with acting_as(by):
        return hold_session(
            scope=queries.scope_of(by, worker), form_id=form_id or new_id(), worker=worker,
            draft=SessionDraft(**values), by=by,
        )  # fmt: skip


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_is_written_down_with_the_cases_that_were_spoken_about(nasiba, zarina, family):
    case = a_case(zarina, family)
    session = hold(nasiba, zarina, cases=[(case, "call the school")], next_on=TODAY + timedelta(days=30))
    with acting_as(zarina):
        assert [row.pk for row in queries.sessions(zarina).rows] == [session.pk]
        (spoken,) = queries.supervision_of(zarina, case)
        assert (spoken.agreed, spoken.written_by_id) == ("call the school", nasiba.pk)
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="case.approve", outcome="done").order_by("-id").first()
        assert event.detail == {"act": "session", "form": "single", "cases": 1}


def test_how_the_worker_is_reads_nobody_but_the_two(nasiba, second, zarina, mehri, gulnoz, farrukh):
    session = hold(nasiba, zarina)
    for by in (nasiba, zarina):
        with acting_as(by):
            assert queries.wellbeing_of(by, session).words == SECRET
    for by in (second, mehri, gulnoz, farrukh):
        with acting_as(by):
            assert queries.wellbeing_of(by, session) is None
            assert list(SessionWellbeing.objects.all()) == []  # nor past the first wall
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from cases_sessionwellbeing")
                assert cursor.fetchone() == (0,)
    with acting_as(second):  # what was agreed is for whoever guides there
        assert SupervisionSession.objects.seen_by(second).filter(pk=session.pk).exists()
    with acting_as(mehri):
        assert not SupervisionSession.objects.seen_by(mehri).exists()


def test_how_the_worker_is_lies_encrypted_in_the_database(nasiba, zarina):
    hold(nasiba, zarina)
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("select words from cases_sessionwellbeing")
        (stored,) = cursor.fetchone()
    assert SECRET not in stored
    assert stored.startswith("gAAAA")


def test_a_session_with_a_group_is_a_row_for_each_and_a_second_sending_changes_nothing(nasiba, zarina, mehri):
    form = new_id()
    for worker in (zarina, mehri):
        hold(nasiba, worker, form_id=form, form=SessionForm.GROUP, wellbeing="")
    with acting_as(nasiba):
        assert SupervisionSession.objects.filter(sitting=form).count() == 2
        assert not SessionWellbeing.objects.exists()
    refusal(lambda: hold(nasiba, zarina, form_id=form, form=SessionForm.GROUP), "twice")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agreed": " "}, "agreed"),
        ({"held_on": TODAY + timedelta(days=2)}, "date"),
        ({"next_on": TODAY}, "date"),
    ],
)
def test_what_cannot_be_is_refused(nasiba, zarina, changes, code):
    refusal(lambda: hold(nasiba, zarina, **changes), code)


def test_nobody_supervises_herself(nasiba):
    refusal(lambda: hold(nasiba, nasiba), "self")


def test_only_who_wrote_a_session_corrects_it(nasiba, second, zarina):
    session = hold(nasiba, zarina)
    draft = SessionDraft(SessionForm.OBSERVATION, TODAY, "changed", wellbeing="better")
    with acting_as(nasiba):
        refusal(lambda: edit_session(session=session, draft=draft, version=9, by=nasiba), "stale")
        changed = edit_session(session=session, draft=draft, version=session.version, by=nasiba)
        assert (changed.form, changed.agreed, changed.version) == ("observation", "changed", 2)
    with acting_as(zarina):
        assert queries.wellbeing_of(zarina, session).words == "better"
        with pytest.raises(WithoutRightError):
            edit_session(session=session, draft=draft, version=2, by=zarina)
    with acting_as(second), transaction.atomic():
        assert not list(SupervisionSession.objects.filter(pk=session.pk).select_for_update())  # the wall says no


def test_who_guides_elsewhere_writes_nothing_here(admin, farrukh, zarina, nasiba):
    away = colleague(admin, "guide.dusti", role=SUPERVISOR, districts=("TJ-KT-20",), like=farrukh)
    with acting_as(nasiba):
        scope = queries.scope_of(nasiba, zarina)
    with acting_as(away):
        assert queries.scope_of(away, zarina) is None
        with pytest.raises(WithoutRightError):
            hold_session(
                scope=scope, form_id=new_id(), worker=zarina, by=away,
                draft=SessionDraft(SessionForm.SINGLE, TODAY, "x"),
            )  # fmt: skip


def test_supervision_of_a_case_goes_with_it_but_the_session_stays(nasiba, zarina, mehri, family):
    case = a_case(zarina, family)
    session = hold(nasiba, zarina, cases=[(case, "call the school")])
    give(case, mehri, nasiba)
    with acting_as(mehri):
        assert [row.agreed for row in queries.supervision_of(mehri, case)] == ["call the school"]
        assert queries.session_seen_by(mehri, session.pk) is None


def test_where_a_worker_of_own_cases_belongs_is_told_by_her_team(admin, zarina, nasiba):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    with acting_as(nasiba):
        assert queries.scope_of(nasiba, own).district_id == "TJ-KT-02"


# --- reviews of files ------------------------------------------------------------------------------------------------


def draw(by, worker, *, size=2, **changes):
    with acting_as(by):
        return draw_review(
            scope=queries.scope_of(by, worker), review_id=new_id(), worker=worker, size=size, by=by,
            **{"with_closed": False, "seed": "a seed", **changes},
        )  # fmt: skip


def all_met(**changes):
    findings = {item.code: (Finding.MET, "") for item in checklist().items}
    return {**findings, **changes}


def look(by, file, **changes):
    with acting_as(by):
        file = ReviewedFile.objects.select_related("review", "case").get(pk=file.pk)
        draft = FileDraft(**{"findings": all_met(), **changes})
        return look_at_file(file=file, draft=draft, version=file.version, by=by)


def files_of(by, review):
    with acting_as(by):
        return queries.files_of(by, review)


def test_the_sample_is_drawn_by_the_program_and_can_be_drawn_again(nasiba, zarina):
    cases = many_cases(zarina, 6)
    review = draw(nasiba, zarina)
    files = files_of(nasiba, review)
    numbers = sorted(case.number for case in cases)
    assert review.population == numbers
    assert [file.case.number for file in files] == drawn(numbers, 2, "a seed")
    assert [file.case.number for file in files_of(nasiba, draw(nasiba, zarina))] == drawn(numbers, 2, "a seed")


def test_closed_cases_are_drawn_only_if_asked_for_and_not_long_after(nasiba, zarina, family):
    closed = closed_case(zarina, nasiba, family)
    refusal(lambda: draw(nasiba, zarina), "none")
    review = draw(nasiba, zarina, with_closed=True)
    assert review.population == [closed.number]
    refusal(lambda: draw(nasiba, zarina, with_closed=True, today=TODAY + timedelta(days=91)), "none")


def test_files_beyond_the_reach_of_the_supervisor_are_not_drawn(nasiba, gulnoz, family, dusti_family):
    here = a_case(gulnoz, family)
    case_of(gulnoz, dusti_family)
    assert draw(nasiba, gulnoz, size=9).population == [here.number]


def test_what_is_put_right_becomes_due_for_the_worker_of_the_case(nasiba, zarina, mehri, family):
    case = a_case(zarina, family)
    (file,) = files_of(nasiba, draw(nasiba, zarina))
    until = TODAY + timedelta(days=5)
    looked = look(
        nasiba, file, findings=all_met(steps_dated=(Finding.NOT_MET, "no days"), own_words=(Finding.PARTLY, "")),
        corrections=[("steps_dated", "Write a day for each step", until)],
    )  # fmt: skip
    assert looked.score == score([*["met"] * (len(checklist().items) - 2), "not_met", "partly"])
    assert looked.n_not_met == 2
    with acting_as(zarina):
        assert [one.kind for one in unseen(zarina)] == ["correction"]
        due = Due.objects.get(case=case, kind="correction")
        assert (timezone.localdate(due.due_at), due.note) == (until, "Write a day for each step")
    give(case, mehri, nasiba)  # whoever works the case then does it
    with acting_as(mehri):
        (correction,) = queries.corrections_of(mehri, case)
        put_right(correction=correction, version=correction.version, by=mehri)
        done = Due.objects.get(case=case, kind="correction")
        assert (done.done_by_id, done.cancelled_at) == (mehri.pk, None)
        fresh = Correction.objects.get(pk=correction.pk)
        refusal(lambda: put_right(correction=fresh, version=fresh.version, by=mehri), "already")
        assert queries.file_seen_by(mehri, file.pk) is None  # the findings are about Zarina's work, not hers


def test_the_worker_reads_the_findings_when_the_review_is_finished(nasiba, zarina, mehri, family):
    a_case(zarina, family)
    review = draw(nasiba, zarina)
    (file,) = files_of(nasiba, review)
    with acting_as(zarina):
        assert queries.reviews(zarina).rows == []
        assert queries.review_seen_by(zarina, review.pk) is None
        assert queries.file_seen_by(zarina, file.pk) is None
    with acting_as(nasiba):
        refusal(lambda: finish_review(review=review, remarks="", version=1, by=nasiba), "unseen")
    look(nasiba, file, findings=all_met(own_words=(Finding.NOT_APPLICABLE, "")))
    with acting_as(nasiba):
        done = finish_review(review=review, remarks="good notes", version=1, by=nasiba)
    assert (done.score, done.is_finished) == (100, True)
    with acting_as(zarina):
        assert queries.review_seen_by(zarina, review.pk).remarks == "good notes"
        assert queries.file_seen_by(zarina, file.pk).score == 100
    with acting_as(mehri):
        assert queries.review_seen_by(mehri, review.pk) is None
    refusal(lambda: look(nasiba, file), "finished")


def test_a_file_is_looked_at_whole(nasiba, zarina, second, family):
    a_case(zarina, family)
    (file,) = files_of(nasiba, draw(nasiba, zarina))
    refusal(lambda: look(nasiba, file, findings={"own_words": (Finding.MET, "")}), "items")
    refusal(lambda: look(nasiba, file, corrections=[("", " ", TODAY)]), "what")
    refusal(lambda: look(nasiba, file, corrections=[("", "x", TODAY - timedelta(days=1))]), "date")
    with acting_as(zarina), pytest.raises(WithoutRightError):
        look_at_file(file=file, draft=FileDraft(all_met()), version=1, by=zarina)


def test_who_may_not_draw_is_refused(zarina, gulnoz, nasiba, farrukh):
    many_cases(zarina, 1)
    with acting_as(nasiba):
        scope = queries.scope_of(nasiba, zarina)
    for by in (zarina, gulnoz, farrukh):
        with acting_as(by), pytest.raises((WithoutRightError, OutsideScopeError)):
            draw_review(scope=scope, review_id=new_id(), worker=zarina, size=1, with_closed=False, by=by)
    refusal(lambda: draw(nasiba, nasiba), "self")
    refusal(lambda: draw(nasiba, zarina, size=0), "size")
    refusal(lambda: draw(nasiba, zarina, size=21), "size")


def test_a_closed_case_takes_no_correction(nasiba, zarina, family):
    closed_case(zarina, nasiba, family)
    (file,) = files_of(nasiba, draw(nasiba, zarina, with_closed=True))
    refusal(lambda: look(nasiba, file, corrections=[("", "x", TODAY)]), "closed")
    assert look(nasiba, file).score == 100


def test_corrections_of_an_unknown_family_are_nobodys(farrukh, nasiba, zarina):
    many_cases(zarina, 1)
    (file,) = files_of(nasiba, draw(nasiba, zarina))
    look(nasiba, file, corrections=[("", "x", TODAY)])
    with acting_as(nasiba):
        correction = Correction.objects.select_related("case").get()
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        put_right(correction=correction, version=1, by=farrukh)


# --- the rules -------------------------------------------------------------------------------------------------------

FINDINGS = st.lists(st.sampled_from([str(one) for one in Finding]), max_size=40)


@given(FINDINGS)
def test_a_score_is_the_share_of_what_applies(findings):
    applies = [one for one in findings if one != "not_applicable"]
    found = score(findings)
    if not applies:
        assert found is None
        return
    points = sum({"met": 2, "partly": 1, "not_met": 0}[one] for one in applies)
    assert found == (points * 100 + len(applies)) // (2 * len(applies))  # half-up, in whole numbers


@given(st.sets(st.integers(1, 10_000), max_size=60), st.integers(1, 20), st.text(max_size=10))
def test_a_sample_is_of_the_files_without_repetition_and_repeatable(numbers, size, seed):
    found = drawn(numbers, size, seed)
    assert len(found) == len(set(found)) == min(size, len(numbers))
    assert set(found) <= numbers
    assert found == drawn(sorted(numbers, reverse=True), size, seed)


def test_each_file_has_the_same_chance_to_be_drawn():
    hits = dict.fromkeys(range(10), 0)
    for seed in range(4000):
        for number in drawn(range(10), 3, str(seed)):
            hits[number] += 1
    expected = 4000 * 3 / 10
    chi = sum((count - expected) ** 2 / expected for count in hits.values())
    assert chi < 27.9  # nine degrees of freedom, one in a thousand


def test_the_checklist_is_told_in_four_languages_and_its_codes_are_once():
    listed = checklist()
    codes = [item.code for item in listed.items]
    assert len(codes) == len(set(codes)) > 12
    sections = {code for code, _titles in listed.sections}
    for item in listed.items:
        assert item.section in sections
        assert {item.title(language) for language in ("tg", "ru", "en", "fa")} == set(item.titles.values())
        assert len(set(item.titles.values())) == 4
    assert set(listed.answers) == {str(one) for one in Finding}
    assert not checklist().item("child_heard").applies(child=False, closed=False)
    assert checklist().item("closure_agreed").applies(child=False, closed=True)
