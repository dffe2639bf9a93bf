"""Survivors' files: a code, what is sealed, and the few facts that are counted."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import Policy
from paivand.core.models.sealed import SealedJSONField, SealedTextField
from paivand.core.rules.codes import readable_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.protection.models.room import HISTORY, IN_FILE, ROOM, SealedRecord
from paivand.protection.rules.drafts import Name
from paivand.protection.rules.people import (
    AGE_NAMES,
    CAME_FROM_NAMES,
    CHILD_ALONE_NAMES,
    DISABILITY_NAMES,
    DISPLACEMENT_NAMES,
    MARITAL_NAMES,
    MINORS,
)
from paivand.protection.rules.sectors import SECTOR_NAMES
from paivand.protection.rules.states import CLOSING_NAMES, STATE_NAMES, Edge, FileState, is_at_work
from paivand.registry.rules import SEX_NAMES


def choices(names: dict) -> list[tuple[str, str]]:  # type: ignore[type-arg]
    """A vocabulary as the choices of a column."""
    return [(str(key), name) for key, name in names.items()]


def codes(names: dict, longest: int) -> ArrayField:  # type: ignore[type-arg]
    """A column of several words of a vocabulary."""
    return ArrayField(models.CharField(max_length=longest, choices=choices(names)), default=list, blank=True)


class Survivor(ScopedRecord):
    """The file of a survivor, under a code by which alone it is listed.

    The number behind the code is drawn by lot: it tells neither how many there are nor who came when.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE,
        personal="number name contact person_link sex birth_year age_group marital displacement disability child_alone "
        "origin language came_from wanted unavailable declined told_on state opened_on reopened_on closed_on "
        "closing_reason last_contact_on next_on",
        technical=f"{SCOPE_FIELDS} recorded_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = ROOM
    audit_label: ClassVar[str] = ""

    number = models.PositiveIntegerField(unique=True, editable=False)
    # {"given": …, "family": …, "father": …}, what of it was told.
    name = SealedJSONField(_("name"), default=dict, blank=True)
    # By what way, when and with which words she is reached without danger: see ``rules.drafts.SafeContact``.
    contact = SealedJSONField(_("safe contact"), default=dict, blank=True)
    # The key of her record in the registry, where there is one; sealed, so that no join of the database finds it.
    person_link = SealedTextField(blank=True, default="", editable=False)
    sex = models.CharField(_("sex"), max_length=6, blank=True, choices=choices(SEX_NAMES))
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    age_group = models.CharField(_("age"), max_length=5, blank=True, choices=choices(AGE_NAMES))
    marital = models.CharField(_("marital status"), max_length=9, blank=True, choices=choices(MARITAL_NAMES))
    displacement = models.CharField(_("residence"), max_length=9, blank=True, choices=choices(DISPLACEMENT_NAMES))
    disability = models.CharField(_("disability"), max_length=9, blank=True, choices=choices(DISABILITY_NAMES))
    child_alone = models.CharField(_("child alone"), max_length=13, blank=True, choices=choices(CHILD_ALONE_NAMES))
    origin = models.CharField(_("country of origin"), max_length=2, blank=True, db_collation="C")
    language = models.CharField(_("language"), max_length=6, blank=True)
    came_from = models.CharField(_("who told about us"), max_length=12, blank=True, choices=choices(CAME_FROM_NAMES))
    # Which help she asked for, and for which of it no service was open in the district on that day.
    wanted = codes(SECTOR_NAMES, 12)
    unavailable = codes(SECTOR_NAMES, 12)
    # The questions that she chose not to answer: an answer of hers, and no gap.
    declined = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # The day on which she was told, before she told anything, what must be passed on by law.
    told_on = models.DateField(_("told about duties to report on"))
    state = models.CharField(
        _("state"), max_length=8, choices=choices(STATE_NAMES), default=FileState.OPEN, db_collation="C"
    )
    opened_on = models.DateField(_("opened on"))
    reopened_on = models.DateField(null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    closing_reason = models.CharField(max_length=13, blank=True, choices=choices(CLOSING_NAMES), db_collation="C")
    last_contact_on = models.DateField(null=True, editable=False)
    next_on = models.DateField(_("next contact"), null=True, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["district", "-id"], name="survivors_of_district"),
            models.Index(fields=["owner", "-id"], name="survivors_of_worker"),
            models.Index(fields=["next_on"], name="survivors_due", condition=~Q(next_on=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="survivor_state_has_its_day",
                condition=Q(state="open", closed_on=None, closing_reason="", reopened_on=None)
                | Q(state="reopened", closed_on=None, closing_reason="", reopened_on__isnull=False)
                | Q(state="closed", closed_on__isnull=False, next_on=None) & ~Q(closing_reason=""),
            ),
            models.CheckConstraint(
                name="survivor_sex_is_told_or_declined",
                condition=Q(sex="") & Q(declined__contains=["sex"]) | ~Q(sex="") & ~Q(declined__contains=["sex"]),
            ),
            models.CheckConstraint(
                name="survivor_age_is_told_or_declined",
                condition=Q(age_group="") & Q(declined__contains=["age_group"])
                | ~Q(age_group="") & ~Q(declined__contains=["age_group"]),
            ),
            models.CheckConstraint(
                name="survivor_declined_year_is_not_written", condition=~Q(declined__contains=["birth_year"])
                | Q(birth_year=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "survivor"

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return readable_code("S", self.number)

    @property
    def is_at_work(self) -> bool:
        """Whether help may be written down."""
        return is_at_work(self.state)

    @property
    def is_minor(self) -> bool:
        """Whether it is a child."""
        return self.age_group in MINORS

    @property
    def name_told(self) -> Name:
        """The name in its parts."""
        return Name(**self.name)

    def years_on(self, day: date) -> int | None:
        """The age on ``day`` by the year of birth, if that is known."""
        return max(0, day.year - self.birth_year) if self.birth_year else None

    @property
    def is_late(self) -> bool:
        """Whether the next contact is overdue."""
        return self.next_on is not None and self.next_on < timezone.localdate()


class SurvivorKey(ScopedRecord):
    """Two parts of a sealed name together, as a keyed digest: by it a file is found, and no name is read from it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="digest", technical=f"{SCOPE_FIELDS} survivor", leaves=False
    )
    policy: ClassVar[Policy] = Policy(
        view=ROOM.view, add=ROOM.add, remove=ROOM.change, data_class=DataClass.VIOLENCE
    )  # fmt: skip
    audit_label: ClassVar[str] = ""

    survivor = models.ForeignKey(Survivor, on_delete=models.PROTECT, related_name="keys")
    digest = models.CharField(max_length=64, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["digest", "survivor"], name="survivor_key_found")]
        constraints = [models.UniqueConstraint(fields=["survivor", "digest"], name="survivor_key_stands_once")]

    def __str__(self) -> str:
        return "key"


class SurvivorTransition(SealedRecord):
    """That a file was opened, closed or opened again: by whom, why, and what was done before."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="edge from_state to_state happened_on reason checks note", technical=IN_FILE,
        leaves=False,
    )  # fmt: skip
    policy: ClassVar[Policy] = HISTORY

    edge = models.CharField(max_length=6, choices=[(edge.value, edge.value) for edge in Edge], db_collation="C")
    from_state = models.CharField(max_length=8, blank=True, choices=choices(STATE_NAMES), db_collation="C")
    to_state = models.CharField(max_length=8, choices=choices(STATE_NAMES), db_collation="C")
    happened_on = models.DateField()
    reason = models.CharField(max_length=13, blank=True, choices=choices(CLOSING_NAMES), db_collation="C")
    checks = ArrayField(models.CharField(max_length=19), default=list, blank=True)
    note = SealedTextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["survivor", "-id"], name="sealed_steps_of_survivor")]
        constraints = [
            models.CheckConstraint(
                name="closing_a_sealed_file_has_its_reason",
                condition=Q(edge="close") & ~Q(reason="") | ~Q(edge="close") & Q(reason=""),
            ),
        ]
