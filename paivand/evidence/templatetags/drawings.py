"""What pages of results draw: each picture with its title, its words and its table, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from paivand.core.templatetags.paivand import apart, day, number
from paivand.evidence.rules.pictures import Cell, Drawing, Part, Table, ceiling
from paivand.evidence.rules.pictures_areas import Area, area_map
from paivand.evidence.rules.pictures_bars import back_to_back, bars
from paivand.evidence.rules.pictures_flows import flow
from paivand.evidence.rules.pictures_lines import Aim, columns, way_to_target

WIDE, NARROW = 680, 300
"""Widths of a picture on a desk and on a phone, in the units of its letters."""
MOST_NAMED = 3
SHARE = 100


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


def _shown(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.value is not None and not part.hidden]


def months_drawn(parts: Sequence[Part], title: str, figure: str) -> Drawing:
    """A column for each month."""
    shown = _shown(parts)
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


def way_drawn(
    points: Sequence[tuple[date, float]], aims: Sequence[Aim], title: str, told: str, *, now: date | None = None
) -> Drawing:
    """The sum up to each day against what is aimed at; ``told`` is the present value in words."""
    today = now or timezone.localdate()
    days = [on for on, _value in points] + [aim.on for aim in aims]
    ends = (day(min(days)), day(max(days)))
    scale = number(ceiling(max([value for _on, value in points] + [aim.value for aim in aims])))
    said = [_("%(figure)s by %(day)s.") % {"figure": told, "day": day(min(points[-1][0], today))}]
    said += [aim.told for aim in aims]
    rows = [
        (Cell(day(on), on.isoformat()), Cell(number(_plain(value)), _plain(value)), Cell("")) for on, value in points
    ]
    rows += [(Cell(day(aim.on), aim.on.isoformat()), Cell(""), Cell(number(_plain(aim.value)), _plain(aim.value)))
             for aim in aims]  # fmt: skip
    table = Table((_("By"), _("Reached"), _("Aimed at")), tuple(rows))
    wide, narrow = (way_to_target(points, aims, width, scale=scale, ends=ends) for width in (WIDE, NARROW))
    return Drawing("target", title, " ".join(said), wide, narrow, table)


def _plain(value: float) -> int | Decimal:
    return int(value) if value == int(value) else Decimal(str(round(value, 2)))


def bars_drawn(name: str, title: str, named: str, figure: str, parts: Sequence[Part]) -> Drawing:
    """A bar for each category."""
    mirrored = get_language_bidi()
    ordered = sorted(_shown(parts), key=lambda part: -(part.value or 0))
    said = [f"{apart(part.label)}: {part.told}." for part in ordered[:MOST_NAMED] if part.value]
    if len(ordered) > MOST_NAMED:
        rest = len(ordered) - MOST_NAMED
        said.append(
            ngettext("%(number)s more in the table.", "%(number)s more in the table.", rest) % {"number": number(rest)}
        )
    said.append(hidden_words(parts))
    wide, narrow = (bars(parts, width, mirrored=mirrored) for width in (WIDE, NARROW))
    return Drawing(name, title, " ".join(filter(None, said)), wide, narrow, table_of(parts, named, figure))


def ages_drawn(
    bands: Sequence[str], women: Sequence[Part], men: Sequence[Part], others: Sequence[Part], title: str
) -> Drawing:
    """Women and men by age, back to back; ``others`` are those whose sex nobody wrote down, in the table alone."""
    names = (_("Women and girls"), _("Men and boys"))
    said = [hidden_words([*women, *men])]
    for label, group in zip(names, (women, men), strict=True):
        shown = _shown(group)
        if shown and any(part.value for part in shown):
            most = max(shown, key=lambda part: part.value or 0)
            said.insert(
                -1,
                _("%(group)s: most aged %(ages)s, %(figure)s.")
                % {"group": label, "ages": most.label, "figure": most.told},
            )
    head = [_("Age"), *names]
    columns_of: list[Sequence[Part]] = [women, men]
    if any(part.value or part.hidden for part in others):
        head.append(_("not known"))
        columns_of.append(others)
    rows = tuple((Cell(band), *(cell(group[place]) for group in columns_of)) for place, band in enumerate(bands))
    wide, narrow = (back_to_back(bands, women, men, names, width) for width in (WIDE, NARROW))
    return Drawing("ages", title, " ".join(filter(None, said)), wide, narrow, Table(tuple(head), rows))


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
            said.append(number(_plain(begin)))
        else:
            said.append(_("%(first)s to %(last)s") % {"first": number(_plain(begin)), "last": number(_plain(end))})
    return said


def flow_drawn(stages: Sequence[Part], title: str, lost: Sequence[Part]) -> Drawing:
    """The way of people through the programme; ``lost`` are those who did not go on from each stage but the last."""
    said = [f"{stage.label}: {stage.told}." for stage in stages]
    first = stages[0].value or 0
    rows = []
    for place, stage in enumerate(stages):
        share = ""
        if first and stage.value is not None:
            share = _("%(number)s %%") % {"number": number(round(SHARE * stage.value / first))}
        gone = lost[place] if place < len(lost) else Part("", None, "")
        rows.append((Cell(stage.label), cell(stage), Cell(share), cell(gone)))
    table = Table((_("Stage"), _("People"), _("Of the first stage"), _("Did not go on")), tuple(rows))
    words = [gone.label for gone in lost]
    wide, narrow = flow(stages, words, WIDE, downwards=False), flow(stages, words, NARROW, downwards=True)
    said.append(hidden_words(stages))
    return Drawing("flow", title, " ".join(filter(None, said)), wide, narrow, table)
