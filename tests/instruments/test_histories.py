"""Who sees questionnaires and scores, and what other rooms are told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.queries import assessments as queries
from paivand.instruments.rules.states import State
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.rules import ConsentPurpose
from tests.cast import agreed, register
from tests.instruments.asking import (
    DAYS,
    SEEN,
    answered,
    asked,
    begun,
    child_of,
    profile,
    worry,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def events(outcome: str = "done") -> list[dict[str, object]]:
    return [row.detail for row in AuditEvent.objects.filter(event="assessment.record", outcome=outcome).order_by("id")]


def withdraw(by, who, purpose=ConsentPurpose.SERVICES):
    if purpose is not ConsentPurpose.REGISTRATION:
        record_consent(person=who, draft=agreed(purposes=(purpose,)), by=by)
    consent = Consent.objects.get(person=who, purpose=purpose)
    withdraw_consent(consent=consent, on=TODAY, reason="намехоҳад", by=by)


# --- who sees ---------------------------------------------------------------------------------------------------------


def test_answers_and_scores_are_seen_by_those_who_work_with_cases_there(everyone, family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
    for name, by in everyone.items():
        sees = name in {"zarina", "nasiba", "gulnoz"}
        with acting_as(by):
            assert (queries.assessment(by, row.pk) is not None) == sees, name
            assert Assessment.objects.filter(pk=row.pk).exists() == sees, name
            assert Score.objects.filter(assessment_id=row.pk).exists() == sees, name


def test_break_glass_opens_no_questionnaire(dusti_family, farrukh, zarina):
    from paivand.access.actions.glass import break_glass
    from paivand.core.models import Place
    from tests.cast import DUSTI

    with acting_as(farrukh):
        row = asked(dusti_family, farrukh, worry(1))
    with acting_as(zarina):
        break_glass(district=Place.objects.get(pk=DUSTI), reason="садама дар роҳ, кӯдак танҳо монд", by=zarina)
        zarina.forget_rights()
        assert queries.assessment(zarina, row.pk) is None
        assert not Assessment.objects.filter(pk=row.pk).exists()


def test_a_file_whose_head_withdrew_shows_no_questionnaire(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
        withdraw(zarina, family.head, ConsentPurpose.REGISTRATION)
        assert queries.assessment(zarina, row.pk) is None
        assert queries.unfinished(zarina) == []


def test_the_audit_tells_nothing_of_what_was_answered(family, zarina):
    with acting_as(zarina):
        asked(family, zarina, profile(suicide_risk="", no_earner=SEEN), "vulnerability")
        told = " ".join(str(row.detail) + row.subject_label for row in AuditEvent.objects.all())
        for word in ("suicide", "no_earner", "severity", "yes"):
            assert word not in told


# --- questions of other rooms ----------------------------------------------------------------------------------------


def test_the_latest_questionnaire_counts_whenever_it_was_written_down(family, zarina):
    with acting_as(zarina):
        asked(family, zarina, worry(3), on=TODAY)
        asked(family, zarina, worry(0), on=TODAY - timedelta(days=60))
        assert queries.latest_scores(zarina, [family.head_id], "phq4", "total")[family.head_id].value == 12
        assert queries.latest_scores(zarina, [family.head_id], "nothing", "total") == {}
        assert queries.latest_scores(zarina, [family.head_id], "phq4", "nothing") == {}
        assert queries.latest_scores(zarina, [], "phq4", "total") == {}
        rows = queries.assessments_of_people(zarina, [family.head_id, child_of(family).pk])
        assert [row.answered_on for row in rows[family.head_id]] == [TODAY, TODAY - timedelta(days=60)]
        assert rows[child_of(family).pk] == []
        assert [row.answered_on for row in queries.same_questions(zarina, rows[family.head_id][0])] == [
            TODAY - timedelta(days=60), TODAY,
        ]  # fmt: skip


def test_drafts_stand_first_and_count_for_nothing(family, zarina):
    with acting_as(zarina):
        asked(family, zarina, worry(1))
        draft = answered(begun(family, zarina), worry(3), zarina)
        found = queries.assessments_of(zarina, family)
        assert found[0] == draft
        assert queries.unfinished(zarina) == [draft]
        assert queries.latest_scores(zarina, [family.head_id], "phq4", "total")[family.head_id].value == 4


def test_of_joined_records_and_files_the_answers_are_read_together(family, zarina, nasiba):
    from paivand.registry.actions.merges import merge_people

    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    with acting_as(zarina):
        asked(other, zarina, worry(2))
        asked(other, zarina, profile(no_earner=SEEN, food_insecure=SEEN), "vulnerability")
    with acting_as(nasiba):
        merge_people(kept=family.head, absorbed=other.head, reason="як шиноснома", by=nasiba, join=True)
        family.refresh_from_db()
        assert queries.latest_scores(nasiba, [family.head_id], "phq4", "total")[family.head_id].value == 8
        assert {row.instrument for row in queries.assessments_of(nasiba, family)} == {"phq4", "vulnerability"}
        assert queries.vulnerability_of(nasiba, [family.pk])[family.pk].severity == 17


def test_a_family_without_a_profile_is_left_out(family, dusti_family, zarina):
    with acting_as(zarina):
        asked(family, zarina, profile(), "vulnerability")
        assert set(queries.vulnerability_of(zarina, [family.pk, dusti_family.pk])) == {family.pk}


def test_a_score_without_value_says_why_in_the_database_too(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
        score = Score.objects.filter(assessment=row).first()
        score.pk, score.value = new_id(), None
        with pytest.raises(DatabaseError, match="score_without_value"), transaction.atomic(), writing("test"):
            score.save(force_insert=True)


def test_the_state_of_a_questionnaire_has_its_day(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina)
        row.state = State.COMPLETED
        with pytest.raises(DatabaseError, match="assessment_state_has_its_day"), transaction.atomic():
            with writing("test"):
                row.save()


def test_no_flag_is_raised_by_an_ordinary_answer(family, zarina):
    with acting_as(zarina):
        asked(family, zarina, worry(1))
        asked(family, zarina, profile(no_earner=SEEN), "vulnerability")
        assert not RedFlag.objects.exists()
    assert DAYS
