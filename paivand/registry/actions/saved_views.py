"""Keeping, renaming and forgetting views of the family list; everybody has their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.models import SavedView
from paivand.registry.rules.lists import MOST_VIEWS


@action(Verb.PROFILE_EDIT, self_service=True)
def save_view(*, name: str, filters: Mapping[str, str], by: User) -> SavedView:
    """Keep filters under a name.

    Raises:
        Refused: for a name that one of the own views has, and above the largest number of views.
    """
    own = SavedView.objects.filter(user=by)
    _demand_free(own.values_list("name", flat=True), name)
    if own.count() >= MOST_VIEWS:
        raise Refused(
            _("You keep %(count)d views already. Delete one that you no longer need.") % {"count": MOST_VIEWS},
            "too_many",
            field="name",
        )
    view = SavedView(user=by, name=name, filters=dict(filters))
    view.save()
    remark(view="saved")
    return view


@action(Verb.PROFILE_EDIT, self_service=True)
def rename_view(*, view: SavedView, name: str, by: User) -> SavedView:
    """Give a view another name."""
    _demand_own(view, by)
    _demand_free(SavedView.objects.filter(user=by).exclude(pk=view.pk).values_list("name", flat=True), name)
    view.name = name
    view.version += 1
    view.save()
    remark(view="renamed")
    return view


@action(Verb.PROFILE_EDIT, self_service=True)
def delete_view(*, view: SavedView, by: User) -> User:
    """Forget a view. The families in it stay as they are."""
    _demand_own(view, by)
    view.delete()
    remark(view="deleted")
    return by


@action(Verb.PROFILE_EDIT, self_service=True)
def choose_first_view(*, view: SavedView, first: bool, by: User) -> SavedView:
    """Let the list open with this view, or with all families again."""
    _demand_own(view, by)
    SavedView.objects.filter(user=by, is_default=True).update(is_default=False)
    view.is_default = first
    view.version += 1
    view.save()
    remark(view="first")
    return view


def _demand_own(view: SavedView, by: User) -> None:
    if view.user_id != by.pk:
        raise OutsideScopeError(Verb.PROFILE_EDIT)


def _demand_free(names: Iterable[str], name: str) -> None:
    if name.casefold() in {taken.casefold() for taken in names}:
        raise Refused(
            _("You have a view of this name already. Choose another name, or delete that view first."), "taken",
            field="name",
        )  # fmt: skip
