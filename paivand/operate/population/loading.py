"""Writes the demonstration's population through the same actions as the screens, all of it or nothing."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from paivand.access.actions.agencies import add_agency, add_team
from paivand.access.actions.roles import assign_role
from paivand.access.actions.users import create_first_administrator, create_user
from paivand.access.models import Agency, Team, User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.access.rules.roles import RoleKey
from paivand.core.models import Place
from paivand.operate import apart
from paivand.operate.accounts import AGENCIES, COLLEAGUES, DEMO_ACCOUNTS, PASSWORD, TEAMS, DemoAccount
from paivand.operate.population.beside import beside_written, write_beside
from paivand.operate.population.casework import casework_written, write_casework
from paivand.operate.population.directory import directory_written, write_directory
from paivand.operate.population.field import field_written, write_field
from paivand.operate.population.guidance import guidance_written, write_guidance
from paivand.operate.population.handshakes import referrals_written, write_referrals
from paivand.operate.population.invention import InventedFamily, JamoatShare, invented_families, planted_truth
from paivand.operate.population.learning import learning_written, write_learning
from paivand.operate.population.likenesses import Kind
from paivand.operate.population.outreach import outreach_written, write_outreach
from paivand.operate.population.programme import programme_written, write_programme
from paivand.operate.population.reporting import report_written, write_report
from paivand.operate.population.rounds import rounds_written, write_rounds
from paivand.operate.population.sealed import sealed_written, write_sealed
from paivand.operate.population.stories import Scene, Story, drawn_stories, homes
from paivand.operate.population.survey import survey_written, write_survey
from paivand.operate.postgres import OperatingError
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.actions.duplicates import find_pairs
from paivand.registry.actions.journey import Help
from paivand.registry.actions.registration import register_families
from paivand.registry.actions.stories import members_in_order, record_consents_of_many, record_steps, record_stories
from paivand.registry.models import Consent, Family, Person
from paivand.registry.rules import GivenBy
from paivand.registry.rules.stories import FamilyStory, PersonStory

N_FAMILIES = 1200
BATCH = 60
"""Families written down by one action."""
Progress = Callable[[Iterable[InventedFamily]], Iterable[InventedFamily]]
T = TypeVar("T")


def bar(n_families: int) -> Progress:
    """A progress bar on the terminal."""
    return partial(tqdm, total=n_families, desc="Inventing families", unit=" families", leave=False)


def bar_of(what: str, unit: str) -> Callable[[Iterable[T]], Iterable[T]]:
    """A progress bar over things that are told one after another."""
    return partial(tqdm, desc=what, unit=unit, leave=False)


def absent() -> bool:
    """Whether the database still lacks the population, or a part of it."""
    users = _users()
    return len(users) < len(DEMO_ACCOUNTS) or not _families_exist(users) or not _help_written(users)


def _help_written(users: dict[str, User]) -> bool:
    return directory_written(users) and all(chapter.is_written() for chapter in _chapters(users))


def load(progress: Progress = iter, *, n_families: int = N_FAMILIES, today: date | None = None) -> None:
    """Create the agencies, the accounts and the families that are not there yet.

    In several transactions, each all or nothing, because a role counts from the transaction after the one that gave
    it: the administrator, the accounts, the families, the directory of services, and each chapter of help. After a
    broken first start the next one goes on.

    Args:
        progress: passes the families through and may show how far it is.
        n_families: how many families.
        today: the day that ages and registrations are counted back from.
    """
    with seldom_tidied():
        _load(progress, n_families, today or timezone.localdate())


@contextmanager
def seldom_tidied() -> Iterator[None]:
    """Let Python look for circular rubbish seldom: among millions of short-lived objects it mostly finds none."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _load(progress: Progress, n_families: int, today: date) -> None:
    users = _users()
    first = next(account for account in DEMO_ACCOUNTS if account.role is RoleKey.ADMINISTRATOR)
    admin = users.get(first.username) or create_first_administrator(
        username=first.username, full_name=first.name, password=PASSWORD
    )
    if len(users) < len(DEMO_ACCOUNTS):
        with transaction.atomic():
            _create_accounts(admin)
        users = _users()
    if not _families_exist(users):
        with transaction.atomic():
            _write_down(progress, _social_workers(users), n_families, today)
            _look_for_duplicates(users)
    if not directory_written(users):
        with transaction.atomic():
            write_directory(users, today)
    _write_help(users, n_families, today)


@dataclass(frozen=True)
class Chapter:
    """A part of what is told of help, written in a transaction of its own.

    Args:
        is_written: whether it is there already.
        is_apart: whether it touches nothing that the others write, and so may be written beside them.
    """

    is_written: Callable[[], bool]
    write: Callable[[Scene, list[Story]], None]
    is_apart: bool = False


def _chapters(users: dict[str, User]) -> list[Chapter]:
    """The chapters of help in their order."""
    supervisor, specialist = users["supervisor"], users["gbv"]
    return [
        Chapter(
            partial(casework_written, supervisor),
            partial(write_casework, progress=bar_of("Inventing cases", " cases")),
        ),
        Chapter(partial(referrals_written, supervisor), write_referrals),
        Chapter(partial(guidance_written, supervisor), write_guidance),
        Chapter(partial(rounds_written, supervisor), lambda scene, _stories: write_rounds(scene)),
        Chapter(
            partial(field_written, users["social.kulob"]),
            lambda scene, _stories: write_field(scene.users, scene.today),
        ),
        Chapter(
            partial(survey_written, users["monitoring"]),
            lambda scene, _stories: write_survey(scene.users, scene.today),
        ),
        Chapter(
            partial(sealed_written, specialist),
            lambda scene, _stories: write_sealed(specialist, scene.workers, scene.n_families, scene.today),
            is_apart=True,
        ),
        Chapter(partial(learning_written, users), lambda scene, _stories: write_learning(scene), is_apart=True),
        Chapter(
            partial(programme_written, users["manager"]),
            lambda scene, _stories: write_programme(scene.users, scene.today),
            is_apart=True,
        ),
        Chapter(
            partial(outreach_written, users["manager"]),
            lambda scene, _stories: write_outreach(scene.users, scene.n_families, scene.today),
            is_apart=True,
        ),
        Chapter(
            partial(report_written, users["manager"]),
            lambda scene, _stories: write_report(scene.users, scene.today),
            is_apart=True,
        ),
        Chapter(
            partial(beside_written, users["monitoring"]),
            lambda scene, _stories: write_beside(scene.users, scene.today),
            is_apart=True,
        ),
    ]  # fmt: skip


def _write_help(users: dict[str, User], n_families: int, today: date) -> None:
    """Tell the chapters of help that are not there yet; what stands apart is written beside by a process of its own."""
    missing = [chapter for chapter in _chapters(users) if not chapter.is_written()]
    if not missing:
        return
    with _beside(n_families, today) if any(chapter.is_apart for chapter in missing) else nullcontext():
        together = [chapter for chapter in missing if not chapter.is_apart]
        if together:
            scene = _scene(users, n_families, today)
            stories = drawn_stories(scene)
            for chapter in together:
                with transaction.atomic():
                    chapter.write(scene, stories)


def _scene(users: dict[str, User], n_families: int, today: date) -> Scene:
    teams = _teams(users)
    known = {district: homes(theirs[0], district) for district, theirs in teams.items()}
    return Scene(users, teams, known, n_families, today)


@contextmanager
def _beside(n_families: int, today: date) -> Iterator[None]:
    """Write the chapters that stand apart in a second process, on a second core, and wait for it at the end.

    Raises:
        OperatingError: when it could not; the next start tries again.
    """
    process = get_context("spawn").Process(
        target=apart.call, args=(f"{__name__}.write_chapters_apart", n_families, today), daemon=True
    )
    process.start()
    yield
    process.join()
    if process.exitcode:
        raise OperatingError("A part of the demonstration could not be written. What went wrong is told above.")


def write_chapters_apart(n_families: int, today: date) -> None:
    """Write the chapters that stand apart; called by the second process."""
    users = _users()
    scene = _scene(users, n_families, today)
    with seldom_tidied():
        for chapter in _chapters(users):
            if chapter.is_apart and not chapter.is_written():
                with transaction.atomic():
                    chapter.write(scene, [])
    connection.close()


def _users() -> dict[str, User]:
    with for_purpose("sign-in"):
        return {user.username: user for user in User.objects.all()}


def _social_workers(users: dict[str, User]) -> dict[str, User]:
    """The social worker of each district."""
    return {
        code: users[account.username]
        for account in DEMO_ACCOUNTS
        if account.role is RoleKey.SOCIAL_WORKER
        for code in account.districts
    }


def _teams(users: dict[str, User]) -> dict[str, list[User]]:
    """The social workers of each district, the one whom a button signs in as first."""
    return {
        district: [
            users[account.username]
            for account in (*DEMO_ACCOUNTS, *COLLEAGUES)
            if account.role is RoleKey.SOCIAL_WORKER and district in account.districts
        ]
        for district in _social_workers(users)
    }


def _families_exist(users: dict[str, User]) -> bool:
    for user in _social_workers(users).values():
        with acting_as(user):
            if Family.objects.exists():
                return True
    return False


def _create_accounts(admin: User) -> None:
    districts = {place.pk: place for place in Place.objects.districts()}
    secret = make_password(PASSWORD)  # once for all: hashing is slow on purpose
    with acting_as(admin):
        agencies = {row["key"]: add_agency(name=row["name"], kind=row["kind"], by=admin) for row in AGENCIES}
        teams = {
            row["key"]: add_team(
                name=row["name"], agency=agencies[row["agency"]], district=districts[row["district"]], by=admin
            )
            for row in TEAMS
        }
        for account in (*DEMO_ACCOUNTS, *COLLEAGUES):
            if account.username != admin.username:
                user = _create_account(account, agencies, teams, districts, admin)
                user.password = secret
                user.save(update_fields=["password"])


def _create_account(
    account: DemoAccount, agencies: dict[str, Agency], teams: dict[str, Team], districts: dict[str, Place], admin: User
) -> User:
    agency = agencies[account.agency] if account.agency else None
    user = create_user(
        username=account.username, full_name=account.name, email="", language="tg", agency=agency,
        team=teams[account.team] if account.team else None, by=admin,
    )  # fmt: skip
    assign_role(
        user=user, role=account.role, scope=account.scope, reason="demonstration", by=admin, agency=agency,
        districts=[districts[code] for code in account.districts],
    )  # fmt: skip
    return user


def _write_down(progress: Progress, workers: dict[str, User], n_families: int, today: date) -> None:
    """Register the families and write down their stories, a batch of each district at a time."""
    waiting: dict[str, list[InventedFamily]] = {district: [] for district in workers}
    withdrawing: list[InventedFamily] = []
    for family in progress(invented_families(n_families, _homes(workers), today)):
        batch = waiting[family.district]
        batch.append(family)
        if family.withdrawn:
            withdrawing.append(family)
        if len(batch) >= BATCH:
            _write_batch(workers[family.district], family.district, batch)
            batch.clear()
    for district, batch in waiting.items():
        if batch:
            _write_batch(workers[district], district, batch)
    for family in withdrawing:
        _withdraw(workers[family.district], family)


def _write_batch(by: User, district: str, batch: list[InventedFamily]) -> None:
    with acting_as(by):
        scope = placement(by, district)
        places = {place.pk: place for place in Place.objects.jamoats().filter(parent_id=district)}
        register_families(scope=scope, drafts=[family.draft for family in batch], by=by)
        people = members_in_order([family.draft.family_id for family in batch])
        members = [people[family.draft.family_id] for family in batch]
        record_stories(scope=scope, stories=list(map(_story, batch, members)), by=by)
        given = [
            (own[place], consent)
            for family, own in zip(batch, members, strict=True) for place, consent in family.consents
        ]  # fmt: skip
        record_consents_of_many(scope=scope, given=given, by=by)
        steps = [
            (own[visit.place], Help(visit.service, visit.outcome, visit.happened_on, places[family.draft.jamoat]))
            for family, own in zip(batch, members, strict=True) for visit in family.visits
        ]  # fmt: skip
        record_steps(scope=scope, steps=steps, by=by)


def _story(family: InventedFamily, members: list[Person]) -> FamilyStory:
    """The family's story, with the keys that its people were given."""
    people, absences, remittances = [], [], []
    for person, told in zip(members, family.people, strict=True):
        stays = told.away.stays if told.away else ()
        people.append(PersonStory(person.pk, told.particulars, told.documents, stays, told.bans))
        absences += [replace(absence, person_id=person.pk) for absence in told.absences]
        remittances += [replace(row, sender_id=person.pk) for row in told.remittances]
    return FamilyStory(family.draft.family_id, tuple(people), tuple(absences), tuple(remittances))


def _withdraw(by: User, family: InventedFamily) -> None:
    """Let the head take a consent back."""
    with acting_as(by):
        consent = Consent.objects.get(
            person__heads=family.draft.family_id, purpose=family.withdrawn, given_by=GivenBy.SELF, withdrawn_on=None
        )
        withdraw_consent(consent=consent, on=family.withdrawn_on or consent.given_on, reason=family.why, by=by)


def _look_for_duplicates(users: dict[str, User]) -> None:
    """Let the supervisor find the pairs that may be one person, so that some wait for review."""
    account = next(account for account in DEMO_ACCOUNTS if account.role is RoleKey.SUPERVISOR)
    by = users[account.username]
    for district in account.districts:
        after = None
        while True:
            with acting_as(by):
                after = find_pairs(scope=placement(by, district), by=by, after=after).after
            if after is None:
                break


def _homes(districts: Iterable[str]) -> list[JamoatShare]:
    jamoats = Place.objects.jamoats().filter(parent_id__in=districts).order_by("pk")
    return [JamoatShare(place.pk, str(place.parent_id), place.population or 0) for place in jamoats]


def truth(n_families: int = N_FAMILIES) -> list[tuple[Kind, uuid.UUID, uuid.UUID]]:
    """The planted likenesses by the keys of their people; asked by somebody who sees all of both districts.

    Pairs of which a record is not there (any more) are left out.
    """
    districts = [
        code for account in DEMO_ACCOUNTS if account.role is RoleKey.SOCIAL_WORKER for code in account.districts
    ]
    planted = planted_truth(n_families, _homes(districts), timezone.localdate())
    people = members_in_order({family for pair in planted for family, _place in (pair.one, pair.other)})
    found = []
    for pair in planted:
        (one, place), (other, other_place) = pair.one, pair.other
        if place < len(people.get(one, [])) and other_place < len(people.get(other, [])):
            found.append((pair.kind, people[one][place].pk, people[other][other_place].pk))
    return found
