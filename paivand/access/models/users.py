"""Users, the agencies and teams they belong to, and the roles they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import During, Guarded, Holds, HoldsSomewhere, InScope, Mine, Policy, SignedIn
from paivand.access.rules.roles import ROLES, Role, RoleKey, roles_with
from paivand.access.rules.scopes import GLASS_HOURS, Reach, Scope, ScopeKind
from paivand.access.rules.verbs import READING_VERBS, Verb
from paivand.core.models import Record, RecordQuerySet, new_id
from paivand.core.models.record import RECORD_FIELDS, demand_action
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.methods.names import sort_key

_UNGUARDED_USER_FIELDS = {"last_login", "password"}


class Agency(Guarded, Record):
    """An organisation that takes part in the programme."""

    class Kind(models.TextChoices):
        UN = "un", _("United Nations agency")
        GOVERNMENT = "government", _("state body")
        NGO = "ngo", _("non-governmental organisation")
        BUSINESS = "business", _("business association")

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} name kind sort_key")
    policy: ClassVar[Policy] = Policy(view=SignedIn(), add=Holds(Verb.AGENCY_EDIT), change=Holds(Verb.AGENCY_EDIT))
    facts: ClassVar[str] = "id"

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    sort_key = models.CharField(max_length=300, db_collation="C", editable=False)

    class Meta:
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class Team(Guarded, Record):
    """People of one agency who share families and a supervisor."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} name agency district")
    policy: ClassVar[Policy] = Policy(view=SignedIn(), add=Holds(Verb.TEAM_EDIT), change=Holds(Verb.TEAM_EDIT))

    name = models.CharField(_("name"), max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams", verbose_name=_("agency"))
    district = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="team_name_is_unique_in_its_agency")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds users for sign-in."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class UserQuerySet(RecordQuerySet["User"]):
    """Users, as the person who asks may see them."""


class User(Guarded, AbstractBaseUser):
    """A member of staff who signs in. Staff see their colleagues' names; without identity nobody sees any."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT,
        personal="username full_name email sort_key",
        technical="id password sessions_ended_at last_login language agency team is_active created_at changed_at "
        "version",
    )
    policy: ClassVar[Policy] = Policy(
        view=SignedIn() | During("sign-in") | During("bootstrap"),
        add=Holds(Verb.USER_CREATE) | During("bootstrap"),
        change=Mine("id") | Holds(Verb.USER_EDIT) | During("sign-in"),
        data_class=DataClass.CONTACT,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9._-]{2,59}$",
                _("Use 3 to 60 small Latin letters, digits, dots or dashes, and begin with a letter."),
            )
        ],
    )
    full_name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="tg", choices=settings.LANGUAGES
    )  # fmt: skip
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("agency")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("team")
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    sessions_ended_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    sort_key = models.CharField(max_length=300, db_collation="C", editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                name="user_name_is_small_latin", condition=Q(username__regex=r"^[a-z][a-z0-9._-]{2,59}$")
            ),
            # The directory finds a user by e-mail: two users with one address would be one person to it.
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or not set(fields) <= _UNGUARDED_USER_FIELDS:
            demand_action("User")
            self.sort_key = sort_key(self.full_name)
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must still match: the password, and the moment all sessions were last ended."""
        ended = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        return salted_hmac(
            "paivand.access.session", f"{self.password}{ended}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def live_assignments(self) -> list[RoleAssignment]:
        """The roles held now, read once for each request."""
        if not self.is_active:
            return []
        return list(self.assignments.live())

    @cached_property
    def glass_districts(self) -> frozenset[str]:
        """The districts lent by break-glass now."""
        return frozenset(self.glasses.live().values_list("district_id", flat=True))

    def forget_rights(self) -> None:
        """Read roles and break-glass anew at the next question, after they changed."""
        for name in ("live_assignments", "glass_districts", "_reaches"):
            self.__dict__.pop(name, None)

    @property
    def roles(self) -> list[Role]:
        """The roles held now, without repetition, in the order of their declaration."""
        held = {assignment.role for assignment in self.live_assignments}
        return [role for key, role in ROLES.items() if key in held]

    @property
    def verbs(self) -> frozenset[Verb]:
        """Every verb held now, whatever its scope."""
        return frozenset(verb for role in self.roles for verb in role.verbs)

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the roles sees sensitive data."""
        return any(role.sensitive for role in self.roles)

    @cached_property
    def _reaches(self) -> dict[tuple[Verb, DataClass | None], Reach]:
        return {}

    def reach(self, verb: Verb, data_class: DataClass | None = None) -> Reach:
        """How far the right ``verb`` reaches now, for data of ``data_class`` if one is named."""
        key = (verb, data_class)
        if key not in self._reaches:
            self._reaches[key] = self._reach(verb, data_class)
        return self._reaches[key]

    def _reach(self, verb: Verb, data_class: DataClass | None) -> Reach:
        able = roles_with(verb, data_class)
        held = [assignment for assignment in self.live_assignments if assignment.role in able]
        glass: frozenset[str] = frozenset()
        if verb in READING_VERBS and any(a.role in roles_with(Verb.GLASS_BREAK) for a in held):
            glass = self.glass_districts
        return Reach(
            everywhere=any(a.scope == ScopeKind.PROGRAMME for a in held),
            districts=frozenset(code for a in held if a.scope == ScopeKind.DISTRICTS for code in a.districts),
            agencies=frozenset(a.agency_id for a in held if a.scope == ScopeKind.AGENCY and a.agency_id),
            teams=frozenset(a.team_id for a in held if a.scope == ScopeKind.TEAM and a.team_id),
            owner=self.pk if any(a.scope == ScopeKind.OWN for a in held) else None,
            glass=glass,
        )

    def sees(self, data_class: DataClass) -> bool:
        """Whether any role held now may see this class of data."""
        return any(data_class in role.sees for role in self.roles)


class RoleAssignmentQuerySet(RecordQuerySet["RoleAssignment"]):
    """Role assignments by state."""

    def live(self) -> RoleAssignmentQuerySet:
        """Those that count now."""
        now = timezone.now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), starts_at__lte=now, ended_at=None)


class RoleAssignment(Guarded, Record):
    """A role held by a user within a scope until a date."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT,
        personal="reason",
        technical=f"{RECORD_FIELDS} user role scope agency team districts starts_at expires_at ended_at given_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("user_id") | HoldsSomewhere(Verb.USER_VIEW) | During("bootstrap"),
        add=Holds(Verb.ROLE_ASSIGN) | During("bootstrap"),
        change=Holds(Verb.ROLE_END),
        data_class=DataClass.CONTACT,
    )

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(
        _("role"), max_length=30, choices=[(key.value, ROLES[key].name) for key in RoleKey], db_collation="C"
    )
    scope = models.CharField(
        _("scope"), max_length=10, choices=[(k.value, k.value) for k in ScopeKind], db_collation="C"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    districts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    starts_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "id"]
        indexes = [models.Index(fields=["user", "role"], name="assignment_of_user")]
        constraints = [
            models.CheckConstraint(
                name="assignment_names_what_its_scope_needs",
                condition=Q(scope__in=["own", "programme"], agency=None, team=None, districts=[])
                | Q(scope="agency", agency__isnull=False, team=None, districts=[])
                | Q(scope="team", team__isnull=False, agency=None, districts=[])
                | Q(scope="districts", agency=None, team=None) & ~Q(districts=[]),
            ),
            models.CheckConstraint(
                name="assignment_expires_after_it_starts",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.scope}"

    @property
    def is_live(self) -> bool:
        """Whether it counts now."""
        now = timezone.now()
        return self.ended_at is None and self.starts_at <= now and (self.expires_at is None or self.expires_at > now)

    @property
    def role_name(self) -> str:
        """The role's name in the reader's language."""
        return gettext(ROLES[RoleKey(self.role)].name)


class BreakGlassQuerySet(RecordQuerySet["BreakGlass"]):
    """Break-glass by state."""

    def live(self) -> BreakGlassQuerySet:
        """Those that open a district now."""
        return self.filter(expires_at__gt=timezone.now())


class BreakGlass(Guarded, Record):
    """Three hours of reading in a district outside one's scope, with a written reason, for others to review."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="reason",
        technical=f"{RECORD_FIELDS} user district reader_district agency team owner expires_at reviewed_by "
        "reviewed_at review_note",
    )
    policy: ClassVar[Policy] = Policy(
        # Shown to those who watch over the district that was read, and to those who watch over the reader.
        view=Mine("user_id") | InScope(Verb.GLASS_REVIEW) | InScope(Verb.GLASS_REVIEW, district="reader_district_id"),
        add=Mine("user_id") & HoldsSomewhere(Verb.GLASS_BREAK),
        change=InScope(Verb.GLASS_REVIEW) | InScope(Verb.GLASS_REVIEW, district="reader_district_id"),
    )

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="glasses")
    district = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    reader_district = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000)
    expires_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(_("note"), max_length=300, blank=True)

    objects: ClassVar[Any] = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["user", "expires_at"], name="glass_of_user")]
        constraints = [
            models.CheckConstraint(
                name="glass_review_has_reviewer_and_time",
                condition=Q(reviewed_by=None, reviewed_at=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(reviewed_by=F("user")),
            ),
            models.CheckConstraint(
                name="glass_lasts_three_hours_at_most",
                condition=Q(expires_at__lte=F("created_at") + timedelta(hours=GLASS_HOURS, minutes=1)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.district_id}"

    @property
    def other_scope(self) -> Scope:
        """Where the reader belongs: the reader's supervisor reviews as well as the district's."""
        return Scope(self.reader_district_id, self.agency_id, self.team_id, self.owner_id)

    @property
    def is_live(self) -> bool:
        """Whether it still opens the district."""
        return self.expires_at > timezone.now()
