"""Forms that are filled in on devices: every version that was ever published stays, because phones keep old ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models.policies import During, Guarded, HoldsSomewhere, Policy, SignedIn
from paivand.access.rules.verbs import Verb
from paivand.collect.rules.submissions import FORM_STATE_NAMES, FormKind, FormState
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy

_UPKEEP = During("upkeep")
_PUBLISHES = HoldsSomewhere(Verb.SURVEY_MANAGE) | _UPKEEP
"""Who publishes a form: whoever manages surveys; the program itself, those it comes with."""


class Form(Guarded, Record):
    """A form by its code, which never changes and is the formID of every client."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} code kind state titles agency districts opens_on closes_on author"
    )
    policy: ClassVar[Policy] = Policy(view=SignedIn() | _UPKEEP, add=_PUBLISHES, change=_PUBLISHES)

    code = models.CharField(max_length=64, unique=True, db_collation="C")
    kind = models.CharField(max_length=7, choices=[(k.value, k.value) for k in FormKind], db_collation="C")
    state = models.CharField(
        max_length=7, choices=[(k.value, FORM_STATE_NAMES[k]) for k in FormState], default=FormState.OPEN,
        db_collation="C",
    )  # fmt: skip
    # By language.
    titles = models.JSONField(default=dict)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    # Codes of the districts in which it is filled in; none: everywhere.
    districts = models.JSONField(default=list)
    # The first and the last day on which phones are offered it; what was filled in before arrives later too.
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    author = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="survey_has_an_author", condition=~Q(kind="survey") | Q(author__isnull=False)),
            models.CheckConstraint(
                name="form_closes_after_it_opens",
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=models.F("opens_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def title(self, language: str) -> str:
        """What it is called in this language, else in another that it has, else its code."""
        order = (language, "tg", "ru", "en", "fa")
        return next((self.titles[one] for one in order if self.titles.get(one)), self.code)


class FormVersion(Guarded, Record):
    """One published version of a form. What was published is never changed; another version takes its place."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} form name xml md5 questions lists source published_at is_current"
    )
    policy: ClassVar[Policy] = Policy(
        view=SignedIn() | _UPKEEP, add=_PUBLISHES, change=_PUBLISHES, only=("is_current", "version", "changed_at")
    )

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions", db_index=False)
    # What the form itself calls it; a record's own `version` counts changes of the row.
    name = models.CharField(max_length=249, db_collation="C")
    xml = models.TextField()
    # Of the bytes of the XML in UTF-8, as clients compute it.
    md5 = models.CharField(max_length=32, db_collation="C")
    # In the order of the form: path, name, type, label, choices, list, repeat, required, relevant, saveto.
    questions = models.JSONField(default=list)
    # The names of the lists that it chooses from.
    lists = models.JSONField(default=list)
    # The workbook that a survey was made of.
    source = models.BinaryField(null=True)
    published_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "name"], name="form_version_is_published_once"),
            models.UniqueConstraint(fields=["form"], name="form_has_one_current_version", condition=Q(is_current=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def was_used(self) -> bool:
        """Whether phones were ever given it: one of a survey waits until somebody puts it to use.

        Nothing else changes the row of a published version, so that one that was never changed never was in use.
        """
        return self.is_current or self.version > 1 or self.form.kind != FormKind.SURVEY


class FormFile(Guarded, Record):
    """A picture, a sound or a table that a version of a form shows."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} form_version name md5 mime content")
    policy: ClassVar[Policy] = Policy(view=SignedIn() | _UPKEEP, add=_PUBLISHES)

    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="files", db_index=False)
    name = models.CharField(max_length=120, db_collation="C")
    md5 = models.CharField(max_length=32, db_collation="C")
    mime = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form_version", "name"], name="form_file_stands_once")]

    def __str__(self) -> str:
        return self.name
