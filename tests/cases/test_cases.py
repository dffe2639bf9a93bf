"""Opening cases, and moving them from state to state."""

from __future__ import annotations

import pytest

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.models import CasePerson, CaseTransition, Due
from paivand.registry.models import JourneyStep
from tests.cases.case_cast import a_case

pytestmark = pytest.mark.django_db


def test_a_case_is_opened_for_a_mother_and_two_children(zarina, family):
    case = a_case(zarina, family)
    with acting_as(zarina):
        assert case.code.startswith("C-")
        assert (case.state, case.owner_id, case.district_id) == ("opened", zarina.pk, family.district_id)
        assert sorted(CasePerson.objects.values_list("role", flat=True)) == ["child", "child", "main"]
        [edge] = CaseTransition.objects.filter(case=case)
        assert (edge.act, edge.start, edge.end, edge.written_by_id) == ("open", "", "opened", zarina.pk)
        assert {due.kind for due in Due.objects.filter(case=case)} == {"first_contact", "assessment", "plan"}
        steps = JourneyStep.objects.filter(service="social.supported")
        assert steps.count() == 3
        assert set(steps.values_list("person_id", flat=True)) == set(
            CasePerson.objects.values_list("person_id", flat=True)
        )
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert (event.subject_label, event.detail["edge"]) == (case.code, ">opened")
