"""What is entered beside the figures: other sources, goals, explanations, editions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from django.utils.translation import override

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions.figures import enter_external, enter_goal, explain, publish_edition, withdraw_entered
from paivand.evidence.models import Edition, ExternalFigure
from paivand.evidence.queries.entered import (
    edition,
    editions,
    explanations,
    external_figures,
    external_history,
    goals_of,
)
from paivand.evidence.rules.entering import ExternalDraft, GoalDraft, GoalKind
from paivand.evidence.rules.reading import indicators

pytestmark = pytest.mark.django_db
FARMERS = indicators()["women_farmers"]
FAO = ExternalDraft(
    source="FAO", document="News of 4 March 2024", method="groups and members as reported by trainers",
    value=Decimal(500), as_of_on=date(2024, 3, 4),
)  # fmt: skip


def test_two_sources_that_disagree_stand_side_by_side(manija):
    with acting_as(manija):
        enter_external(indicator=FARMERS, draft=FAO, by=manija)
        other = ExternalDraft(**{**vars(FAO), "source": "District department", "value": Decimal(310)})
        enter_external(indicator=FARMERS, draft=other, by=manija)
        found = external_figures(manija, [FARMERS])[FARMERS.code]
    assert {(one.source, one.value) for one in found} == {("FAO", 500), ("District department", 310)}


def test_a_figure_that_was_wrong_stays_to_be_read(manija):
    with acting_as(manija):
        first = enter_external(indicator=FARMERS, draft=FAO, by=manija)
        better = ExternalDraft(**{**vars(FAO), "value": Decimal(505)})
        second = enter_external(indicator=FARMERS, draft=better, by=manija, replaces=first, why="a typing error")
        assert [one.pk for one in external_figures(manija, [FARMERS])[FARMERS.code]] == [second.pk]
        assert [one.value for one in external_history(manija, FARMERS)] == [505, 500]
        with pytest.raises(Refused) as refused:
            enter_external(indicator=FARMERS, draft=FAO, by=manija, replaces=first, why="again")
    assert refused.value.code == "stale"


def test_whoever_replaces_a_figure_says_why(manija):
    with acting_as(manija):
        first = enter_external(indicator=FARMERS, draft=FAO, by=manija)
        with pytest.raises(Refused) as refused:
            enter_external(indicator=FARMERS, draft=FAO, by=manija, replaces=first, why="  ")
    assert refused.value.field == "why"


def test_a_figure_is_taken_back_and_its_history_says_so(manija):
    with acting_as(manija):
        first = enter_external(indicator=FARMERS, draft=FAO, by=manija)
        withdraw_entered(entered=first, why="the source corrected itself", by=manija)
        assert external_figures(manija, [FARMERS])[FARMERS.code] == []
        last = external_history(manija, FARMERS)[0]
        assert (last.withdrawn, last.why, last.value) == (True, "the source corrected itself", 500)
        with pytest.raises(Refused):
            enter_external(indicator=FARMERS, draft=FAO, by=manija, replaces=last, why="again")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": " "}, "source"),
        ({"document": ""}, "document"),
        ({"method": ""}, "method"),
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal("1e15")}, "value"),
        ({"as_of_on": date.today() + timedelta(days=2)}, "as_of_on"),  # noqa: DTZ011  # two days are enough
        ({"first_on": date(2024, 2, 1), "last_on": date(2024, 1, 1)}, "last_on"),
    ],
)
def test_a_figure_that_nobody_could_defend_is_refused_with_its_field(manija, change, field):
    with acting_as(manija), pytest.raises(Refused) as refused:
        enter_external(indicator=FARMERS, draft=ExternalDraft(**{**vars(FAO), **change}), by=manija)
    assert refused.value.field == field


def test_a_form_that_is_sent_twice_is_kept_once(manija):
    form_id = new_id()
    with acting_as(manija):
        one = enter_external(indicator=FARMERS, draft=FAO, by=manija, form_id=form_id)
        again = enter_external(indicator=FARMERS, draft=FAO, by=manija, form_id=form_id)
        assert one.pk == again.pk
        assert ExternalFigure.objects.count() == 1


def test_the_latest_goal_for_a_day_counts_and_the_declared_one_stays_without(manija):
    with acting_as(manija):
        declared = goals_of(manija, [FARMERS])[FARMERS.code]
        assert declared.target
        assert declared.target.value == 300
        draft = GoalDraft(GoalKind.TARGET, date(2023, 11, 30), Decimal(360), "steering committee, 3 June")
        enter_goal(indicator=FARMERS, draft=draft, by=manija)
        found = goals_of(manija, [FARMERS])[FARMERS.code]
    assert found.target
    assert (found.target.value, found.target.note) == (360, "steering committee, 3 June")
    assert found.baseline == declared.baseline


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (GoalDraft(GoalKind.TARGET, date(2020, 1, 1), Decimal(3), "x"), "on"),
        (GoalDraft(GoalKind.MILESTONE, date(2030, 1, 1), Decimal(3), "x"), "on"),
        (GoalDraft(GoalKind.BASELINE, date(2023, 6, 1), Decimal(3), "x"), "on"),
        (GoalDraft(GoalKind.TARGET, date(2027, 1, 1), Decimal(3), " "), "note"),
        (GoalDraft(GoalKind.TARGET, date(2027, 1, 1), Decimal(-3), "x"), "value"),
    ],
)
def test_a_goal_in_the_wrong_place_is_refused(manija, draft, field):
    with acting_as(manija), pytest.raises(Refused) as refused:
        enter_goal(indicator=FARMERS, draft=draft, by=manija)
    assert refused.value.field == field


def test_an_explanation_belongs_to_a_period(manija):
    with acting_as(manija):
        explain(indicator=FARMERS, words="Spring came late.", language="en", last_on=date(2026, 6, 30), by=manija)
        assert [one.words for one in explanations(manija, [FARMERS])[FARMERS.code]] == ["Spring came late."]
        assert explanations(manija, [FARMERS], last_on=date(2026, 6, 29))[FARMERS.code] == []
        with pytest.raises(Refused):
            explain(indicator=FARMERS, words=" ", language="en", last_on=date(2026, 6, 30), by=manija)
        with pytest.raises(Refused):
            explain(
                indicator=FARMERS, words="x", language="en", first_on=date(2026, 7, 1), last_on=date(2026, 6, 30),
                by=manija,
            )  # fmt: skip


def test_a_reader_finds_the_explanation_in_the_own_language_first(manija):
    with acting_as(manija):
        for language, words in (("ru", "Весна"), ("tg", "Баҳор"), ("en", "Spring")):
            explain(indicator=FARMERS, words=words, language=language, last_on=date(2026, 6, 30), by=manija)
        for language, words in (("ru", "Весна"), ("tg", "Баҳор"), ("en", "Spring")):
            with override(language):
                assert explanations(manija, [FARMERS])[FARMERS.code][0].words == words


def test_an_edition_is_numbered_and_never_changed(manija):
    cells = {"women_farmers": [[[], "300", None]]}
    with acting_as(manija):
        first = publish_edition(title="June", cells=cells, as_of=timezone.now(), by=manija)
        second = publish_edition(title="July", cells=cells, as_of=timezone.now(), by=manija)
        assert second.number == first.number + 1
        assert [one.title for one in editions(manija)] == ["July", "June"]
        found = edition(manija, first.number)
        assert found
        assert found.cells == cells
        with pytest.raises(Refused):
            publish_edition(title="", cells=cells, as_of=timezone.now(), by=manija)
        with pytest.raises(Refused):
            publish_edition(title="August", cells={}, as_of=timezone.now(), by=manija)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Edition.objects.model._base_manager.filter(pk=first.pk)._raw_delete("default")


@pytest.mark.parametrize("name", ["zarina", "ministry"])
def test_who_only_sees_results_enters_nothing(everyone, name):
    user = everyone[name]
    with acting_as(user), pytest.raises(WithoutRightError):
        enter_external(indicator=FARMERS, draft=FAO, by=user)


def test_what_was_entered_is_in_the_audit_without_its_value(manija, dpo):
    with acting_as(manija):
        enter_external(indicator=FARMERS, draft=FAO, by=manija)
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="results.enter").latest("at")
    assert event.subject_label == "women_farmers"
    assert "500" not in str(event.detail)
