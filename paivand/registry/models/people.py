"""People, and the keys under which their names are found."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Age, Birth, Precision
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.methods.names import sort_key
from paivand.registry.rules import SEX_NAMES, Sex


class Person(ScopedRecord):
    """A person of a registered family, under the name as it was written, in any script."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="given_name family_name father_name known_as sex birth_on birth_precision sort_key",
        technical=f"{SCOPE_FIELDS} is_head merged_into changed_in",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT)
        | InScope(Verb.PERSON_MERGE)
        | InScope(Verb.CONSENT_WITHDRAW)
        | InScope(Verb.CONSENT_RECORD),
        data_class=DataClass.IDENTITY,
    )
    facts: ClassVar[str] = "id sex birth_on birth_precision district created_at changed_at"

    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("surname"), max_length=80, blank=True)
    father_name = models.CharField(_("father's name"), max_length=80, blank=True)
    known_as = models.CharField(_("known as"), max_length=80, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=[(key.value, SEX_NAMES[key]) for key in Sex])
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(max_length=8, blank=True, choices=[(p.value, p.value) for p in Precision])
    # Heads a family that stands in lists: false for the head of a closed or joined file.
    is_head = models.BooleanField(default=False, editable=False)
    # Set on the record that was found to be the same person as another. Nothing moves: reading follows this arrow,
    # so that a merge is undone by clearing it.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="absorbed", editable=False, db_index=False
    )
    sort_key = models.CharField(max_length=600, db_collation="C", editable=False)
    # As of a family: for where she or he lives (``lives``) and the tie to those at home (``absence``) the version in
    # which each changed last. Both are kept in rows of their own; devices carry them with the person.
    changed_in = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["district", "sort_key", "id"], name="heads_by_name", condition=Q(is_head=True)),
            models.Index(fields=["merged_into"], name="absorbed_people", condition=~Q(merged_into=None)),
            # For scopes of several districts: rows come in order, and the first page needs no sorting.
            models.Index(fields=["sort_key", "id"], name="heads_by_name_anywhere", condition=Q(is_head=True)),
            models.Index(fields=["changed_at"], name="people_by_change"),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_birth_has_its_precision",
                condition=Q(birth_on=None, birth_precision="") | ~Q(birth_on=None) & ~Q(birth_precision=""),
            ),
            models.CheckConstraint(
                name="person_birth_rests_on_the_first_day",
                condition=Q(birth_on=None)
                | Q(birth_precision="day")
                | Q(birth_precision="month", birth_on__day=1)
                | Q(birth_precision__in=["year", "estimate"], birth_on__day=1, birth_on__month=1),
            ),
            models.CheckConstraint(name="person_has_a_given_name", condition=~Q(given_name="")),
            models.CheckConstraint(name="person_is_not_merged_into_herself", condition=~Q(merged_into=F("id"))),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names families by code, and never a person."""
        return ""

    @property
    def full_name(self) -> str:
        """Surname, given name and father's name, as written."""
        return " ".join(part for part in (self.family_name, self.given_name, self.father_name) if part)

    @property
    def birth(self) -> Birth | None:
        """The date of birth with its precision."""
        return Birth(self.birth_on, Precision(self.birth_precision)) if self.birth_on else None

    @property
    def age(self) -> Age | None:
        """The age today, always derived."""
        return self.age_on(timezone.localdate())

    def age_on(self, day: date) -> Age | None:
        """The age on ``day``."""
        return self.birth.age(day) if self.birth else None

    def set_sort_key(self) -> None:
        """Bring the alphabetical key up to date with the name."""
        self.sort_key = sort_key(self.family_name or self.given_name, self.given_name, self.father_name)[:600]


class NameKey(ScopedRecord):
    """One key under which a person is found: name part and kind of key. Rebuilt whenever the name changes."""

    class Kind(models.TextChoices):
        SPELLING = "k1"
        LIKELY = "k2"
        BLOCK = "k3"

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY, personal="key", technical=f"{SCOPE_FIELDS} person kind part"
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_RECORD),
        change=InScope(Verb.FAMILY_EDIT),
        remove=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW) | InScope(Verb.CONSENT_RECORD),
        data_class=DataClass.IDENTITY,
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_keys")
    part = models.CharField(max_length=6, db_collation="C")
    kind = models.CharField(max_length=2, choices=Kind.choices, db_collation="C")
    key = models.CharField(max_length=100, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key", "person"], name="name_key_found"),
            models.Index(fields=["district", "kind", "key", "person"], name="name_key_found_in_district"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.kind}"


class MatchKey(ScopedRecord):
    """One key under which a possible duplicate of a person is looked for: name parts and year of birth together.

    Single names are too frequent to look for among a million people; see ``paivand.methods.linkage.match_keys``.
    """

    privacy: ClassVar[Privacy] = Privacy.of(DataClass.IDENTITY, personal="key", technical=f"{SCOPE_FIELDS} person")
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_RECORD),
        change=InScope(Verb.FAMILY_EDIT),
        remove=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW) | InScope(Verb.CONSENT_RECORD),
        data_class=DataClass.IDENTITY,
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="match_keys")
    key = models.CharField(max_length=160, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["key", "person"], name="match_key_found")]

    def __str__(self) -> str:
        return "match key"
