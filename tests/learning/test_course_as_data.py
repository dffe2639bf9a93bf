"""A course that did not exist is declared in one file, and runs to its certificate without a line of code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.learning.actions.assessment import add_exam, mark_exam, write_projects, write_tests
from paivand.learning.actions.certificates import issue_certificate
from paivand.learning.actions.completion import finish_group
from paivand.learning.models import Enrolment
from paivand.learning.rules import courses as catalogue
from paivand.learning.rules.assessment import ExamDraft, Examiner, Marks, Paper, ProjectDraft
from paivand.learning.rules.course import Stage
from paivand.learning.rules.courses import SOURCE, kinds
from paivand.learning.rules.issuing import Terms
from paivand.learning.rules.states import EnrolmentState
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import has_completed
from tests.cast import fresh
from tests.learning.schooling import BEGAN, hold_all, running

BEEKEEPING = """
code: beekeeping
kind: beekeeping
from: 2022-01-01
source: a test
title: {tg: "Занбӯриасалпарварӣ", ru: "Пчеловодство", en: "Beekeeping", fa: "زنبورداری"}
summary: {tg: "Асал", ru: "Мёд", en: "Honey from one's own hives.", fa: "عسل"}
service: learning.vocational_completed
output: "2.1"
features: [practices]
audience: [{who: family, sex: female, from_age: 18}]
group:
  least: 2
  most: 10
  trainers: 1
  qualification: {tg: "Занбӯрпарвар", ru: "Пчеловод", en: "A beekeeper", fa: "زنبوردار"}
modules:
  - code: hives
    title: {tg: "Қуттиҳо", ru: "Ульи", en: "Hives", fa: "کندوها"}
    topics:
      - {code: building, hours: 4, title: {tg: "Сохтан", ru: "Устройство", en: "Building", fa: "ساختن"}}
  - code: honey
    title: {tg: "Асал", ru: "Мёд", en: "Honey", fa: "عسل"}
    practical: true
    topics:
      - {code: swarm, hours: 6, title: {tg: "Селаи занбӯр", ru: "Рой", en: "The swarm", fa: "خیل زنبور"}}
      - {code: taking, hours: 6, title: {tg: "Гирифтани асал", ru: "Сбор мёда", en: "Taking honey", fa: "گرفتن عسل"}}
rhythm: {weekdays: [sat], every_weeks: 1, at: "08:00", hours: 4}
completion: {attendance: 75, practical_hours: 8, right: 60, exam: true, project: true}
test: {instrument: trade_test, stages: [before, after]}
project: {tg: "Кутти", ru: "Улей", en: "A hive", fa: "کندو"}
exam:
  name: {tg: "Имтиҳон", ru: "Экзамен", en: "The bees' exam", fa: "امتحان"}
  scale: marks
  pass_mark: 3
  commission: 2
  criteria: [{code: calm, most: 5, title: {tg: "Оромӣ", ru: "Спокойствие", en: "Calm", fa: "آرامی"}}]
follow_up: {months: [3], asked: [own_business, practices]}
practices: [{code: hives, title: {tg: "Қуттиҳои худ", ru: "Свои ульи", en: "Own hives", fa: "کندوی خود"}}]
certificate:
  design: completion
  prefix: BEE
  body: {tg: "Барнома", ru: "Программа", en: "The programme", fa: "برنامه"}
  signatories: [{tg: "Роҳбар", ru: "Руководитель", en: "Head", fa: "رئیس"}]
  languages: [tg, ru]
"""
KINDS = """
  - code: beekeeping
    title: {tg: "Занбӯриасалпарварӣ", ru: "Пчеловодство", en: "Beekeeping", fa: "زنبورداری"}
    group: {tg: "гурӯҳ", ru: "группа", en: "apiary", fa: "گروه"}
    groups: {tg: "гурӯҳҳо", ru: "группы", en: "apiaries", fa: "گروه‌ها"}
"""


@pytest.fixture
def beekeeping(tmp_path, monkeypatch):
    """The programme's own courses, and one more file with a kind that was not there."""
    folder = tmp_path / "courses"
    folder.mkdir()
    for path in SOURCE.glob("*.yaml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "beekeeping.yaml").write_text(BEEKEEPING, encoding="utf-8")
    declared = (SOURCE.parent / "course_kinds.yaml").read_text(encoding="utf-8")
    (tmp_path / "course_kinds.yaml").write_text(declared + KINDS, encoding="utf-8")
    kinds.cache_clear()
    monkeypatch.setattr(catalogue, "PARAMETERS", tmp_path)
    monkeypatch.setattr(catalogue, "SOURCE", folder)
    yield catalogue.courses()["beekeeping"]
    kinds.cache_clear()


def test_a_course_added_as_data_runs_to_its_end(beekeeping, tahmina, zarina):
    group, [keen, careless] = running(
        tahmina, zarina, n=2, course="beekeeping", name="Занбӯрпарварон", capacity=10, weekdays=(5,)
    )
    assert group.n_sessions == 4
    hold_all(tahmina, group, missing={careless: 2})
    by = fresh(tahmina)
    with acting_as(by):
        for stage, points in ((Stage.BEFORE, 3), (Stage.AFTER, 8)):
            papers = {row.pk: Paper(Decimal(points)) for row in (keen, careless)}
            write_tests(group=group, stage=stage, taken_on=BEGAN, papers=papers, by=by)
        seats = (Examiner("Саидов Далер", "занбӯрпарвар"), Examiner("Ҳакимова Нигина", "шуъбаи кишоварзӣ"))
        exam = add_exam(group=group, exam_id=new_id(), draft=ExamDraft(group.ends_on, seats), by=by)
        marks = {row.pk: Marks({"calm": Decimal(4)}) for row in (keen, careless)}
        mark_exam(group=group, exam=exam, version=exam.version, results=marks, by=by)
        rows = list(Enrolment.objects.filter(group=group))
        write_projects(
            group=group, by=by, projects={row.pk: ProjectDraft("Кутти нав", True, row.version) for row in rows}
        )
        group.refresh_from_db()
        group = finish_group(group=group, version=group.version, by=by, on=group.ends_on)
        keen.refresh_from_db()
        careless.refresh_from_db()
        terms = Terms(group.ends_on, ("Ҷӯраев Баҳодур",))
        given = issue_certificate(group=group, enrolment=keen, certificate_id=new_id(), terms=terms, by=by)
        with pytest.raises(Refused) as refused:
            issue_certificate(group=group, enrolment=careless, certificate_id=new_id(), terms=terms, by=by)
    assert given.printed_number.startswith("BEE-")
    assert given.title["tg"] == "Занбӯриасалпарварӣ"
    assert refused.value.code == "not_completed"
    assert (keen.state, keen.lacks) == (EnrolmentState.COMPLETED, [])
    assert careless.state == EnrolmentState.FAILED
    assert [one["code"] for one in careless.lacks] == ["attendance"]
    with acting_as(zarina):
        assert has_completed(fresh(zarina), keen.person_id, beekeeping.service)
        step = JourneyStep.objects.get(person_id=keen.person_id, service=beekeeping.service)
        assert (step.quantity, step.outcome) == (Decimal(16), "completed")


def test_nobody_completes_it_without_what_it_asks_for(beekeeping, tahmina, zarina):
    group, [one] = running(tahmina, zarina, n=1, course="beekeeping", capacity=10, weekdays=(5,))
    hold_all(tahmina, group)
    with acting_as(tahmina):
        group.refresh_from_db()
        finish_group(group=group, version=group.version, by=fresh(tahmina), on=group.ends_on)
        one.refresh_from_db()
    assert one.state == EnrolmentState.FAILED
    assert [lack["code"] for lack in one.lacks] == ["test_after", "exam_not_taken", "project"]


def test_a_course_added_as_data_stands_in_the_catalogue_and_on_its_pages(beekeeping, tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1, course="beekeeping", capacity=10, weekdays=(5,))
    client = sign_in(tahmina)
    for path in ("/courses/", "/courses/beekeeping/"):
        page = client.get(path).content.decode()
        assert "Beekeeping" in page, path
        assert "women and girls" in page, path
    for path in ("", "tests/", "tests/after/", "exams/", "exams/add/", "projects/"):
        assert client.get(f"/groups/{group.code}/{path}").status_code == 200, path
    assert "The bees&#x27; exam" in client.get(f"/groups/{group.code}/exams/").content.decode()
