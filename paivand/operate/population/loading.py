"""Writes the demonstration's population through the same actions as the screens, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
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
from paivand.operate.accounts import AGENCIES, DEMO_ACCOUNTS, PASSWORD, TEAMS, DemoAccount
from paivand.operate.population.invention import InventedFamily, JamoatShare, invented_families
from paivand.registry.actions.registration import register_family
from paivand.registry.models import Family

N_FAMILIES = 200
Progress = Callable[[Iterable[InventedFamily]], Iterable[InventedFamily]]
bar: Progress = partial(tqdm, total=N_FAMILIES, desc="Inventing families", unit=" families", leave=False)
"""A progress bar on the terminal."""


def absent() -> bool:
    """Whether the database still lacks the population, or a part of it."""
    users = _users()
    return len(users) < len(DEMO_ACCOUNTS) or not _families_exist(users)


def load(progress: Progress = iter, *, n_families: int = N_FAMILIES, today: date | None = None) -> None:
    """Create the agencies, the accounts and the families that are not there yet.

    In three transactions, each all or nothing, because a role counts from the transaction after the one that gave it:
    the administrator, the accounts, the families. After a broken first start the next one goes on.

    Args:
        progress: passes the families through and may show how far it is.
        n_families: how many families.
        today: the day that ages and registrations are counted back from.
    """
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
            _register(progress, _social_workers(users), n_families, today or timezone.localdate())


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
        for account in DEMO_ACCOUNTS:
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


def _register(progress: Progress, workers: dict[str, User], n_families: int, today: date) -> None:
    jamoats = {place.pk: place for place in Place.objects.jamoats().filter(parent_id__in=workers).order_by("pk")}
    homes = [JamoatShare(code, str(place.parent_id), place.population or 0) for code, place in jamoats.items()]
    for family in progress(invented_families(n_families, homes, today)):
        by = workers[family.district]
        with acting_as(by):
            register_family(scope=placement(by, family.district), draft=family.draft, by=by)
