"""The survey of the demonstration: what is declared fits together, and stands in the database as it was sent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from paivand.collect.rules.survey_drafts import drafted
from paivand.operate.population import survey
from paivand.operate.population.telling import spread
from tests.operate.conftest import Installation

TODAY = date(2026, 11, 30)


def test_both_versions_are_surveys_without_a_remark():
    for name, left_out in (("1", survey.told()["later"]), ("2", [])):
        made = drafted("survey.xlsx", survey._workbook(name, left_out), {})
        assert not made.hindered
        assert made.findings == ()
        assert set(made.titles) == {"tg", "ru", "en", "fa"}


def test_answers_are_to_questions_and_as_often_as_declared():
    given = list(survey._answers(TODAY))
    assert len(given) == sum(survey.told()["answers"].values())
    made = drafted("survey.xlsx", survey._workbook("2"), {}).converted
    assert made is not None
    asked = {one["path"] for one in made.questions}
    assert {path for one in given for path in one.told} <= asked
    for what in ("roof", "stove"):
        found = Counter(one.told[f"house/{what}"] for one in given)
        assert found == Counter(spread(survey.told()["shares"][what], len(given)))
    assert sum(bool(one.drawing) for one in given) == survey.told()["photographs"]
    days = [one.at.date() for one in given]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (TODAY - timedelta(days=survey.STARTED - 1), TODAY - timedelta(days=survey.LATEST))


def test_all_that_was_sent_is_taken_in(demo: Installation) -> None:
    first, second = survey.told()["answers"].values()
    counted = (
        "select count(*) from collect_submission s join collect_formversion v on v.id = s.form_version_id "
        "where s.is_survey and s.state = 'taken' and v.name like '{}-%'"
    )
    assert demo.ask(counted.format(1)) == first
    assert demo.ask(counted.format(2)) == second
    assert demo.ask("select count(*) from collect_surveyanswer") == first + second
    assert demo.ask("select count(*) from collect_submission where is_survey and state <> 'taken'") == 0
