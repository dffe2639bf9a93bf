"""Money that invented migrants sent home: by season, by what became of the tie, as far as it was asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from paivand.core.rules.money import rate_of
from paivand.operate.population.people import Household
from paivand.operate.population.profile import Chance, declared, month_index, month_start, weights
from paivand.operate.population.stays import SENDS, Away, falls
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.remittances import Channel, Currency

_OF_SENDERS = 0.7
_IRREGULAR_SHARE = 0.45
"""The part of the months in which an irregular sender sends."""


def remittances(chance: Chance, house: Household, away: Away, today: date) -> tuple[RemittanceDraft, ...]:
    """What one migrant sent in each month that the family was asked about; zero where nothing came."""
    now, n_asked = month_index(today), int(chance.of("months_asked"))
    mean = chance.around(declared("monthly_tjs_median"), declared("monthly_tjs_spread"))
    currency, channel = Currency(chance.of("remittance_currency")), Channel(chance.of("channels"))
    fallen = falls(chance, away.status)
    fall = 0.25 + 0.25 * chance.random.random()
    registered = month_index(house.registered_on)
    found = []
    for month in range(now - 24, now):
        tjs = mean * _season(month) * chance.around(1, declared("monthly_tjs_wobble")) * _sent(chance, away, month)
        skipped, cost_known = chance.happens("month_not_asked"), chance.happens("cost_known")
        if fallen and month >= now - 3:
            tjs *= fall
        if skipped or month < now - n_asked or (n_asked < 24 and month < registered - 6):
            continue
        amount = _rounded(tjs, currency, month_start(month))
        carried = channel in (Channel.COURIER, Channel.BROUGHT, Channel.NOT_KNOWN)
        cost = (amount * Decimal(str(declared("cost_of_sending")))).quantize(Decimal(1))
        found.append(RemittanceDraft(
            month=month_start(month), amount=amount, currency=currency,
            channel=channel if amount else Channel.NOT_KNOWN,
            cost_amount=cost if amount and cost_known and not carried else None,
        ))  # fmt: skip
    return tuple(found)


def _sent(chance: Chance, away: Away, month: int) -> float:
    """The part of a full month's money that came: none before the first stay, at home, or after the tie broke."""
    sends = chance.happens(_IRREGULAR_SHARE)
    if not away.is_abroad_in(month):
        return 0.0
    if away.status is AbsenceStatus.IRREGULAR and month >= away.since:
        return 0.8 if sends else 0.0
    if away.status in SENDS or month < away.since:
        return 1.0
    return 0.0


def _season(month: int) -> float:
    """How much more a sender sends in this month than in a middling one.

    Milder than the declared quarters, because part of their difference comes from who is at home in winter.
    """
    quarters = weights("remittance_quarters")
    return float((4 * quarters[str(month % 12 // 3 + 1)] / sum(quarters.values())) ** _OF_SENDERS)


def _rounded(tjs: float, currency: Currency, month: date) -> Decimal:
    """An amount as people name it: to 500 roubles, or to 50 somoni."""
    rate, step = rate_of(currency, month).rate, 500 if currency is Currency.RUB else 50
    steps = round(tjs / float(rate) / step)
    return Decimal(max(1, steps) * step) if tjs > 0 else Decimal(0)
