"""Words on pages of certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template
from django.utils.translation import get_language, gettext

from paivand.learning.rules.issuing import WHY_NOT_NAMES, WhyNot

register = template.Library()


@register.filter
def said_in(words: Mapping[str, str], languages: Sequence[str]) -> str:
    """What was printed, in the reader's language if it was printed in it, else in the first language of the paper."""
    own = (get_language() or "")[:2]
    return words.get(own) or next((words[one] for one in languages if words.get(one)), "")


@register.filter
def why_not(reason: WhyNot) -> str:
    """Why somebody gets no certificate, in a sentence."""
    return gettext(WHY_NOT_NAMES[reason])
