"""Consent, one purpose at a time: who gives it, whether it counts on a day, and what follows when it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from paivand.core.rules.dates import Age
from paivand.core.rules.texts import text
from paivand.registry.rules import ADULT, ConsentPurpose, GivenBy

ASSENT_FROM = 7
"""The age from which a child is asked too. The guardian's yes is needed until the age of consenting alone."""

ENDS_SOON = 30
"""Days before the end of a consent from which the screen asks for a renewal."""

_ROUGH = 2
"""How far an age that is only estimated may be off, in years."""

NEEDS_REGISTRATION = frozenset(ConsentPurpose) - {ConsentPurpose.REGISTRATION}
"""Purposes that are asked for only when the person, or the family through its head, agreed to be registered."""

INCLUDED = frozenset({ConsentPurpose.SERVICES, ConsentPurpose.REPORTING})
"""Purposes that registration includes until the person says otherwise; every other one needs a yes of its own."""

ASSENT_DECIDES = frozenset({ConsentPurpose.RESEARCH, ConsentPurpose.PHOTO})
"""Purposes for which a child's own no is the last word."""


class ConsentState(StrEnum):
    """Where a purpose stands in the ledger."""

    GIVEN = "given"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    NEVER_ASKED = "never_asked"


class Given(Protocol):
    """One row of the ledger, as far as the rules look at it."""

    @property
    def id(self) -> Any: ...
    @property
    def extent(self) -> Any: ...
    @property
    def given_on(self) -> Any: ...
    @property
    def valid_until(self) -> Any: ...
    @property
    def withdrawn_on(self) -> Any: ...


G = TypeVar("G", bound=Given)


@dataclass(frozen=True, slots=True)
class Standing(Generic[G]):
    """Where a purpose stands on a day, the row that says so, and how many days it still counts."""

    state: ConsentState
    row: G | None = None
    days_left: int | None = None

    @property
    def ends_soon(self) -> bool:
        """Whether a renewal should be asked for."""
        return self.days_left is not None and self.days_left <= ENDS_SOON

    @property
    def is_refused(self) -> bool:
        """Whether the person said otherwise: withdrew it, or gave it only until a day that is over."""
        return self.state in {ConsentState.WITHDRAWN, ConsentState.ENDED}


def standing(rows: Iterable[G], day: date) -> Standing[G]:
    """Where a purpose stands on ``day``, from all rows about it, of all records of the person.

    A withdrawal also ends what was given before it for the same extent, and one without an extent ends everything
    given before it: so somebody with two records has withdrawn when one of them says so later than the other agreed.
    """
    known = [row for row in rows if row.given_on <= day]
    gone = [row for row in known if row.withdrawn_on and row.withdrawn_on <= day]
    lasting = [row for row in known if row not in gone and not any(_undoes(one, row) for one in gone)]
    live = [row for row in lasting if row.valid_until is None or row.valid_until >= day]
    if live:
        row = max(live, key=lambda one: (one.valid_until or date.max, one.given_on, one.id))
        return Standing(ConsentState.GIVEN, row, (row.valid_until - day).days if row.valid_until else None)
    if lasting:
        return Standing(ConsentState.ENDED, max(lasting, key=lambda one: (one.valid_until or date.max, one.id)))
    if gone:
        return Standing(ConsentState.WITHDRAWN, max(gone, key=lambda one: (one.withdrawn_on or date.min, one.id)))
    return Standing(ConsentState.NEVER_ASKED)


def _undoes(withdrawn: Given, row: Given) -> bool:
    """Whether a withdrawal came after ``row`` was given and reaches it."""
    if withdrawn.extent and withdrawn.extent != row.extent:
        return False
    return (withdrawn.withdrawn_on or date.min, withdrawn.id) > (row.given_on, row.id)


def permits(purpose: ConsentPurpose, given: Standing[G], *, registered: bool) -> bool:
    """Whether something may be done for ``purpose``.

    Args:
        purpose: what it is done for.
        given: where the purpose stands for the person.
        registered: whether the person, or the family through its head, agrees to be registered.
    """
    if not registered:
        return False
    if purpose in INCLUDED or purpose is ConsentPurpose.REGISTRATION:
        return not given.is_refused
    return given.state is ConsentState.GIVEN


def renews(live: Given, valid_until: date | None) -> bool:
    """Whether a consent until ``valid_until`` makes a live one last longer: then it may be written down again."""
    return live.valid_until is not None and (valid_until is None or valid_until > live.valid_until)


def says_again(live: Iterable[G], extent: str, valid_until: date | None) -> G | None:
    """The live row that says the same already: of the same extent or of none, and not made to last longer."""
    for row in live:
        if row.extent in {"", extent} and not renews(row, valid_until):
            return row
    return None


def may_give(age: Age | None) -> frozenset[GivenBy]:
    """Who may give a consent for somebody of this age: herself from 18, a guardian for a child.

    Where no age is known, or one near 18 is only estimated, the worker asks and decides.

    >>> sorted(may_give(Age(30, exact=False))), sorted(may_give(Age(17, exact=True))), len(may_give(None))
    ([<GivenBy.SELF: 'self'>], [<GivenBy.GUARDIAN: 'guardian'>], 2)
    """
    if age is None:
        return frozenset(GivenBy)
    if age.years < ADULT:
        return frozenset({GivenBy.GUARDIAN})
    if age.exact or age.years >= ADULT + _ROUGH:
        return frozenset({GivenBy.SELF})
    return frozenset(GivenBy)


def assent_is_asked(age: Age | None, given_by: GivenBy) -> bool:
    """Whether a child for whom a guardian agrees is old enough to be asked too.

    >>> assent_is_asked(Age(7, exact=True), GivenBy.GUARDIAN), assent_is_asked(Age(6, exact=True), GivenBy.GUARDIAN)
    (True, False)
    """
    return given_by is GivenBy.GUARDIAN and age is not None and age.years >= ASSENT_FROM


def needs_assent(purposes: Sequence[ConsentPurpose]) -> list[ConsentPurpose]:
    """Those of the purposes for which nothing is written down against a child's own no."""
    return [purpose for purpose in purposes if purpose in ASSENT_DECIDES]


class Consequence(StrEnum):
    """One thing that happens, or stops, when a consent is withdrawn."""

    FILE_CLOSED = "file_closed"
    NOT_FOUND = "not_found"
    MEMBERSHIP_ENDS = "membership_ends"
    PERSON_NOT_FOUND = "person_not_found"
    PHONES_ERASED = "phones_erased"
    DOCUMENTS_ERASED = "documents_erased"
    PAIRS_CLOSED = "pairs_closed"
    OTHER_CONSENTS_END = "other_consents_end"
    NO_NEW_SERVICES = "no_new_services"
    NO_REFERRALS = "no_referrals"
    REFERRALS_STOPPED = "referrals_stopped"
    CASES_TOLD = "cases_told"
    PLACES_END = "places_end"
    LISTS_ERASED = "lists_erased"
    FORMS_ERASED = "forms_erased"
    NOT_EXPORTED = "not_exported"
    NO_TRACING = "no_tracing"
    NOT_IN_RESEARCH = "not_in_research"
    PHOTOS_REMOVED = "photos_removed"
    STEPS_STAY = "steps_stay"


CONSEQUENCE_NAMES = {
    Consequence.FILE_CLOSED: text("The family's file is closed. Nobody can change it any more."),
    Consequence.NOT_FOUND: text("The family leaves all lists, searches and exports. The file opens only by its code."),
    Consequence.MEMBERSHIP_ENDS: text("This person leaves the family's file. The file itself stays open."),
    Consequence.PERSON_NOT_FOUND: text("This person is not found by name any more."),
    Consequence.PHONES_ERASED: text("The telephone numbers and what was said about calling are erased."),
    Consequence.DOCUMENTS_ERASED: text("The papers and their numbers are erased."),
    Consequence.PAIRS_CLOSED: text("Nobody compares the records with others any more."),
    Consequence.OTHER_CONSENTS_END: text("The other consents of this person are withdrawn with it."),
    Consequence.NO_NEW_SERVICES: text("No new service can be written down."),
    Consequence.NO_REFERRALS: text("Nothing about this person is passed on to another agency."),
    Consequence.REFERRALS_STOPPED: text("Referrals under way are stopped, and those who hold them are told."),
    Consequence.CASES_TOLD: text("The workers of the open cases are told to talk with the person about closing them."),
    Consequence.PLACES_END: text("Places in courses end, and the trainers see that the person does not come any more."),
    Consequence.LISTS_ERASED: text("The name is erased from the lists of those who came to sessions."),
    Consequence.FORMS_ERASED: text("What telephones sent about this person is erased, with pictures and recordings."),
    Consequence.NOT_EXPORTED: text("This person is left out of exports and reports on single people."),
    Consequence.NO_TRACING: text("Nobody looks for a relative of this person any more."),
    Consequence.NOT_IN_RESEARCH: text("This person is left out of research."),
    Consequence.PHOTOS_REMOVED: text("Photos and stories of this person are not used any more."),
    Consequence.STEPS_STAY: text("Services given until today stay counted, without the name."),
}

_C = Consequence
_ERASED = (_C.PHONES_ERASED, _C.DOCUMENTS_ERASED, _C.PAIRS_CLOSED, _C.OTHER_CONSENTS_END)
CONSEQUENCES: dict[ConsentPurpose, tuple[Consequence, ...]] = {
    ConsentPurpose.REGISTRATION: (
        _C.FILE_CLOSED, _C.NOT_FOUND, *_ERASED, _C.NO_NEW_SERVICES, _C.REFERRALS_STOPPED, _C.CASES_TOLD,
        _C.PLACES_END, _C.LISTS_ERASED, _C.FORMS_ERASED, _C.PHOTOS_REMOVED, _C.STEPS_STAY,
    ),
    ConsentPurpose.SERVICES: (_C.NO_NEW_SERVICES, _C.CASES_TOLD, _C.PLACES_END, _C.STEPS_STAY),
    ConsentPurpose.REFERRAL: (_C.NO_REFERRALS, _C.REFERRALS_STOPPED),
    ConsentPurpose.REPORTING: (_C.NOT_EXPORTED, _C.STEPS_STAY),
    ConsentPurpose.TRACING: (_C.NO_TRACING,),
    ConsentPurpose.RESEARCH: (_C.NOT_IN_RESEARCH,),
    ConsentPurpose.PHOTO: (_C.PHOTOS_REMOVED,),
}  # fmt: skip
"""What the withdrawal of each purpose brings about; for registration, that of the head, who speaks for the file."""

_MEMBER_LEAVES = (
    _C.MEMBERSHIP_ENDS, _C.PERSON_NOT_FOUND, *_ERASED, _C.NO_NEW_SERVICES, _C.REFERRALS_STOPPED, _C.CASES_TOLD,
    _C.PLACES_END, _C.LISTS_ERASED, _C.FORMS_ERASED, _C.PHOTOS_REMOVED, _C.STEPS_STAY,
)  # fmt: skip


def consequences(purpose: ConsentPurpose, *, head: bool = True) -> tuple[Consequence, ...]:
    """What follows when this purpose is withdrawn by the head of a family, or by another member.

    >>> [str(one) for one in consequences(ConsentPurpose.TRACING)]
    ['no_tracing']
    """
    if purpose is ConsentPurpose.REGISTRATION and not head:
        return _MEMBER_LEAVES
    return CONSEQUENCES[purpose]
