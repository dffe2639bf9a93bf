"""What arrived is taken in once, in order, as the worker who sent it; what cannot be waits for a person."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.actions.users import suspend_user
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions import takers
from paivand.collect.actions.taking import MOST_ATTEMPTS, run_what_waited_out, take_some, take_waiting
from paivand.collect.models import EntityChange, Submission, SubmissionKey, SubmissionStep
from paivand.collect.queries.waiting import waiting_senders
from paivand.collect.rules.entities import ChangeKind
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.collect.rules.taking import EDGES, SIDES, Act, Made, Problem, Side, Taken, Undecided, acts_of, after
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import edit_family
from tests.collect.arriving import again, arrived

S = SubmissionState


@pytest.fixture
def taker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The taker of the form of the tests: it writes down what it was given and does what it is told."""

    class Recorder:
        def __init__(self) -> None:
            self.seen: list[str] = []
            self.given: list[dict[str, Any]] = []
            self.does: Any = lambda **_said: Taken()

        def __call__(self, **said: Any) -> Taken:
            self.seen.append(said["sent"].instance_id)
            self.given.append({**said, "answers": dict(said["answers"])})
            made: Taken = self.does(**said)
            return made

    recorder = Recorder()
    monkeypatch.setitem(takers.TAKERS, "tested", recorder)
    return recorder


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="paivand.collect")


def _raises(error: Exception) -> Any:
    def does(**_said: Any) -> Taken:
        raise error

    return does


def test_a_form_is_taken_in_as_its_sender_and_says_what_it_became(zarina: Any, family: Any, taker: Any):
    made = Made("visit", family.pk, family.code, "registry:family-open", {"code": family.code})
    taker.does = lambda **_said: Taken((made,))
    sent = arrived(zarina, family=family.pk)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    row = again(sent, zarina)
    assert row.state == S.TAKEN
    assert row.taken_as == [made.told()]
    assert taker.given[0]["by"] == zarina
    assert taker.given[0]["filled"].value("visit/purpose") == "first"
    with acting_as(zarina):
        assert [(step.act, step.by) for step in SubmissionStep.objects.filter(submission=sent)] == [(Act.TAKE, None)]
        event = AuditEvent.objects.get(event="form.fill", outcome="done", subject_id=str(sent.pk))
    assert event.detail["stage"] == "taken"
    assert "Сӯҳбат" not in str(event.detail)


def test_forms_of_one_sender_are_taken_in_the_order_in_which_they_came(zarina: Any, farrukh: Any, taker: Any):
    mine = [arrived(zarina).instance_id for _n in range(23)]
    arrived(farrukh)
    assert take_some(zarina.pk)[S.TAKEN] == 20
    assert take_waiting(zarina.pk)[S.TAKEN] == 3
    assert taker.seen == mine
    assert waiting_senders(timezone.now()) == [farrukh.pk]


def test_what_a_rule_refuses_waits_to_be_mended_with_its_words_and_question(zarina: Any, family: Any, taker: Any):
    def does(*, sent: Any, by: Any, **_said: Any) -> Taken:
        edit_family(family=family, version=family.version, jamoat=family.jamoat, village="Чорбоғ", by=by)
        raise Refused("The day lies in the future.", "future", field="visit/day")

    taker.does = does
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    row = again(sent, zarina)
    assert (row.problem, row.problem_words) == (
        "future",
        {
            "message": "The day lies in the future.",
            "field": "visit/day",
            "told": dict.fromkeys(("tg", "ru", "en", "fa"), "The day lies in the future."),
        },
    )
    with acting_as(zarina):
        family.refresh_from_db()
    assert family.village != "Чорбоғ", "what the form wrote before it was refused is undone"


@pytest.mark.parametrize(
    "otherwise", [KeyError("Каримова"), Undecided("duplicate", []), OutsideScopeError("family.edit"), None]
)
def test_what_a_rule_refused_stays_refused_whatever_comes_of_asking_again(zarina: Any, taker: Any, otherwise: Any):
    def does(**_said: Any) -> Taken:
        if len(taker.seen) == 1:
            raise Refused("The day lies in the future.", "future", field="visit/day")
        if otherwise is None:
            return Taken()
        raise otherwise

    taker.does = does
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    row = again(sent, zarina)
    assert (row.problem, row.n_attempts, len(taker.seen)) == ("future", 0, 4)
    assert set(row.problem_words["told"].values()) == {"The day lies in the future."}


def test_a_connection_that_breaks_while_a_rule_is_asked_again_is_tried_anew(zarina: Any, taker: Any):
    def does(**_said: Any) -> Taken:
        raise OperationalError if len(taker.seen) == 2 else Refused("No.", "no")

    taker.does = does
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    assert (again(sent, zarina).problem, len(taker.seen)) == ("no", 2 + 4)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (WithoutRightError("family.register"), Problem.NO_RIGHT),
        (OutsideScopeError("family.edit"), Problem.OUTSIDE),
        (KeyError("Каримова"), Problem.BROKE),
    ],
)
def test_what_stands_in_the_way_is_told_by_a_word(zarina: Any, taker: Any, error: Exception, problem: Problem):
    taker.does = _raises(error)
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    assert again(sent, zarina).problem == problem


def test_a_mistake_of_the_program_logs_its_place_and_no_value(
    zarina: Any, taker: Any, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.ERROR, logger="paivand.collect")
    taker.does = _raises(KeyError("Каримова"))
    arrived(zarina)
    take_waiting(zarina.pk)
    assert "KeyError" in caplog.text
    assert "test_taking.py" in caplog.text
    assert "Каримова" not in caplog.text


def test_what_a_person_must_decide_is_held_with_what_was_found(zarina: Any, family: Any, taker: Any):
    found = [{"family": str(family.pk), "score": 7.5}]
    taker.does = _raises(Undecided("duplicate", found))
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    row = again(sent, zarina)
    assert (row.problem, row.problem_words) == (Problem.DUPLICATE, {"found": found})


def test_a_form_that_waits_for_another_is_run_again_when_that_one_came_in(zarina: Any, taker: Any):
    came: list[str] = []

    def does(*, sent: Any, **_said: Any) -> Taken:
        if sent.pk == first.pk and "second" not in came:
            raise Undecided("waits", until=timezone.now() + timedelta(days=5))
        came.append("first" if sent.pk == first.pk else "second")
        return Taken()

    taker.does = does
    first, second = arrived(zarina), arrived(zarina)
    assert take_waiting(zarina.pk) == {S.HELD: 1, S.TAKEN: 2}
    assert came == ["second", "first"]
    assert again(first, zarina).state == again(second, zarina).state == S.TAKEN


def _n_steps(sent: Submission, by: Any) -> int:
    with acting_as(by):
        return SubmissionStep.objects.filter(submission=sent).count()


def test_a_form_that_waits_is_left_alone_while_other_forms_come_in(zarina: Any, family: Any, taker: Any):
    key = uuid.uuid4()
    taker.does = _raises(Undecided("waits", [{"entity": str(key)}], timezone.now() + timedelta(days=5)))
    waits = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    steps = _n_steps(waits, zarina)
    taker.does = lambda **_said: Taken()
    other = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert (again(waits, zarina).state, _n_steps(waits, zarina)) == (S.HELD, steps)
    with acting_as(zarina), writing("form.fill"):
        EntityChange.objects.create(
            submission=other, dataset="families", entity_id=key, row_id=family.pk, family=family, row_version=1,
            kind=ChangeKind.CREATE, at=timezone.now(), district_id=other.district_id, agency_id=other.agency_id,
            team_id=other.team_id, owner_id=other.owner_id,
        )  # fmt: skip
    arrived(zarina)
    assert take_waiting(zarina.pk) == {S.TAKEN: 2}
    assert again(waits, zarina).state == S.TAKEN


def test_a_form_that_waited_long_enough_is_tried_without_the_other(zarina: Any, taker: Any):
    taker.does = _raises(Undecided("waits", until=timezone.now() + timedelta(days=5)))
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    assert run_what_waited_out() == 0
    assert run_what_waited_out(timezone.now() + timedelta(days=6)) == 1
    assert again(sent, zarina).state == S.WAITING


def test_parts_are_awaited_for_ten_minutes(zarina: Any, taker: Any):
    early = arrived(zarina, whole=False)
    late = arrived(zarina, whole=False, at=timezone.now() - timedelta(minutes=11))
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert again(early, zarina).state == S.WAITING
    assert again(late, zarina).state == S.TAKEN
    assert take_waiting(zarina.pk, now=timezone.now() + timedelta(minutes=11)) == {S.TAKEN: 1}


def test_forms_of_a_worker_who_was_suspended_meanwhile_wait_for_a_person(
    zarina: Any, nasiba: Any, admin: Any, taker: Any
):
    sent = arrived(zarina)
    with acting_as(admin):
        suspend_user(user=zarina, reason="left", by=admin)
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    assert taker.seen == []
    assert again(sent, nasiba).problem == Problem.NO_ACCOUNT


def test_rights_are_read_anew_for_each_form(zarina: Any, admin: Any, taker: Any):
    from paivand.access.actions.roles import end_role

    def does(*, by: Any, **_said: Any) -> Taken:
        with acting_as(admin):
            end_role(assignment=by.live_assignments[0], reason="moved", by=admin)
        return Taken()

    taker.does = does
    arrived(zarina)
    second = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1, S.MEND: 1}
    assert again(second, zarina).problem == Problem.NO_RIGHT


def test_a_broken_connection_is_tried_again_and_nothing_is_lost_or_doubled(zarina: Any, taker: Any):
    breaks = iter([OperationalError("gone"), None])

    def does(**_said: Any) -> Taken:
        error = next(breaks)
        if error:
            raise error
        return Taken()

    taker.does = does
    sent = arrived(zarina)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert len(taker.seen) == 2
    assert again(sent, zarina).state == S.TAKEN


def test_a_connection_that_stays_broken_leaves_the_form_waiting(zarina: Any, taker: Any):
    taker.does = _raises(OperationalError("gone"))
    sent = arrived(zarina)
    with pytest.raises(OperationalError):
        take_waiting(zarina.pk)
    assert again(sent, zarina).state == S.WAITING


def test_a_form_that_kills_its_worker_stops_being_tried_and_does_not_stop_the_others(zarina: Any, taker: Any):
    deadly, good = arrived(zarina), arrived(zarina)

    class Killed(BaseException):
        pass

    def does(*, sent: Any, **_said: Any) -> Taken:
        if sent.pk == deadly.pk:
            raise Killed
        return Taken()

    taker.does = does
    for _n in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            take_waiting(zarina.pk)
    assert take_waiting(zarina.pk) == {S.MEND: 1, S.TAKEN: 1}
    assert again(deadly, zarina).problem == Problem.BROKE
    assert again(good, zarina).state == S.TAKEN


def test_a_newer_form_replaces_one_that_was_not_taken_in(zarina: Any, taker: Any):
    taker.does = _raises(Refused("No.", "no"))
    older = arrived(zarina)
    take_waiting(zarina.pk)
    newer = arrived(zarina, deprecated=older.instance_id)
    taker.does = lambda **_said: Taken()
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    row = again(older, zarina)
    assert (row.state, row.problem, row.replaced_by_id) == (S.ASIDE, Problem.REPLACED, newer.pk)


def test_an_edit_of_a_form_that_was_taken_in_waits_for_a_decision(zarina: Any, taker: Any):
    older = arrived(zarina)
    take_waiting(zarina.pk)
    newer = arrived(zarina, deprecated=older.instance_id)
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    assert again(newer, zarina).problem == Problem.EDIT
    assert again(older, zarina).replaced_by_id is None


def test_an_edit_of_an_edit_that_nobody_decided_about_makes_nothing_twice(zarina: Any, taker: Any):
    older = arrived(zarina)
    take_waiting(zarina.pk)
    between = arrived(zarina, deprecated=older.instance_id)
    take_waiting(zarina.pk)
    newest = arrived(zarina, deprecated=between.instance_id)
    take_waiting(zarina.pk)
    assert (again(newest, zarina).state, again(newest, zarina).problem) == (S.HELD, Problem.EDIT)
    assert len(taker.given) == 1


def test_a_taker_may_declare_that_it_applies_edits(zarina: Any, taker: Any, monkeypatch: pytest.MonkeyPatch):
    older = arrived(zarina)
    take_waiting(zarina.pk)
    monkeypatch.setitem(takers.EDIT_TAKERS, "tested", taker)
    newer = arrived(zarina, deprecated=older.instance_id)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert taker.given[-1]["answers"] == {"edit_of": str(older.pk)}
    assert again(older, zarina).replaced_by_id == newer.pk


def test_an_edited_survey_simply_counts_instead(manija: Any):
    older = arrived(manija, code="asked", kind=FormKind.SURVEY)
    take_waiting(manija.pk)
    newer = arrived(manija, code="asked", kind=FormKind.SURVEY, deprecated=older.instance_id)
    assert take_waiting(manija.pk) == {S.TAKEN: 1}
    assert again(older, manija).replaced_by_id == newer.pk
    assert again(older, manija).state == S.TAKEN


def test_a_form_remembers_whose_data_it_holds(zarina: Any, family: Any, dusti_family: Any, taker: Any):
    sent = arrived(zarina, family=family.pk)
    other = arrived(zarina, family=dusti_family.pk)
    take_waiting(zarina.pk)
    with acting_as(zarina):
        assert [row.key for row in SubmissionKey.objects.filter(submission=sent)] == [family.pk]
        # She does not see that family, and yet the form is found with it.
        assert [row.key for row in SubmissionKey.objects.filter(submission=other)] == [dusti_family.pk]


def test_another_worker_that_holds_the_sender_is_left_alone(zarina: Any, taker: Any, django_db_blocker: Any):
    import psycopg
    from django.conf import settings

    given = settings.DATABASES["default"]
    with psycopg.connect(
        host=given["HOST"], port=given["PORT"] or 5432, dbname=given["NAME"], user=given["USER"],
        password=given["PASSWORD"],
    ) as other:  # fmt: skip
        other.execute("select pg_advisory_lock(%s)", [zarina.pk.int >> 65])
        sent = arrived(zarina)
        assert take_waiting(zarina.pk) == {}
        assert again(sent, zarina).state == S.WAITING
        other.execute("select pg_advisory_unlock(%s)", [zarina.pk.int >> 65])
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}


# --- the machine -----------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(Act)), max_size=30))
def test_no_walk_leaves_the_machine_and_what_is_taken_in_stays(acts: list[Act]):
    state = S.WAITING
    for act in acts:
        target = after(state, act)
        if state is S.TAKEN:
            assert target is None
        if target is not None:
            assert (state, act) in EDGES
            state = target
    if state is not S.TAKEN:
        assert acts_of(state) | acts_of(state, Side.PROGRAM), "something can always be done"


def test_every_state_can_be_reached_and_every_act_has_somebody_to_do_it():
    assert {S.WAITING, *EDGES.values()} == set(S)
    assert set(SIDES) == set(Act)


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(S))
def test_the_database_knows_the_rule_of_problems(zarina: Any, state: SubmissionState):
    from django.db import IntegrityError, transaction

    sent = arrived(zarina)
    allowed = state not in {S.WAITING, S.TAKEN}
    with for_purpose("upkeep"), writing("upkeep"):
        change = Submission.objects.filter(pk=sent.pk)
        if allowed:
            assert change.update(state=state, problem="x", aside_reason="x") == 1
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                change.update(state=state, problem="x")
