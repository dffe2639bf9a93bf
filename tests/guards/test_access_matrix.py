"""Every address of the program, asked for by everybody: who is let in, and who is not even told that it exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import identity
from tests.cast import register
from tests.conftest import CastClient
from tests.guards.matrix import ROWS
from tests.guards.test_architecture import none
from tests.guards.urls import Address, addresses, shelves, undone, without_row

ADDRESSES = {address.name: address for address in addresses()}
TABLED = [address for name, address in ADDRESSES.items() if name in ROWS]
SHELVES = shelves(address.name for address in TABLED)
NOTHING = {"of": "the form"}
UNTOLD = "collect:basic-"
"""Nobody's refusals: whoever stands at the door without a token is no user, whatever cookie comes along."""
WITHOUT_TOKEN = {
    "collect:door-submission": "a phone has no page; the token in the address is its right",
    "collect:fill-leave": "a page without signal gives its own token back, when its session may be over",
}
"""Addresses that take what no form of ours sends."""
pytestmark = pytest.mark.django_db


def refusals(user: Any) -> int:
    """How many refusals of ``user`` the audit holds."""
    with identity(user.pk):
        return AuditEvent.objects.filter(actor_id=user.pk, outcome="refused").count()


def shown(answer: Any) -> str:
    """The text of a page without the tokens that differ each time."""
    return re.sub(r'(nonce|value)="[^"]{16,}"', "", answer.content.decode())


def test_every_address_has_a_row():
    none(without_row(ADDRESSES, ROWS))


@pytest.mark.parametrize("names", SHELVES.values(), ids=SHELVES)
def test_an_address_answers_each_person_as_declared(names, world):
    none(
        said
        for name in names
        for who in ("anonymous", *world.people)
        for said in answered(ADDRESSES[name], who, world.browser(who), world.path(ADDRESSES[name]))
    )


def answered(address: Address, who: str, browser: Any, path: str) -> Iterator[str]:
    """What is wrong with the answers that ``who`` gets at an address; a browser signed out there is in again after."""
    kept = deepcopy(browser.cookies)
    for method in ("get", "post"):
        expected = ROWS[address.name].expected(method, who)
        with undone():
            answer = getattr(browser, method)(path, NOTHING if method == "post" else None)
        browser.cookies = deepcopy(kept)
        place = f"{address.name}: {method.upper()} as {who}"
        if answer.status_code != expected:
            yield (
                f"{place} answers {answer.status_code}, not {expected}. "
                "Correct the view, or the row in tests/guards/matrix.py with a reason in the commit."
            )
        if who == "anonymous" and expected == 302 and not answer.get("Location", "").startswith("/account/"):
            yield f"{place} leads to {answer.get('Location')}, not to the sign-in page."


@pytest.mark.parametrize("who", ["outsider", "anvar", "farrukh"])
def test_each_refusal_is_audited(who, world):
    browser, user, found = world.browser(who), world.people[who], []
    for address in TABLED:
        row = ROWS[address.name]
        for method in ("get", "post"):
            status = row.expected(method, who)
            if status not in {403, 404} or 403 not in {*row.get, *row.post} or address.name.startswith(UNTOLD):
                continue
            with undone():
                before = refusals(user)
                getattr(browser, method)(world.path(address), NOTHING if method == "post" else None)
                if refusals(user) == before:
                    found.append(
                        f"{address.name}: {method.upper()} as {who} is refused ({status}) and leaves no audit event. "
                        "Use demand() or an action."
                    )
    none(found)


def test_no_form_is_taken_without_its_token(world):
    browser, found = world.browser("admin"), []
    browser.handler.enforce_csrf_checks = True
    for address in TABLED:
        if ROWS[address.name].post and address.name not in WITHOUT_TOKEN:
            with undone():
                status = browser.post(world.path(address), NOTHING).status_code
            if status not in {403, 405}:
                found.append(
                    f"{address.name}: POST without the token of the form answers {status}. Take off the exemption."
                )
    none(found)


def test_a_sensitive_role_without_a_second_factor_is_led_to_set_one_up(world):
    from allauth.mfa.models import Authenticator

    zarina, found = world.people["zarina"], []
    with identity(zarina.pk):
        Authenticator.objects.filter(user=zarina).delete()
    browser = world.browser("zarina")
    for address in TABLED:
        row, path = ROWS[address.name], world.path(address)
        if path.startswith("/account/") or "anonymous" in " ".join([*row.get.values(), *row.post.values()]):
            continue  # signing in, and what is open to all
        with undone():
            answer = browser.get(path)
        if (answer.status_code, answer.get("Location")) != (302, reverse("mfa_index")):
            found.append(f"{address.name}: opens without a second factor ({answer.status_code}).")
    none(found)


def test_a_member_of_another_family_does_not_exist_under_this_code(world, zarina):
    other = register(zarina, given="Саодат", surname="Раҷабова")
    with identity(zarina.pk):
        member = other.members.first()
    for name in ("registry:member-edit", "registry:member-leave"):
        path = reverse(name, kwargs={"code": world.examples["code"], "member_id": member.pk})
        assert world.browser("zarina").get(path).status_code == 404


def test_a_family_outside_the_scope_and_one_that_does_not_exist_look_the_same(world):
    browser = world.browser("farrukh")
    outside = browser.get(reverse("registry:family-open", kwargs={"code": world.examples["code"]}))
    missing = browser.get(reverse("registry:family-open", kwargs={"code": "F-999-9994"}))
    assert (outside.status_code, missing.status_code) == (404, 404)
    codes = re.compile(r"F-\d{3}-\d{4}")
    assert codes.sub("", shown(outside)) == codes.sub("", shown(missing))


def test_a_suspended_user_is_let_in_nowhere(world):
    from paivand.core.rules.writing import writing

    zarina = world.people["zarina"]
    browser = world.browser("zarina")
    with identity(world.people["admin"].pk), writing("a test"):
        zarina.is_active = False
        zarina.save()
    for name in ("desk:home", "registry:family-list", "access:profile"):
        answer = browser.get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


def test_the_matrix_knows_everybody(world):
    names = {name for row in ROWS.values() for answers in (row.get, row.post) for part in answers.values()
             for name in part.split()}  # fmt: skip
    assert names - {"*", "anonymous"} <= set(world.people)


def test_an_anonymous_browser_gets_no_page_of_the_program():
    for name in ("desk:home", "registry:family-list", "access:user-list"):
        assert b"<main" not in CastClient().get(reverse(name)).content
