"""A whole programme in one YAML file: read, checked, and refused with line and reason where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import TypeVar

from paivand.core.rules.journey_codes import services
from paivand.core.rules.parts import Part
from paivand.programme.rules.budget import ZERO
from paivand.programme.rules.categories import Scheme, scheme
from paivand.programme.rules.plan import Level, is_code_of
from paivand.programme.rules.programmes import (
    ORGANISATION_TYPES,
    AgencyRole,
    DacMarker,
    Marker,
    ProgrammeDraft,
    code_of,
    is_gcm_objective,
    is_sdg_target,
    last_day,
    sector_fault,
)
from paivand.programme.rules.spending import CURRENCIES
from paivand.programme.rules.words import LANGUAGES

N = TypeVar("N", bound=IntEnum)

KINDS = ("un", "government", "ngo", "business")
"""The kinds of agencies, as ``access`` knows them."""


@dataclass(frozen=True)
class DeclaredAgency:
    """An organisation under the key by which the rest of the file names it."""

    key: str
    name: str
    kind: str
    roles: tuple[AgencyRole, ...]
    is_puno: bool
    is_convening: bool
    iati_ref: str
    organisation_type: str
    part: dict[str, str]


@dataclass(frozen=True)
class DeclaredMilestone:
    """A milestone of an activity."""

    titles: dict[str, str]
    due_on: date
    reached_on: date | None


@dataclass(frozen=True)
class DeclaredProgress:
    """How far an activity was on a day."""

    on: date
    percent: int
    note: str


@dataclass(frozen=True)
class DeclaredPart:
    """An outcome, an output or an activity with what stands below it; what a level does not have stays empty."""

    code: str
    titles: dict[str, str]
    agency: str = ""
    services: tuple[str, ...] = ()
    assumption: str = ""
    risk: str = ""
    gender_share: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    began: date | None = None
    finished: date | None = None
    progress: tuple[DeclaredProgress, ...] = ()
    milestones: tuple[DeclaredMilestone, ...] = ()
    below: tuple[DeclaredPart, ...] = ()


@dataclass(frozen=True)
class DeclaredShare:
    """The budget of an agency by output and category."""

    agency: str
    lines: dict[tuple[str, str], Decimal]
    indirect: Decimal

    @property
    def direct(self) -> Decimal:
        """The sum of its direct costs."""
        return sum(self.lines.values(), ZERO)


@dataclass(frozen=True)
class ProgrammeDeclaration:
    """A programme as a file declares it. ``invented`` names the parts that nobody published."""

    source: str
    invented: tuple[str, ...]
    draft: ProgrammeDraft
    agencies: tuple[DeclaredAgency, ...]
    outcomes: tuple[DeclaredPart, ...]
    adopted_on: date
    shares: tuple[DeclaredShare, ...]


def read(file: str, content: str) -> ProgrammeDeclaration:
    """The programme that a file declares.

    Raises:
        DeclarationError: for the first thing that is wrong, with its line.
    """
    fields = Part.of(file, content).fields(
        "source code title goal dates money goals markers districts agencies outcomes budget",
        "invented themes sectors iati",
    )
    draft = _draft(fields)
    agencies = tuple(_agency(part) for part in fields["agencies"])
    _demand_agencies(fields["agencies"], agencies)
    keys = {agency.key for agency in agencies}
    outcomes = tuple(_part(part, Level.OUTCOME, "", keys, draft) for part in fields["outcomes"])
    _demand_once(fields["outcomes"], outcomes)
    adopted_on, shares = _budget(fields["budget"], agencies, outcomes, draft)
    invented = tuple(part.text() for part in fields["invented"]) if "invented" in fields else ()
    return ProgrammeDeclaration(
        fields["source"].text(), invented, draft, agencies, outcomes, adopted_on, shares
    )  # fmt: skip


def _draft(fields: dict[str, Part]) -> ProgrammeDraft:
    dates = fields["dates"].fields("starts_on months", "started_on extended_to_on extended_why closed_on")
    money = fields["money"].fields("donor total currency", "fund")
    goals = fields["goals"].fields("gcm_primary gcm_secondary sdg")
    markers = fields["markers"].fields("gender human_rights dac_gender dac_disability")
    iati = fields["iati"].fields("identifier reporting_ref reporting_name") if "iati" in fields else {}
    code = code_of(fields["code"].text())
    if code is None:
        fields["code"].fail("a code has 2 to 12 capital letters, digits and hyphens")
    currency = money["currency"].text()
    if currency not in CURRENCIES:
        money["currency"].fail(f"{currency!r} is none of {', '.join(CURRENCIES)}")
    return ProgrammeDraft(
        code=code, titles=_titles(fields["title"]), goal=_titles(fields["goal"]),
        starts_on=dates["starts_on"].day(), months=dates["months"].whole(), started_on=_day(dates, "started_on"),
        extended_to_on=_day(dates, "extended_to_on"), extended_why=_text(dates, "extended_why"),
        closed_on=_day(dates, "closed_on"), donor=money["donor"].text(), fund=_text(money, "fund"),
        budget=_amount(money["total"]), currency=currency,
        themes=tuple(part.text() for part in fields["themes"]) if "themes" in fields else (),
        gcm_primary=_objectives(goals["gcm_primary"]), gcm_secondary=_objectives(goals["gcm_secondary"]),
        sdg_targets=_targets(goals["sdg"]), gender_marker=_marker(markers["gender"], Marker),
        human_rights_marker=_marker(markers["human_rights"], Marker),
        dac_gender=_marker(markers["dac_gender"], DacMarker),
        dac_disability=_marker(markers["dac_disability"], DacMarker),
        sectors=_sectors(fields["sectors"]) if "sectors" in fields else {},
        iati_identifier=_text(iati, "identifier"), reporting_ref=_text(iati, "reporting_ref"),
        reporting_name=_text(iati, "reporting_name"),
        districts=tuple(part.text() for part in fields["districts"]),
    )  # fmt: skip


def _titles(part: Part) -> dict[str, str]:
    return {language: one.text() for language, one in part.fields("en", " ".join(LANGUAGES)).items()}


def _day(fields: dict[str, Part], name: str) -> date | None:
    return fields[name].day() if name in fields else None


def _text(fields: dict[str, Part], name: str) -> str:
    """A text that may be empty, or absent."""
    if name not in fields or getattr(fields[name].node, "value", None) == "":
        return ""
    return fields[name].text()


def _amount(part: Part) -> Decimal:
    try:
        found = Decimal(part.text())
    except InvalidOperation:
        part.fail("here must stand an amount, as in 1500.25")
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2 or found <= 0:
        part.fail("an amount is more than nothing and has two decimals at most")
    return found


def _percent(part: Part) -> Decimal:
    found = Decimal(part.whole())
    if not 0 <= found <= 100:
        part.fail("here must stand a whole number from 0 to 100")
    return found


def _objectives(part: Part) -> tuple[int, ...]:
    found = []
    for one in part:
        if not is_gcm_objective(one.whole()):
            one.fail("the Global Compact for Migration has the objectives 1 to 23")
        found.append(one.whole())
    return tuple(found)


def _targets(part: Part) -> tuple[str, ...]:
    for one in part:
        if not is_sdg_target(one.text()):
            one.fail("here must stand a goal or a target, as in 5 or 5.2")
    return tuple(one.text() for one in part)


def _marker(part: Part, kind: type[N]) -> N:
    found = part.whole()
    if found not in set(kind):
        part.fail(f"here must stand one of {', '.join(str(int(one)) for one in kind)}")
    return kind(found)


def _sectors(part: Part) -> dict[str, Decimal]:
    found = {code: _percent(one) for code, one in part.entries().items()}
    if fault := sector_fault(found):
        part.fail(f"five-digit sector codes, each with more than nothing, 100 together ({fault} is wrong)")
    return found


def _agency(part: Part) -> DeclaredAgency:
    fields = part.fields("key name kind roles puno convening", "iati_ref type part")
    if fields["kind"].text() not in KINDS:
        fields["kind"].fail(f"{fields['kind'].text()!r} is none of {', '.join(KINDS)}")
    kind = _text(fields, "type")
    if kind and kind not in ORGANISATION_TYPES:
        fields["type"].fail(f"{kind!r} is no type of organisation of IATI that is used here")
    roles = tuple(one.one_of(AgencyRole) for one in fields["roles"])
    if not roles:
        fields["roles"].fail("an organisation takes part as something: name a role")
    return DeclaredAgency(
        fields["key"].code(), fields["name"].text(), fields["kind"].text(), roles, fields["puno"].flag(),
        fields["convening"].flag(), _text(fields, "iati_ref"), kind,
        _titles(fields["part"]) if "part" in fields else {},
    )  # fmt: skip


def _demand_agencies(part: Part, agencies: Sequence[DeclaredAgency]) -> None:
    for one, agency in zip(part, agencies, strict=True):
        if [other.key for other in agencies].count(agency.key) > 1:
            one.fail(f"there are two agencies with the key {agency.key!r}")
        if [other.name for other in agencies].count(agency.name) > 1:
            one.fail(f"there are two agencies with the name {agency.name!r}")
        if agency.is_convening and not agency.is_puno:
            one.fail("the convening agency is a participating organisation: puno must be true")
    if sum(agency.is_convening for agency in agencies) > 1:
        part.fail("only one agency convenes")


_NEXT = {Level.OUTCOME: Level.OUTPUT, Level.OUTPUT: Level.ACTIVITY}
_NEEDED = {
    Level.OUTCOME: "code title outputs",
    Level.OUTPUT: "code title agency activities",
    Level.ACTIVITY: "code title agency starts_on ends_on",
}
_ALLOWED = {
    Level.OUTCOME: "assumption risk",
    Level.OUTPUT: "assumption risk services gender_share",
    Level.ACTIVITY: "assumption risk services began finished progress milestones",
}
_BELOW = {Level.OUTCOME: "outputs", Level.OUTPUT: "activities"}


def _part(part: Part, level: Level, parent: str, keys: set[str], draft: ProgrammeDraft) -> DeclaredPart:
    fields = part.fields(_NEEDED[level], _ALLOWED[level])
    code = fields["code"].text()
    if not is_code_of(code, level, parent):
        fields["code"].fail(f"{code!r} is no code of an {level.value}{f' below {parent}' if parent else ''}")
    agency = fields["agency"].text() if "agency" in fields else ""
    if agency and agency not in keys:
        fields["agency"].fail(f"there is no agency {agency!r} in this file")
    below: tuple[DeclaredPart, ...] = ()
    if level in _BELOW:
        below = tuple(_part(one, _NEXT[level], code, keys, draft) for one in fields[_BELOW[level]])
        _demand_once(fields[_BELOW[level]], below)
    starts_on, ends_on = _planned(fields, draft) if level is Level.ACTIVITY else (None, None)
    began, finished = _done(fields)
    return DeclaredPart(
        code=code, titles=_titles(fields["title"]), agency=agency, services=_services(fields),
        assumption=_text(fields, "assumption"), risk=_text(fields, "risk"),
        gender_share=_percent(fields["gender_share"]) if "gender_share" in fields else None, starts_on=starts_on,
        ends_on=ends_on, began=began, finished=finished, progress=_progress(fields, began),
        milestones=_milestones(fields), below=below,
    )  # fmt: skip


def _demand_once(part: Part, below: Sequence[DeclaredPart]) -> None:
    codes = [one.code for one in below]
    for one, code in zip(part, codes, strict=True):
        if codes.count(code) > 1:
            one.fail(f"the code {code} stands here twice")


def _services(fields: dict[str, Part]) -> tuple[str, ...]:
    if "services" not in fields:
        return ()
    for one in fields["services"]:
        if one.text() not in services():
            one.fail(f"there is no service {one.text()!r} in parameters/services.yaml")
    return tuple(one.text() for one in fields["services"])


def _planned(fields: dict[str, Part], draft: ProgrammeDraft) -> tuple[date, date]:
    starts_on, ends_on = fields["starts_on"].day(), fields["ends_on"].day()
    last = draft.extended_to_on or last_day(draft.starts_on, draft.months)
    if ends_on < starts_on:
        fields["ends_on"].fail("an activity ends after it begins")
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not draft.starts_on <= day <= last:
            fields[name].fail(f"the day lies outside the programme, {draft.starts_on} to {last}")
    return starts_on, ends_on


def _done(fields: dict[str, Part]) -> tuple[date | None, date | None]:
    began, finished = _day(fields, "began"), _day(fields, "finished")
    if finished and (began is None or finished < began):
        fields["finished"].fail("an activity is finished after it began")
    return began, finished


def _progress(fields: dict[str, Part], began: date | None) -> tuple[DeclaredProgress, ...]:
    found: list[DeclaredProgress] = []
    for part in fields.get("progress", ()):
        one = part.fields("on percent", "note")
        noted = DeclaredProgress(one["on"].day(), int(_percent(one["percent"])), _text(one, "note"))
        if began is None or noted.on < began:
            one["on"].fail("progress is noted after the activity began: give the day in began")
        if found and noted.on < found[-1].on:
            one["on"].fail("the notes stand in the order of their days")
        if found and noted.percent < found[-1].percent and not noted.note:
            one["percent"].fail("the activity goes back here: say why in note")
        found.append(noted)
    return tuple(found)


def _milestones(fields: dict[str, Part]) -> tuple[DeclaredMilestone, ...]:
    found = []
    for part in fields.get("milestones", ()):
        one = part.fields("title due_on", "reached_on")
        found.append(DeclaredMilestone(_titles(one["title"]), one["due_on"].day(), _day(one, "reached_on")))
    return tuple(found)


def _budget(
    part: Part, agencies: Sequence[DeclaredAgency], outcomes: Sequence[DeclaredPart], draft: ProgrammeDraft
) -> tuple[date, tuple[DeclaredShare, ...]]:
    fields = part.fields("adopted_on shares")
    the_scheme = scheme(draft.starts_on)
    outputs = {output.code for outcome in outcomes for output in outcome.below}
    punos = {agency.key for agency in agencies if agency.is_puno}
    shares = tuple(_share(one, punos, outputs, the_scheme) for one in fields["shares"])
    for one, share in zip(fields["shares"], shares, strict=True):
        if [other.agency for other in shares].count(share.agency) > 1:
            one.fail(f"{share.agency!r} has two shares")
    total = sum((share.direct + share.indirect for share in shares), ZERO)
    if total != draft.budget:
        fields["shares"].fail(
            f"all agencies together have {total}, the budget is {draft.budget}: a difference of {total - draft.budget}"
        )
    return fields["adopted_on"].day(), shares


def _share(part: Part, punos: set[str], outputs: set[str], the_scheme: Scheme) -> DeclaredShare:
    fields = part.fields("agency indirect lines")
    agency = fields["agency"].text()
    if agency not in punos:
        fields["agency"].fail(f"{agency!r} is no participating organisation of this file")
    lines: dict[tuple[str, str], Decimal] = {}
    for one in fields["lines"]:
        amounts = one.fields("output", " ".join(sorted(the_scheme.codes)))
        output = amounts.pop("output").text()
        if output not in outputs:
            one.fail(f"there is no output {output!r} in this file")
        for category, amount in amounts.items():
            if (output, category) in lines:
                amount.fail(f"output {output} has an amount for {category} already")
            lines[output, category] = _amount(amount)
    share = DeclaredShare(agency, lines, _amount(fields["indirect"]))
    expected = the_scheme.indirect_of(share.direct)
    if share.indirect != expected:
        fields["indirect"].fail(
            f"{agency}: {the_scheme.percent} % of {share.direct} is {expected}, not {share.indirect}"
        )  # fmt: skip
    return share
