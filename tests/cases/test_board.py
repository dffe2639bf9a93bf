"""A supervisor's board: who stands on it, in which order, with which numbers, and in how many questions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.cases.actions.supervision import SessionDraft, hold_session
from paivand.cases.actions.transfers import ask_transfer
from paivand.cases.models import Case
from paivand.cases.queries.board import board
from paivand.cases.queries.supervision import scope_of
from paivand.cases.queries.workers import caseload, team_of
from paivand.cases.rules.board import Standing
from paivand.cases.rules.caseload import Caseload, caseload_rules, limit_of
from paivand.cases.rules.cases import Risk
from paivand.cases.rules.supervision import SessionForm
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.instruments.models import RedFlag
from tests.cases.case_cast import a_case, a_plan, an_assessment, asked, assessed, closed_case, planned_case, submitted
from tests.cases.team import SUPERVISOR, case_of, colleague, many_cases
from tests.cast import DUSTI, KULOB, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def mehri(admin, zarina):
    return colleague(admin, "mehri", like=zarina)


def rows_of(by, **asked):
    with acting_as(by):
        return {row.worker.username: row for row in board(by, **asked).rows}


def test_the_workers_of_ones_own_reach_stand_on_the_board_and_no_others(nasiba, zarina, mehri, gulnoz, farrukh, admin):
    colleague(admin, "of.own", scope=ScopeKind.OWN, like=zarina)
    colleague(admin, "of.team", scope=ScopeKind.TEAM, like=zarina)
    colleague(admin, "elsewhere", scope=ScopeKind.OWN, like=farrukh)
    assert set(rows_of(nasiba)) == {"zarina", "mehri", "gulnoz", "of.own", "of.team"}


def test_a_supervisor_of_a_team_or_an_agency_sees_its_members(zarina, mehri, farrukh, admin):
    of_team = colleague(admin, "guide.team", role=SUPERVISOR, scope=ScopeKind.TEAM, like=zarina)
    of_agency = colleague(admin, "guide.agency", role=SUPERVISOR, scope=ScopeKind.AGENCY, like=farrukh)
    everywhere = colleague(admin, "guide.all", role=SUPERVISOR, scope=ScopeKind.PROGRAMME, like=zarina)
    assert set(rows_of(of_team)) == {"zarina", "mehri"}
    assert set(rows_of(of_agency)) == {"farrukh"}
    assert {"zarina", "mehri", "gulnoz", "farrukh"} <= set(rows_of(everywhere))
    assert set(rows_of(everywhere, district=DUSTI)) == {"farrukh", "gulnoz"}


def test_only_open_cases_weigh(nasiba, zarina, mehri, family):
    closed_case(zarina, nasiba, family)
    many_cases(zarina, 2, risk=Risk.HIGH)
    many_cases(mehri, 1, risk=Risk.LOW)
    rows = rows_of(nasiba)
    assert (rows["zarina"].standing.load.n_open, rows["zarina"].standing.load.weight) == (2, 4)
    assert (rows["mehri"].standing.load.n_open, rows["mehri"].standing.load.weight) == (1, Decimal("0.5"))


def test_a_load_counts_cases_beyond_the_reach_of_who_looks_and_says_so(nasiba, gulnoz, family, dusti_family):
    a_case(gulnoz, family)
    case_of(gulnoz, dusti_family)
    standing = rows_of(nasiba)["gulnoz"].standing
    assert (standing.load.n_open, standing.n_here, standing.n_elsewhere) == (2, 1, 1)


def test_what_lies_with_a_worker_is_counted(nasiba, zarina, mehri, family):
    case = assessed(zarina, a_case(zarina, family, on=TODAY - timedelta(days=40)))
    submitted(zarina, a_plan(zarina, case))
    other = planned_case(zarina, nasiba, register(zarina))
    asked(zarina, other)
    assessment = an_assessment(zarina, family)
    with acting_as(zarina), writing("tests"):
        RedFlag.objects.create(
            assessment=assessment, code="self_harm", urgency="at_once", raised_at=timezone.now(), recorded_by=zarina,
            district_id=KULOB, agency_id=zarina.agency_id, team_id=zarina.team_id, owner_id=zarina.pk,
        )  # fmt: skip
    third = many_cases(zarina, 1)[0]
    with acting_as(zarina):
        ask_transfer(
            case=third, transfer_id=new_id(), receiver=mehri, reason="x", note="", version=third.version, by=zarina
        )
    rows = rows_of(nasiba)
    it = rows["zarina"].standing
    assert (it.plans, it.closures, it.flags, it.handing_over, it.taking_over) == (1, 1, 1, 1, 0)
    assert it.overdue > 0
    assert rows["mehri"].standing.taking_over == 1
    assert list(rows) == ["zarina", "mehri", "gulnoz"]  # who needs her most stands first


def test_supervision_that_is_long_ago_is_said(nasiba, zarina, mehri, family):
    a_case(zarina, family)
    assert rows_of(nasiba)["zarina"].is_long_without
    assert not rows_of(nasiba)["mehri"].is_long_without  # without a case there is nothing to speak about
    with acting_as(nasiba):
        scope = scope_of(nasiba, zarina)
        draft = SessionDraft(SessionForm.SINGLE, TODAY, "rest", next_on=TODAY + timedelta(days=30))
        hold_session(scope=scope, form_id=new_id(), worker=zarina, draft=draft, by=nasiba)
    row = rows_of(nasiba)["zarina"]
    assert (row.is_long_without, row.standing.supervised_on) == (False, TODAY)
    assert row.standing.next_session_on == TODAY + timedelta(days=30)
    assert row.standing.is_long_without_supervision(TODAY + timedelta(days=31))


def test_cases_that_no_active_worker_has_are_counted(nasiba, zarina, mehri, admin):
    from paivand.access.actions.users import suspend_user

    many_cases(mehri, 2)
    with acting_as(admin):
        suspend_user(user=mehri, reason="left", by=admin)
    with acting_as(nasiba):
        assert board(nasiba).n_unowned == 2


def test_the_number_of_supervisors_stands_beside_that_of_workers(nasiba, zarina, admin):
    colleague(admin, "second.guide", role=SUPERVISOR, like=zarina)
    with acting_as(nasiba):
        seen = board(nasiba)
    assert (seen.n_workers, seen.n_supervisors, seen.workers_each) == (2, 2, 1.0)


def test_the_board_asks_as_much_for_two_workers_as_for_eight(nasiba, zarina, admin):
    def asked_for():
        with (
            acting_as(nasiba),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            nasiba.forget_rights()
            board(nasiba)
        return len(asked)

    few = asked_for()
    for number in range(6):
        many_cases(colleague(admin, f"worker.{number}", like=zarina), 2)
    assert asked_for() == few
    assert few <= 22


def test_a_worker_cannot_be_counted_by_who_works_with_no_cases(zarina, manija, outsider, family):
    a_case(zarina, family)
    from paivand.cases.models import holdings, open_counts

    for by in (manija, outsider):
        with acting_as(by):
            assert open_counts([zarina.pk]) == {}
            assert holdings() == {}
    assert open_counts([zarina.pk]) == {}  # nobody asks


def test_ones_own_load_is_told_wherever_the_cases_lie(gulnoz, family, dusti_family):
    a_case(gulnoz, family, risk=Risk.HIGH)
    case_of(gulnoz, dusti_family)
    with acting_as(gulnoz):
        load = caseload(gulnoz)
    assert (load.n_high, load.n_medium, load.limit) == (1, 1, 20)
    with acting_as(gulnoz):
        assert Case.objects.filter(owner=gulnoz).count() == 2


def test_a_team_is_not_shown_to_who_guides_nobody(zarina):
    with acting_as(zarina):
        assert team_of(zarina).workers == []


# --- the rules ------------------------------------------------------------------------------------------------------

COUNTS = st.fixed_dictionaries({risk: st.integers(0, 60) for risk in ("high", "medium", "low")})


@given(COUNTS, st.sampled_from(["high", "medium", "low"]))
def test_one_more_case_never_makes_a_load_lighter(counts, risk):
    load = Caseload.of(counts, Decimal(25))
    more = load.with_one(risk)
    assert more.weight - load.weight == caseload_rules().weights[risk]
    assert more.n_open == load.n_open + 1
    assert load.weight == counts["high"] * 2 + counts["medium"] + counts["low"] * Decimal("0.5")
    assert load.is_over == (load.weight > 25)
    assert not (load.is_over and load.is_near)
    assert 0 <= load.percent <= 100


def test_the_limit_is_over_only_above_it():
    assert not Caseload.of({"medium": 25}, limit_of(["social_worker"])).is_over
    assert Caseload.of({"medium": 25, "low": 1}, limit_of(["social_worker"])).is_over
    assert Caseload.of({"medium": 25}, limit_of(["social_worker"])).is_near


def test_people_in_danger_come_before_everything_else():
    calm = Caseload.of({"low": 1}, Decimal(25))
    full = Caseload.of({"high": 20}, Decimal(25))
    order = [
        Standing(calm, flags=1), Standing(calm, escalated=3), Standing(full), Standing(calm, overdue=9),
        Standing(calm, overdue=1, plans=3), Standing(calm, overdue=1), Standing(calm, plans=2, closures=1),
        Standing(calm, handing_over=2),
    ]  # fmt: skip
    assert sorted(order, key=lambda one: one.trouble(TODAY), reverse=True) == order


def test_every_value_of_the_parameters_says_since_when_and_where_it_comes_from():
    import yaml

    from paivand.cases.rules.caseload import SOURCE

    for name, entry in yaml.safe_load(SOURCE.read_text(encoding="utf-8")).items():
        assert set(entry) == {"value", "from", "source", "note"}, name
        assert entry["source"], name
        assert entry["note"], name
