"""The file of a programme: the Joint Programme as published, and wrong files refused with line and reason."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from paivand.core.rules.journey_codes import services
from paivand.core.rules.parts import DeclarationError
from paivand.programme.actions.founding import JOINT_PROGRAMME, joint_programme
from paivand.programme.rules.declaration import read

TEXT = JOINT_PROGRAMME.read_text(encoding="utf-8")


def test_the_joint_programme_has_the_published_dates_budget_and_agencies():
    declared = joint_programme()
    draft = declared.draft
    assert (draft.starts_on, draft.months, draft.budget, draft.currency) == (
        date(2021, 8, 1), 24, Decimal(2_200_000), "USD",
    )  # fmt: skip
    assert draft.closed_on is not None
    assert (draft.closed_on.year, draft.closed_on.month) == (2023, 11)
    assert [one.name for one in declared.agencies if one.is_puno] == ["IOM", "UN Women", "UNICEF", "FAO"]
    assert [outcome.code for outcome in declared.outcomes] == ["1", "2", "3", "4"]
    assert {"1", "5", "17"} <= set(draft.sdg_targets)
    assert {2, 7, 16, 19} <= set(draft.gcm_primary) | set(draft.gcm_secondary)


def test_the_invented_parts_are_flagged():
    assert {"budget", "workplan", "progress"} <= set(joint_programme().invented)


def test_every_service_of_the_journey_hangs_under_exactly_one_output():
    outputs = [output for outcome in joint_programme().outcomes for output in outcome.below]
    count = Counter(code for output in outputs for code in output.services)
    assert set(count) == set(services())
    assert set(count.values()) == {1}
    for output in outputs:
        for activity in output.below:
            assert set(activity.services) <= set(output.services)


def test_the_budget_sums_exactly_with_seven_per_cent_for_each_agency():
    shares = joint_programme().shares
    assert sum(share.direct + share.indirect for share in shares) == Decimal(2_200_000)
    for share in shares:
        assert share.indirect == (share.direct * Decimal("0.07")).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_titles_are_in_all_four_languages():
    for outcome in joint_programme().outcomes:
        for output in (outcome, *outcome.below):
            for part in (output, *output.below):
                assert set(part.titles) == {"tg", "ru", "en", "fa"}


WRONG = {
    "a code that is none": ("code: JP-2021", "code: jp 2021", "code", "capital letters"),
    "no English title": ('part: {en: "Donor", ru', "part: {ru", "agencies.4.part", "'en' is missing"),
    "an unknown field": ("donor: Migration", "giver: Migration", "money.giver", "no field"),
    "an unknown service": (
        "services: [learning.vocational_completed]",
        "services: [wagon.sent]",
        "services",
        "no service",
    ),
    "an agency that is not there": (
        "agency: fao\n        gender",
        "agency: wfp\n        gender",
        "agency",
        "no agency 'wfp'",
    ),
    "a code below another outcome": ('code: "2.1"', 'code: "3.1"', "code", "below 2"),
    "a code twice": ('code: "1.1.2"', 'code: "1.1.1"', "activities", "twice"),
    "an activity outside the programme": (
        "starts_on: 2021-09-01, ends_on: 2022-03-31",
        "starts_on: 2021-07-31, ends_on: 2022-03-31",
        "starts_on",
        "outside",
    ),
    "an activity that ends before it begins": (
        "ends_on: 2022-02-28, began",
        "ends_on: 2021-09-30, began",
        "ends_on",
        "after it begins",
    ),
    "progress before it began": (
        "{on: 2021-12-31, percent: 55",
        "{on: 2021-09-01, percent: 55",
        "progress.0.on",
        "after the activity began",
    ),
    "progress of more than all": ('percent: 55, note: "Both', 'percent: 155, note: "Both', "percent", "0 to 100"),
    "the indirect cost of an agency": (
        'indirect: "26168.22"',
        'indirect: "26168.23"',
        "budget.shares.3.indirect",
        "is 26168.22, not 26168.23",
    ),
    "an amount of nothing": ('travel: "22400"', 'travel: "0"', "travel", "more than nothing"),
    "an unknown category": ('travel: "22400"', 'trips: "22400"', "trips", "no field 'trips'"),
    "sectors that are not 100": ('"11330": "10"', '"11330": "11"', "sectors", "100 together"),
    "a marker out of range": ("gender: 3,", "gender: 4,", "markers.gender", "one of 0, 1, 2, 3"),
    "a goal out of range": ("gcm_primary: [19, 7]", "gcm_primary: [24, 7]", "gcm_primary", "1 to 23"),
    "a currency without rates": ("currency: USD", "currency: GBP", "currency", "'GBP' is none of"),
    "a second convener": (
        "convening: false, iati_ref: XM-DAC-41301",
        "convening: true, iati_ref: XM-DAC-41301",
        "agencies",
        "only one agency convenes",
    ),
    "a share of a partner": (
        "agency: fao\n      indirect",
        "agency: cwfa\n      indirect",
        "agency",
        "no participating organisation",
    ),
}


@pytest.mark.parametrize(("here", "there", "path", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_its_line_and_the_reason(here, there, path, reason):
    assert TEXT.count(here) >= 1, "the test looks for a line that is not in the file any more"
    with pytest.raises(DeclarationError) as refused:
        read("programme.yaml", TEXT.replace(here, there, 1))
    assert path in refused.value.path
    assert reason in refused.value.reason
    wrong = there.split("\n", maxsplit=1)[0]
    lines = TEXT.replace(here, there, 1).split("\n")
    if path not in {"activities", "agencies"} and refused.value.path.split(".")[-1] in wrong:
        assert wrong in lines[refused.value.line - 1]


def test_a_budget_that_does_not_reach_its_total_says_by_how_much():
    with pytest.raises(DeclarationError) as refused:
        read("programme.yaml", TEXT.replace('total: "2200000"', 'total: "2200000.50"'))
    assert "difference of -0.50" in refused.value.reason
