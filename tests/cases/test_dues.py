"""What is due in a case, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.cases.actions import cases as actions
from paivand.cases.actions import dues
from paivand.cases.actions.inside import locked_case
from paivand.cases.models import Due
from paivand.cases.rules.cases import CaseState, Risk
from paivand.cases.rules.sop import FROM_THE_TABLE, DueKind, Facts, Span, days_due, evening, table_on, tables
from paivand.core.rules.writing import writing
from tests.cases.case_cast import a_case, assessed, closed_case, fresh_case, planned_case, refused

DUSHANBE = ZoneInfo("Asia/Dushanbe")
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=DUSHANBE)
TABLE = table_on(date(2026, 11, 2))

_moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def _facts(draw):
    started = draw(_moments)
    contact = draw(st.none() | st.integers(0, 400))
    planned = draw(st.booleans())
    return {
        "started_at": started,
        "risk_at": started + timedelta(hours=draw(st.integers(0, 2000))),
        "lowest_risk": Risk.LOW,
        "state": draw(st.sampled_from(list(CaseState))),
        "contact_on": None if contact is None else started.date() + timedelta(days=contact),
        "planned": planned,
        "reviewed_on": started.date() + timedelta(days=draw(st.integers(0, 300))) if planned else None,
    }


# --- the rule -------------------------------------------------------------------------------------------------------


@given(_facts(), st.sampled_from([ZoneInfo("UTC"), DUSHANBE, ZoneInfo("America/Lima")]))
def test_a_higher_risk_is_never_due_later(facts, zone):
    found = [days_due(Facts(risk=risk, **facts), TABLE, zone) for risk in Risk]
    assert set(found[0]) == set(found[1]) == set(found[2])
    for kind in found[0]:
        high, medium, low = (by_kind[kind] for by_kind in found)
        assert high <= medium <= low


@given(_facts(), st.sampled_from(list(Risk)))
def test_nothing_is_due_before_it_began_and_nothing_in_a_closed_case(facts, risk):
    found = days_due(Facts(risk=risk, **facts), TABLE, DUSHANBE)
    assert all(due_at > facts["started_at"] for due_at in found.values())
    assert days_due(Facts(risk=risk, **{**facts, "state": CaseState.CLOSED}), TABLE, DUSHANBE) == {}


@given(_facts(), st.sampled_from(list(Risk)), st.integers(1, 60))
def test_a_later_contact_never_brings_the_next_one_nearer(facts, risk, later):
    first = {**facts, "contact_on": facts["started_at"].date(), "state": CaseState.IN_PROGRESS}
    then = {**first, "contact_on": first["contact_on"] + timedelta(days=later)}
    one, other = (days_due(Facts(risk=risk, **told), TABLE, DUSHANBE)[DueKind.CONTACT] for told in (first, then))
    assert one <= other


@pytest.mark.parametrize(
    ("risk", "kind", "due"),
    [
        (Risk.HIGH, DueKind.FIRST_CONTACT, datetime(2026, 11, 3, 9, 30, tzinfo=DUSHANBE)),
        (Risk.MEDIUM, DueKind.FIRST_CONTACT, datetime(2026, 11, 5, 9, 30, tzinfo=DUSHANBE)),
        (Risk.LOW, DueKind.FIRST_CONTACT, evening(date(2026, 11, 9), DUSHANBE)),
        (Risk.HIGH, DueKind.PLAN, evening(date(2026, 11, 5), DUSHANBE)),
        (Risk.MEDIUM, DueKind.PLAN, evening(date(2026, 11, 9), DUSHANBE)),
        (Risk.LOW, DueKind.PLAN, evening(date(2026, 11, 16), DUSHANBE)),
        (Risk.HIGH, DueKind.ASSESSMENT, evening(date(2026, 11, 5), DUSHANBE)),
        (Risk.MEDIUM, DueKind.ASSESSMENT, evening(date(2026, 11, 9), DUSHANBE)),
        (Risk.LOW, DueKind.ASSESSMENT, evening(date(2026, 11, 9), DUSHANBE)),
    ],
)
def test_a_new_case_has_the_days_of_the_table(risk, kind, due):
    facts = Facts(risk=risk, lowest_risk=risk, risk_at=MONDAY, started_at=MONDAY, state=CaseState.OPENED)
    assert days_due(facts, TABLE, DUSHANBE)[kind] == due


@pytest.mark.parametrize(
    ("risk", "contact", "review"),
    [
        (Risk.HIGH, date(2026, 11, 17), date(2026, 12, 10)),
        (Risk.MEDIUM, date(2026, 11, 24), date(2027, 2, 10)),
        (Risk.LOW, date(2026, 12, 10), date(2027, 2, 10)),
    ],
)
def test_contacts_and_reviews_follow_their_rhythm(risk, contact, review):
    tenth = date(2026, 11, 10)
    facts = Facts(
        risk=risk, lowest_risk=risk, risk_at=MONDAY, started_at=MONDAY, state=CaseState.IN_PROGRESS, contact_on=tenth,
        planned=True, reviewed_on=tenth,
    )  # fmt: skip
    found = days_due(facts, TABLE, DUSHANBE)
    assert found == {DueKind.CONTACT: evening(contact, DUSHANBE), DueKind.REVIEW: evening(review, DUSHANBE)}


_LOW_ONCE = {"started_at": MONDAY, "lowest_risk": Risk.LOW}


@pytest.mark.parametrize(
    ("raised_after", "day"),
    [(2, date(2026, 11, 7)), (10, date(2026, 11, 15)), (12, date(2026, 11, 16)), (30, date(2026, 11, 16))],
)
def test_a_risk_that_is_raised_counts_from_then_but_never_beyond_the_day_that_was_set(raised_after, day):
    """The plan of a case of low risk is due on the sixteenth; overdue then stays overdue."""
    raised_at = MONDAY + timedelta(days=raised_after)
    facts = Facts(risk=Risk.HIGH, risk_at=raised_at, state=CaseState.ASSESSED, **_LOW_ONCE)
    assert days_due(facts, TABLE, DUSHANBE)[DueKind.PLAN] == evening(day, DUSHANBE)


def test_lowering_a_risk_that_was_raised_makes_nothing_overdue_that_was_in_time():
    raised_at = MONDAY + timedelta(days=10)
    high, medium = (
        days_due(Facts(risk=risk, risk_at=raised_at, state=CaseState.ASSESSED, **_LOW_ONCE), TABLE, DUSHANBE)
        for risk in (Risk.HIGH, Risk.MEDIUM)
    )
    assert high[DueKind.PLAN] <= medium[DueKind.PLAN] == evening(date(2026, 11, 16), DUSHANBE)


@given(st.dates(date(2026, 1, 31), date(2030, 12, 31)), st.integers(1, 24))
def test_a_month_ends_on_the_same_day_or_on_its_last(day, months):
    until = Span(months=months).after(evening(day, DUSHANBE), DUSHANBE).date()
    assert (until.year * 12 + until.month) - (day.year * 12 + day.month) == months
    assert until.day == day.day or (until + timedelta(days=1)).day == 1


def test_the_table_names_each_risk_and_each_kind_and_its_source():
    import yaml

    from paivand.cases.rules import sop

    declared = yaml.safe_load(sop.SOURCE.read_text(encoding="utf-8"))["versions"]
    assert all(version["source"] and version["note"] and version["from"] for version in declared)
    for table in tables():
        assert set(table.spans) == set(Risk)
        assert all(set(row) == set(FROM_THE_TABLE) for row in table.spans.values())


# --- the rows -------------------------------------------------------------------------------------------------------


def waiting(by, case) -> dict[str, datetime]:
    with acting_as(by):
        found = Due.objects.filter(case=case, done_at=None, cancelled_at=None)
        return {due.kind: due.due_at for due in found}


@pytest.mark.django_db
def test_days_are_rows_and_the_case_carries_the_earliest(zarina, family):
    case = a_case(zarina, family, risk=Risk.HIGH, on=MONDAY.date(), now=MONDAY)
    found = waiting(zarina, case)
    assert found["first_contact"] == MONDAY + timedelta(hours=24)
    case = fresh_case(zarina, case)
    assert (case.next_due_kind, case.next_due_at) == ("first_contact", found["first_contact"])
    with acting_as(zarina):
        assert set(Due.objects.values_list("basis", flat=True)) == {"2026-01-01/high"}


@pytest.mark.django_db
def test_a_changed_risk_moves_days_and_keeps_the_old_ones_in_the_history(zarina, family):
    case = a_case(zarina, family, risk=Risk.LOW, on=MONDAY.date(), now=MONDAY)
    before = waiting(zarina, case)
    with acting_as(zarina):
        actions.change_risk(
            case=case, version=case.version, risk=Risk.HIGH, reason="a threat", by=zarina,
            now=MONDAY + timedelta(hours=2),
        )  # fmt: skip
    after = waiting(zarina, case)
    assert set(before) == set(after)
    assert all(after[kind] < before[kind] for kind in after)
    with acting_as(zarina):
        assert Due.objects.filter(case=case).count() == 6
        assert set(Due.objects.exclude(cancelled_at=None).values_list("cancelled_why", flat=True)) == {"recomputed"}
    case = fresh_case(zarina, case)
    with acting_as(zarina):
        for wrong, code in (({"risk": Risk.HIGH}, "same"), ({"reason": " "}, "reason"), ({"version": 1}, "stale")):
            told = {"case": case, "version": case.version, "risk": Risk.LOW, "reason": "calm again", "by": zarina}
            with refused(code):
                actions.change_risk(**{**told, **wrong})


@pytest.mark.django_db
def test_lowering_the_risk_does_not_make_an_overdue_first_contact_vanish(zarina, family):
    case = a_case(zarina, family, risk=Risk.HIGH, on=MONDAY.date(), now=MONDAY)
    late = MONDAY + timedelta(days=5)
    with acting_as(zarina):
        actions.change_risk(
            case=case, version=case.version, risk=Risk.MEDIUM, reason="calmer", by=zarina, now=late
        )  # fmt: skip
    assert waiting(zarina, case)["first_contact"] < late


def noted(by, case, on: date, now: datetime) -> None:
    with acting_as(by), writing("test"):
        dues.note_contact(locked_case(case), on, by=by, now=now)


@pytest.mark.django_db
def test_a_contact_is_done_and_sets_the_next_one(zarina, family):
    case = a_case(zarina, family, risk=Risk.HIGH, on=MONDAY.date(), now=MONDAY)
    noted(zarina, case, MONDAY.date(), MONDAY + timedelta(hours=3))
    found = waiting(zarina, case)
    assert "first_contact" not in found
    assert found["contact"] == evening(date(2026, 11, 9), DUSHANBE)
    with acting_as(zarina):
        done = Due.objects.get(case=case, kind="first_contact")
        assert (done.done_by_id, done.done_at) == (zarina.pk, MONDAY + timedelta(hours=3))
    noted(zarina, case, date(2026, 11, 8), datetime(2026, 11, 8, 12, tzinfo=DUSHANBE))
    assert waiting(zarina, case)["contact"] == evening(date(2026, 11, 15), DUSHANBE)


@pytest.mark.django_db
def test_an_earlier_contact_that_is_told_later_moves_nothing(zarina, family):
    case = a_case(zarina, family, on=MONDAY.date(), now=MONDAY)
    noted(zarina, case, date(2026, 11, 6), datetime(2026, 11, 6, 12, tzinfo=DUSHANBE))
    before = waiting(zarina, case)
    noted(zarina, case, date(2026, 11, 4), datetime(2026, 11, 7, 12, tzinfo=DUSHANBE))
    assert waiting(zarina, case) == before
    with acting_as(zarina), writing("test"), refused("date"):
        dues.note_contact(locked_case(case), date(2026, 11, 9), by=zarina, now=datetime(2026, 11, 7, tzinfo=DUSHANBE))


@pytest.mark.django_db
def test_computing_twice_changes_nothing(zarina, family):
    case = a_case(zarina, family)
    with acting_as(zarina), writing("test"):
        before = list(Due.objects.order_by("id").values_list("id", "version"))
        dues.recompute(locked_case(case), by=zarina, now=timezone.now())
        assert list(Due.objects.order_by("id").values_list("id", "version")) == before


@pytest.mark.django_db
def test_the_database_lets_one_of_a_kind_wait(zarina, family):
    case = a_case(zarina, family)
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        Due.objects.create(
            case=case, kind="plan", due_at=timezone.now(), written_by=zarina, district_id=case.district_id
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"done_at": timezone.now()}, {"cancelled_at": timezone.now()}, {"cancelled_why": "closed"}],
)
def test_the_database_refuses_a_due_that_is_half_done(zarina, family, wrong):
    case = a_case(zarina, family)
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        Due.objects.filter(case=case, kind="plan").update(**wrong)


@pytest.mark.django_db
def test_nothing_due_can_be_deleted(zarina, family):
    from django.db import ProgrammingError

    a_case(zarina, family)
    with pytest.raises(ProgrammingError), acting_as(zarina), writing("test"), transaction.atomic():
        Due.objects.all().delete()


@pytest.mark.django_db
def test_a_plan_in_force_is_reviewed_and_the_next_review_is_set(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    assert set(waiting(zarina, case)) == {"first_contact", "review"}
    with acting_as(zarina):
        with refused("note"):
            dues.review_plan(case=case, version=case.version, note="", by=zarina)
        case = dues.review_plan(
            case=case, version=case.version, note="Nothing changes", by=zarina, now=timezone.now() + timedelta(days=9)
        )
        done = Due.objects.get(case=case, kind="review", done_at__isnull=False)
        assert done.note == "Nothing changes"
    assert "review" in waiting(zarina, case)


@pytest.mark.django_db
def test_without_a_plan_there_is_nothing_to_review(zarina, family):
    case = assessed(zarina, a_case(zarina, family))
    with acting_as(zarina), refused("plan"):
        dues.review_plan(case=case, version=case.version, note="x", by=zarina)


@pytest.mark.django_db
def test_closing_cancels_what_is_due_and_reopening_sets_it_anew(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    assert waiting(zarina, case) == {}
    assert (case.next_due_at, case.next_due_kind) == (None, "")
    with acting_as(zarina):
        assert Due.objects.filter(case=case, cancelled_why="closed").count() == 2
        actions.reopen_case(case=case, version=case.version, reason="she came back", by=zarina)
    assert set(waiting(zarina, case)) == {"first_contact", "assessment", "plan"}
