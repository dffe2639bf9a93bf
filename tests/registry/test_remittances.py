"""Money sent home: what the months tell, what it was worth, and writing it down by the year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.money import NoRateError, exchange_rates, in_somoni, rate_of
from paivand.core.rules.writing import writing
from paivand.registry.actions.remittances import record_remittances
from paivand.registry.models import Family, Remittance
from paivand.registry.queries import families
from paivand.registry.queries.remittances import received, remittances
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.remittances import (
    Channel,
    Currency,
    Signal,
    carried_signal,
    judged_month,
    money_signals,
    month_before,
)
from tests.cast import register

NOW = date(2026, 11, 1)
TODAY = timezone.localdate()
THIS_MONTH = TODAY.replace(day=1)
NONE, FELL = Signal.NONE_3_MONTHS, Signal.FELL_40_PERCENT


def told(*amounts, until=NOW):
    """What came in the months before ``until``, the latest first; None where nobody asked."""
    return {
        month_before(until, n): Decimal(amount) for n, amount in enumerate(amounts, start=1) if amount is not None
    }  # fmt: skip


# --- the signals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("came", "found"), [
    (told(), set()),
    (told(0, 0, 0), {NONE}),
    (told(0, 0), set()),
    (told(0, None, 0, 0), set()),
    (told(None, 0, 0, 0), set()),
    (told(0, 0, "0.01"), set()),
    (told("0.00", "0.00", "0.00", 900, 900, 900), {NONE, FELL}),
])  # fmt: skip
def test_three_months_without_money_are_three_months_that_were_asked_about(came, found):
    assert money_signals(came, NOW) == found


def test_the_running_month_is_not_judged():
    assert money_signals({**told(0, 0), NOW: Decimal(0)}, NOW) == set()
    assert money_signals({**told(900, 900, 900, 900, 900, 900), NOW: Decimal(0)}, NOW) == set()
    assert money_signals(told(0, 0, 0), NOW.replace(day=22)) == {NONE}


@pytest.mark.parametrize(("now", "found"), [(600, {FELL}), ("600.01", set()), ("599.99", {FELL}), (1000, set())])
def test_a_fall_of_exactly_forty_percent_raises_the_flag(now, found):
    assert money_signals(told(now, now, now, 1000, 1000, 1000), NOW) == found


def test_an_exact_fall_is_not_lost_to_rounding():
    """A mean of 100/3 has no end in decimals: 60 of 100 is still a fall of exactly 40 %."""
    assert money_signals(told(20, 20, 20, 33, 33, 34), NOW) == {FELL}
    assert money_signals(told(20, 20, "20.01", 33, 33, 34), NOW) == set()


@given(
    before=st.lists(st.integers(1, 10**7), min_size=3, max_size=9),
    now=st.lists(st.integers(1, 10**7), min_size=3, max_size=3),
)
def test_the_flag_is_the_comparison_of_two_means_in_whole_numbers(before, now):
    fell = 10 * sum(now) * len(before) <= 6 * sum(before) * 3
    assert (FELL in money_signals(told(*now, *before), NOW)) == fell


@given(st.lists(st.none() | st.integers(0, 5000), max_size=26))
def test_signals_never_rest_on_months_nobody_asked_about(amounts):
    came = told(*amounts)
    found = money_signals(came, NOW)
    if NONE in found:
        assert all(came[month_before(NOW, n)] == 0 for n in (1, 2, 3))
    if FELL in found:
        assert sum(month in came for month in (month_before(NOW, n) for n in range(1, 7))) >= 3
        assert sum(month in came for month in (month_before(NOW, n) for n in range(4, 25))) >= 3


def test_the_same_season_is_compared_so_that_winter_raises_no_flag():
    summer, winter = [1500] * 6, [400] * 3
    this_year = [*winter, *summer, 900, 900, 900]
    last_year = [*winter, *summer]
    assert money_signals(told(*this_year, *last_year), NOW) == set()
    assert money_signals(told(*this_year), NOW) == {FELL}, "without last winter the months before are all there is"


def test_a_fall_against_the_same_season_is_seen_even_when_the_summer_was_poor():
    assert money_signals(told(500, 500, 500, *[300] * 9, 1000, 1000, 1000), NOW) == {FELL}


def test_a_season_of_last_year_asked_about_in_part_is_not_compared():
    came = told(500, 500, 500, *[520] * 9, 2000, None, 2000)
    assert money_signals(came, NOW) == set()


def test_gaps_are_passed_over_within_half_a_year():
    assert money_signals(told(None, 100, None, 100, None, 100, 1000, 1000, 1000), NOW) == {FELL}
    assert money_signals(told(None, None, None, None, 100, 100, 100, 1000, 1000, 1000), NOW) == set()


def test_too_little_before_is_compared_with_nothing():
    assert money_signals(told(100, 100, 100, 1000, 1000), NOW) == set()
    assert money_signals(told(100, 100, 100, 0, 0, 0), NOW) == set()


def test_a_signal_stands_until_somebody_asks_again():
    came = told(0, 0, 0, until=date(2026, 6, 1))
    assert judged_month(came, NOW) == date(2026, 6, 1)
    assert money_signals(came, judged_month(came, NOW)) == {NONE}
    assert judged_month({}, date(2026, 11, 22)) == NOW


def test_the_family_carries_the_graver_signal():
    assert carried_signal({NONE, FELL}) == "none_3_months"
    assert carried_signal({FELL}) == "fell_40_percent"


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(-40, 40))
def test_months_go_back_and_forth(day, n):
    month = day.replace(day=1)
    assert month_before(month_before(month, n), -n) == month


# --- exchange rates -------------------------------------------------------------------------------------------------


def test_every_currency_has_dated_rates_with_their_source():
    table = exchange_rates()
    assert set(table) == set(Currency) - {Currency.TJS}
    for rates in table.values():
        assert [rate.since for rate in rates] == sorted({rate.since for rate in rates})
        for rate in rates:
            assert rate.source
            assert rate.rate > 0
            assert rate.assumed == rate.note.startswith("Assumption")


def test_a_value_after_the_last_source_is_marked_as_an_assumption():
    assert all(rate.assumed for rates in exchange_rates().values() for rate in rates if rate.since >= date(2025, 1, 1))


@pytest.mark.parametrize(("currency", "month", "rate"), [
    ("RUB", date(2015, 1, 1), "0.101"), ("RUB", date(2015, 12, 31), "0.101"), ("RUB", date(2016, 1, 1), "0.119"),
    ("RUB", date(2022, 8, 15), "0.170"), ("USD", date(2019, 7, 1), "9.54"), ("TJS", date(1999, 1, 1), "1"),
])  # fmt: skip
def test_the_rate_of_a_month_is_the_latest_that_is_not_younger(currency, month, rate):
    assert rate_of(currency, month).rate == Decimal(rate)


def test_a_month_before_the_first_rate_and_an_unknown_currency_have_none():
    with pytest.raises(NoRateError) as missing:
        rate_of("RUB", date(2014, 12, 1))
    assert missing.value.first == date(2015, 1, 1)
    with pytest.raises(NoRateError) as missing:
        rate_of("GBP", NOW)
    assert missing.value.first is None


@given(st.decimals(0, 10**6, places=2))
def test_somoni_are_worth_themselves(amount):
    assert in_somoni(amount, rate_of("TJS", NOW)) == amount


# --- writing it down ------------------------------------------------------------------------------------------------

db = pytest.mark.django_db


def row(n_months_ago, amount, **more):
    value = None if amount is None else Decimal(amount)
    return RemittanceDraft(month_before(THIS_MONTH, n_months_ago), value, **more)


def write(family, by, *rows):
    with acting_as(by):
        return record_remittances(family=family, rows=rows, by=by)


def refused(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


@db
def test_a_year_is_written_down_at_once(family, zarina):
    rows = [row(n, 10000, currency=Currency.RUB, channel=Channel.TRANSFER, cost_amount=Decimal(100)) for n in range(12)]
    with acting_as(zarina):
        child = families.members(zarina, family)[1].person_id
    rows.append(row(1, 500, sender_id=child))
    write(family, zarina, *rows)
    with acting_as(zarina):
        assert Remittance.objects.count() == 13
        came = received(remittances(zarina, family).values())
        rate = rate_of("RUB", month_before(THIS_MONTH, 1)).rate
        assert came[month_before(THIS_MONTH, 1)] == 10000 * rate + 500
        assert {one.scope for one in Remittance.objects.all()} == {family.scope}


@db
def test_a_month_written_again_takes_the_place_of_the_former(family, zarina):
    write(family, zarina, row(1, 900))
    write(family, zarina, row(1, 700))
    write(family, zarina, row(1, 700))
    with acting_as(zarina):
        assert [(one.amount, one.version) for one in Remittance.objects.all()] == [(Decimal(700), 2)]


@db
def test_a_month_can_be_cleared_again_and_the_signal_goes_with_it(family, zarina):
    write(family, zarina, row(1, 0), row(2, 0), row(3, 0))
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.remittance_signal == "none_3_months"
    write(family, zarina, row(2, None))
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.remittance_signal == ""
        assert Remittance.objects.count() == 2


@db
def test_zero_and_not_asked_are_told_apart(family, zarina):
    write(family, zarina, row(1, 0), row(2, 0), row(4, 0))
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.remittance_signal == ""


@db
@pytest.mark.parametrize(("draft", "code", "field"), [
    (RemittanceDraft(month_before(THIS_MONTH, -1), Decimal(5)), "month", "month"),
    (row(1, -5), "amount", "amount"),
    (row(1, 50, cost_amount=Decimal(51)), "cost", "cost_amount"),
    (row(1, None, cost_amount=Decimal(1)), "cost", "cost_amount"),
    (row(1, 200000, currency=Currency.USD), "amount", "amount"),
    (RemittanceDraft(date(2014, 5, 1), Decimal(5), Currency.RUB), "rate", "currency"),
    (row(1, 5, currency="GBP"), "rate", "currency"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_its_row_and_nothing_is_written(draft, code, field, family, zarina):
    error = refused(write, family, zarina, row(2, 100), draft)
    assert (error.code, error.field, error.detail["row"]) == (code, field, 1)
    with acting_as(zarina):
        assert not Remittance.objects.exists()


@db
def test_the_same_month_twice_in_one_sheet_is_refused(family, zarina):
    assert refused(write, family, zarina, row(2, 100), row(2, 50)).detail["row"] == 1


@db
def test_a_sender_belongs_to_the_family(family, zarina):
    stranger = register(zarina).head_id
    assert refused(write, family, zarina, row(2, 100, sender_id=stranger)).code == "member"


@db
def test_two_workers_writing_the_same_month_see_each_other(family, zarina, nasiba):
    write(family, zarina, row(1, 900), row(2, 800))
    write(family, nasiba, row(1, 100, known=1))
    error = refused(write, family, zarina, row(2, 850, known=1), row(1, 950, known=1), row(3, 5, known=0))
    assert (error.code, error.detail["rows"]) == ("stale", [1])
    assert refused(write, family, zarina, row(2, 850, known=0)).code == "stale"
    write(family, zarina, row(1, 950, known=2))


@db
def test_nothing_is_written_into_a_closed_file(family, zarina):
    with acting_as(zarina), writing("test"):
        Family.objects.filter(pk=family.pk).update(state="left", state_on=TODAY)
    assert refused(write, family, zarina, row(1, 5)).code == "closed"


@db
def test_somebody_from_elsewhere_or_without_the_right_writes_nothing(family, farrukh, rustam):
    with pytest.raises(OutsideScopeError):
        write(family, farrukh, row(1, 5))
    with pytest.raises(WithoutRightError):
        write(family, rustam, row(1, 5))


@db
def test_money_is_seen_by_those_who_see_finance_only(family, zarina, rustam, manija, farrukh, everyone):
    write(family, zarina, row(1, 5))
    for user, seen in ((zarina, 1), (rustam, 1), (manija, 0), (farrukh, 0), (everyone["behruz"], 0)):
        with acting_as(user):
            assert len(remittances(user, family)) == seen
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from registry_remittance")
                assert cursor.fetchone()[0] == seen


@db
def test_the_audit_counts_months_and_keeps_no_amounts(family, zarina):
    write(family, zarina, row(1, 4321), row(2, None))
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="family.edit").first()
    assert event.detail == {"months": 1, "cleared": 0}
    assert event.subject_label == family.code


@db
def test_joined_files_that_tell_of_the_same_money_count_it_once(family, zarina):
    other = register(zarina, given="Мадина", surname="Сафарова")
    write(family, zarina, row(1, 900), row(2, 900))
    write(other, zarina, row(1, 880))
    with acting_as(zarina):
        with writing("test"):
            Family.objects.filter(pk=family.pk).update(state="merged", merged_into=other, state_on=TODAY)
        came = received(remittances(zarina, other).values())
    assert came == {month_before(THIS_MONTH, 1): Decimal(880), month_before(THIS_MONTH, 2): Decimal(900)}
    write(other, zarina, row(2, 700, known=1))
    with acting_as(zarina):
        assert Remittance.objects.count() == 3
