"""Says a policy's rules in words, for readers who do not read SQL."""

from __future__ import annotations

from functools import singledispatch

from paivand.access.models import policies
from paivand.core.rules.privacy import DataClass

_PURPOSES = {
    "sign-in": "the system itself, while somebody signs in",
    "bootstrap": "the system itself, while there is no administrator yet",
    "upkeep": "the system itself, when it wakes a list that fell silent, erases what is over, or looks at the clock",
    "referral-link": "the system itself, while a one-time link is answered",
    "consent-withdrawal": "the system itself, while a withdrawn consent stops what rests on it",
    "learning-handover": "the system itself, while a group goes to another trainer",
    "certificate-check": "the system itself, while anyone checks a certificate by its code",
    "device": "the system itself, while a device shows its token",
    "survey-totals": "the system itself, while it counts answers of a survey for those who see none",
    "report-mail": "the system itself, while it sends the reports that are due",
}


@singledispatch
def words(rule: policies.Rule, data_class: DataClass | None) -> str:
    """The rule in words.

    Raises:
        LookupError: for a kind of rule that nobody has put into words yet.
    """
    raise LookupError(f"Say in docs/pages/words.py what {type(rule).__name__} means.")


@words.register
def _either(rule: policies.Either, data_class: DataClass | None) -> str:
    return f"{words(rule.one, data_class)}; or {words(rule.other, data_class)}"


@words.register
def _both(rule: policies.Both, data_class: DataClass | None) -> str:
    return f"{words(rule.one, data_class)}, and {words(rule.other, data_class)}"


@words.register
def _in_scope(rule: policies.InScope, data_class: DataClass | None) -> str:
    seeing = f" and may see {data_class}" if data_class else ""
    usual = ("district_id", "agency_id", "team_id", "owner_id")
    named = [one for one in (rule.district, rule.agency, rule.team, rule.owner) if one]
    others = [one for one in named if one not in usual]
    where = "the row" if not others and len(named) == 4 else ", ".join(f"`{one}`" for one in others or named)
    return f"whoever holds `{rule.verb}`{seeing}, where {where} lies within the scope"


@words.register
def _holds(rule: policies.Holds, data_class: DataClass | None) -> str:
    return f"whoever holds `{rule.verb}` for the whole programme"


@words.register
def _holds_somewhere(rule: policies.HoldsSomewhere, data_class: DataClass | None) -> str:
    return f"whoever holds `{rule.verb}` in any scope"


@words.register
def _mine(rule: policies.Mine, data_class: DataClass | None) -> str:
    return f"the person whom `{rule.column}` names"


@words.register
def _is(rule: policies.Is, data_class: DataClass | None) -> str:
    if isinstance(rule.value, bool):
        return f"`{rule.column}` is {str(rule.value).lower()}"
    return f"`{rule.column}` is `{rule.value}`" if rule.value != "" else f"`{rule.column}` is empty"


@words.register
def _is_not(rule: policies.IsNot, data_class: DataClass | None) -> str:
    return f"`{rule.column}` is not `{rule.value}`" if rule.value else f"`{rule.column}` is not empty"


@words.register
def _for_link(rule: policies.ForLink, data_class: DataClass | None) -> str:
    return f"whoever holds the one-time link whose digest is `{rule.column}`"


@words.register
def _signed_in(rule: policies.SignedIn, data_class: DataClass | None) -> str:
    return "everyone signed in"


@words.register
def _during(rule: policies.During, data_class: DataClass | None) -> str:
    return _PURPOSES[rule.purpose]


@words.register
def _anyone(rule: policies.Anyone, data_class: DataClass | None) -> str:
    return "everyone"


@words.register
def _never(rule: policies.Never, data_class: DataClass | None) -> str:
    return "nobody"
