"""What somebody asks of a list of referrals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.referrals.forms.referrals import translated
from paivand.referrals.queries.referrals import Filters
from paivand.referrals.rules.directory import service_types
from paivand.referrals.rules.groups import Group
from paivand.referrals.rules.referrals import PRIORITY_NAMES


class ListForm(forms.Form):
    """The filters beside the groups. A value that cannot be read asks nothing."""

    type = forms.ChoiceField(label=_("Kind of service"), required=False)
    priority = forms.ChoiceField(label=_("How soon"), required=False)
    mine = forms.BooleanField(label=_("Only those I sent"), required=False)

    def __init__(self, query: Mapping[str, Any], *, groups: Sequence[Group], by: User, sent: bool) -> None:
        super().__init__(query)
        self._groups, self._by = groups, by
        every = ("", gettext("All"))
        language = get_language() or "en"
        kinds = [(code, kind.title(language)) for code, kind in service_types().items()]
        self.fields["type"].choices = [every, *kinds]  # type: ignore[attr-defined]
        self.fields["priority"].choices = [every, *translated(PRIORITY_NAMES)]  # type: ignore[attr-defined]
        if not sent:
            del self.fields["mine"]
        self.group = next((one for one in groups if one.code == query.get("group")), groups[0])
        self.is_valid()

    @property
    def narrows(self) -> bool:
        """Whether something beside the group is asked."""
        return any(self.cleaned_data.get(name) for name in self.fields)

    def groups(self) -> list[dict[str, Any]]:
        """The groups in words, with the present one marked."""
        return [{"code": one.code, "name": gettext(one.name), "here": one is self.group} for one in self._groups]

    def filters(self) -> Filters:
        """What is asked of the database."""
        clean = self.cleaned_data
        return Filters(
            states=frozenset(self.group.states), overdue=self.group.late, mine=bool(clean.get("mine")),
            priority=clean.get("priority", ""), service_type=clean.get("type", ""),
        )  # fmt: skip
