"""The demonstration's courses: the published figures come out of single sessions, and every state is there.

The figures for all 1,200 families are told from what is drawn, without a database; what is written is asked of a small
demonstration, straight from the journey.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from paivand.learning.rules.courses import courses
from paivand.learning.rules.states import EnrolmentState, GroupState
from paivand.operate.accounts import COLLEAGUES, DEMO_ACCOUNTS
from paivand.operate.population.cohorts import GroupPlan, drawn_groups, evenly, figure, marks_of, told
from tests.operate.conftest import Installation

pytestmark = pytest.mark.xdist_group("drill")
TODAY = date(2026, 11, 29)
WHOLE, FEW = 1200, 60
PUBLISHED = {"diplomas": 45, "social_workers": 80, "farmers": 300, "children": 851, "trainers": 450,
             "financially_literate": 728}  # fmt: skip
SERVICES = {
    "diplomas": "learning.vocational_completed",
    "social_workers": "learning.professionals_trained",
    "farmers": "learning.farmer_school_completed",
    "children": "learning.junior_school_completed",
    "trainers": "learning.trainers_trained",
    "financially_literate": "learning.finance_completed",
}


@pytest.fixture(scope="module")
def groups() -> list[GroupPlan]:
    return drawn_groups(WHOLE, TODAY)


def over(groups: list[GroupPlan], cohort: str) -> list[GroupPlan]:
    return [group for group in groups if group.cohort == cohort]


def test_the_declared_figures_are_those_that_were_published() -> None:
    figures = told()["figures"]
    assert {name: figures[name] for name in PUBLISHED} == PUBLISHED
    assert (figures["farmer_schools"], figures["junior_schools"]) == (16, 50)


def test_the_groups_that_are_over_add_up_to_the_published_figures(groups: list[GroupPlan]) -> None:
    for cohort in told()["cohorts"]:
        theirs = over(groups, cohort["key"])
        assert sum(group.complete for group in theirs) == PUBLISHED[cohort["figure"]], cohort["key"]
        assert all(group.state == "finished" and group.ends_on < TODAY for group in theirs)
        assert {group.course.service for group in theirs} == {SERVICES[cohort["figure"]]}
    assert len(over(groups, "farmers")) == 16
    assert len(over(groups, "children")) == 50


def test_nobody_completes_in_a_group_that_is_told_as_an_example_of_a_published_figure(groups: list[GroupPlan]) -> None:
    counted = set(SERVICES.values())
    assert not [one.key for one in groups if one.example and one.state == "finished" and one.course.service in counted]


def test_every_group_fits_its_course(groups: list[GroupPlan]) -> None:
    for group in groups:
        assert group.people + group.example.get("asking", 0) <= group.course.size.most, group.key
        assert group.lead in {account.username for account in (*DEMO_ACCOUNTS, *COLLEAGUES)}
    assert len({group.key for group in groups}) == len(groups)
    assert {group.course.kind.code for group in groups} <= set(told()["names"])
    assert set(courses()) == {group.course.code for group in groups}


def test_marks_come_out_as_they_are_meant(groups: list[GroupPlan]) -> None:
    for group in groups:
        asked = group.course.rule.attendance or 0
        for n in (5, 10, 24, 40):
            failed = marks_of(group, n, "failed")
            assert 100 * sum(mark in {"present", "late"} for mark in failed) < asked * n
        lessons = max(5, group.most_missed * 2)
        assert (
            sum(mark not in {"present", "late"} for mark in marks_of(group, lessons, "complete")) <= group.most_missed
        )


def test_the_same_day_gives_the_same_groups(groups: list[GroupPlan]) -> None:
    def seen(found: list[GroupPlan]) -> list[object]:
        return [(one.key, one.starts_on, one.complete, one.district, one.id_of("group")) for one in found]

    assert seen(drawn_groups(WHOLE, TODAY)) == seen(groups)


def test_parts_differ_by_one_at_most() -> None:
    assert sum(evenly(851, 50)) == 851
    assert set(evenly(851, 50)) == {17, 18}


# --- what is written -------------------------------------------------------------------------------------------------


def found(demo: Installation, table: str, column: str = "state") -> Counter[str]:
    rows = demo.ask(f"select json_object_agg({column}, n) from (select {column}, count(*) n from {table} group by 1) t")
    return Counter(rows or {})


def people(demo: Installation, service: str) -> int:
    """How many people a service reached wholly, straight from the journey; what was reversed does not count."""
    return int(
        demo.ask(
            "select count(distinct coalesce(s.person_id, s.participant_id)) from registry_journeystep s"
            f" where s.service = '{service}' and s.outcome = 'completed' and s.reverses_id is null"
            " and not exists (select from registry_journeystep r where r.reverses_id = s.id)"
        )
    )


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_the_written_counts_are_their_share_of_what_was_published(demo: Installation, name: str) -> None:
    assert people(demo, SERVICES[name]) == figure(name, FEW)


def test_schools_are_counted_apart(demo: Installation) -> None:
    schools = "select count(*) from learning_group where state = 'finished' and course {}"
    assert demo.ask(schools.format("like 'ffs_%'")) == max(1, figure("farmer_schools", FEW))
    assert demo.ask(schools.format("= 'junior_field_school'")) == max(1, figure("junior_schools", FEW))


def test_every_state_of_groups_and_learners_is_there(demo: Installation) -> None:
    assert set(found(demo, "learning_group")) == set(GroupState)
    assert set(found(demo, "learning_enrolment")) >= set(EnrolmentState) - {
        EnrolmentState.WAITING, EnrolmentState.DECLINED,
    }  # fmt: skip
    assert set(found(demo, "learning_attendance", "mark")) == {"present", "late", "excused", "absent"}


def test_whoever_completed_fulfils_the_rule_and_the_others_are_told_why(demo: Installation) -> None:
    assert demo.ask("select count(*) from learning_enrolment where state = 'completed' and lacks <> '[]'") == 0
    assert demo.ask("select count(*) from learning_enrolment where state = 'failed' and lacks = '[]'") == 0
    assert demo.ask("select count(*) from learning_enrolment where state = 'completed' and step_id is null") == 0
    assert demo.ask(
        "select bool_and(e.n_there * 100 >= g.n_held * 75) from learning_enrolment e join learning_group g"
        " on g.id = e.group_id where e.state = 'completed'"
    )


def test_the_counters_of_groups_are_those_of_their_learners(demo: Installation) -> None:
    wrong = (
        "select count(*) from learning_group g left join lateral (select"
        " count(*) filter (where state in ('applied', 'waiting')) asking,"
        " count(*) filter (where state = 'enrolled') en,"
        " count(*) filter (where state = 'completed') co, count(*) filter (where state = 'failed') fa,"
        " count(*) filter (where state = 'left' and enrolled_on is not null) le"
        " from learning_enrolment e where e.group_id = g.id) t on true"
        " where (g.n_asking, g.n_enrolled, g.n_completed, g.n_failed, g.n_left) <> (asking, en, co, fa, le)"
    )
    assert demo.ask(wrong) == 0


def test_whoever_learnt_a_trade_holds_a_diploma(demo: Installation) -> None:
    valid = "select count(*) from learning_certificate where design = 'diploma' and revoked_on is null"
    assert demo.ask(valid) == figure("diplomas", FEW)
    assert demo.ask("select count(*) from learning_certificate where design = 'completion'") > 0


def test_every_farmer_school_has_plots_that_can_be_compared(demo: Installation) -> None:
    both = (
        "select count(*) from learning_group g where course like 'ffs_%' and state = 'finished' and 2 = (select"
        " count(distinct p.way) from learning_plot p join learning_plotentry e on e.plot_id = p.id"
        " where p.group_id = g.id and e.kind = 'revenue')"
    )
    assert demo.ask(both) == max(1, figure("farmer_schools", FEW))
    assert demo.ask("select count(*) from learning_observation") > 0
    assert demo.ask("select count(*) from learning_householdplan") >= 2


def test_somebody_has_to_be_asked_after_and_most_were(demo: Installation) -> None:
    assert demo.ask("select count(*) from learning_followup where kind = 'missed' and state = 'due'") > 0
    assert demo.ask("select count(*) from learning_followup where kind = 'after' and state = 'done'") > 0
