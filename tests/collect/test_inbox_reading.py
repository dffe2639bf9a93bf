"""The inbox as it is read: answers in the reader's words, both sides of what differs, and whose answer is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import inbox as actions
from paivand.collect.actions.taking import take_waiting
from paivand.collect.forms.field import MendForm
from paivand.collect.models import Submission, SubmissionContent
from paivand.collect.queries import inbox as queries
from paivand.collect.rules.answered import Kind, Line
from paivand.collect.rules.shipped import shipped_tables
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import Taken, Undecided
from paivand.collect.rules.xforms import convert_form
from paivand.collect.templatetags.field import is_hidden, spoken, why
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import Refused
from tests.cast import fresh, register
from tests.collect.arriving import again, arrived
from tests.learning.schooling import held, running

S = SubmissionState


def _open(browser: Any, sent: Submission, page: str = "submission-open") -> Any:
    return browser.get(reverse(f"collect:{page}", kwargs={"submission_id": sent.pk}))


def _said(type_: str, value: str, *, told: tuple[str, ...] | None = None, of_list: str = "") -> Line:
    return Line(Kind.ANSWER, "q", "Q", type=type_, value=value, told=(value,) if told is None else told, list=of_list)


@pytest.mark.parametrize(
    ("line", "english", "dari"),
    [
        (_said("decimal", "14000"), "14,000", "۱۴٬۰۰۰"),
        (_said("decimal", "1200.50"), "1,200.5", "۱٬۲۰۰٫۵"),
        (_said("integer", "1984"), "1984", "۱۹۸۴"),
        (_said("integer", "15000"), "15,000", "۱۵٬۰۰۰"),
        (_said("integer", "a dozen"), "a dozen", "a dozen"),
        (_said("date", "2026-11-20"), "20 November 2026", "۲۰ نومبر ۲۰۲۶"),
        (replace(_said("date", "2026-11-01"), month=True), "November 2026", "نومبر ۲۰۲۶"),
        (_said("date", "soon"), "soon", "soon"),
        (_said("time", "14:05:00.000+05:00"), "14:05", "۱۴:۰۵"),
        (_said("select_multiple", "a b", told=("Bread", "Milk")), "Bread, Milk", "Bread، Milk"),
        (_said("text", "F-000-0182"), "F-000-0182", "F-000-0182"),
        (None, "", ""),
    ],
)
def test_an_answer_is_read_as_the_readers_language_writes_it(line: Line | None, english: str, dari: str):
    with translation.override("en"):
        assert spoken(line) == english
    with translation.override("fa"):
        assert spoken(line) == dari


def test_what_stands_in_the_file_is_shown_beside_what_was_sent(zarina: Any, nasiba: Any, sign_in: Any, does: Any):
    found = [
        {"path": "visit/day", "kept": "2026-11-20", "sent": "2026-11-21"},
        {"path": "visit/purpose", "kept": "first", "sent": "check"},
        {"path": "members[1]/age", "month": "2026-08-01", "kept": "9000", "kept_more": "RUB", "sent": "17500",
         "sent_more": "USD"},
        {"path": "", "label": "Шодӣ", "kept": "late", "kept_more": "сард буд", "sent": "", "sent_more": ""},
    ]  # fmt: skip
    does(Undecided("conflict", found))
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    page = _plain(_open(sign_in(nasiba), again(sent, zarina)))
    for words in (
        "Day | Stands in the file | 20 November 2026 | Was sent | 21 November 2026",
        "Purpose | Stands in the file | First visit | Was sent | Looking after it",
        "August 2026 | Stands in the file | 9000 | RUB | Was sent | 17,500 | USD",
        "Шодӣ | Stands in the file | late | сард буд | Was sent | —",
    ):
        assert words in page


def _plain(answer: Any) -> str:
    """The words of a page, with those that labels of narrow tables show."""
    told = re.sub(r'<td data-label="([^"]*)"', r"\1 <td ", answer.content.decode())
    return re.sub(r"(\s*\|\s*)+", " | ", re.sub(r"\s*<[^>]*>\s*", " | ", re.sub(r"\s+", " ", told)))


def test_what_was_chosen_from_a_list_is_named_also_when_it_left_the_list_or_is_out_of_reach(
    zarina: Any, nasiba: Any, tahmina: Any, farrukh: Any
):
    group, rows = running(tahmina, zarina)
    session = held(tahmina, group, {rows[0]: Mark.ABSENT})
    wanted = {
        "groups": {str(group.pk)}, "sessions": {str(session.pk)}, "learners": {str(rows[0].pk)},
        "topics": {session.topics[0]} if session.topics else set(), "families": set(),
    }  # fmt: skip
    with acting_as(tahmina):
        named = queries.names_in_lists(fresh(tahmina), wanted)
    assert group.name in named["groups", str(group.pk)]
    assert f"№ {session.n}" in named["sessions", str(session.pk)], "though nobody takes a held session to a phone"
    assert named["learners", str(rows[0].pk)] == rows[0].name
    with acting_as(farrukh):
        far = queries.names_in_lists(fresh(farrukh), {"learners": wanted["learners"]})
    assert far == {}
    key = str(rows[0].pk)
    assert is_hidden(_said("select_one", key, of_list="learners"))
    assert not is_hidden(_said("select_one", key, told=("Ойгул",), of_list="learners"))


def test_people_are_chosen_among_the_family_that_the_form_names(zarina: Any, nasiba: Any, family: Any):
    other = register(zarina, given="Зебо", surname="Раҷабова")
    for by in (zarina, nasiba):
        with acting_as(by):
            offered = queries.offered_in_list(fresh(by), "people", {"families": {str(family.pk)}})
            members = {str(row.person_id): row.person.full_name for row in family.members.select_related("person")}
        assert dict(offered) == members
        assert str(other.head_id) not in members


def test_who_leads_no_group_chooses_among_those_of_the_group_that_the_form_names(
    zarina: Any, nasiba: Any, tahmina: Any
):
    group, rows = running(tahmina, zarina)
    session = held(tahmina, group, {rows[0]: Mark.ABSENT})
    absent = " ".join(str(row.pk) for row in rows[:2])
    lines = [
        replace(_said("select_one", str(group.pk), told=(group.name,), of_list="groups"), path="group"),
        replace(_said("select_one", str(session.pk), of_list="sessions"), path="session"),
        replace(_said("select_multiple", absent, of_list="learners"), path="absent"),
        replace(_said("select_multiple", "", told=(), of_list="learners"), path="late"),
        replace(_said("select_multiple", "", told=(), of_list="topics"), path="topics"),
        replace(_said("select_multiple", "soup", told=("Soup",), of_list="meals"), path="meals"),
        replace(_said("rank", "b a", told=()), path="order"),
    ]
    for by in (nasiba, tahmina):
        with acting_as(by):
            reader, wanted = fresh(by), {"groups": {str(group.pk)}}
            asked = {"lines": lines, "offered": lambda name: queries.offered_in_list(reader, name, wanted)}  # noqa: B023
            form = MendForm(**asked, initial={"version": 1})
            choices = {
                line.path: {key for key, _words in getattr(form.fields[name], "choices", ()) if key}
                for name, line in form.paths.items()
            }
            told = {name: form[name].value() for name in form.fields}
            again_ = MendForm({key: value for key, value in told.items() if value}, **asked)
            assert again_.is_valid(), again_.errors
        assert choices["absent"] == choices["late"] == {str(row.pk) for row in rows}
        assert str(session.pk) in choices["session"]
        assert str(group.pk) in choices["group"]
        assert set(session.topics) <= choices["topics"]
        assert choices["meals"] == {"soup"}
        assert again_.values() == {line.path: line.value for line in lines}, "saved untouched, nothing changes"


def test_what_is_wrong_tells_whose_answer_it_is_and_leads_there(zarina: Any, nasiba: Any, does: Any, sign_in: Any):
    does(Refused("The child is older than that.", "age", field="members[2]/age"))
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    browser = sign_in(nasiba)
    page = _plain(_open(browser, again(sent, zarina)))
    assert "Member 2 · | Шодӣ | · | Age" in page
    assert 'href="#at-members[2]/age"' in _open(browser, again(sent, zarina)).content.decode()
    mending = _plain(_open(browser, again(sent, zarina), "submission-mend"))
    assert mending.index("Member 2 · | Шодӣ") < mending.index("All other answers")


def test_two_who_decide_at_once_are_told_and_the_second_loses_nothing(
    zarina: Any, nasiba: Any, family: Any, alike: Submission, sign_in: Any
):
    first, second = sign_in(nasiba), sign_in(zarina)
    key = {"submission_id": alike.pk}
    assert first.post(reverse("collect:submission-decide", kwargs=key), {"answer": "new", "version": alike.version})
    late = second.post(
        reverse("collect:submission-aside", kwargs=key), {"reason": "Ду бор омад", "version": alike.version}
    )
    page = late.content.decode()
    assert late.status_code == 422
    assert "Somebody else" in page
    assert 'value="Ду бор омад"' in page
    row = again(alike, zarina)
    assert row.state == S.WAITING, "what was decided first counts"
    assert f'name="version" value="{row.version}"' in page, "whoever has read it may go on"


def test_two_who_mend_at_once_see_the_others_answers_beside_their_own(
    zarina: Any, nasiba: Any, to_mend: Submission, sign_in: Any
):
    browser = sign_in(nasiba)
    form = _open(browser, to_mend, "submission-mend").context["form"]
    told = {name: form[name].value() or "" for name in form.paths}
    day = next(name for name, line in form.paths.items() if line.path == "visit/day")
    with acting_as(zarina):
        worker = fresh(zarina)
        actions.mend_submission(sent=to_mend, version=to_mend.version, values={"visit/day": "2026-11-24"}, by=worker)
    address = reverse("collect:submission-mend", kwargs={"submission_id": to_mend.pk})
    late = browser.post(address, {**told, day: "2026-11-25", "version": to_mend.version})
    assert late.status_code == 422
    assert ("Day", "2026-11-24", "2026-11-25") in late.context["conflict"]
    assert late.context["form"][day].value() == "2026-11-25"


def test_a_registration_stands_beside_the_family_that_it_is_like(zarina: Any, family: Any, does: Any):
    lines = [
        Line(Kind.ANSWER, "place/village", "Village", value="Чашма", told=("Чашма",)),
        Line(Kind.ANSWER, "head/given_name", "Name", value="Моҳбону", told=("Моҳбону",)),
        Line(Kind.ANSWER, "head/family_name", "Surname", value="Саидова", told=("Саидова",)),
        Line(Kind.ANSWER, "head/birth_year", "Year", type="integer", value="1984", told=("1984",)),
        Line(Kind.ANSWER, "members[1]/given_name", "Name", value="Ойгул", told=("Ойгул",)),
        Line(Kind.ANSWER, "consent/given_by", "Who", value="self", told=("herself",)),
    ]
    assert [line.words for line in queries.sent_home(lines)] == ["Чашма"]
    people = queries.sent_people(lines)
    assert [one.name for one in people] == ["Саидова Моҳбону", "Ойгул"]
    assert [spoken(one.born) for one in people] == ["1984", ""]


def test_a_reason_is_told_in_the_readers_language_whoever_sent_the_form(zarina: Any, nasiba: Any, does: Any):
    def refuse(**_said: Any) -> Taken:
        raise Refused(gettext("Write the day on which it was asked."), "date", field="visit/day")

    does(refuse)
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    row = again(sent, zarina)
    said = set()
    for language in ("tg", "ru", "en", "fa"):
        with translation.override(language):
            assert why(row) == gettext("Write the day on which it was asked.")
            said.add(why(row))
    assert len(said) == 4
    with acting_as(nasiba):
        refusals = AuditEvent.objects.filter(event="form.fill", outcome="refused", subject_id=sent.pk)
        assert refusals.count() == 1, "asking again in other languages leaves nothing behind"


def test_a_date_that_is_asked_by_its_month_alone_is_known_as_one():
    asked = {one["path"]: one for one in convert_form(shipped_tables("remittances")).questions}
    assert asked["months/month"].get("month") is True
    assert "month" not in asked["months/amount"]


def test_a_form_that_is_on_its_way_asks_by_itself_what_became_of_it(zarina: Any, does: Any, sign_in: Any):
    does(lambda **_said: Taken())
    sent, browser = arrived(zarina), sign_in(zarina)
    page = _open(browser, sent).content.decode()
    assert 'hx-trigger="every 3s"' in page
    address = reverse("collect:submission-open", kwargs={"submission_id": sent.pk})
    waits = browser.get(address, headers={"X-By-Itself": "1"})
    assert (waits.status_code, waits.headers.get("HX-Refresh")) == (204, None)
    take_waiting(zarina.pk)
    assert browser.get(address, headers={"X-By-Itself": "1"})["HX-Refresh"] == "true"
    assert "every 3s" not in _open(browser, sent).content.decode()


def test_a_form_goes_on_without_a_photograph_that_never_came(zarina: Any, does: Any, sign_in: Any):
    does(Refused("The photograph has not arrived yet.", "missing", field="photo"))
    sent = arrived(zarina, body="<visit><day>2026-11-20</day></visit><photo>IMG_1.jpg</photo>")
    take_waiting(zarina.pk)
    row, browser = again(sent, zarina), sign_in(zarina)
    answer = _open(browser, row, "submission-mend")
    form = answer.context["form"]
    (photo,) = [name for name, line in form.paths.items() if line.path == "photo"]
    assert "Photo: take the form in without this file" in answer.content.decode().split("All other answers")[0]
    told = {name: form[name].value() or "" for name in form.paths if name != photo}
    address = reverse("collect:submission-mend", kwargs={"submission_id": row.pk})
    assert browser.post(address, {**told, "version": row.version}).status_code == 422, "nothing was changed"
    assert browser.post(address, {**told, photo: "on", "version": row.version}).status_code == 302
    with acting_as(zarina):
        assert SubmissionContent.objects.get(submission=row).mended == {"photo": ""}
