"""Users and their sessions, as administrators manage them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import Agency, RoleAssignment, Team, User
from paivand.access.models.identity import for_purpose, identity, may_bootstrap
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing


def create_first_administrator(*, username: str, full_name: str, password: str) -> User:
    """The first user of an empty installation. The database allows it only while there is no administrator.

    Raises:
        Refused: when there is one already.
    """
    with for_purpose("bootstrap"):
        if not may_bootstrap():
            raise Refused(_("There are users already. Ask an administrator to create yours."), "not_empty")
        user = User(username=username, full_name=full_name)
        user.set_password(password)
        with writing("user.create"):
            user.save()
        with identity(user.pk, "bootstrap"), writing("role.assign"):
            RoleAssignment(
                user=user, role=RoleKey.ADMINISTRATOR, scope=ScopeKind.PROGRAMME, reason="first administrator"
            ).save()
            record_event("user.create", by=user, subject=user, reason="first administrator")
    return user


@action(Verb.USER_CREATE)
def create_user(
    *, username: str, full_name: str, email: str, language: str, agency: Agency | None, team: Team | None, by: User
) -> User:
    """Create a user without a password; the first sign-in link is handed over afterwards."""
    _demand_own_team(agency, team)
    user = User(username=username, full_name=full_name, email=email, language=language, agency=agency, team=team)
    user.set_unusable_password()
    user.save()
    return user


@action(Verb.USER_EDIT)
def edit_user(
    *, user: User, version: int, full_name: str, email: str, language: str, agency: Agency | None, team: Team | None,
    by: User,
) -> User:  # fmt: skip
    """Change a user's particulars."""
    _demand_own_team(agency, team)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.version != version:
        raise Refused(
            _("Somebody else changed this user while you were typing. Look at the present values and save again."),
            "stale",
        )
    new = {"full_name": full_name, "email": email, "language": language, "agency": agency, "team": team}
    changed = [name for name, value in new.items() if getattr(locked, name) != value]
    for name, value in new.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save()
    remark(changed=changed)
    return locked


@action(Verb.USER_CREATE)
def hand_over_link(*, user: User, by: User) -> User:
    """Note that a link to choose a password is made for ``user``; the link itself is never stored.

    Raises:
        Refused: for a suspended user, or for oneself.
    """
    if user.pk == by.pk:
        raise Refused(_("Change your own password on your account page."), "self")
    if not user.is_active:
        raise Refused(_("This user is suspended. Let the user in again first."), "suspended")
    remark(link=True)
    return user


@action(Verb.USER_SUSPEND)
def suspend_user(*, user: User, reason: str, by: User) -> User:
    """Keep a user out from now on, all sessions included."""
    if user.pk == by.pk:
        raise Refused(_("You cannot suspend yourself. Ask another administrator."), "self")
    if not user.is_active:
        raise Refused(_("This user is suspended already."), "already")
    user.is_active = False
    user.version += 1
    _end_sessions(user)
    return user


@action(Verb.USER_SUSPEND)
def restore_user(*, user: User, reason: str, by: User) -> User:
    """Let a suspended user in again."""
    if user.is_active:
        raise Refused(_("This user may sign in already."), "already")
    user.is_active = True
    user.version += 1
    user.save()
    return user


@action(Verb.SESSION_END)
def end_sessions(*, user: User, reason: str, by: User) -> User:
    """Sign a user out everywhere, for a lost phone or a doubt."""
    _end_sessions(user)
    return user


@action(Verb.FACTOR_RESET)
def reset_second_factor(*, user: User, reason: str, by: User) -> User:
    """Remove a lost second factor and sign the user out everywhere; she sets up a new one at the next sign-in."""
    if user.pk == by.pk:
        raise Refused(_("You cannot remove your own second factor here. Ask another administrator."), "self")
    factors = Authenticator.objects.filter(user_id=user.pk)
    if not factors.exists():
        raise Refused(_("This user has no second factor."), "none")
    factors.delete()
    _end_sessions(user)
    return user


@action(Verb.PROFILE_EDIT, self_service=True)
def choose_language(*, language: str, by: User) -> User:
    """Change the language of one's own screens."""
    by.language = language
    by.version += 1
    by.save()
    return by


def _end_sessions(user: User) -> None:
    """Make every session of ``user`` void at once, and forget the list of devices."""
    user.sessions_ended_at = timezone.now()
    user.save()
    sessions = UserSession.objects.filter(user_id=user.pk)
    remark(sessions=len(sessions))
    sessions.delete()


def _demand_own_team(agency: Agency | None, team: Team | None) -> None:
    if team and (agency is None or team.agency_id != agency.pk):
        raise Refused(_("The team belongs to another agency. Choose a team of the same agency."), "team", field="team")
