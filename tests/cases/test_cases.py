"""Opening cases, and what may be written into them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import cases as actions
from paivand.cases.actions.cases import Concerned
from paivand.cases.models import Case, CasePerson, CaseTransition, Due
from paivand.cases.queries.cases import case_by_code, case_people
from paivand.cases.rules import kinds
from paivand.cases.rules.cases import CaseRole, Risk
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.models import Consent, JourneyStep
from paivand.registry.rules import ConsentPurpose
from tests.cases.case_cast import (
    a_case,
    a_protection_case,
    an_assessment,
    assessed,
    concerned,
    fresh_case,
    people_of,
    refused,
)
from tests.cast import agreed, register

pytestmark = pytest.mark.django_db


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_case_is_opened_for_a_mother_and_two_children(zarina, family):
    case = a_case(zarina, family)
    with acting_as(zarina):
        assert case.code.startswith("C-")
        assert (case.state, case.owner_id, case.district_id) == ("opened", zarina.pk, family.district_id)
        assert sorted(CasePerson.objects.values_list("role", flat=True)) == ["child", "child", "main"]
        [edge] = CaseTransition.objects.filter(case=case)
        assert (edge.act, edge.start, edge.end, edge.written_by_id) == ("open", "", "opened", zarina.pk)
        assert {due.kind for due in Due.objects.filter(case=case)} == {"first_contact", "assessment", "plan"}
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert (event.subject_label, event.detail["edge"]) == (case.code, ">opened")


def test_opening_tells_the_journey_of_each_person_once(zarina, family):
    a_case(zarina, family)
    with acting_as(zarina):
        steps = JourneyStep.objects.filter(service="social.supported")
        assert steps.count() == 3
        assert set(steps.values_list("person_id", flat=True)) == set(
            CasePerson.objects.values_list("person_id", flat=True)
        )


def test_sending_the_form_twice_opens_one_case(zarina, family):
    with acting_as(zarina):
        key, people = new_id(), concerned(family)
        told = {"case_id": key, "family": family, "people": people, "kind": "social_support", "risk": Risk.LOW,
                "reason": "x", "by": zarina}  # fmt: skip
        actions.open_case(**told)
        with refused("twice"):
            actions.open_case(**told)
        assert Case.objects.count() == 1


def test_without_a_live_consent_to_services_no_case_is_opened(zarina, family):
    with acting_as(zarina):
        services = agreed(purposes=(ConsentPurpose.SERVICES,))
        record_consent(person=family.head, draft=services, by=zarina)
        consent = Consent.objects.get(person=family.head, purpose="services")
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="wants it so", by=zarina)
    with refused("consent"):
        a_case(zarina, family)
    with acting_as(zarina):
        assert not Case.objects.exists()
        assert not JourneyStep.objects.filter(service="social.supported").exists()


def test_a_second_case_of_the_same_kind_needs_an_answer(zarina, family):
    first = a_case(zarina, family)
    with pytest.raises(Refused) as told:
        a_case(zarina, family)
    assert (told.value.code, told.value.detail["codes"]) == ("similar", [first.code])
    second = a_case(zarina, family, second="Another flat, another matter.")
    with acting_as(zarina):
        assert CaseTransition.objects.get(case=second).reason == "Another flat, another matter."
    # Of another kind, or for somebody else, there is nothing to ask.
    a_case(zarina, family, kind="legal_aid")
    with acting_as(zarina):
        other = concerned(family, main="Хадиҷа")
    a_case(zarina, family, people=other)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "weather"}, "kind"),
        ({"reason": "  "}, "reason"),
        ({"on": timezone.localdate() + timedelta(days=2)}, "date"),
        ({"kind": "schooling"}, "main"),
    ],
)
def test_what_cannot_be_is_refused(zarina, family, change, code):
    with refused(code):
        a_case(zarina, family, **change)


def test_a_case_has_exactly_one_main_person_and_each_person_once(zarina, family):
    with acting_as(zarina):
        people = people_of(family)
        head, child = family.head, people["Фарҳод"]
    for chosen, code in (
        ([Concerned(head, CaseRole.OTHER)], "main"),
        ([Concerned(head, CaseRole.MAIN), Concerned(child, CaseRole.MAIN)], "main"),
        ([Concerned(head, CaseRole.MAIN), Concerned(head, CaseRole.CHILD)], "people"),
    ):
        with refused(code):
            a_case(zarina, family, people=chosen)


def test_the_main_person_is_of_the_age_that_the_kind_asks_for(zarina, family):
    with acting_as(zarina):
        child = concerned(family, main="Нигина")
    a_case(zarina, family, kind="schooling", people=child)
    with refused("main"):
        a_case(zarina, family, kind="economic", people=child)
    with refused("main"):
        a_case(zarina, family, kind="child_protection")
    a_protection_case(zarina, family)


def test_only_members_of_the_family_belong_to_its_case(zarina, family):
    other = register(zarina, given="Малика", surname="Азизова", members=0)
    with acting_as(zarina):
        people = [*concerned(family), Concerned(other.head, CaseRole.OTHER)]
    with refused("member"):
        a_case(zarina, family, people=people)


def test_a_new_kind_is_a_row_of_data(zarina, family, tmp_path, monkeypatch):
    declared = yaml.safe_load(kinds.SOURCE.read_text(encoding="utf-8"))
    declared["kinds"].append(
        {
            "code": "reintegration", "from": timezone.localdate(), "main_person": "adult", "best_interest": False,
            "title": {"tg": "Бозгашт", "ru": "Возвращение", "en": "Reintegration", "fa": "بازگشت"},
            "about": {"tg": "x", "ru": "x", "en": "x", "fa": "x"}, "default_services": [],
            "opening_service": "social.supported",
        }
    )  # fmt: skip
    source = tmp_path / "case_kinds.yaml"
    source.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(kinds, "SOURCE", source)
    kinds.case_kinds.cache_clear()
    try:
        assert a_case(zarina, family, kind="reintegration").kind == "reintegration"
        assert kinds.kind_title("reintegration", "ru") == "Возвращение"
    finally:
        kinds.case_kinds.cache_clear()


def test_every_kind_is_called_in_four_languages_and_opens_with_a_known_service():
    from paivand.registry.rules.catalogue import services

    for kind in kinds.case_kinds().values():
        assert set(kind.titles) == set(kind.about) == {"tg", "ru", "en", "fa"}
        assert kind.opening_service in services()


def test_codes_run_on_and_carry_a_check_digit(zarina, family):
    one, other = a_case(zarina, family), a_case(zarina, family, kind="legal_aid")
    assert other.number == one.number + 1
    with acting_as(zarina):
        assert case_by_code(zarina, one.code.lower().replace("-", " ")) == one
        assert case_by_code(zarina, one.code[:-1] + str((int(one.code[-1]) + 1) % 10)) is None


# --- who may --------------------------------------------------------------------------------------------------------


def test_somebody_from_elsewhere_finds_no_case(zarina, farrukh, family):
    case = a_case(zarina, family)
    with acting_as(farrukh):
        assert case_by_code(farrukh, case.code) is None
        with pytest.raises(OutsideScopeError):
            actions.edit_case(case=case, version=case.version, reason="mine", by=farrukh)


@pytest.mark.parametrize("name", ["manija", "rustam", "anvar", "admin", "dpo", "outsider"])
def test_who_does_no_casework_sees_no_case(name, everyone, zarina, family):
    case, by = a_case(zarina, family), everyone[name]
    with acting_as(by):
        assert not Case.objects.exists()
        assert case_by_code(by, case.code) is None
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            actions.edit_case(case=case, version=case.version, reason="mine", by=by)


def test_opening_is_for_caseworkers(rustam, family):
    with pytest.raises(WithoutRightError), acting_as(rustam):
        actions.open_case(
            case_id=new_id(), family=family, people=[Concerned(family.head, CaseRole.MAIN)], kind="social_support",
            risk=Risk.LOW, reason="x", by=rustam,
        )  # fmt: skip


def test_a_failing_audit_undoes_the_edge(zarina, family, monkeypatch):
    case = a_case(zarina, family)
    made = an_assessment(zarina, family)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the audit cannot be written")

    monkeypatch.setattr("paivand.access.actions.mechanism.record_event", broken)
    with pytest.raises(RuntimeError), acting_as(zarina), transaction.atomic():
        actions.note_assessed(case=case, version=case.version, assessment=made, by=zarina)
    monkeypatch.undo()
    assert fresh_case(zarina, case).state == "opened"
    with acting_as(zarina):
        assert CaseTransition.objects.filter(case=case).count() == 1


# --- the case itself ------------------------------------------------------------------------------------------------


def test_an_assessment_of_one_of_its_people_makes_the_case_assessed(zarina, family):
    case = assessed(zarina, a_case(zarina, family))
    assert case.state == "assessed"
    with acting_as(zarina):
        edge = CaseTransition.objects.get(case=case, act="assess")
        assert edge.assessment_id == case.assessment_id
        assert not Due.objects.filter(case=case, kind="assessment", cancelled_at=None, done_at=None).exists()
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert event.detail["edge"] == "opened>assessed"


def test_an_unfinished_questionnaire_or_one_of_others_assesses_nobody(zarina, family):
    case = a_case(zarina, family)
    stranger = register(zarina, given="Малика", surname="Азизова", members=0)
    for made in (an_assessment(zarina, family, completed=False), an_assessment(zarina, stranger)):
        with acting_as(zarina), refused("assessment"):
            actions.note_assessed(case=case, version=case.version, assessment=made, by=zarina)


def test_an_old_form_changes_nothing(zarina, family):
    case = a_case(zarina, family)
    with acting_as(zarina):
        actions.edit_case(case=case, version=case.version, reason="more exactly", by=zarina)
        with refused("stale"):
            actions.edit_case(case=case, version=case.version, reason="over it", by=zarina)


def test_people_join_and_leave_a_case(zarina, family):
    case = a_case(zarina, family, people=None)
    with acting_as(zarina):
        grandmother = people_of(family)["Хадиҷа"]
        place = actions.add_person(
            case=case, place_id=new_id(), one=Concerned(grandmother, CaseRole.OTHER), by=zarina
        )  # fmt: skip
        with refused("listed"):
            actions.add_person(case=case, place_id=new_id(), one=Concerned(grandmother, CaseRole.OTHER), by=zarina)
        with refused("main"):
            actions.add_person(case=case, place_id=new_id(), one=Concerned(grandmother, CaseRole.MAIN), by=zarina)
        assert next(row.shown.given_name for row in case_people(zarina, case)) == "Ҷамила"
        actions.end_person(place=place, by=zarina)
        with refused("already"):
            actions.end_person(place=place, by=zarina)
        assert len(case_people(zarina, case)) == 3
        with refused("main"):
            actions.end_person(place=case.casepersons.get(role="main"), by=zarina)


def test_the_former_worker_reads_the_case_and_what_she_wrote_and_no_more(zarina, farrukh, nasiba, family):
    """The case lies in Kulob; Farrukh of Dusti had it before."""
    case = a_case(zarina, family)
    with acting_as(nasiba), writing("test"):
        Case.objects.filter(pk=case.pk).update(former_owner=farrukh)
    with acting_as(farrukh):
        seen = case_by_code(farrukh, case.code)
        assert seen == case
        assert Case.policy.shows(farrukh, seen)
        assert case_people(farrukh, seen) == []
        assert not Due.objects.filter(case=case).exists()
        with pytest.raises(WithoutRightError):
            actions.edit_case(case=seen, version=seen.version, reason="still mine", by=farrukh)
    with acting_as(nasiba), writing("test"):
        Due.objects.filter(case=case, kind="plan").update(written_by=farrukh)
    with acting_as(farrukh):
        assert [due.kind for due in Due.objects.filter(case=case)] == ["plan"]


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "forgotten"},
        {"state": "closed"},
        {"closed_on": timezone.localdate()},
        {"risk": "grave"},
        {"reason": ""},
        {"next_due_at": None},
    ],
)
def test_the_database_refuses_what_cannot_be(zarina, family, wrong):
    case = a_case(zarina, family)
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**wrong)


def test_the_database_refuses_an_edge_that_is_none(zarina, family):
    case = a_case(zarina, family)
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        CaseTransition.objects.create(
            case=case, act="close", start="opened", end="closed", at=timezone.now(), written_by=zarina,
            district_id=case.district_id,
        )  # fmt: skip
