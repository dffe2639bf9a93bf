"""How any room draws on a page: a picture with its title, its words and its table, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from paivand.core.rules.pictures import Cell, Drawing, Part, Picture, Table, ceiling
from paivand.core.rules.pictures_areas import Area, area_map
from paivand.core.rules.pictures_bars import bars
from paivand.core.rules.pictures_lines import columns
from paivand.core.templatetags.paivand import apart, number

register = template.Library()

WIDE, NARROW = 680, 300
"""Widths of a picture on a desk and on a phone, in the units of its letters."""
MOST_NAMED = 3


@register.simple_tag
def svg(picture: Picture, key: str, css: str = "", label: str = "") -> SafeString:
    """A drawing within a page. What it shows stands beside it in words and in a table, so it is passed over by those
    who listen; with a ``label`` it holds links and is a group of them."""
    role = format_html('role="group" aria-label="{}"', label) if label else 'aria-hidden="true"'
    # Every mark is escaped where it is made.
    return mark_safe(  # noqa: S308
        f'<svg class="{css}" viewBox="{picture.box}" focusable="false" {role}>{picture.inside(key)}</svg>'
    )


def cell(part: Part) -> Cell:
    """A part as a cell of its table. What is hidden has no number in a file either."""
    if part.hidden or part.value is None:
        return Cell(part.told, "", hidden=part.hidden)
    whole = int(part.value)
    return Cell(part.told, whole if whole == part.value else Decimal(str(part.value)))


def table_of(parts: Sequence[Part], named: str, figure: str) -> Table:
    """A row for each part."""
    return Table((named, figure), tuple((Cell(part.label), cell(part)) for part in parts))


def hidden_words(parts: Sequence[Part]) -> str:
    """How many of them are not shown; empty for none."""
    hidden = sum(1 for part in parts if part.hidden)
    if not hidden:
        return ""
    told = ngettext(
        "%(number)s figure is hidden, so that nobody can be recognised in a small group.",
        "%(number)s figures are hidden, so that nobody can be recognised in a small group.",
        hidden,
    )
    return told % {"number": number(hidden)}


def shown_of(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.value is not None and not part.hidden]


def months_drawn(parts: Sequence[Part], title: str, figure: str) -> Drawing:
    """A column for each month."""
    shown = shown_of(parts)
    said = []
    if shown:
        most = max(shown, key=lambda part: part.value or 0)
        said.append(
            ngettext("%(number)s month, from %(first)s to %(last)s.", "%(number)s months, from %(first)s to %(last)s.",
                     len(parts))
            % {"number": number(len(parts)), "first": apart(parts[0].label), "last": apart(parts[-1].label)}
        )  # fmt: skip
        said.append(_("Most in %(month)s: %(figure)s.") % {"month": apart(most.label), "figure": most.told})
        if parts[-1].value is not None and parts[-1] is not most:
            last = parts[-1]
            said.append(_("In %(month)s: %(figure)s.") % {"month": apart(last.label), "figure": last.told})
    said.append(hidden_words(parts))
    scale = number(ceiling(max((part.value or 0 for part in parts), default=0)))
    return Drawing(
        "months", title, " ".join(filter(None, said)),
        columns(parts, WIDE, scale=scale), columns(parts, NARROW, scale=scale), table_of(parts, _("Month"), figure),
    )  # fmt: skip


def plain(value: float) -> int | Decimal:
    return int(value) if value == int(value) else Decimal(str(round(value, 2)))


def bars_drawn(name: str, title: str, named: str, figure: str, parts: Sequence[Part], *, whole: float = 0) -> Drawing:
    """A bar for each category; of shares, ``whole`` is what the full width stands for."""
    mirrored = get_language_bidi()
    ordered = sorted(shown_of(parts), key=lambda part: -(part.value or 0))
    said = [f"{apart(part.label)}: {part.told}." for part in ordered[:MOST_NAMED] if part.value]
    if len(ordered) > MOST_NAMED:
        rest = len(ordered) - MOST_NAMED
        said.append(
            ngettext("%(number)s more in the table.", "%(number)s more in the table.", rest) % {"number": number(rest)}
        )
    said.append(hidden_words(parts))
    wide, narrow = (bars(parts, width, mirrored=mirrored, whole=whole) for width in (WIDE, NARROW))
    return Drawing(name, title, " ".join(filter(None, said)), wide, narrow, table_of(parts, named, figure))


def map_drawn(
    areas: Sequence[Area], parts: Mapping[str, Part], box: tuple[float, float, float, float], title: str, figure: str
) -> tuple[Drawing, tuple[float, ...]]:
    """The map of districts, and where its classes begin."""
    picture, begins = area_map(areas, parts, box)
    told = sorted(parts.values(), key=lambda part: -(part.value or 0))
    shown = [part for part in told if part.value]
    said = [
        ngettext("%(number)s district has a figure.", "%(number)s districts have a figure.", len(shown))
        % {"number": number(len(shown))}
    ]
    said += [f"{apart(part.label)}: {part.told}." for part in shown[:MOST_NAMED]]
    said.append(hidden_words(told))
    table = table_of(told, _("District"), figure)
    return Drawing("map", title, " ".join(filter(None, said)), picture, picture, table), begins


def legend(begins: Sequence[float], highest: float) -> list[str]:
    """What each class of a map holds, in words."""
    ends = [*(begin - 1 for begin in begins[1:]), highest]
    said = []
    for begin, end in zip(begins, ends, strict=True):
        if end <= begin:
            said.append(number(plain(begin)))
        else:
            said.append(_("%(first)s to %(last)s") % {"first": number(plain(begin)), "last": number(plain(end))})
    return said
