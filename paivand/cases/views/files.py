"""What pages begin with: the case or the family that the address names, and the note that somebody looked."""

from __future__ import annotations

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand, lose
from paivand.cases.actions.cases import view_case
from paivand.cases.models import Case
from paivand.cases.queries.cases import case_by_code
from paivand.registry.models import Family
from paivand.registry.queries.families import family_by_code


def case_of(by: User, code: str, verb: Verb = Verb.CASE_VIEW, *, looks: bool = False) -> Case:
    """The case with this code: 403 without the verb in any scope, or a 404 that leaves a refusal in the audit.

    Args:
        by: who asks.
        code: of the case.
        verb: what the page is for.
        looks: note in the audit that ``by`` reads what is in the case.
    """
    demand(by, verb)
    case = case_by_code(by, code)
    if case is None:
        lose(by, verb, code)
    if looks:
        view_case(case=case, by=by)
    return case


def family_for(by: User, code: str, verb: Verb) -> Family:
    """The family with this code, withdrawn ones too: 403 and 404 as for a case."""
    demand(by, verb)
    family = family_by_code(by, code)
    if family is None:
        lose(by, verb, code)
    return family
