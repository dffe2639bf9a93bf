"""What waits is mended, decided, run again and set aside, by the sender or by whoever mends in her district."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import inbox as actions
from paivand.collect.actions.takers.parts import decided
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Submission, SubmissionContent, SubmissionStep
from paivand.collect.queries import inbox as queries
from paivand.collect.rules.deciding import standing_decision
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.collect.rules.taking import Act, Made, Taken, Undecided
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.cast import fresh
from tests.collect.arriving import again, arrived, attached, changed_twice
from tests.collect.conftest import SAYS
from tests.methods.photographs import exif, jpeg, segment

S = SubmissionState


def _as(by: Any, act: Callable[..., Submission], sent: Submission, **more: Any) -> Submission:
    worker = fresh(by)
    with acting_as(worker):
        return act(sent=sent, version=more.pop("version", sent.version), by=worker, **more)


def test_a_mended_form_is_taken_in_with_the_new_answers_and_stays_as_it_came(
    zarina: Any, to_mend: Submission, does: Callable[[Any], None]
):
    with acting_as(zarina):
        before = bytes(SubmissionContent.objects.get(submission=to_mend).xml)
    values = {"visit/day": "2026-11-25", "visit/note": "Сӯҳбат", "members[2]/age": "13"}
    row = _as(zarina, actions.mend_submission, to_mend, values=values)
    assert (row.state, row.problem, row.problem_words) == (S.WAITING, "", None)
    given: list[Any] = []
    does(lambda **said: given.append(said["filled"]) or Taken())
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert given[0].value("visit/day") == "2026-11-25"
    assert [one.value("age") for one in given[0].repeats("members")] == ["9", "13"]
    with acting_as(zarina):
        content = SubmissionContent.objects.get(submission=to_mend)
        assert bytes(content.xml) == before
        assert content.mended == {"visit/day": "2026-11-25", "members[2]/age": "13"}, "only what differs"
        steps = list(SubmissionStep.objects.filter(submission=to_mend).order_by("id").values_list("act", "by"))
        event = AuditEvent.objects.filter(event="form.fill", detail__stage="mend").get()
    assert steps == [(Act.REFUSE, None), (Act.MEND, zarina.pk), (Act.TAKE, None)]
    assert event.detail == {"stage": "mend", "answers": 2}


def test_a_mended_answer_can_be_taken_back(zarina: Any, to_mend: Submission):
    row = _as(zarina, actions.mend_submission, to_mend, values={"visit/day": "2026-11-25"})
    take_waiting(zarina.pk)
    row = again(row, zarina)
    _as(zarina, actions.mend_submission, row, values={"visit/day": "2026-11-20"})
    with acting_as(zarina):
        assert SubmissionContent.objects.get(submission=to_mend).mended == {}


def test_an_answer_of_the_only_repetition_that_is_as_it_came_is_not_mended(zarina: Any, does: Callable[[Any], None]):
    does(Refused(SAYS, "future", field="visit/day"))
    one = "<visit><day>2026-11-20</day></visit><members><name>Ойгул</name><age>9</age></members>"
    sent = arrived(zarina, body=one)
    take_waiting(zarina.pk)
    row = again(sent, zarina)
    told = {"members[1]/name": "Ойгул", "members[1]/age": "9", "visit/day": "2026-11-20", "visit/note": ""}
    with pytest.raises(Refused) as refused:
        _as(zarina, actions.mend_submission, row, values=told)
    assert refused.value.code == "nothing"
    _as(zarina, actions.mend_submission, row, values={**told, "members[1]/age": "10"})
    with acting_as(zarina):
        assert SubmissionContent.objects.get(submission=row).mended == {"members[1]/age": "10"}


@pytest.mark.parametrize(
    ("values", "code"), [({"visit/day": "2026-11-20"}, "nothing"), ({"members[9]/age": "1"}, "path")]
)
def test_mending_is_refused_when_nothing_changes_or_there_is_no_such_place(
    zarina: Any, to_mend: Submission, values: dict[str, str], code: str
):
    with pytest.raises(Refused) as refused:
        _as(zarina, actions.mend_submission, to_mend, values=values)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("act", "more"),
    [
        (actions.mend_submission, {"values": {"visit/day": "2026-11-25"}}),
        (actions.run_again, {}),
        (actions.set_aside, {"reason": "sent twice"}),
    ],
)
def test_every_act_is_refused_on_an_old_page_elsewhere_and_without_the_right(
    zarina: Any, nasiba: Any, tahmina: Any, farrukh: Any, outsider: Any, to_mend: Submission, act: Any, more: Any
):
    for who, error in ((farrukh, OutsideScopeError), (outsider, OutsideScopeError), (tahmina, OutsideScopeError)):
        with pytest.raises((error, WithoutRightError)):
            _as(who, act, to_mend, **more)
    with pytest.raises(Refused) as refused:
        _as(nasiba, act, to_mend, version=to_mend.version - 1, **more)
    assert refused.value.code == "stale"
    assert _as(nasiba, act, to_mend, **more).state in {S.WAITING, S.ASIDE}
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="form.fill", actor_id=nasiba.pk, outcome="done").get()
    assert event.subject_id == to_mend.pk


def test_a_likely_duplicate_is_registered_as_another_family_when_somebody_says_so(
    zarina: Any, nasiba: Any, family: Any, alike: Submission, does: Callable[[Any], None]
):
    with pytest.raises(Refused) as refused:
        _as(nasiba, actions.decide_submission, alike, answer="00000000-0000-7000-8000-000000000000")
    assert refused.value.code == "answer"
    given: list[Any] = []
    does(lambda **said: given.append(said["answers"]) or Taken())
    _as(nasiba, actions.decide_submission, alike, answer="new")
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert [one["duplicate"] for one in given] == ["new"]


def test_a_likely_duplicate_is_attached_to_the_family_that_it_is(
    zarina: Any, family: Any, alike: Submission, does: Callable[[Any], None]
):
    given: list[Any] = []
    does(lambda **said: given.append(said["answers"]) or Taken())
    _as(zarina, actions.decide_submission, alike, answer=str(family.pk))
    take_waiting(zarina.pk)
    assert [one["duplicate"] for one in given] == [str(family.pk)]


def _asks(*found: Any) -> Callable[..., Taken]:
    """A taker that meets these registered families, and then hits a right that is missing."""

    def taker(*, answers: Any, **_said: Any) -> Taken:
        if not standing_decision(answers, "duplicate", found):
            raise Undecided("duplicate", found)
        raise Refused("Nobody may do this yet.", "right")

    return taker


def test_a_decision_stands_when_the_form_is_run_again_and_not_for_what_came_up_since(
    zarina: Any, family: Any, does: Callable[[Any], None]
):
    one, other = ({"family": str(uuid.uuid4()), "person": str(uuid.uuid4()), "score": 9} for _n in range(2))
    does(_asks(one))
    sent = arrived(zarina, family=family.pk)
    take_waiting(zarina.pk)
    _as(zarina, actions.decide_submission, again(sent, zarina), answer="new")
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    does(_asks({**one, "score": 3}))
    _as(zarina, actions.run_again, again(sent, zarina))
    assert take_waiting(zarina.pk) == {S.MEND: 1}, "the same was decided: it is not asked twice"
    does(_asks())
    _as(zarina, actions.run_again, again(sent, zarina))
    assert take_waiting(zarina.pk) == {S.MEND: 1}, "there is less to doubt than before"
    does(_asks(one, other))
    _as(zarina, actions.run_again, again(sent, zarina))
    assert take_waiting(zarina.pk) == {S.HELD: 1}, "nobody has looked at the second one"
    _as(zarina, actions.decide_submission, again(sent, zarina), answer=other["family"])
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    _as(zarina, actions.mend_submission, again(sent, zarina), values={"visit/day": "2026-11-25"})
    assert take_waiting(zarina.pk) == {S.HELD: 1}, "other answers are decided about anew"


def test_a_decision_between_two_answers_stands_for_those_two(zarina: Any, family: Any, does: Callable[[Any], None]):
    stands = {"kept": "2026-11-01"}

    def taker(*, answers: Any, **_said: Any) -> Taken:
        decided(answers, [{"path": "visit/day", "sent": "2026-11-20", **stands}])
        raise Refused("Nobody may do this yet.", "right")

    does(taker)
    sent = arrived(zarina, family=family.pk)
    take_waiting(zarina.pk)
    _as(zarina, actions.decide_submission, again(sent, zarina), answer="sent")
    assert take_waiting(zarina.pk) == {S.MEND: 1}
    stands["kept"] = "2026-11-09"
    _as(zarina, actions.run_again, again(sent, zarina))
    assert take_waiting(zarina.pk) == {S.HELD: 1}, "somebody wrote another day there meanwhile"


def test_the_first_decision_about_a_duplicate_counts(zarina: Any, nasiba: Any, alike: Submission):
    _as(nasiba, actions.decide_submission, alike, answer="new")
    with pytest.raises(Refused) as refused:
        _as(zarina, actions.decide_submission, alike, answer="new")
    assert refused.value.code in {"stale", "state"}


def test_an_edit_that_was_written_into_the_file_by_hand_counts_as_taken_in(
    zarina: Any, family: Any, does: Callable[[Any], None]
):
    made = Made("visit", family.pk, "V-1")
    does(lambda **_said: Taken((made,)))
    older = arrived(zarina)
    take_waiting(zarina.pk)
    newer = arrived(zarina, deprecated=older.instance_id, body="<visit><day>2026-11-21</day></visit>")
    take_waiting(zarina.pk)
    row = _as(zarina, actions.decide_submission, again(newer, zarina), answer="carried")
    assert row.state == S.TAKEN
    assert row.taken_as == [made.told()]
    assert again(older, zarina).replaced_by_id == newer.pk


def test_a_form_is_set_aside_with_a_reason_and_taken_up_again(zarina: Any, to_mend: Submission):
    with pytest.raises(Refused) as refused:
        _as(zarina, actions.set_aside, to_mend, reason="  ")
    assert refused.value.code == "reason"
    row = _as(zarina, actions.set_aside, to_mend, reason="Sent twice")
    assert (row.state, row.aside_reason) == (S.ASIDE, "Sent twice")
    assert take_waiting(zarina.pk) == {}
    row = _as(zarina, actions.take_up_again, row)
    assert (row.state, row.aside_reason) == (S.WAITING, "")


def test_what_a_newer_form_replaced_is_not_taken_up_again(zarina: Any, to_mend: Submission):
    arrived(zarina, deprecated=to_mend.instance_id)
    take_waiting(zarina.pk)
    with pytest.raises(Refused) as refused:
        _as(zarina, actions.take_up_again, again(to_mend, zarina))
    assert refused.value.code == "replaced"


def test_what_was_taken_in_is_not_moved_any_more(zarina: Any, does: Callable[[Any], None]):
    does(lambda **_said: Taken())
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    sent = again(sent, zarina)
    for act, more in ((actions.run_again, {}), (actions.set_aside, {"reason": "x"}), (actions.take_up_again, {})):
        with pytest.raises(Refused) as refused:
            _as(zarina, act, sent, **more)
        assert refused.value.code == "state"


def test_each_sees_her_own_and_the_supervisor_those_of_her_district(
    zarina: Any,
    farrukh: Any,
    nasiba: Any,
    manija: Any,
    tahmina: Any,
    anvar: Any,
    outsider: Any,
    does: Callable[[Any], None],
):
    does(Refused(SAYS, "future"))
    mine, hers = arrived(zarina), arrived(farrukh)
    asked = arrived(zarina, code="asked", kind=FormKind.SURVEY)
    take_waiting(zarina.pk)
    take_waiting(farrukh.pk)

    def seen(by: Any, state: str = "") -> set[Any]:
        worker = fresh(by)
        with acting_as(worker):
            return {row.pk for row in queries.submissions(worker, queries.Filters(state=state)).rows}

    assert seen(zarina) == seen(nasiba) == {mine.pk}
    assert seen(farrukh) == {hers.pk}
    assert seen(manija) == seen(tahmina) == seen(anvar) == seen(outsider) == set()
    assert seen(manija, S.TAKEN) == {asked.pk}, "answers of surveys are read by whoever manages them"


# --- pages -----------------------------------------------------------------------------------------------------------


def _open(browser: Any, sent: Submission, page: str = "submission-open") -> Any:
    return browser.get(reverse(f"collect:{page}", kwargs={"submission_id": sent.pk}))


def test_the_inbox_says_what_waits_and_why(zarina: Any, nasiba: Any, to_mend: Submission, sign_in: Any):
    page = sign_in(nasiba).get(reverse("collect:field-inbox")).content.decode()
    assert "Tested visit" in page
    assert f"<q>Day</q> {SAYS}" in " ".join(page.split())
    assert zarina.full_name in page
    empty = sign_in(nasiba).get(reverse("collect:field-inbox") + "?state=aside").content.decode()
    assert "No form fits" in empty


def test_an_empty_inbox_says_what_will_stand_there(farrukh: Any, sign_in: Any):
    assert "Nothing waits for you" in sign_in(farrukh).get(reverse("collect:field-inbox")).content.decode()


@pytest.mark.parametrize("choice", ["?form=tested", "?form=other", "?sender=nobody", "?on=2020-01-01", "?after=x"])
def test_choices_narrow_the_inbox_and_wrong_ones_do_no_harm(
    nasiba: Any, to_mend: Submission, sign_in: Any, choice: str
):
    answer = sign_in(nasiba).get(reverse("collect:field-inbox") + choice)
    assert answer.status_code == 200
    assert (SAYS in answer.content.decode()) == (choice in {"?form=tested", "?form=other", "?sender=nobody"})


def test_a_form_is_shown_as_it_was_filled_in_with_the_reason_beside_the_question(
    nasiba: Any, family: Any, to_mend: Submission, sign_in: Any
):
    page = _open(sign_in(nasiba), to_mend).content.decode()
    for words in ("First visit", "Сӯҳбат", "Ойгул", family.code, "Member", "not let in by a rule"):
        assert words in page
    assert page.index("is-wrong") < page.rindex(SAYS)
    assert str(family.pk) not in page.replace(f"/families/{family.code}/", "")


def test_mending_opens_what_the_rule_complained_about_first_and_loses_nothing(
    zarina: Any, nasiba: Any, to_mend: Submission, sign_in: Any, does: Callable[[Any], None]
):
    browser = sign_in(nasiba)
    form = _open(browser, to_mend, "submission-mend").context["form"]
    page = _open(browser, to_mend, "submission-mend").content.decode()
    by_path = {line.path: name for name, line in form.paths.items()}
    assert page.index(f'name="{by_path["visit/day"]}"') < page.index("All other answers")
    assert set(by_path) == {
        "family", "visit/day", "visit/purpose", "visit/note",
        "members[1]/name", "members[1]/age", "members[2]/name", "members[2]/age",
    }  # fmt: skip
    told = {name: form[name].value() or "" for name in form.paths}
    address = reverse("collect:submission-mend", kwargs={"submission_id": to_mend.pk})
    unchanged = browser.post(address, {**told, "version": to_mend.version})
    assert unchanged.status_code == 422
    assert "No answer was changed" in unchanged.content.decode()
    answer = browser.post(address, {**told, by_path["visit/day"]: "2026-11-25", "version": to_mend.version})
    assert answer.status_code == 302
    with acting_as(zarina):
        assert SubmissionContent.objects.get(submission=to_mend).mended == {"visit/day": "2026-11-25"}
    assert "mended; it came as" in _open(browser, to_mend).content.decode()


def test_a_duplicate_is_shown_side_by_side_and_decided_on_the_page(
    zarina: Any, nasiba: Any, family: Any, alike: Submission, sign_in: Any
):
    browser = sign_in(nasiba)
    page = _open(browser, alike).content.decode()
    assert family.code in page
    assert "Нигина" in page
    address = reverse("collect:submission-decide", kwargs={"submission_id": alike.pk})
    browser.post(address, {"answer": "new", "version": alike.version})
    assert again(alike, zarina).state == S.WAITING


def test_an_edit_shows_what_differs(zarina: Any, sign_in: Any, does: Callable[[Any], None]):
    does(lambda **_said: Taken())
    older = arrived(zarina)
    take_waiting(zarina.pk)
    newer = arrived(zarina, deprecated=older.instance_id, body="<visit><day>2026-11-21</day></visit>")
    take_waiting(zarina.pk)
    answer = _open(sign_in(zarina), newer)
    told = [(one.label, one.standing.words, one.sent) for one in answer.context["differences"]]
    assert ("What was talked about", "Сӯҳбат", None) in told
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert "Member 1</small> Name" in page, "each of several members' answers tells whose it is"
    assert "20 November 2026" in page
    assert "It is written into the file" in answer.content.decode()


def test_a_photograph_is_given_to_whoever_sees_the_form_without_where_it_was_taken(
    zarina: Any, nasiba: Any, farrukh: Any, to_mend: Submission, sign_in: Any
):
    place = segment(0xE1, exif(b"GPS37.912345"))
    file = attached(to_mend, zarina, jpeg(place), name="a.jpg", mime="image/jpeg")
    with acting_as(zarina):
        assert b"GPS37.912345" in file.content, "it is kept as it came"
    address = reverse("collect:submission-file", kwargs={"submission_id": to_mend.pk, "file_id": file.pk})
    for who in (zarina, nasiba):
        answer = sign_in(who).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer.content.startswith(b"\xff\xd8")
        assert b"GPS37.912345" not in answer.content
        assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in(farrukh).get(address).status_code == 404


@pytest.mark.parametrize(("name", "mime"), [
    ("a.html", "text/html"), ("b.mp4", "video/mp4"), ("c.heic", "image/heic"), ("d.jpg", "image/jpeg"),
])  # fmt: skip
def test_what_is_no_photograph_that_can_be_cleaned_stays(
    zarina: Any, to_mend: Submission, sign_in: Any, name: str, mime: str
):
    file = attached(to_mend, zarina, b"<script>GPS37.912345</script>", name=name, mime=mime)
    browser = sign_in(zarina)
    address = reverse("collect:submission-file", kwargs={"submission_id": to_mend.pk, "file_id": file.pk})
    answer = browser.get(address)
    assert answer.status_code == 404
    assert b"GPS37.912345" not in answer.content
    assert "they stay sealed" in answer.content.decode()
    assert reverse("collect:submission-open", kwargs={"submission_id": to_mend.pk}) in answer.content.decode()


def test_several_forms_are_run_again_with_one_press(
    zarina: Any, nasiba: Any, farrukh: Any, sign_in: Any, does: Callable[[Any], None]
):
    does(WithoutRightError("case.work"))
    for who in (zarina, zarina, farrukh):
        arrived(who)
        take_waiting(who.pk)
    answer = sign_in(nasiba).post(reverse("collect:field-again"), {"form": "tested"}, follow=True)
    assert "2 forms are taken in anew" in answer.content.decode()
    does(lambda **_said: Taken())
    assert take_waiting(zarina.pk) == {S.TAKEN: 2}
    assert take_waiting(farrukh.pk) == {}


def test_a_colleague_of_another_district_and_a_provider_find_no_such_form(
    farrukh: Any, anvar: Any, outsider: Any, to_mend: Submission, sign_in: Any
):
    assert _open(sign_in(farrukh), to_mend).status_code == 404
    assert _open(sign_in(anvar), to_mend).status_code == 403
    assert _open(sign_in(outsider), to_mend).status_code == 403


def test_what_a_form_says_is_sealed_and_never_leaves(zarina: Any, to_mend: Submission):
    from django.db import connection

    assert not SubmissionContent.privacy.leaves
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute(
            "select c.xml, s.problem_words from collect_submissioncontent c "
            "join collect_submission s on s.id = c.submission_id where s.id = %s",
            [to_mend.pk],
        )
        xml, words = cursor.fetchone()
    assert "Ойгул" not in xml
    assert "future" not in words
    assert again(to_mend, zarina).problem == "future"


def test_a_conflict_is_shown_side_by_side_and_something_else_is_written(
    zarina: Any, nasiba: Any, farrukh: Any, family: Any, to_mend: Submission, sign_in: Any
):
    change = changed_twice(to_mend, zarina, family)
    address = reverse("collect:field-conflict", kwargs={"change_id": change.pk})
    browser = sign_in(nasiba)
    assert family.code in browser.get(reverse("collect:field-conflicts")).content.decode()
    answer = browser.get(address)
    assert "changed twice" in answer.content.decode()
    told = {"version": change.version, "seen": family.version, "keeps": "other", "housing": "parents"}
    assert browser.post(address, {**told, "version": 9}).status_code == 422
    assert browser.post(address, told).status_code == 302
    with acting_as(zarina):
        family.refresh_from_db()
        change.refresh_from_db()
    assert family.housing == "parents"
    assert change.resolution == "other"
    assert "Something else was written" in browser.get(address).content.decode()
    assert sign_in(farrukh).get(address).status_code == 404


def test_the_desk_says_how_many_forms_wait(zarina: Any, nasiba: Any, farrukh: Any, to_mend: Submission, sign_in: Any):
    home = reverse("desk:home")
    assert "1 form that you sent waits for you." in sign_in(zarina).get(home).content.decode()
    assert "1 form of your colleagues waits." in sign_in(nasiba).get(home).content.decode()
    assert 'id="desk-field"' not in sign_in(farrukh).get(home).content.decode()
