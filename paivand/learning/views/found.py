"""What an address names in the room of learning: found within the reach of who asks, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand, forbid, lose
from paivand.core.rules.errors import Refused
from paivand.learning.models import Group
from paivand.learning.queries.groups import group_by_code


def group_of(by: User, code: str, verb: Verb = Verb.LEARNING_VIEW) -> Group:
    """The group with this code: 403 without the verb in any scope, 404 where there is none.

    Groups are seen wherever they lie; whoever wants more than to see one must reach it with the verb.
    """
    demand(by, verb)
    group = group_by_code(by, code)
    if group is None:
        lose(by, verb, code)
    if verb is not Verb.LEARNING_VIEW and not reaches(by, verb, group):
        forbid(by, verb, group)
    return group


def reaches(by: User, verb: Verb, row: Any) -> bool:
    """Whether ``by`` may do this to a row of a group: where it lies, or as the second trainer, or where she lives."""
    reach, other = by.reach(verb), getattr(row, "other_scope", None)
    return reach.covers(row) or (other is not None and reach.covers(other))


def once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


def or_404(row: Any) -> Any:
    """The row, or a 404 where the query found none within reach."""
    if row is None:
        raise Http404
    return row
