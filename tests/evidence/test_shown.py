"""What is shown of an indicator does not depend on what stands beside it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from paivand.core.rules.errors import Refused
from paivand.evidence.queries import shown as asked
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.asking import Ask, Figure
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.telling import Hidden, Told

pytestmark = pytest.mark.django_db
COUNTS = {
    "protection_services": {(): 25, (("sex", "female"),): 20, (("sex", "male"),): 5},
    "legal_services": {(): 15, (("sex", "female"),): 10, (("sex", "male"),): 5},
    "social_services": {(): 8, (("sex", "female"),): 8},
    "child_and_referral_services": {(): 2, (("sex", "female"),): 2},
}


@pytest.fixture
def given(monkeypatch):
    """Figures that are given instead of counted: parts that make up their whole, one of them small."""

    def exact(asked_for, _ask):
        return {one.code: Figure(one.code, COUNTS[one.code], COUNTS[one.code]) for one in asked_for}, timezone.now()

    monkeypatch.setattr(asked, "_exact", exact)


def test_a_small_part_is_not_what_the_whole_leaves(given, manija):
    codes = list(COUNTS)
    found = shown(manija, [indicators()[code] for code in codes])
    assert found["protection_services"].whole == Told(25)
    assert found["child_and_referral_services"].whole == Told(None, Hidden.SMALL)
    assert None in (found["legal_services"].whole.value, found["social_services"].whole.value)


@pytest.mark.parametrize("code", list(COUNTS))
def test_an_indicator_alone_is_shown_as_beside_its_family(code, given, manija):
    together = shown(manija, [indicators()[one] for one in COUNTS])
    alone = shown(manija, [indicators()[code]])
    assert list(alone) == [code]
    assert alone[code].cells == together[code].cells


def test_another_age_set_than_the_declared_one_is_refused_with_a_reason(given, manija):
    one = indicators()["protection_services"]
    assert shown(manija, [one], Ask(ages=one.ages))
    with pytest.raises(Refused, match="could be subtracted") as refused:
        shown(manija, [one], Ask(ages="child"))
    assert refused.value.code == "ages"
