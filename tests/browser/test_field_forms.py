"""Every form of the house, filled in without signal in the browser, by its words in Tajik and in Dari.

What was typed is looked for twice: in the form as it arrived, answer by answer, and in the rows that were made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from paivand.collect.rules.shipped import SHIPPED
from paivand.instruments.rules.catalogue import instrument
from tests.browser.conftest import owner
from tests.browser.filling_in import (
    MORE,
    PATIENCE,
    Entry,
    Hand,
    asked_in,
    begin,
    eventually,
    finish,
    phone,
    sent_as,
    set_up,
    speak_on_phone,
)
from tests.browser.standing import Told, inside
from tests.browser.walking import look
from tests.cases.files import photograph

__all__ = ["phone"]

TODAY = timezone.localdate()
PHOTO = photograph()
WORKER, TRAINER = "social.dusti", "trainer"
DIRECTION = {"tg": "ltr", "fa": "rtl"}


@dataclass
class Job:
    """A form, the language in which it is filled in, what is answered in it, and what must stand of it afterwards."""

    code: str
    language: str
    answers: list[tuple[str, Any]]
    stands: Told = field(default_factory=dict)


def _entry(row: Mapping[str, str]) -> Entry:
    return Entry(row["label"], row["name"])


def _one(rows: Iterable[Mapping[str, str]], **wanted: str) -> Mapping[str, str]:
    """The first row of a list with these values."""
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def _families(lists: Told) -> list[Job]:
    """A family that is new, and what happened in one that is known."""
    place = lists["places"][0]
    known = lists["families"][0]
    head = _one(lists["people"], family=known["name"], relation="head")
    other = next(
        row for row in lists["people"] if row["family"] == known["name"] and row["label"] != head["label"]
    )  # fmt: skip
    return [
        Job("family_registration", "tg", [
            ("start_here/agreed", True), ("place/jamoat", _entry(place)), ("place/village", "Сарчашмаи Боло"),
            ("place/housing", "in_laws"), ("place/land", "rented"), ("head/given_name", "Гулнора"),
            ("head/family_name", "Ҳотамшоева"), ("head/sex", "female"), ("head/birth_known", "year"),
            ("head/birth_year", 1985), ("contact/phone", "918123456"), ("contact/may_call", "yes"),
            ("contact/hours", "пагоҳӣ"), ("n_others", 2), ("members[1]/relation", "spouse"),
            ("members[1]/given_name", "Карим"), ("members[1]/sex", "male"), ("members[1]/birth_known", "estimate"),
            ("members[1]/age", 42), ("members[1]/abroad", "yes"), ("members[1]/country", "RU"),
            ("members[1]/left_known", "month"), ("members[1]/left_month", date(2025, 3, 1)),
            ("members[1]/absence", "remitting_irregularly"), ("members[2]/relation", "child"),
            ("members[2]/given_name", "Али"), ("members[2]/sex", "male"), ("members[2]/birth_known", "day"),
            ("members[2]/birth_day", date(2016, 5, 4)), ("consent/given_by", "self"), ("consent/method", "spoken"),
            ("consent/purposes", ["services", "referral"]),
        ], {
            "family": {"jamoat_id": place["name"], "village": "Сарчашмаи Боло", "housing": "in_laws", "land": "rented",
                       "n_members": 3, "registered_on": str(TODAY), "origin": "field"},
            "head": {"given_name": "Гулнора", "family_name": "Ҳотамшоева", "sex": "female", "birth_on": "1985-01-01",
                     "birth_precision": "year"},
            "spouse": {"given_name": "Карим", "family_name": "", "sex": "male",
                       "birth_on": f"{TODAY.year - 42}-01-01", "birth_precision": "estimate"},
            "child": {"given_name": "Али", "family_name": "", "sex": "male", "birth_on": "2016-05-04",
                      "birth_precision": "day"},
            "phone": {"number": "+992918123456", "may_call": "yes", "hours": "пагоҳӣ"},
            "stay": {"country": "RU", "departed_on": "2025-03-01"},
            "agreed": ["referral", "registration", "services"],
        }),
        Job("home_visit", "tg", [
            ("family", _entry(known)), ("visit/people", [_entry(head)]), ("visit/others_met", "муаллим"),
            ("visit/outcome", "partly"), ("changed/changes", ["village", "housing"]),
            ("changed/village", "Навободи Нав"), ("changed/housing", "rented"),
        ], {
            "family": {"village": "Навободи Нав", "housing": "rented"},
            "step": {"happened_on": str(TODAY), "outcome": "partly"},
        }),
        Job("remittances", "tg", [
            ("family", _entry(known)), ("sender", _entry(other)), ("months[1]/month", date(2021, 9, 1)),
            ("months[1]/amount", "12500.5"), ("months[1]/currency", "RUB"), ("months[1]/channel", "mobile"),
            ("months[1]/cost", "150.5"), ("months", MORE), ("months[2]/month", date(2021, 10, 1)),
            ("months[2]/amount", 0),
        ], {"months": [
            {"month": "2021-09-01", "amount": "12500.50", "currency": "RUB", "channel": "mobile",
             "cost_amount": "150.50", "sender_id": other["name"]},
            {"month": "2021-10-01", "amount": "0.00", "currency": "RUB", "channel": "not_known", "cost_amount": None,
             "sender_id": other["name"]},
        ]}),
        *_questionnaires(known, head),
    ]  # fmt: skip


def _questionnaires(known: Mapping[str, str], head: Mapping[str, str]) -> list[Job]:
    declared = instrument("vulnerability")
    assert declared is not None
    present = {"debt", "homelessness"}
    items = [(section.code, item) for section in declared.sections for item in section.items]
    asked: list[tuple[str, Any]] = []
    for section, item in items:
        asked.append((f"s_{section}/q_{item.code}", "yes" if item.code in present else "no"))
        if item.code in present and item.evidence:
            asked.append((f"s_{section}/e_{item.code}", "paper"))
    said = {
        item.code: {"value": "yes", "evidence": "paper"} if item.code in present and item.evidence
        else {"value": "yes" if item.code in present else "no"}
        for _section, item in items
    }  # fmt: skip
    return [
        Job("vulnerability_profile", "fa", [
            ("family", _entry(known)), ("circumstances/mode", "others_near"), ("may_ask", "yes"), *asked,
        ], {
            "assessment": {"family_id": known["name"], "person_id": None, "mode": "others_near", "stage": "single",
                           "answered_on": str(TODAY), "answers": said},
            "flags": ["homelessness"],
        }),
        Job("phq4", "fa", [
            ("family", _entry(known)), ("person", _entry(head)), ("circumstances/stage", "before"), ("may_ask", "yes"),
            ("s_feelings/q_nervous", "nearly_every_day"), ("s_feelings/q_worry", "several_days"),
            ("s_feelings/q_interest", "-refused"), ("s_feelings/q_down", "not_at_all"),
        ], {
            "assessment": {"family_id": known["name"], "person_id": head["name"], "mode": "alone", "stage": "before",
                           "answered_on": str(TODAY), "answers": {
                               "nervous": {"value": "nearly_every_day"}, "worry": {"value": "several_days"},
                               "interest": {"missing": "refused"}, "down": {"value": "not_at_all"}}},
            "flags": [],
        }),
    ]  # fmt: skip


def _help(lists: Told) -> list[Job]:
    """After a referral, after a course, and in a village."""
    referral, place, campaign = lists["referrals"][0], lists["places"][-1], lists["campaigns"][0]
    task = max(lists["follow_ups"], key=lambda row: len(row["asked"].split()))
    given: dict[str, list[tuple[str, Any]]] = {
        "working": [("now/working", "yes")], "own_business": [("now/own_business", "no")],
        "income": [("now/income_before", "400.5"), ("now/income_after", "1150.5")],
        "practices": [("now/practices", [_entry(one) for one in _practices(lists, task)])],
    }  # fmt: skip
    asked = task["asked"].split()
    return [
        Job("referral_feedback", "fa", [
            ("referral", _entry(referral)), ("may_ask", "yes"), ("told/received", "completed"),
            ("told/helped_on", TODAY), ("told/helped", "somewhat"), ("told/problems", ["waited", "treated_badly"]),
            ("told/more_needed", "no"), ("told/words", "Ташаккур"),
        ], {
            "said": {"asked_on": str(TODAY), "received": "completed", "helped": "somewhat", "helped_on": str(TODAY),
                     "troubles": ["treated_badly", "waited"], "more_needed": False, "words": "Ташаккур"},
        }),
        Job("follow_up", "fa", [
            ("months", task["months"]), ("follow_up", _entry(task)), ("reached", "yes"),
            *[answer for one in given if one in asked for answer in given[one]], ("note", "дар бозор мефурӯшад"),
        ], {
            "state": "done", "done_on": str(TODAY), "note": "дар бозор мефурӯшад",
            "practices": [one["name"] for one in _practices(lists, task)] if "practices" in asked else [],
            "working": True if "working" in asked else None,
            "own_business": False if "own_business" in asked else None,
            "income_before": "400.50" if "income" in asked else None,
            "income_after": "1150.50" if "income" in asked else None,
        }),
        Job("information_session", "fa", [
            ("channel", "theatre"), ("topic", campaign["topics"].split()[0]), ("where/jamoat", _entry(place)),
            ("where/village", "Сарчашма"), ("where/venue", "Майдон"), ("where/title", "Роҳи дур"), ("way", "headcount"),
            ("counts/n_women", 250), ("counts/n_men", 60), ("counts/n_girls", 12), ("counts/n_boys", 9),
            ("sure", "yes"), ("partner", "Кумитаи занон"), ("campaign", _entry(campaign)), ("photo", PHOTO),
            ("has_names", "no"),
        ], {
            "channel": "theatre", "topic": campaign["topics"].split()[0], "event_on": str(TODAY),
            "jamoat_id": place["name"], "village": "Сарчашма", "venue": "Майдон", "title": "Роҳи дур",
            "way": "headcount", "n_women": 250, "n_men": 60, "n_girls": 12, "n_boys": 9, "n_contacts": 331,
            "n_repeat": 0, "partner": "Кумитаи занон", "campaign_id": campaign["name"], "state": "confirmed",
            "has_names": False,
        }),
    ]  # fmt: skip


def _practices(lists: Told, task: Mapping[str, str]) -> list[Mapping[str, str]]:
    return [one for one in lists["practices"] if one["course"] == task["course"]][:2]


def _courses(lists: Told) -> list[Job]:
    """A session that was held, and a plot that was looked at."""
    taught = {
        row["name"]: [one for one in lists["learners"] if one["group"] == row["name"]] for row in lists["groups"]
    }  # fmt: skip
    session = next(one for one in lists["sessions"] if len(taught[one["group"]]) > 3)
    group = _one(lists["groups"], name=session["group"])
    away, late, *_rest = learners = taught[group["name"]]
    topic = _one(lists["topics"], course=group["course"], life="")
    plot = lists["plots"][0]
    return [
        Job("attendance", "fa", [
            ("group", _entry(group)), ("session", _entry(session)), ("marks/absent", [_entry(away)]),
            ("marks/late", [_entry(late)]), ("has_remarks", "yes"), ("remarks[1]/learner", _entry(late)),
            ("remarks[1]/note", "автобус"), ("taught/topics", [_entry(topic)]), ("taught/note_session", "Хуб гузашт"),
            ("photo", PHOTO), ("caption", "Дастгоҳҳо"),
        ], {
            "session": {"state": "held", "on_day": str(TODAY), "note": "Хуб гузашт", "topics": [topic["name"]]},
            "marks": {one["name"]: ["present", ""] for one in learners}
            | {away["name"]: ["absent", ""], late["name"]: ["late", "автобус"]},
            "caption": "Дастгоҳҳо",
        }),
        Job("aesa", "tg", [
            ("group", _entry(_one(lists["groups"], name=plot["group"]))), ("plot", _entry(plot)), ("watchers", "2"),
            ("plants/stage", "flowering"), ("plants/health", "fair"), ("plants/height_cm", "41.5"),
            ("field/soil", "moist"), ("field/water", "2 соат"), ("field/weather", "Офтоб"),
            ("seen", ["aphids", "ladybirds"]), ("counts/aphids", 34), ("counts/ladybirds", 5),
            ("told", "Баргҳо зард"), ("decided_by_group/decided", "biological"), ("photo", PHOTO), ("caption", "Барг"),
        ], {
            "seen": {"plot_id": plot["name"], "observed_on": str(TODAY), "watchers": "2", "stage": "flowering",
                     "health": "fair", "height_cm": "41.5", "soil": "moist", "water": "2 соат", "weather": "Офтоб",
                     "seen": {"aphids": 34, "ladybirds": 5}, "told": "Баргҳо зард", "decided": "biological"},
            "caption": "Барг",
        }),
    ]  # fmt: skip


# --- the phone -------------------------------------------------------------------------------------------------------


def _is_good(page: Page, language: str) -> None:
    """Whoever reads, hears or holds the page gets all of it."""
    expect(page.locator("html")).to_have_attribute("dir", DIRECTION[language])
    look(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []


def _fill(page: Page, jobs: list[Job], language: str) -> None:
    """Fill in what is filled in this language, and look at the other forms in it."""
    speak_on_phone(page, language)
    _is_good(page, language)
    for job in jobs:
        begin(page, job.code)
        if job.language != language:
            _is_good(page, language)
            page.locator("[data-does=close]").click()
            expect(page.locator("[data-screen=forms]")).to_be_visible()
            continue
        hand = Hand(page, asked_in(job.code), language)
        for path, value in job.answers:
            hand.answer(path, value)
        _is_good(page, language)
        finish(page)


def _sent(page: Page, n: int) -> None:
    """There is signal again: everything leaves, and the page says so."""
    page.context.set_offline(False)
    page.locator("[data-screen=outbox]").click()
    expect(page.locator("[data-parcel=arrived]")).to_have_count(n, timeout=PATIENCE * 2)
    _is_good(page, "fa")


def _waiting(username: str) -> int:
    """How many forms of hers the worker in the background has not looked at yet."""
    with owner() as connection:
        row = connection.execute(
            "select count(*) from collect_submission s join access_user u on u.id = s.owner_id "
            "where u.username = %s and s.state = 'waiting'",
            (username,),
        ).fetchone()
    assert row
    return int(row[0])


def _same(read: Any, typed: Any) -> bool:
    """Whether an answer is what was typed: a number may come with another number of noughts."""
    if read == typed:
        return True
    try:
        return Decimal(read) == Decimal(typed)
    except (InvalidOperation, TypeError):
        return False


def _compare(job: Job, found: Told) -> None:
    """What was typed against what arrived, and what was meant against what stands."""
    assert (found["state"], found["why"]) == ("taken", found["why"]), (job.code, found["why"])
    arrived = found["answers"]
    for path, value in job.answers:
        if value is MORE:
            continue
        answer = arrived.get(path, arrived.get(path.replace("[1]", ""), ""))
        if isinstance(value, bytes):
            assert answer, (job.code, path)
            assert found["files"] == 1, job.code
        else:
            read = set(answer.split()) if isinstance(value, list) else answer
            assert _same(read, sent_as(value)), (job.code, path, read)
    assert {name: found["stands"][name] for name in job.stands} == job.stands, job.code


def _leave(page: Page) -> None:
    """Give the phone back: nothing stays on it."""
    page.locator("[data-screen=device]").click()
    page.locator("[data-does=leave]").click()
    page.locator("[data-does=yes]").click()
    expect(page.locator("#pin-again")).to_be_visible(timeout=PATIENCE)


def test_every_form_is_filled_in_without_signal_in_tajik_and_dari_and_stands_as_it_was_typed(phone, demonstration):
    lists = inside(demonstration[1], "carried", WORKER, TRAINER)
    planned = {WORKER: _families(lists[WORKER]) + _help(lists[WORKER]), TRAINER: _courses(lists[TRAINER])}
    assert sorted(job.code for jobs in planned.values() for job in jobs) == sorted(SHIPPED)
    for username, jobs in planned.items():
        page = phone()
        page.context.clear_cookies()
        set_up(page, username, "tg", shown=jobs[0].code)
        page.context.set_offline(True)
        for language in DIRECTION:
            _fill(page, jobs, language)
        _sent(page, len(jobs))
        _leave(page)
        eventually(partial(_waiting, username), 0)
    stood = inside(demonstration[1], "stood", WORKER, TRAINER)
    for username, jobs in planned.items():
        for job in jobs:
            _compare(job, stood[username][job.code])
