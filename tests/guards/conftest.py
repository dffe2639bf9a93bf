"""A small world for the guards of pages: one of each thing that an address can name, and the whole cast signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from tests.guards.rooms import ROOMS
from tests.guards.urls import Address


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are what these tests ask for: they need no log."""
    caplog.set_level("ERROR", logger="django.request")
    caplog.set_level("CRITICAL", logger="django.security.csrf")


@dataclass
class World:
    """What stands behind the addresses, and who asks."""

    people: dict[str, Any]
    examples: dict[str, Any]
    browser: Callable[[str], Any]

    def path(self, address: Address) -> str:
        """The address with an example for each of its parameters."""
        found = {name: self.example(address.name, name) for name in address.parameters}
        missing = [name for name, value in found.items() if value is None]
        assert not missing, f"{address.name}: add an example of {missing} to the world in tests/guards/conftest.py."
        return reverse(address.name, kwargs=found)

    def example(self, page: str, name: str) -> Any:
        """The example of a parameter: that of the page's own app (``app:name``), or the one that all share."""
        own = f"{page.partition(':')[0]}:{name}"
        return self.examples.get(own, self.examples.get(name))


def _village(admin: Any) -> str:
    """The code of a village of the jamoat that the addresses name."""
    from paivand.core.models import Place
    from paivand.registry.actions.places import add_village
    from paivand.registry.rules.places import VillageDraft

    return add_village(jamoat=Place.objects.get(pk="TJ-KT-02-02"), draft=VillageDraft("Чорбоғ"), by=admin)


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once for the tests of a file: each of them takes back what it did, and the last one all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made()
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished: World, everyone: dict[str, Any]) -> World:
    """A Kulob family, a member of it, a user with a role, an agency, and Zarina's break-glass into Dusti."""
    browsers: dict[str, Any] = {}

    def browser(name: str) -> Any:
        """The browser of ``name``, signed in when the world was made; what a test does to its cookies stays there."""
        if name not in browsers:
            browsers[name] = own = copy(furnished.browser(name))
            own.cookies, own.handler = deepcopy(own.cookies), copy(own.handler)
            if name != "anonymous":
                _entered(own)  # anew: a room shuts after some minutes
        return browsers[name]

    return World(everyone, furnished.examples, browser)


def _made() -> World:
    """One of each thing that an address can name, and everybody signed in."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from paivand.access.actions.glass import break_glass
    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.core.models import Place
    from paivand.registry.actions.saved_views import save_view
    from tests.cast import DUSTI, register
    from tests.collect.desk import uploaded_list
    from tests.conftest import CastClient

    with for_purpose("sign-in"):
        people: dict[str, Any] = {user.username: user for user in User.objects.select_related("agency", "team")}
    # Signing in makes older links void, so everybody does it before any is made.
    browsers = {"anonymous": CastClient()} | {name: _signed_in(user) for name, user in people.items()}
    zarina, admin, tahmina = people["zarina"], people["admin"], people["tahmina"]
    family = register(zarina)
    with acting_as(zarina):
        member = family.members.exclude(relation="head").order_by("pk").first()
        consent = family.head.consents.get()
        step = family.head.journey.get()
        batch = uploaded_list(zarina)
        glass = break_glass(
            district=Place.objects.get(pk=DUSTI), reason="садама дар роҳи Дӯстӣ, кӯдак танҳо монд", by=zarina
        )
        view = save_view(name="Зираки", filters={"jamoat": "TJ-KT-02-02"}, by=zarina)
        told = _papers_and_phone(member.person, zarina) | tell_story(family, member, by=zarina)
    with acting_as(admin):
        assignment = tahmina.assignments.get()
        village = _village(admin)
    zarina.forget_rights()
    examples = {
        "code": family.code,
        "place_code": "TJ-KT-02-02",
        "village_code": village,
        "member_id": member.pk,
        "consent_id": consent.pk,
        "step_id": step.pk,
        "view_id": view.pk,
        **told,
        **alike(zarina, people["nasiba"]),
        "user_id": tahmina.pk,
        "assignment_id": assignment.pk,
        "agency_id": tahmina.agency_id,
        "glass_id": glass.pk,
        "list_id": batch.pk,
        "username": "social.kulob",
        "provider_id": "directory",
        "pk": 1,
        "uidb36": user_pk_to_url_str(tahmina),
        "key": default_token_generator.make_token(tahmina),
    }
    return World(people, _furnished(people, family, examples), browsers.__getitem__)


def _signed_in(user: Any) -> Any:
    """A browser of ``user``."""
    from paivand.access.models.identity import for_purpose
    from tests.conftest import CastClient

    browser = CastClient(raise_request_exception=True)
    with for_purpose("sign-in"):
        browser.force_login(user)
    return browser


def _entered(browser: Any) -> None:
    """Let the browser into the rooms that ask for more than signing in."""
    for room in ROOMS:
        getattr(room, "enter", lambda _browser: None)(browser)


def _furnished(people: dict[str, Any], family: Any, examples: dict[str, Any]) -> dict[str, Any]:
    """The examples with those of each room above the registry."""
    for room in ROOMS:
        examples |= room.examples(people, family, examples)
    for user in people.values():
        user.forget_rights()
    return examples


def _papers_and_phone(person: Any, by: Any) -> dict[str, Any]:
    """A lost passport, and a number that was not asked about."""
    from paivand.core.models import new_id
    from paivand.registry.actions.particulars import add_document, add_phone
    from paivand.registry.rules.drafts import DocumentDraft, PhoneDraft
    from paivand.registry.rules.people import DocumentKind, DocumentStatus

    paper = DocumentDraft(DocumentKind.PASSPORT, DocumentStatus.LOST)
    phone = add_phone(person=person, phone_id=new_id(), draft=PhoneDraft("+992918123456"), by=by)
    document = add_document(person=person, document_id=new_id(), draft=paper, by=by)
    return {"phone_id": phone.pk, "document_id": document.pk}


def alike(zarina: Any, nasiba: Any) -> dict[str, Any]:
    """Three files of Kulob headed by records of one woman: a pair that waits for a decision, and a merge."""
    from paivand.access.models.identity import acting_as
    from paivand.access.rules.scopes import Scope
    from paivand.registry.actions.duplicates import find_pairs
    from paivand.registry.actions.merges import merge_people
    from paivand.registry.queries.duplicates import pairs
    from tests.cast import KULOB, register

    spelt = ("Манзура", "Manzura", "Манзура")
    one, other, third = (register(zarina, given=given, surname="Ятимова", members=0) for given in spelt)
    with acting_as(nasiba):
        merge = merge_people(kept=one.head, absorbed=third.head, reason="як шиноснома", by=nasiba)
        find_pairs(scope=Scope(KULOB), people=[other.head_id], by=nasiba)
        pair = next(row for row in pairs(nasiba).rows if one.head_id in (row.one_id, row.other_id))
    nasiba.forget_rights()
    return {"pair_id": pair.pk, "merge_id": merge.pk}


def tell_story(family: Any, member: Any, *, by: Any) -> dict[str, Any]:
    """A stay abroad, a tie, a ban and two months of money, so that a family's page shows each of its sections."""
    from datetime import date
    from decimal import Decimal

    from paivand.registry.actions.migration import record_absence, record_ban, record_departure
    from paivand.registry.actions.remittances import record_remittances
    from paivand.registry.rules.drafts import AbsenceDraft, BanDraft, MigrationDraft, RemittanceDraft
    from paivand.registry.rules.migration import AbsenceStatus

    draft = MigrationDraft("RU", date(2024, 3, 1), city="Казань", occupation="7112", work="хиштчин")
    stay = record_departure(member=member, draft=draft, by=by)
    draft = AbsenceDraft(AbsenceStatus.IRREGULAR, date(2025, 5, 5), member.person_id, told_by="модараш")
    absence = record_absence(family=family, draft=draft, by=by)
    ban = record_ban(member=member, draft=BanDraft("KZ", date(2025, 1, 1), until_on=date(2099, 1, 1)), by=by)
    rows = [RemittanceDraft(date(2025, month, 1), Decimal(amount)) for month, amount in ((6, 900), (7, 0))]
    record_remittances(family=family, rows=rows, by=by)
    return {"stay_id": stay.pk, "absence_id": absence.pk, "ban_id": ban.pk}
