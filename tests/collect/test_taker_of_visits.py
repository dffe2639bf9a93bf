"""What a visit that was written down on a phone becomes: with a case of hers, and without one."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import Refused
from tests.cases.case_cast import a_case, concerned, people_of
from tests.cast import register
from tests.collect.on_phone import arrived, filled_xml, take

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def _visit(whose: Any, /, **changed: str) -> dict[str, str]:
    return {
        "family": str(whose.pk), "visit/happened_on": str(TODAY), "visit/way": "home", "visit/outcome": "completed",
        "visit/people": str(whose.head_id), "changed/changes": "", **changed,
    }  # fmt: skip


TOLD = {
    "visit/others_met": "ҳамсоя", "told/seen": "Хона гарм аст.\nКӯдакон дар мактаб.", "told/agreed": "Ҳуҷҷат меорад.",
    "next/next_on": str(TODAY + timedelta(days=7)), "next/next_way": "phone", "next/next_purpose": "санҷидан",
}  # fmt: skip


def _opened(by: Any, family: Any) -> Any:
    return a_case(by, family, on=TODAY - timedelta(days=20))


def _visits(by: Any, case: Any) -> list[Any]:
    from paivand.cases.models import Visit

    with acting_as(by):
        return list(Visit.objects.filter(case=case).order_by("planned_on", "id"))


def _steps(by: Any, family: Any) -> set[tuple[str, str, date]]:
    from paivand.registry.models import JourneyStep

    with acting_as(by):
        people = [person.pk for person in people_of(family).values()]
        steps = JourneyStep.objects.filter(person_id__in=people).exclude(service="registry.registered")
        return {(step.service, step.outcome, step.happened_on) for step in steps}


def test_a_visit_is_written_into_the_case_field_by_field(zarina: Any, family: Any) -> None:
    case = _opened(zarina, family)
    with acting_as(zarina):
        people = people_of(family)
        met = f"{people['Ҷамила'].pk} {people['Нигина'].pk}"
    taken = take(zarina, filled_xml("home_visit", _visit(family, **TOLD, **{"visit/people": met})))
    made, agreed = sorted(_visits(zarina, case), key=lambda visit: visit.state)
    assert (made.state, made.way, made.happened_on, made.outcome) == ("made", "home", TODAY, "completed")
    assert (made.others_met, made.seen, made.agreed) == (
        TOLD["visit/others_met"],
        TOLD["told/seen"],
        TOLD["told/agreed"],
    )
    assert (agreed.state, agreed.way, agreed.planned_on, agreed.purpose) == (
        "planned", "phone", TODAY + timedelta(days=7), "санҷидан",
    )  # fmt: skip
    with acting_as(zarina):
        assert {str(row.person_id) for row in made.people.all() if row.was_met} == set(met.split())
    assert ("visit.made", "completed", TODAY) in _steps(zarina, family)
    assert taken.what[0].told()["url_kwargs"] == {"code": case.code}
    assert (taken.what[0].id, taken.families) == (made.pk, (family.pk,))


def test_the_same_visit_taken_twice_is_written_down_once(zarina: Any, family: Any) -> None:
    case = _opened(zarina, family)
    xml = filled_xml("home_visit", _visit(family, **TOLD))
    sent = arrived(zarina, xml)
    first = take(zarina, xml, sent=sent)
    before = [(visit.pk, visit.version) for visit in _visits(zarina, case)]
    assert take(zarina, xml, sent=sent) == first
    assert [(visit.pk, visit.version) for visit in _visits(zarina, case)] == before


def test_a_contact_that_was_agreed_for_these_days_is_the_one_that_was_made(zarina: Any, family: Any) -> None:
    from paivand.cases.actions.visits import plan_visit
    from paivand.cases.rules.records import NextVisit, Way

    case = _opened(zarina, family)
    with acting_as(zarina):
        planned = plan_visit(case=case, visit_id=uuid.uuid4(), agreed=NextVisit(TODAY, Way.HOME), by=zarina)
    taken = take(zarina, filled_xml("home_visit", _visit(family)))
    (visit,) = _visits(zarina, case)
    assert (visit.pk, visit.state, taken.what[0].id) == (planned.pk, "made", planned.pk)


def test_a_contact_that_was_agreed_for_later_stays(zarina: Any, family: Any) -> None:
    from paivand.cases.actions.visits import plan_visit
    from paivand.cases.rules.records import NextVisit, Way

    case = _opened(zarina, family)
    with acting_as(zarina):
        later = NextVisit(TODAY + timedelta(days=3), Way.HOME)
        plan_visit(case=case, visit_id=uuid.uuid4(), agreed=later, by=zarina)
    take(zarina, filled_xml("home_visit", _visit(family)))
    assert sorted(visit.state for visit in _visits(zarina, case)) == ["made", "planned"]


def test_who_is_of_the_family_but_not_of_the_case_is_not_written_into_it_by_name(zarina: Any, family: Any) -> None:
    case = a_case(zarina, family, on=TODAY - timedelta(days=20), people=_only_head(zarina, family))
    with acting_as(zarina):
        outside = people_of(family)["Нигина"].pk
    take(zarina, filled_xml("home_visit", _visit(family, **{"visit/people": f"{family.head_id} {outside}"})))
    (visit,) = _visits(zarina, case)
    with acting_as(zarina):
        assert {row.person_id for row in visit.people.all()} == {family.head_id}
    assert visit.others_met == "others of the family"


def _only_head(by: Any, family: Any) -> Any:
    with acting_as(by):
        return concerned(family)


def test_without_a_case_a_visit_is_a_step_of_each_who_was_met(zarina: Any, family: Any) -> None:
    with acting_as(zarina):
        met = " ".join(str(person.pk) for person in people_of(family).values())
    xml = filled_xml("home_visit", _visit(family, **{"visit/people": met}))
    sent = arrived(zarina, xml)
    first = take(zarina, xml, sent=sent)
    assert _steps(zarina, family) == {("visit.made", "completed", TODAY)}
    assert take(zarina, xml, sent=sent) == first
    from paivand.registry.models import JourneyStep

    with acting_as(zarina):
        assert JourneyStep.objects.filter(service="visit.made").count() == len(met.split())


def test_the_head_of_a_family_registered_offline_is_met_by_an_answer_of_its_own(zarina: Any, family: Any) -> None:
    """Until the next lists arrive, the phone's list of people does not hold her."""
    from paivand.registry.models import JourneyStep

    take(zarina, filled_xml("home_visit", _visit(family, **{"visit/people": "", "visit/head_met": "yes"})))
    with acting_as(zarina):
        (step,) = JourneyStep.objects.filter(service="visit.made")
    assert step.person_id == family.head_id


@pytest.mark.parametrize("field", ["told/seen", "told/agreed", "next/next_on"])
def test_what_only_a_case_can_keep_is_not_lost_without_one(zarina: Any, family: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("home_visit", _visit(family, **{field: TOLD[field]})))
    assert (refused.value.code, refused.value.field) == ("case", field)
    assert _steps(zarina, family) == set()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"family": ""}, "family"),
        ({"family": str(uuid.uuid4())}, "family"),
        ({"visit/happened_on": str(TODAY + timedelta(days=2))}, "visit/happened_on"),
        ({"visit/happened_on": str(TODAY - timedelta(days=30))}, "visit/happened_on"),
        ({"visit/happened_on": ""}, "visit/happened_on"),
        ({"visit/way": "by_drone"}, "visit/way"),
        ({"visit/outcome": ""}, "visit/outcome"),
        ({"visit/people": ""}, "visit/people"),
        ({"visit/people": "nobody"}, "visit/people"),
        ({"visit/people": str(uuid.uuid4())}, "visit/people"),
        ({"visit/others_met": "ҳ" * 201}, "visit/others_met"),
        ({"told/seen": "д" * 4001}, "told/seen"),
        ({"next/next_on": str(TODAY - timedelta(days=1))}, "next/next_on"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_where_it_stands(
    zarina: Any, family: Any, changed: dict[str, str], field: str
) -> None:
    case = _opened(zarina, family)
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("home_visit", _visit(family, **changed)))
    assert refused.value.field == field
    assert _visits(zarina, case) == []


@pytest.mark.parametrize("with_case", [True, False])
def test_somebody_of_another_family_is_not_met_there(zarina: Any, family: Any, with_case: bool) -> None:
    if with_case:
        _opened(zarina, family)
    stranger = register(zarina, given="Зебо", surname="Раҷабова")
    met = f"{family.head_id} {stranger.head_id}"
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("home_visit", _visit(family, **{"visit/people": met})))
    assert (refused.value.code, refused.value.field) == ("people", "visit/people")


def test_a_visit_in_another_district_is_refused(zarina: Any, dusti_family: Any) -> None:
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("home_visit", _visit(dusti_family)))
    assert refused.value.field == "family"
