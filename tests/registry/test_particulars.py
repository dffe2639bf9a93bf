"""Schooling, marriage, papers and telephones: what is written, what is refused, and where a number is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.particulars import (
    add_document,
    add_phone,
    edit_document,
    edit_phone,
    end_phone,
    remove_document,
    write_particulars,
)
from paivand.registry.actions.states import change_state
from paivand.registry.models import Document, Particulars, Phone
from paivand.registry.queries import families as queries
from paivand.registry.queries import particulars as known
from paivand.registry.queries.people import same_person
from paivand.registry.rules.drafts import DocumentDraft, ParticularsDraft, PhoneDraft
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.people import DocumentKind, DocumentStatus, MayCall

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
AHEAD = TODAY + timedelta(days=2)
"""Still to come where midnight passes before the tests of this file run."""
NUMBER = "+992918123456"
ROOT = Path(__file__).resolve().parents[2]


def call(may_call=MayCall.YES, **changes):
    values = {"number": NUMBER, "may_call": may_call, "agreed_on": None if may_call == MayCall.NOT_ASKED else TODAY}
    return PhoneDraft(**{**values, **changes})


def paper(**changes):
    values = {"kind": DocumentKind.PASSPORT, "status": DocumentStatus.VALID, "number": "А 0123456"}
    return DocumentDraft(**{**values, **changes})


def head_of(family, by):
    return next(row for row in queries.members(by, family) if row.relation == "head")


def path_of(name, family, **more):
    return reverse(f"registry:{name}", kwargs={"code": family.code, **more})


@pytest.fixture
def phone(family, zarina):
    """A number of the head that may be called."""
    with acting_as(zarina):
        return add_phone(person=family.head, phone_id=new_id(), draft=call(hours="баъд аз 17:00"), by=zarina)


@pytest.fixture
def document(family, zarina):
    """A passport of the head."""
    with acting_as(zarina):
        return add_document(person=family.head, document_id=new_id(), draft=paper(), by=zarina)


# --- schooling and marriage -----------------------------------------------------------------------------------------


def test_particulars_are_written_and_changed(family, zarina):
    with acting_as(zarina):
        first = ParticularsDraft(education="secondary", marital="married", marriage="civil", languages=("tg", "ru"))
        row = write_particulars(person=family.head, version=0, draft=first, by=zarina)
        write_particulars(
            person=family.head, version=row.version, draft=ParticularsDraft(marital="divorced", marriage="civil"),
            by=zarina,
        )  # fmt: skip
        stands = Particulars.objects.get()
        assert (stands.marital, stands.education, stands.languages) == ("divorced", "", [])
        assert stands.scope == family.scope
        event = AuditEvent.objects.filter(event="family.edit", outcome="done").latest("id")
        assert set(event.detail["changed"]) == {"marital", "education", "languages"}
        assert event.subject_label == ""
        assert "divorced" not in str(event.detail)


@pytest.mark.parametrize(("draft", "code"), [
    (ParticularsDraft(marriage="civil"), "marriage"),
    (ParticularsDraft(marital="single", marriage="religious"), "marriage"),
    (ParticularsDraft(school="attending", out_of_school_reason="work"), "school"),
    (ParticularsDraft(out_of_school_since=TODAY), "school"),
    (ParticularsDraft(school="out", out_of_school_since=AHEAD), "date"),
])  # fmt: skip
def test_facts_that_contradict_each_other_are_refused(draft, code, family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            write_particulars(person=family.head, version=0, draft=draft, by=zarina)
        assert refused.value.code == code
        assert not Particulars.objects.exists()


def test_two_who_write_the_first_particulars_at_once_lose_nothing(family, zarina, nasiba):
    with acting_as(zarina):
        write_particulars(person=family.head, version=0, draft=ParticularsDraft(education="basic"), by=zarina)
    with acting_as(nasiba):
        with pytest.raises(Refused) as refused:
            write_particulars(person=family.head, version=0, draft=ParticularsDraft(education="higher"), by=nasiba)
        assert refused.value.code == "stale"


def test_two_editors_compare_on_the_screen(family, zarina, sign_in):
    browser = sign_in(zarina)
    with acting_as(zarina):
        member = head_of(family, zarina)
        write_particulars(person=family.head, version=0, draft=ParticularsDraft(languages=("tg", "uz")), by=zarina)
    path = path_of("particulars-edit", family, member_id=member.pk)
    answer = browser.post(path, {"education": "higher", "languages": ["ru"], "version": 0})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else saved changes" in html
    assert "Tajik, Uzbek" in html
    again = browser.post(path, {"education": "higher", "languages": ["ru"], "version": 1})
    assert again.status_code == 302


# --- papers ---------------------------------------------------------------------------------------------------------


def test_a_paper_is_written_changed_and_taken_away(document, family, zarina):
    with acting_as(zarina):
        assert document.number_key == "A0123456"
        changed = edit_document(
            document=document, version=1, draft=paper(status=DocumentStatus.LOST, number="В 765-4321"), by=zarina
        )
        assert (changed.status, changed.number_key) == ("lost", "B7654321")
        event = AuditEvent.objects.filter(event="family.edit", outcome="done").latest("id")
        assert set(event.detail["changed"]) == {"status", "number", "number_key"}
        with pytest.raises(Refused) as refused:
            remove_document(document=document, version=1, by=zarina)
        assert refused.value.code == "stale"
        remove_document(document=document, version=2, by=zarina)
        assert not Document.objects.exists()
        with pytest.raises(Refused) as refused:
            edit_document(document=document, version=2, draft=paper(), by=zarina)
        assert refused.value.code == "gone"


@pytest.mark.parametrize(("changes", "code"), [
    ({"status": DocumentStatus.NEVER_HAD}, "number"),
    ({"number": "A-1"}, "number"),
    ({"issued_on": AHEAD}, "date"),
    ({"issued_on": TODAY, "valid_until": TODAY - timedelta(days=1)}, "date"),
])  # fmt: skip
def test_a_paper_that_cannot_be_is_refused(changes, code, family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            add_document(person=family.head, document_id=new_id(), draft=paper(**changes), by=zarina)
        assert refused.value.code == code


def test_a_paper_that_somebody_never_had_is_written_down_too(family, zarina):
    with acting_as(zarina):
        draft = paper(status=DocumentStatus.NEVER_HAD, number="")
        assert add_document(person=family.head, document_id=new_id(), draft=draft, by=zarina).number_key == ""


def test_a_double_tap_writes_one_paper_and_one_number(family, zarina, sign_in):
    browser, key = sign_in(zarina), str(new_id())
    with acting_as(zarina):
        member = head_of(family, zarina)
    for name, values in (
        ("document-add", {"kind": "passport", "status": "valid", "number": "А 0123456"}),
        ("phone-add", {"phone": "918 12 34 56", "may_call": "yes", "agreed_on": TODAY}),
    ):
        path = path_of(name, family, member_id=member.pk)
        answers = [browser.post(path, {**values, "form_id": key}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
    with acting_as(zarina):
        assert (Document.objects.count(), Phone.objects.count()) == (1, 1)


# --- telephones -----------------------------------------------------------------------------------------------------


def test_a_number_is_written_changed_and_ended(phone, family, zarina):
    with acting_as(zarina):
        changed = edit_phone(phone=phone, version=1, draft=call(MayCall.NO), by=zarina)
        assert (changed.may_call, changed.hours) == ("no", "")
        end_phone(phone=phone, version=2, ended_on=TODAY, by=zarina)
        assert known.phones(zarina, same_person(zarina, [family.head_id])) == {}
        with pytest.raises(Refused) as refused:
            edit_phone(phone=phone, version=3, draft=call(), by=zarina)
        assert refused.value.code == "gone"
        # The same number may come back, for her or for somebody else.
        add_phone(person=family.head, phone_id=new_id(), draft=call(), by=zarina)
        details = [event.detail for event in AuditEvent.objects.filter(event="family.edit")]
        assert NUMBER not in str(details)


@pytest.mark.parametrize(("draft", "code"), [
    (call(number=""), "phone"),
    (call(number="918123456"), "phone"),
    (call(agreed_on=None), "phone"),
    (call(agreed_on=AHEAD), "phone"),
    (call(MayCall.THROUGH_OTHER), "phone"),
])  # fmt: skip
def test_a_number_is_not_written_without_what_its_safe_use_needs(draft, code, family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            add_phone(person=family.head, phone_id=new_id(), draft=draft, by=zarina)
        assert refused.value.code == code


def test_a_number_stands_once_with_a_person(phone, family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            add_phone(person=family.head, phone_id=new_id(), draft=call(), by=zarina)
        assert refused.value.code == "listed"
        other = add_phone(person=family.head, phone_id=new_id(), draft=call(number="+79161234567"), by=zarina)
        with pytest.raises(Refused):
            edit_phone(phone=other, version=1, draft=call(), by=zarina)


@pytest.mark.parametrize(("typed", "said"), [
    ("12", "no telephone number"), ("918 12 34 56 x", "no telephone number"), ("", "required"),
])  # fmt: skip
def test_a_wrong_number_is_named_where_it_stands(typed, said, family, zarina, sign_in):
    with acting_as(zarina):
        member = head_of(family, zarina)
    path = path_of("phone-add", family, member_id=member.pk)
    answer = sign_in(zarina).post(path, {"phone": typed, "may_call": "yes", "hours": "пагоҳӣ"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "пагоҳӣ" in answer.content.decode()


# --- who may --------------------------------------------------------------------------------------------------------


def test_nothing_is_written_in_a_closed_file(phone, document, family, zarina):
    with acting_as(zarina):
        change_state(
            family=family, version=family.version, state=FamilyState.LEFT, on=TODAY, reason="намехоҳад", by=zarina
        )
        for write in (
            lambda: write_particulars(person=family.head, version=0, draft=ParticularsDraft(), by=zarina),
            lambda: add_document(person=family.head, document_id=new_id(), draft=paper(), by=zarina),
            lambda: edit_document(document=document, version=1, draft=paper(), by=zarina),
            lambda: remove_document(document=document, version=1, by=zarina),
            lambda: add_phone(person=family.head, phone_id=new_id(), draft=call(number="+79161234567"), by=zarina),
            lambda: edit_phone(phone=phone, version=1, draft=call(), by=zarina),
            lambda: end_phone(phone=phone, version=1, ended_on=TODAY, by=zarina),
        ):
            with pytest.raises(Refused) as refused:
                write()
            assert refused.value.code == "closed"


def test_only_who_works_with_the_family_writes(phone, document, family, farrukh, rustam):
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        edit_phone(phone=phone, version=1, draft=call(), by=farrukh)
    with acting_as(rustam):
        with pytest.raises(WithoutRightError):
            edit_phone(phone=phone, version=1, draft=call(), by=rustam)
        with pytest.raises(WithoutRightError):
            edit_document(document=document, version=1, draft=paper(), by=rustam)


def test_a_role_without_the_class_sees_no_number_even_in_raw_sql(phone, family, manija, farrukh):
    for user in (manija, farrukh):
        with acting_as(user):
            assert Phone.objects.count() == 0
            assert known.phones(user, {family.head_id: family.head_id}) == {}


@pytest.mark.parametrize("change", [
    {"number": "918123456"}, {"agreed_on": None}, {"may_call": "no", "agreed_on": None},
])  # fmt: skip
def test_the_database_refuses_a_number_without_its_agreement(change, phone, zarina):
    with acting_as(zarina), writing("a test"), pytest.raises(DatabaseError), transaction.atomic():
        Phone.objects.filter(pk=phone.pk).update(**change)


# --- where a number is shown ----------------------------------------------------------------------------------------


def warned(html):
    """What stands before each number on the page: the text of the nearest box of a telephone."""
    return [html[: found.start()].rpartition('class="phone ')[2] for found in re.finditer(r"918 12 34 56</bdi>", html)]


@pytest.mark.parametrize(("may_call", "link"), [
    (MayCall.YES, "tel:"), (MayCall.MESSAGE_ONLY, "sms:"), (MayCall.THROUGH_OTHER, "tel:"), (MayCall.NO, ""),
    (MayCall.NOT_ASKED, ""),
])  # fmt: skip
def test_a_warning_stands_before_every_number(may_call, link, family, zarina, sign_in):
    with acting_as(zarina):
        draft = call(may_call, who_may_answer="хушдоман", say_what="Курси мо")
        add_phone(person=family.head, phone_id=new_id(), draft=draft, by=zarina)
        member = head_of(family, zarina)
    browser = sign_in(zarina)
    for path in (path_of("family-open", family), path_of("person-open", family, member_id=member.pk)):
        html = browser.get(path).content.decode()
        boxes = warned(html)
        assert len(boxes) == 1, "the number stands once, in its box"
        assert "хушдоман" in boxes[0]
        assert "Курси мо" in boxes[0]
        assert boxes[0].count("<details") == (2 if may_call == MayCall.NO else 1)
        assert boxes[0].count("<details") > boxes[0].count("</details>")
        assert ("tel:" in html, "sms:" in html) == (link == "tel:", link == "sms:")


def test_who_may_not_know_how_to_reach_people_sees_nothing_of_it(phone, family, manija, sign_in):
    html = sign_in(manija).get(path_of("family-open", family)).content.decode()
    assert "918" not in html
    assert 'class="phone' not in html


def test_the_warning_stands_above_the_form_that_changes_a_number(phone, family, zarina, sign_in):
    with acting_as(zarina):
        member = head_of(family, zarina)
    html = sign_in(zarina).get(path_of("phone-edit", family, member_id=member.pk, phone_id=phone.pk)).content.decode()
    assert html.index("баъд аз 17:00") < html.index(NUMBER)
    ended = sign_in(zarina).get(path_of("phone-end", family, member_id=member.pk, phone_id=phone.pk)).content.decode()
    assert NUMBER[4:] not in ended


SHOWN_IN = "components/phone.html"


def numbers_shown(source):
    """Expressions of a template that print a telephone number, or make a link of it."""
    looped = re.findall(r"{%\s*for\s+(\w+)\s+in\s+[\w.]*phones?\w*", source)
    named = re.findall(r"phone\w*\S*\s+as\s+(\w+)|(\w+)=[\w.]*phone\w*", source)
    names = {"phone", *looped, *(name for pair in named for name in pair if name)}
    printed = re.findall(r"{{\s*([\w.]+)", source)
    return [
        *(one for one in printed if one.endswith(".number") and (set(one.split(".")) & names or "phone" in one)),
        *re.findall(r"""["'](?:tel|sms):""", source),
    ]


def test_no_template_shows_a_number_outside_its_box():
    templates = ROOT / "paivand" / "templates"
    found = {
        path.relative_to(templates).as_posix(): numbers_shown(path.read_text(encoding="utf-8"))
        for path in templates.rglob("*.html")
    }
    assert found.pop(SHOWN_IN)
    assert {name: shown for name, shown in found.items() if shown} == {}, (
        f"Show a telephone number by {SHOWN_IN} only: what must be known before the call stands there before it."
    )


@pytest.mark.parametrize("source", [
    "{{ phone.number }}", "{{ member.phone.number }}", "{% for one in member.phones %}{{ one.number }}{% endfor %}",
    '<a href="tel:{{ x }}">', "{% with number=person.phones.0 %}{{ number.number }}{% endwith %}",
])  # fmt: skip
def test_a_number_outside_its_box_is_noticed(source):
    assert numbers_shown(source)
