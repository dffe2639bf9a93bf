"""Case conferences: who took part, what was decided, and that it is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import conferences as actions
from paivand.cases.models import Conference, ConferenceDecision, ConferencePresence, Due, FormerVersion
from paivand.cases.rules.records import ConferenceDraft, DecisionDraft
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from tests.cases.case_cast import a_case

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family, on=TODAY() - timedelta(days=20))


def told(zarina, nasiba, **changes):
    values = {
        "held_on": TODAY(), "points": "мактаб, ҳуҷҷатҳо", "venue": "ҷамоат", "staff": (zarina.pk, nasiba.pk),
        "others": ("директори мактаб", "духтури бунгоҳ"),
        "decisions": (
            DecisionDraft("ба мактаб меравад", zarina.pk, due_on=TODAY() + timedelta(days=7)),
            DecisionDraft("маълумотнома медиҳад", None, "котиби ҷамоат"),
        ),
    }  # fmt: skip
    return ConferenceDraft(**{**values, **changes})


def held(case, zarina, nasiba, **changes):
    with acting_as(zarina):
        draft = told(zarina, nasiba, **changes)
        return actions.hold_conference(case=case, conference_id=new_id(), draft=draft, by=zarina)


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


def present():
    return sorted(
        row.user.username if row.user else row.function for row in ConferencePresence.objects.filter(was_there=True)
    )


def test_a_decision_with_a_day_is_due(zarina, nasiba, case):
    held(case, zarina, nasiba)
    with acting_as(zarina):
        one, other = ConferenceDecision.objects.order_by("position")
        [due] = Due.objects.filter(kind="decision")
        assert (due.about, timezone.localdate(due.due_at)) == (one.pk, TODAY() + timedelta(days=7))
        assert (other.doer, other.who) == (None, "котиби ҷамоат")
        assert present() == ["nasiba", "zarina", "директори мактаб", "духтури бунгоҳ"]


def test_a_decision_that_was_carried_out_is_not_due_any_more(zarina, nasiba, case):
    held(case, zarina, nasiba)
    with acting_as(zarina):
        row = ConferenceDecision.objects.select_related("case").get(position=0)
        given = {"decision": row, "version": 1, "by": zarina}
        refused("note", actions.answer_decision, done_on=TODAY(), note=" ", **given)
        refused("date", actions.answer_decision, done_on=TODAY() - timedelta(days=1), note="а", **given)
        actions.answer_decision(done_on=TODAY(), note="рафтем", **given)
        assert not Due.objects.filter(kind="decision", done_at=None, cancelled_at=None).exists()
        refused("stale", actions.answer_decision, done_on=TODAY(), note="а", **given)
        refused("already", actions.answer_decision, done_on=TODAY(), note="а", **{**given, "version": 2})


def test_what_cannot_be_is_refused(zarina, nasiba, case):
    for changes, code in [
        ({"points": " "}, "points"), ({"staff": ()}, "staff"), ({"staff": (new_id(),)}, "staff"),
        ({"held_on": TODAY() + timedelta(days=1)}, "date"), ({"decisions": (DecisionDraft("а"),)}, "doer"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as error:
            held(case, zarina, nasiba, **changes)
        assert error.value.code == code
    key = new_id()
    with acting_as(zarina):
        draft = told(zarina, nasiba)
        actions.hold_conference(case=case, conference_id=key, draft=draft, by=zarina)
        refused("twice", actions.hold_conference, case=case, conference_id=key, draft=draft, by=zarina)
        assert Conference.objects.count() == 1


def test_a_correction_keeps_the_former_wording_and_adds_decisions(zarina, nasiba, case):
    row = held(case, zarina, nasiba)
    with acting_as(zarina):
        draft = told(
            zarina, nasiba, points="танҳо мактаб", staff=(zarina.pk,), others=("директори мактаб",),
            decisions=(DecisionDraft("боз як", nasiba.pk),),
        )  # fmt: skip
        given = {"conference": row, "version": 1, "draft": draft, "by": zarina}
        refused("reason", actions.correct_conference, reason="", **given)
        actions.correct_conference(reason="иштибоҳ", **given)
        former = FormerVersion.objects.get(about=row.pk)
        assert former.values["points"] == "мактаб, ҳуҷҷатҳо"
        assert len(former.values["present"]) == 4
        assert present() == ["zarina", "директори мактаб"]
        assert ConferenceDecision.objects.count() == 3


def test_who_works_elsewhere_and_who_has_no_right(zarina, nasiba, farrukh, anvar, case):
    for who in (farrukh, anvar):
        with acting_as(who), pytest.raises(OutsideScopeError):
            actions.hold_conference(case=case, conference_id=new_id(), draft=told(zarina, nasiba), by=who)


def test_the_event_tells_numbers_only(zarina, nasiba, case):
    held(case, zarina, nasiba)
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="case.work").latest("id")
    assert event.detail == {"act": "conference.hold", "present": 4, "decisions": 2}
