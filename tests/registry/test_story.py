"""A family's story: every kind of happening in one order, told to each role as far as it may know."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.core.rules.amounts import read_amount, write_amount
from paivand.core.rules.dates import Precision
from paivand.registry.actions.families import remove_member
from paivand.registry.actions.migration import record_absence, record_ban, record_departure, record_return
from paivand.registry.actions.remittances import record_remittances
from paivand.registry.models import Absence, MigrationEpisode, Remittance
from paivand.registry.queries.families import members
from paivand.registry.queries.story import entries, story
from paivand.registry.rules.drafts import AbsenceDraft, BanDraft, MigrationDraft, RemittanceDraft, ReturnDraft
from paivand.registry.rules.migration import AbsenceStatus, ReturnKind
from paivand.registry.rules.pictures import money_picture, round_scale
from paivand.registry.rules.remittances import Currency, month_before
from paivand.registry.rules.story import KIND_NAMES, KIND_OF, Happening, StoryKind, money_turns
from tests.cast import register

TODAY = timezone.localdate()
THIS_MONTH = TODAY.replace(day=1)


def back(n):
    return TODAY - timedelta(days=n)


def month(n):
    return month_before(THIS_MONTH, n)


def told_by(user, family):
    with acting_as(user):
        return entries(story(user, family))


def what(found):
    return [entry.happening for entry in found]


@pytest.fixture
def rich(zarina):
    """A family with something of every kind that is written down through actions of its own."""
    family = register(zarina, on=back(700))
    with acting_as(zarina):
        son, daughter = [row for row in members(zarina, family) if row.relation == "child"]
        left = MigrationDraft("RU", back(600), Precision.MONTH, city="Казань", occupation="7112")
        stay = record_departure(member=son, draft=left, by=zarina)
        record_return(episode=stay, draft=ReturnDraft(back(300), ReturnKind.SEASON_END), by=zarina)
        record_departure(member=son, draft=MigrationDraft("KZ", back(200), Precision.DAY), by=zarina)
        for status, day in ((AbsenceStatus.REMITTING, back(590)), (AbsenceStatus.CONSCRIPTED, back(20))):
            record_absence(family=family, draft=AbsenceDraft(status, day, son.person_id, told_by="хоҳараш"), by=zarina)
        record_ban(member=son, draft=BanDraft("RU", back(10), ground="санади махфӣ"), by=zarina)
        came = {7: 9000, 6: 9000, 5: 9000, 4: 0, 3: 0, 2: 0, 1: 8000}
        rows = [RemittanceDraft(month(n), Decimal(amount), Currency.RUB, sender_id=son.person_id)
                for n, amount in came.items()]  # fmt: skip
        record_remittances(family=family, rows=rows, by=zarina)
        remove_member(member=daughter, until_on=back(5), reason="ба шавҳар баромад", by=zarina)
    return family


# --- rules ----------------------------------------------------------------------------------------------------------


def test_every_happening_has_a_kind_and_every_kind_a_name():
    assert set(KIND_OF) == set(Happening)
    assert set(KIND_OF.values()) == set(StoryKind) == set(KIND_NAMES)


def test_money_turns_at_its_first_month_at_each_signal_and_when_it_comes_again():
    came = {month(n): Decimal(amount) for n, amount in {8: 0, 7: 900, 6: 900, 5: 900, 4: 0, 3: 0, 2: 0, 1: 5}.items()}
    assert money_turns(came, TODAY) == [
        (month(7), Happening.FIRST_MONEY),
        (month(3), Happening.MONEY_FELL),
        (month(2), Happening.NO_MONEY),
        (month(1), Happening.MONEY_AGAIN),
    ]


def test_the_running_month_turns_nothing():
    assert money_turns({THIS_MONTH: Decimal(500)}, TODAY) == []


@given(st.dictionaries(st.integers(1, 40), st.integers(0, 3000)))
def test_turns_come_in_order_and_only_in_months_that_were_asked_about(amounts):
    came = {month(n): Decimal(amount) for n, amount in amounts.items()}
    turns = money_turns(came, TODAY)
    assert [on for on, _turn in turns] == sorted(on for on, _turn in turns)
    assert {on for on, _turn in turns} <= set(came)
    assert sum(turn is Happening.FIRST_MONEY for _on, turn in turns) == any(came.values())


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 10**6)), st.booleans())
def test_bars_stay_within_the_drawing_and_mirror_for_languages_from_the_right(amounts, mirrored):
    came = {month(n): Decimal(amount) for n, amount in amounts.items()}
    bars = money_picture(came, THIS_MONTH, mirrored=mirrored).bars
    lefts = [float(bar.left.rstrip("%")) for bar in bars]
    assert len(bars) == 24
    assert lefts == sorted(lefts, reverse=mirrored)
    for bar in bars:
        assert 0 <= float(bar.left.rstrip("%")) <= 100 - float(bar.width.rstrip("%")) + 0.01
        assert 0 <= float(bar.height.rstrip("%")) <= 100
        assert bar.asked == (bar.month in came)


@given(st.decimals(0, 10**9, places=2))
def test_the_scale_is_round_and_not_below_the_highest(amount):
    scale = round_scale(amount)
    assert scale >= amount
    assert scale <= max(Decimal(1000), amount * Decimal("2.5"))


@given(st.decimals(0, 10**9, places=2))
def test_an_amount_that_is_written_is_read_again(amount):
    assert read_amount(write_amount(amount)) == amount


@pytest.mark.parametrize(("typed", "amount"), [
    ("12 500", "12500"), ("12\u00a0500,50", "12500.50"), ("12.500", "12500"), ("12.5", "12.5"), ("0", "0"),
    ("1,234,567.8", "1234567.8"), ("۱۲۵۰۰", "12500"), ("  7 ", "7"),
])  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed, amount):
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["-5", "12x", "1e5", "NaN", "Infinity", "--", "99999999999999", "1.2.3,4567", "0.500", "12.34.56"]
)
def test_what_is_no_amount_is_not_read(typed):
    assert read_amount(typed) is None


# --- the story as the roles see it ----------------------------------------------------------------------------------

db = pytest.mark.django_db


@db
def test_the_story_holds_every_kind_the_newest_first(rich, zarina):
    found = told_by(zarina, rich)
    days = [entry.on for entry in found]
    assert days == sorted(days, reverse=True)
    assert {entry.kind for entry in found} == set(StoryKind)
    for happening in (
        Happening.STEP, Happening.LEFT, Happening.RETURNED, Happening.TIE, Happening.FIRST_MONEY, Happening.NO_MONEY,
        Happening.MONEY_AGAIN, Happening.AGREED, Happening.LEFT_FAMILY,
    ):  # fmt: skip
        assert happening in what(found)
    assert what(found).count(Happening.STEP) == 1, "what reached all members on one day is one line"


@db
def test_somebody_who_left_the_family_keeps_a_place_in_its_story(rich, zarina):
    with acting_as(zarina):
        told = story(zarina, rich)
        gone = next(entry for entry in entries(told) if entry.happening is Happening.LEFT_FAMILY)
        assert gone.people[0] in told.people
        assert gone.people[0] not in told.present


@db
def test_the_grant_officer_sees_money_but_not_what_became_of_the_migrant(rich, rustam):
    found = what(told_by(rustam, rich))
    assert Happening.FIRST_MONEY in found
    assert Happening.LEFT in found
    assert Happening.TIE not in found


@db
def test_the_monitoring_officer_sees_neither_names_nor_money_nor_ties(rich, manija):
    with acting_as(manija):
        told = story(manija, rich)
        assert told.people == {}
        found = what(entries(told))
    assert not {Happening.TIE, Happening.FIRST_MONEY, Happening.NO_MONEY, Happening.MERGED} & set(found)
    assert {Happening.STEP, Happening.LEFT, Happening.AGREED} <= set(found)


@db
@pytest.mark.parametrize(("name", "hidden", "shown"), [
    ("manija", ("Фарҳод", "Нигина", "Ҷамила", "conscripted", "хоҳараш", "9,000", "Казань:", "санади"), ("Russia",)),
    ("rustam", ("conscripted", "armed group", "хоҳараш", "санади"), ("Фарҳод", "9,000", "Russia")),
    ("zarina", ("санади",), ("Фарҳод", "conscripted", "хоҳараш", "9,000")),
])  # fmt: skip
def test_the_page_tells_each_role_what_it_may_know(name, hidden, shown, rich, everyone, sign_in):
    page = sign_in(everyone[name]).get(reverse("registry:family-open", kwargs={"code": rich.code})).content.decode()
    for words in hidden:
        assert words not in page
    for words in shown:
        assert words in page


@db
def test_a_ban_stands_on_the_persons_page_for_case_workers_only(rich, zarina, rustam, sign_in):
    with acting_as(zarina):
        son = next(row for row in members(zarina, rich) if row.relation == "child")
    path = reverse("registry:person-open", kwargs={"code": rich.code, "member_id": son.pk})
    assert "санади махфӣ" in sign_in(zarina).get(path).content.decode()
    page = sign_in(rustam).get(path).content.decode()
    assert "санади" not in page
    assert "Bans" not in page


@db
def test_a_longer_story_asks_the_database_no_more_often(rich, zarina):
    short = register(zarina, given="Мадина")
    counts = []
    for family in (short, rich):
        with acting_as(zarina), CaptureQueriesContext(connection) as asked:
            entries(story(zarina, family))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 11


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(zarina, sign_in):
    return sign_in(zarina)


def at(name, family, **parameters):
    return reverse(f"registry:{name}", kwargs={"code": family.code, **parameters})


@pytest.fixture
def son(family, zarina):
    with acting_as(zarina):
        return next(row for row in members(zarina, family) if row.relation == "child")


@db
def test_a_departure_a_return_and_what_holds_now_are_one_walk(family, son, browser, zarina):
    answer = browser.post(at("departure-record", family), {
        "member": son.person_id, "country": "RU", "city": "Сургут", "departed": "03.2024", "occupation": "9313",
        "legal_status": "patent",
    })  # fmt: skip
    assert answer.status_code == 302
    with acting_as(zarina):
        stay = MigrationEpisode.objects.get()
        assert (stay.departed_on, stay.departed_precision) == (date(2024, 3, 1), "month")
    answer = browser.post(at("stay-return", family, stay_id=stay.pk), {"returned": "2025", "return_kind": "illness"})
    assert "status=ill_returned" in answer["Location"]
    page = browser.get(answer["Location"]).content.decode()
    assert 'value="ill_returned" selected' in page
    answer = browser.post(at("absence-record", family), {
        "person": son.person_id, "status": "ill_returned", "since_on": "2025-02-01", "told_by": "модараш",
    })  # fmt: skip
    assert answer.status_code == 302
    with acting_as(zarina):
        assert Absence.objects.get().status == "ill_returned"
        family.refresh_from_db()
        assert family.absence_status == "ill_returned"


@db
def test_somebody_at_home_whose_stay_is_open_leads_to_the_return(family, son, browser, zarina):
    with acting_as(zarina):
        stay = record_departure(member=son, draft=MigrationDraft("RU", back(100)), by=zarina)
    answer = browser.post(at("absence-record", family), {
        "person": son.person_id, "status": "returned_well", "since_on": back(1).isoformat(),
    })  # fmt: skip
    assert answer["Location"] == at("stay-return", family, stay_id=stay.pk)


@db
@pytest.mark.parametrize(("typed", "words"), [
    ({"departed": "42"}, "Write the day as"),
    ({"departed": "03.2024", "returned": "2025"}, "Say how the stay ended."),
    ({"departed": "03.2024", "return_kind": "illness"}, "Say when the stay ended"),
    ({"departed": "03.2024", "returned": "2023", "return_kind": "illness"}, "The return lies before the departure"),
    ({"departed": "01.2090"}, "lies in the future"),
])  # fmt: skip
def test_mistakes_are_named_beside_their_field(typed, words, family, son, browser):
    data = {"member": son.person_id, "country": "RU", "legal_status": "patent", **typed}
    answer = browser.post(at("departure-record", family), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@db
def test_answers_of_another_status_are_left_out(family, browser, zarina):
    answer = browser.post(at("absence-record", family), {
        "person": "nobody", "status": "missing", "since_on": back(1).isoformat(), "search_asked": "no",
        "channel": "phone", "compensation": "yes",
    })  # fmt: skip
    assert answer.status_code == 302
    with acting_as(zarina):
        row = Absence.objects.get()
    assert (row.search_asked, row.channel, row.compensation, row.person_id) == (False, "", None, None)


def month_fields(n, **values):
    name = f"m{month(n):%Y%m}"
    base = {"amount": "", "currency": "RUB", "channel": "transfer", "cost_amount": "", "shown": "0", **values}
    return {f"{name}-{key}": value for key, value in base.items()}


def grid(**rows):
    data = {}
    for n in range(12):
        data |= month_fields(n, **rows.get(f"m{n}", {}))
    return data


@db
def test_a_year_is_saved_from_the_grid_and_empty_months_stay_unasked(family, browser, zarina):
    rows = {f"m{n}": {"amount": "15 000", "cost_amount": "150"} for n in range(1, 10)}
    rows["m1"] = {"amount": "0"}
    answer = browser.post(at("remittance-grid", family) + "?sender=nobody", grid(**rows))
    assert answer.status_code == 302
    with acting_as(zarina):
        assert Remittance.objects.count() == 9
        assert Remittance.objects.get(month=month(1)).amount == 0


@db
def test_the_grid_names_mistakes_by_month_and_saves_nothing(family, browser, zarina):
    rows = {"m1": {"amount": "много"}, "m2": {"amount": "100", "cost_amount": "200"}, "m3": {"amount": "5"}}
    answer = browser.post(at("remittance-grid", family), grid(**rows))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write the amount with digits only" in page
    rows["m1"] = {"amount": ""}
    answer = browser.post(at("remittance-grid", family), grid(**rows))
    assert answer.status_code == 422
    assert "The cost of sending is more than what was sent" in answer.content.decode()
    with acting_as(zarina):
        assert not Remittance.objects.exists()


@db
def test_only_touched_months_collide_and_saving_again_takes_their_place(family, browser, zarina, nasiba):
    with acting_as(zarina):
        rows = [RemittanceDraft(month(n), Decimal(900), Currency.RUB) for n in (1, 2)]
        record_remittances(family=family, rows=rows, by=zarina)
    page = browser.get(at("remittance-grid", family) + "?sender=nobody").content.decode()
    assert "1|900|RUB|not_known|" in page
    shown = "1|900|RUB|not_known|"
    with acting_as(nasiba):
        rows = [RemittanceDraft(month(n), Decimal(100), Currency.RUB, known=1) for n in (1, 2)]
        record_remittances(family=family, rows=rows, by=nasiba)
    untouched = {"amount": "900", "channel": "not_known", "shown": shown}
    data = grid(m1={**untouched, "amount": "950"}, m2=untouched)
    answer = browser.post(at("remittance-grid", family) + "?sender=nobody", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Stands now:") == 1
    assert "Stands now: 100 RUB" in page
    assert "2|100|RUB|not_known|" in page
    data = grid(m1={**untouched, "amount": "950", "shown": "2|100|RUB|not_known|"}, m2=untouched)
    assert browser.post(at("remittance-grid", family) + "?sender=nobody", data).status_code == 302
    with acting_as(zarina):
        amounts = dict(Remittance.objects.values_list("month", "amount"))
    assert amounts == {month(1): Decimal(950), month(2): Decimal(100)}


@db
@pytest.mark.parametrize("query", ["?sender=x", "?sender=00000000-0000-0000-0000-000000000000"])
def test_a_sender_from_elsewhere_is_not_found(query, family, browser):
    assert browser.get(at("remittance-grid", family) + query).status_code == 404


@db
@pytest.mark.parametrize("query", ["?months=6", "?months=24", "?months=x", "?sender=nobody"])
def test_the_grid_opens_for_other_spans_and_senders(query, family, browser):
    assert browser.get(at("remittance-grid", family) + query).status_code == 200
