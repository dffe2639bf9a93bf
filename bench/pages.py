"""What four people do all day: the pages they ask for, what they send, and the aims for it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote

from bench import population
from bench.users import Answer, Browser

PEOPLE = ("social.kulob", "supervisor", "gbv", "grants")
WRITERS = ("social.kulob", "social.kulob", "gbv", "supervisor")
"""Those who may register: the same account on two devices is two people as well."""
NAMES = {
    "Tajik": ("Карим", "Ҷамила", "Ҷам", "Шариф", "Назар", "Гулсара", "Маҳмуд", "Зайнаб"),
    "Russian": ("Каримова", "Джамила", "Рахим", "Курбонов", "Хасан", "Мухаммад", "Зухро", "Джамол"),
    "Latin": ("Karimov", "Jamila", "Rahim", "Sharif", "Gulsara", "Nazar", "Qodir", "Zaynab"),
}
KULOB = "TJ-KT-02"
_SYLLABLES = ("ка", "рим", "са", "лом", "на", "зар", "гул", "бек", "ра", "ҳим", "шод", "му", "род", "да", "влат")
_PAGE_AIM = 100.0
ANSWER = "none_of_these"
"""The field by which a worker says that a new person is none of the likely matches."""
_INPUT = re.compile(r"<input[^>]+>")
_ATTRIBUTE = re.compile(r'(name|value|type)="([^"]*)"')

Visit = Callable[[Browser, int], Answer]
"""One thing a person does, for the n-th time; the last answer is what is timed."""


@dataclass(frozen=True)
class Measured:
    """A row of the table: what is done, by whom, and the aim for its p95 in ms."""

    name: str
    visit: Visit
    people: tuple[str, ...] = PEOPLE
    aim: float = _PAGE_AIM
    rounds: float = 1.0
    """Part of the usual number of rounds."""


def asked(paths: Iterable[str]) -> Visit:
    """Ask for one of ``paths`` after the other."""
    own = list(paths)

    def visit(browser: Browser, turn: int) -> Answer:
        return browser.ask("GET", own[turn % len(own)])

    return visit


def pages(url: str) -> list[Measured]:
    """All that is measured, with codes, names, numbers and papers that are in the database at ``url``."""
    codes = population.codes(url, KULOB, 60)
    members = population.people(url, KULOB, 60)
    phones = population.told(url, "registry_phone", "number", KULOB, 40)
    papers = population.told(url, "registry_document", "number_key", KULOB, 40)
    found = [
        Measured("desk", asked(["/"])),
        Measured("list by name", asked(["/families/"])),
        Measured("list, newest", asked(["/families/?order=new"])),
        Measured("list, one jamoat", asked([f"/families/?jamoat={KULOB}-{n:02d}" for n in range(1, 5)])),
        Measured("list, silent migrants", asked(["/families/?absence=no_contact_gt12m", "/families/?absence=missing"])),
        Measured("list, no money", asked(["/families/?signal=none_3_months", "/families/?signal=fell_40_percent"])),
    ]
    for script, names in NAMES.items():
        found.append(Measured(f"search, {script}", asked(f"/search/?q={quote(name)}" for name in names)))
    return [
        *found,
        Measured("search, telephone", asked(f"/search/?q={quote(number)}" for number in phones)),
        Measured("search, paper", asked(f"/search/?q={quote(number)}" for number in papers)),
        Measured("family page", asked(f"/families/{code}/" for code in codes)),
        Measured("person page", asked(f"/families/{code}/members/{member}/" for code, member in members)),
        Measured("search before create", typed(population.persons(url, KULOB, 60)), WRITERS),
        Measured("registration form", asked(["/families/register/"]), WRITERS),
        Measured("registration, sent", registration(), WRITERS, rounds=0.3),
    ]


def typed(people: Sequence[tuple[str, str, str, str, str]]) -> Visit:
    """Type somebody into the form of registration: who is like her is asked for after each field."""
    tokens: dict[int, str] = {}

    def visit(browser: Browser, turn: int) -> Answer:
        if id(browser) not in tokens:
            tokens[id(browser)] = hidden(browser.ask("GET", "/families/register/").body)["csrfmiddlewaretoken"]
        given, family, father, sex, year = people[turn % len(people)]
        return browser.ask("POST", "/families/likely-matches/", {
            "csrfmiddlewaretoken": tokens[id(browser)], "given_name": given, "family_name": family,
            "father_name": father, "sex": sex, "birth": year, "jamoat": f"{KULOB}-02", "village": "Навобод",
        })  # fmt: skip

    return visit


def registration() -> Visit:
    """Register a family of three: the form is asked for first, and only the sending is timed."""
    chance = Random(11)

    def visit(browser: Browser, turn: int) -> Answer:
        page = browser.ask("GET", "/families/register/")
        form = filled(chance, hidden(page.body)["csrfmiddlewaretoken"])
        answer = browser.ask("POST", "/families/register/", form)
        for _ in range(3):
            # Likely matches were shown: the worker says that she is none of these. Somebody else may have registered
            # another one meanwhile.
            if answer.status != 422 or ANSWER not in answer.body:
                break
            answer = browser.ask("POST", "/families/register/", form | answered(answer.body))
        return answer

    return visit


def filled(chance: Random, token: str) -> dict[str, str | list[str]]:
    """A registration as a browser sends it: a head, her husband abroad and a child."""
    today = datetime.now(tz=UTC).date()
    year = chance.randrange(1970, 2004)
    man = chance.choice(["Карим", "Шариф", "Назар"])
    surname = "".join(chance.choice(_SYLLABLES) for _ in range(3)).capitalize() + "зода"
    return {
        "csrfmiddlewaretoken": token, "form_id": str(uuid.uuid4()), "jamoat": f"{KULOB}-02", "village": "Навобод",
        "registered_on": str(today), "given_name": chance.choice(["Ҷамила", "Зайнаб", "Гулсара"]),
        "family_name": surname, "father_name": man, "sex": "female", "birth": str(year),
        "phone": f"10{chance.randrange(10_000_000):07d}", "may_call": "not_asked", "housing": "own", "land": "none",
        "consent_given_by": "self", "consent_method": "signature", "consent_language": "tg",
        "consent_on": str(today - timedelta(days=1)), "purposes": ["services", "reporting"], "agreed": "on",
        "members-TOTAL_FORMS": "2", "members-INITIAL_FORMS": "0",
        "members-0-given_name": man, "members-0-family_name": surname, "members-0-sex": "male",
        "members-0-relation": "spouse", "members-0-birth": str(year - 3), "members-0-away": "on",
        "members-0-country": "RU", "members-0-departed": "03.2024",
        "members-1-given_name": "Нигина", "members-1-family_name": surname, "members-1-father_name": man,
        "members-1-sex": "female", "members-1-relation": "child", "members-1-birth": "2018",
    }  # fmt: skip


def hidden(page: str) -> Mapping[str, str]:
    """The names and values of a page's hidden fields."""
    found = {}
    for tag in _INPUT.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    return found


def answered(page: str) -> dict[str, str | list[str]]:
    """The answer "none of these" to all matches that the page shows."""
    found: dict[str, str | list[str]] = {}
    for tag in _INPUT.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("name", "").endswith(ANSWER):
            values = found.setdefault(attributes["name"], [])
            if isinstance(values, list):
                values.append(attributes.get("value", "on"))
    return found
