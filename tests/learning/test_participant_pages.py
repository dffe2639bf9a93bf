"""The pages of the register of participants, and the ways from it into a group."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.learning.actions.quick import QuickRow, register_quickly
from paivand.learning.models import Attendance, Enrolment, Session
from paivand.learning.rules.quick import MOST_ROWS, read_lines
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState
from paivand.registry.models import Participant
from paivand.registry.rules import Sex
from paivand.registry.rules.participants import ParticipantDraft, ParticipantKind
from tests.cast import fresh
from tests.learning.schooling import BEGAN, enrolled, opened, professional, woman

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
TRAINING, DEPARTURE = "training_social_workers", "pre_departure_orientation"


def _words(response):
    return " ".join(response.content.decode().split())


def _typed(**changes):
    values = {
        "form_id": str(new_id()), "kind": "professional", "name": "Раҷабова Савсан", "sex": "female",
        "birth_year": "1985", "post": "teacher", "organisation": "Мактаби №3", "telephone": "918 12 34 56",
        "agreed_on": TODAY.isoformat(),
    }  # fmt: skip
    return {**values, **changes}


# --- the register ----------------------------------------------------------------------------------------------------


def test_somebody_is_written_down_once_and_found(zarina, sign_in):
    browser, form = sign_in(zarina), _typed()
    assert "Nobody is in the register yet" in _words(browser.get("/participants/"))
    for _time in range(2):
        answer = browser.post("/participants/add/", form)
        assert answer.status_code == 302, _words(answer)
    page = _words(browser.get(answer.url))
    assert "Раҷабова Савсан" in page
    assert "teacher" in page
    with acting_as(zarina):
        assert Participant.objects.count() == 1
    assert "Раҷабова Савсан" in _words(browser.get("/participants/?q=раҷ"))
    assert "Nobody in the register begins like this" in _words(browser.get("/participants/?q=Ятимова"))


def test_somebody_who_may_be_there_already_is_shown_and_must_be_answered(zarina, sign_in):
    professional(zarina)
    browser, form = sign_in(zarina), _typed(name="Savsan Rajabova")
    answer = browser.post("/participants/add/", form)
    assert answer.status_code == 422
    assert "The register may know her or him already" in _words(answer)
    assert browser.post("/participants/add/", form | {"somebody_else": "on"}).status_code == 302
    with acting_as(zarina):
        assert Participant.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"post": ""}, "Choose the post from the list."),
        ({"telephone": "12"}, "This is not a telephone number."),
        ({"kind": "pupil", "birth_year": str(TODAY.year - 12)}, "This is a child."),
        (
            {
                "kind": "pupil",
                "birth_year": str(TODAY.year - 3),
                "guardian_name": "Модар",
                "guardian_agreed_on": TODAY.isoformat(),
            },
            "This year of birth cannot be.",
        ),
    ],
)
def test_the_page_says_what_has_to_be_mended(zarina, sign_in, changes, words):
    answer = sign_in(zarina).post("/participants/add/", _typed(**changes))
    assert answer.status_code == 422
    assert words in _words(answer)


def test_what_is_known_is_changed_and_an_old_page_is_told_so(zarina, sign_in):
    row = professional(zarina)
    browser, path = sign_in(zarina), f"/participants/{row.pk}/edit/"
    assert browser.get(path).status_code == 200
    form = _typed(version=row.version, name="Раҷабова Сусан")
    assert browser.post(path, form).status_code == 302
    assert browser.post(path, form).status_code == 422
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.name == "Раҷабова Сусан"


def test_two_rows_are_joined_from_the_page(zarina, sign_in):
    one, other = professional(zarina), professional(zarina, "Савсан Раҷабова")
    browser = sign_in(zarina)
    assert "may be the same person" in _words(browser.get(f"/participants/{one.pk}/"))
    path = f"/participants/{one.pk}/join/"
    assert str(other.pk) in _words(browser.get(path))
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {"kept": str(other.pk)}).status_code == 302
    assert browser.get(f"/participants/{one.pk}/").url == f"/participants/{other.pk}/"
    assert "Also written down as" in _words(browser.get(f"/participants/{other.pk}/"))


def test_a_participant_is_recognised_by_who_may_see_families_and_taken_back(zarina, tahmina, sign_in):
    row, her = professional(zarina), woman(zarina)
    path = f"/participants/{row.pk}/recognise/"
    assert sign_in(tahmina).get(path).status_code == 403
    browser = sign_in(zarina)
    with acting_as(zarina):
        code = her.memberships.get().family.code
    assert str(her.pk) in _words(browser.get(f"{path}?q={code}"))
    assert browser.post(f"{path}?q={code}", {}).status_code == 422
    assert browser.post(f"{path}?q={code}", {"person": str(her.pk)}).status_code == 302
    assert code in _words(browser.get(f"/participants/{row.pk}/"))
    assert code not in _words(sign_in(tahmina).get(f"/participants/{row.pk}/"))
    assert browser.post(path, {"take_back": "1"}).status_code == 302
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.person_id is None


def test_from_elsewhere_nobody_is_there_and_who_only_counts_does_not_come_in(zarina, farrukh, manija, sign_in):
    row = professional(zarina)
    browser = sign_in(farrukh)
    for rest in ("", "edit/", "join/", "recognise/"):
        assert browser.get(f"/participants/{row.pk}/{rest}").status_code == 404
    assert "Раҷабова" not in _words(browser.get("/participants/"))
    assert sign_in(manija).get("/participants/").status_code == 403
    assert sign_in(manija).get(f"/participants/{row.pk}/").status_code == 404


# --- into a group ----------------------------------------------------------------------------------------------------


def test_a_trainer_takes_people_of_the_register_in_and_reads_why_not_others(tahmina, zarina, sign_in):
    group = opened(tahmina, course=TRAINING)
    who, other = professional(tahmina), professional(tahmina, "Раҷабов Алӣ", sex=Sex.MALE, post="teacher")
    browser, path = sign_in(tahmina), f"/groups/{group.code}/participants/"
    assert browser.get(path).status_code == 200
    words = _words(browser.get(f"{path}?q=раҷаб"))
    assert f'value="{who.pk}"' in words
    assert f'value="{other.pk}"' not in words
    assert "This course is for these posts" in words
    form = {"form_id": str(new_id()), "people": [str(who.pk)]}
    for _time in range(2):
        assert browser.post(f"{path}?q=раҷаб", form).status_code == 302
    with acting_as(tahmina):
        assert [row.participant_id for row in Enrolment.objects.filter(group=group)] == [who.pk]
    assert "is in the group already, or was" in _words(browser.get(f"{path}?q=раҷаб"))


def test_somebody_new_is_written_down_on_the_way_into_a_group(tahmina, sign_in):
    group = opened(tahmina, course=TRAINING)
    browser = sign_in(tahmina)
    answer = browser.post(f"/participants/add/?group={group.code}", _typed(post="social_worker"))
    assert answer.status_code == 302
    assert answer.url.startswith(f"/groups/{group.code}/participants/?who=")
    assert "Раҷабова Савсан" in _words(browser.get(answer.url))


def test_only_who_teaches_the_group_takes_people_in(tahmina, zarina, farrukh, sign_in):
    group = opened(tahmina, course=TRAINING)
    assert sign_in(zarina).get(f"/groups/{group.code}/participants/").status_code == 403
    assert sign_in(farrukh).get(f"/groups/{group.code}/participants/").status_code == 403
    assert sign_in(zarina).get(f"/groups/{group.code}/quick/").status_code == 403


# --- many at the door ------------------------------------------------------------------------------------------------


def _orientation(tahmina, **changes):
    group = opened(tahmina, course=DEPARTURE, starts_on=BEGAN, **changes)
    with acting_as(tahmina):
        return group, Session.objects.filter(group=group).order_by("n").first()


def _row(name="Раҳимов Алӣ", key=None, **changes):
    values = {"kind": ParticipantKind.DEPARTING, "sex": Sex.MALE, "agreed_on": BEGAN, "birth_year": 1990}
    return QuickRow(key or new_id(), ParticipantDraft(name=name, **{**values, **changes}))


def _many(n=30):
    letters = "абвгдежзийклмнопрстуфхцчшэюя"
    return [_row(f"Раҳимов {letters[i % 28]}{letters[i // 28]}") for i in range(n)]


def test_thirty_people_are_registered_enrolled_and_marked_at_once(tahmina):
    group, session = _orientation(tahmina, capacity=40)
    rows = _many(30)
    with acting_as(tahmina):
        made = register_quickly(
            group=group, rows=rows, by=fresh(tahmina), session=session, version=session.version, today=BEGAN
        )
        group.refresh_from_db()
        session.refresh_from_db()
        assert len(made) == Participant.objects.count() == 30
        assert (group.state, group.n_enrolled) == (GroupState.RUNNING, 30)
        assert (session.state, session.n_there) == (SessionState.HELD, 30)
        assert Attendance.objects.filter(session=session, mark="present").count() == 30
        with pytest.raises(Refused) as refused:
            register_quickly(group=group, rows=rows, by=fresh(tahmina), today=BEGAN)
        assert refused.value.code == "twice"
        assert Participant.objects.count() == 30


def test_who_comes_to_a_session_that_is_written_down_is_added_with_a_trace(tahmina):
    group, session = _orientation(tahmina)
    with acting_as(tahmina):
        by = fresh(tahmina)
        register_quickly(group=group, rows=[_row()], by=by, session=session, version=session.version, today=BEGAN)
        group.refresh_from_db()
        session.refresh_from_db()
        late = _row("Назаров Бек")
        register_quickly(group=group, rows=[late], by=by, session=session, version=session.version, today=BEGAN)
        session.refresh_from_db()
        assert (session.n_marked, session.n_there) == (2, 2)
        assert Attendance.objects.get(enrolment_id=late.key).former.get().reason


def test_those_enrolled_before_were_there_only_if_somebody_says_so(tahmina):
    group, session = _orientation(tahmina)
    came, away = (professional(tahmina, name, kind=ParticipantKind.OTHER) for name in ("Аброр А", "Бек Б"))
    rows = {row.participant_id: row.pk for row in enrolled(tahmina, group, [came, away])}
    with acting_as(tahmina):
        group.refresh_from_db()
        register_quickly(
            group=group, rows=[_row()], by=fresh(tahmina), session=session, version=session.version,
            also_there={rows[came.pk]}, today=BEGAN,
        )  # fmt: skip
        marks = dict(Attendance.objects.filter(session=session).values_list("enrolment_id", "mark"))
    assert marks[rows[came.pk]] == "present"
    assert marks[rows[away.pk]] == "absent"


@pytest.mark.parametrize(("rows", "code"), [([], "rows"), (_many(6), "full"), ([_row(birth_year=2015)], "guardian")])
def test_what_cannot_be_registered_leaves_nothing(tahmina, rows, code):
    group, session = _orientation(tahmina, capacity=5)
    with acting_as(tahmina):
        with pytest.raises(Refused) as refused:
            register_quickly(
                group=group, rows=rows, by=fresh(tahmina), session=session, version=session.version, today=BEGAN
            )
        assert refused.value.code == code
        assert not Participant.objects.exists()
        session.refresh_from_db()
        assert session.state == SessionState.PLANNED


def test_whoever_does_not_teach_the_group_registers_nobody_in_it(tahmina, zarina, farrukh):
    group, _session = _orientation(tahmina)
    for user in (zarina, farrukh):
        with acting_as(user), pytest.raises((WithoutRightError, OutsideScopeError)):
            register_quickly(group=group, rows=[_row()], by=fresh(user), today=BEGAN)


def _page_form(rows, **more):
    form = {
        "form_id": str(new_id()), "do": "save", "kind": "departing", "agreed_on": BEGAN.isoformat(), "session": "1",
        "rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": "0", "materials": ["numbers", "ban_guide"],
    }  # fmt: skip
    for n, row in enumerate(rows):
        form |= {f"rows-{n}-{name}": value for name, value in row.items()}
    return form | more


ALI = {"name": "Раҳимов Алӣ", "sex": "male", "birth_year": "1990", "telephone": "918123456", "destination": "RU",
       "calls": "on"}  # fmt: skip
BEK = {"name": "Назаров Бек", "sex": "male", "birth_year": "1995", "destination": "KZ"}
EMPTY = {"name": "", "sex": "", "birth_year": "", "telephone": "", "destination": "RU"}


def test_the_page_takes_rows_in_and_passes_over_empty_ones(tahmina, sign_in):
    group, _session = _orientation(tahmina)
    browser, path = sign_in(tahmina), f"/groups/{group.code}/quick/"
    assert browser.get(path).status_code == 200
    form = _page_form([ALI, EMPTY, BEK])
    for _time in range(2):
        answer = browser.post(path, form)
        assert answer.status_code == 302, _words(answer)
    with acting_as(tahmina):
        rows = {row.name: row for row in Enrolment.objects.filter(group=group)}
        assert set(rows) == {"Раҳимов Алӣ", "Назаров Бек"}
        ali = rows["Раҳимов Алӣ"]
        assert (ali.state, ali.n_there) == (EnrolmentState.ENROLLED, 1)
        assert (ali.destination, ali.materials) == ("RU", ["numbers", "ban_guide"])
        assert ali.calls_agreed_on == BEGAN
        assert rows["Назаров Бек"].calls_agreed_on is None
        assert ali.participant.telephone == "+992918123456"


def test_a_pasted_list_fills_the_rows_and_nothing_is_saved_yet(tahmina, sign_in):
    group, _session = _orientation(tahmina)
    browser, path = sign_in(tahmina), f"/groups/{group.code}/quick/"
    answer = browser.post(
        path, _page_form([ALI], do="paste", pasted="Назаров Бек\t1995\tм\tKazakhstan\nҚодиров Собир; 88")
    )
    words = _words(answer)
    for name in ("Раҳимов Алӣ", "Назаров Бек", "Қодиров Собир"):
        assert f'value="{name}"' in words
    assert 'value="KZ" selected' in words
    answer = browser.post(path, _page_form([ALI], do="more"))
    assert _words(answer).count("quick-row") >= 11
    with acting_as(tahmina):
        assert not Enrolment.objects.exists()


def test_one_person_twice_on_the_page_or_in_the_register_is_named(tahmina, sign_in):
    group, _session = _orientation(tahmina)
    known = professional(tahmina, "Назаров Бек", kind=ParticipantKind.OTHER, sex=Sex.MALE, birth_year=1995)
    browser, path = sign_in(tahmina), f"/groups/{group.code}/quick/"
    answer = browser.post(path, _page_form([ALI, ALI, BEK]))
    assert answer.status_code == 422
    words = _words(answer)
    assert "This person stands in row 1 already." in words
    assert "Say whether it is the same person." in words
    assert browser.post(path, _page_form([ALI, BEK | {"same": str(known.pk)}])).status_code == 302
    with acting_as(tahmina):
        assert Enrolment.objects.filter(group=group, participant=known).exists()
        assert Participant.objects.count() == 2


def test_two_of_one_name_and_year_are_written_down_once_somebody_says_so(tahmina, sign_in):
    group, _session = _orientation(tahmina)
    browser, path = sign_in(tahmina), f"/groups/{group.code}/quick/"
    answer = browser.post(path, _page_form([ALI, ALI]))
    assert answer.status_code == 422
    assert 'name="rows-1-same"' in _words(answer)
    assert browser.post(path, _page_form([ALI, ALI | {"same": "new"}])).status_code == 302
    with acting_as(tahmina):
        assert Enrolment.objects.filter(group=group).count() == 2


def test_other_courses_have_no_such_page(tahmina, sign_in):
    group = opened(tahmina, course=TRAINING)
    assert sign_in(tahmina).get(f"/groups/{group.code}/quick/").status_code == 404


# --- lists that were pasted ------------------------------------------------------------------------------------------


def test_a_line_is_read_whatever_the_order_and_the_script():
    lines = read_lines("2) زن، \n3. f | Каримова Ҷамила | ۱۹۸۸ | 8 (495) 123-45-67\n\n1990", {})
    assert [(one.name, one.sex, one.birth_year, one.telephone) for one in lines][-1] == (
        "Каримова Ҷамила", "female", 1988, "+74951234567",
    )  # fmt: skip


@given(st.text(max_size=400))
def test_whatever_is_pasted_is_read_without_harm(text):
    lines = read_lines(text, {"россия": "RU"})
    assert len(lines) <= MOST_ROWS
    assert all(one.name and len(one.name) <= 160 and one.sex in {"", "female", "male"} for one in lines)


def test_no_more_people_are_read_than_a_page_holds():
    assert len(read_lines("\n".join(f"Раҳимов {'а' * n}" for n in range(1, 90)))) == MOST_ROWS
