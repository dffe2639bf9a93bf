"""What pages of results draw besides: the way to a target, ages, and the way of people through the programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.core.rules.pictures import Cell, Drawing, Part, Table, ceiling
from paivand.core.rules.pictures_bars import back_to_back
from paivand.core.rules.pictures_lines import Aim, way_to_target
from paivand.core.templatetags.drawings import NARROW, WIDE, cell, hidden_words, plain, shown_of
from paivand.core.templatetags.paivand import day, number
from paivand.evidence.rules.pictures_flows import flow

SHARE = 100


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
    rows = [(Cell(day(on), on.isoformat()), Cell(number(plain(value)), plain(value)), Cell("")) for on, value in points]
    rows += [(Cell(day(aim.on), aim.on.isoformat()), Cell(""), Cell(number(plain(aim.value)), plain(aim.value)))
             for aim in aims]  # fmt: skip
    table = Table((_("By"), _("Reached"), _("Aimed at")), tuple(rows))
    wide, narrow = (way_to_target(points, aims, width, scale=scale, ends=ends) for width in (WIDE, NARROW))
    return Drawing("target", title, " ".join(said), wide, narrow, table)


def ages_drawn(
    bands: Sequence[str], women: Sequence[Part], men: Sequence[Part], others: Sequence[Part], title: str
) -> Drawing:
    """Women and men by age, back to back; ``others`` are those whose sex nobody wrote down, in the table alone."""
    names = (_("Women and girls"), _("Men and boys"))
    said = [hidden_words([*women, *men])]
    for label, group in zip(names, (women, men), strict=True):
        shown = shown_of(group)
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
