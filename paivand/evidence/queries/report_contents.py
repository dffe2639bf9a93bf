"""The whole content of a report in one language, gathered from the plan, the texts, the figures taken and the money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP

from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.access.models import User
from paivand.core.models.files import content_of as file_of
from paivand.core.templatetags.paivand import day, moment, number
from paivand.evidence.models import Report, ReportEdition, ReportSection, Story
from paivand.evidence.queries.entered import explanations, goals_of
from paivand.evidence.queries.report_words import (
    NOTHING,
    category_words,
    figure_words,
    money_words,
    month_words,
    paper_words,
    percent_words,
    period_words,
    why_hidden,
)
from paivand.evidence.rules.entering import Goals, progress
from paivand.evidence.rules.frozen import PARTED, Frozen, thaw
from paivand.evidence.rules.indicators import Dimension, Goal, Indicator, Measure
from paivand.evidence.rules.reading import indicators as declared
from paivand.evidence.rules.report_content import (
    Column,
    Fact,
    MoneyPart,
    MoneyRow,
    Narrative,
    ReportContent,
    ResultGroup,
    ResultPart,
    ResultRow,
    Series,
    Told,
    read_content,
)
from paivand.evidence.rules.reports import (
    CROSS_CUTTING,
    REPORT_KIND_NAMES,
    SECTION_NAMES,
    ReportKind,
    SectionKey,
    SectionState,
    sections_of,
)
from paivand.evidence.rules.telling import Told as Cell
from paivand.programme.models import Programme
from paivand.programme.queries.money import budget_table
from paivand.programme.queries.programmes import participations, plan_tree
from paivand.programme.rules.budget import BudgetTable, Money
from paivand.programme.rules.plan import PlanTree
from paivand.programme.rules.programmes import MARKER_NAMES, Marker
from paivand.programme.rules.words import said

N_SERIES = 6
"""Time series that a report draws; the others stand on the pages of the indicators."""
_EARLY = {SectionKey.SUMMARY, SectionKey.CONTEXT, SectionKey.PROGRESS}


def indicators_of(programme: Programme) -> list[Indicator]:
    """The indicators that a report of this programme shows, in their order."""
    return [one for one in declared().values() if one.programme in {"", programme.code}]


def content_of(by: User, report: Report, language: str, today: date) -> ReportContent:
    """The content of a report as it stands now.

    The sections, stories and explanations are those of now; the figures are those that were taken.
    """
    with override(language):
        return _Gathering(by, report, language, today).content()


def locked_content(by: User, edition: ReportEdition, today: date) -> ReportContent:
    """What was locked, with the words of those stories whose consent still counts; the others are left out."""
    kept = read_content(edition.content)
    stories = {
        str(one.pk): one
        for one in Story.objects.seen_by(by).filter(pk__in=[story.key for story in kept.stories])
        if one.may_be_printed(today)
    }
    told = []
    for story in kept.stories:
        row = stories.get(story.key)
        whole = told_of(row) if row else None
        if whole and whole.sha256 == story.sha256:
            told.append(whole)
    gone = len(kept.stories) - len(told)
    with override(edition.language):
        left_out = (
            _("%(n)s of the stories that stood here are told no more, as the people wished.") % {"n": number(gone)}
            if gone
            else ""
        )
    return replace(kept, stories=tuple(told), left_out=left_out)


def told_of(story: Story) -> Told:
    """A story as it is printed."""
    return Told.of(str(story.pk), story.title, story.text, story.caption, story.sha256)


def photos_of(by: User, content: ReportContent) -> dict[str, bytes]:
    """The photographs of the stories whose words the content holds, by the key of the story."""
    keys = [story.key for story in content.stories if story.text]
    rows = Story.objects.seen_by(by).filter(pk__in=keys).exclude(sha256="")
    return {str(row.pk): file_of(row) for row in rows}


def stories_for(by: User, report: Report, language: str, today: date) -> list[Story]:
    """The stories of a report in one language whose consent counts on this day."""
    rows = Story.objects.seen_by(by).filter(report=report, language=language, removed_at=None)
    return [one for one in rows if one.may_be_printed(today)]


def section_title(section_key: str, output: str, tree: PlanTree, language: str) -> str:
    """What a section is called: that on an output by the output's code and title."""
    if not output:
        return _(SECTION_NAMES[SectionKey(section_key)])
    found = next((one for one in tree.outputs if one.code == output), None)
    return f"{output} · {found.title(language)}" if found else output


@dataclass
class _Gathering:
    by: User
    report: Report
    language: str
    today: date

    def content(self) -> ReportContent:
        programme = self.report.programme
        tree = plan_tree(self.by, programme)
        table = budget_table(self.by, programme)
        frozen = {code: thaw(plain) for code, plain in (self.report.figures or {}).items()}
        shown = [one for one in indicators_of(programme) if one.code in frozen]
        return ReportContent(
            language=self.language,
            title=said(programme.titles, self.language),
            kind=_(REPORT_KIND_NAMES[ReportKind(self.report.kind)]),
            period=period_words(self.report.first_on, self.report.last_on),
            words=paper_words(self.language),
            facts=tuple(self._facts(programme, table)),
            sections=tuple(self._sections(tree)),
            results=tuple(self._results(shown, frozen, tree)),
            series=tuple(_series(one, frozen[one.code], self.language) for one in _drawn(shown, frozen)),
            money=tuple(_money(table, self.language)),
            money_note=_money_note(table),
            stories=tuple(told_of(one) for one in stories_for(self.by, self.report, self.language, self.today)),
            annex=tuple(_annex(self.report)),
            made=_made(self.report),
            draft="" if self.report.is_locked else _("Draft: not for circulation"),
        )

    def _facts(self, programme: Programme, table: BudgetTable) -> Iterable[Fact]:
        parties = participations(self.by, programme)
        agencies = [f"{one.agency.name} ({_('convening')})" if one.is_convening else one.agency.name
                    for one in parties if one.is_puno]  # fmt: skip
        partners = [one.agency.name for one in parties if not one.is_puno]
        budget = [f"{one.name}: {table.currency} {money_words(table.sum_of(agency=one.id).budget)}"
                  for one in table.agencies if table.sum_of(agency=one.id).budget]  # fmt: skip
        objectives = [_("Objective %(n)s") % {"n": number(one)} for one in programme.gcm_primary]
        others = [_("Objective %(n)s") % {"n": number(one)} for one in programme.gcm_secondary]
        facts = [
            (_("Programme"), [f"{said(programme.titles, self.language)} ({programme.code})"]),
            (_("Country"), [_("Tajikistan")]),
            (_("Participating UN organisations"), ["; ".join(agencies)] if agencies else []),
            (_("Partners"), ["; ".join(partners)] if partners else []),
            (_("Donor"), ["; ".join(one for one in dict.fromkeys((programme.donor, programme.fund)) if one)]),
            (_("Began on"), [day(programme.first_on)]),
            (_("Planned to end on"), [day(programme.planned_end_on)]),
            (_("Extension without cost"), self._extension(programme)),
            (_("Budget in total"), [f"{table.currency} {money_words(table.total_planned)}"]),
            (_("Budget of each agency"), ["; ".join(budget)] if budget else []),
            (_("Thematic areas"), list(programme.themes)),
            (_("Global Compact for Migration, primary"), ["; ".join(objectives)] if objectives else []),
            (_("Global Compact for Migration, secondary"), ["; ".join(others)] if others else []),
            (_("SDG targets"), [", ".join(programme.sdg_targets)] if programme.sdg_targets else []),
            (_("Gender marker"), [_(MARKER_NAMES[Marker(programme.gender_marker)])]),
            (_("Human rights marker"), [_(MARKER_NAMES[Marker(programme.human_rights_marker)])]),
        ]
        return (Fact(label, tuple(values) or (NOTHING,)) for label, values in facts)

    def _extension(self, programme: Programme) -> list[str]:
        if programme.extended_to_on is None:
            return [_("none")]
        until = _("until %(day)s") % {"day": day(programme.extended_to_on)}
        return [until, programme.extended_why]

    def _sections(self, tree: PlanTree) -> Iterable[Narrative]:
        rows = {
            (row.key, row.output): row
            for row in ReportSection.objects.seen_by(self.by)
            .filter(report=self.report, language=self.language)
            .select_related("agency")
        }
        for asked in sections_of([self.language], [one.code for one in tree.outputs]):
            row = rows.get((asked.key, asked.output))
            written = row is not None and row.state != SectionState.TO_WRITE
            yield Narrative(
                title=section_title(asked.key, asked.output, tree, self.language),
                text=row.text if row else "",
                group=_group_of(asked.key, asked.output),
                agency=row.agency.name if row and row.agency else "",
                missing="" if written else _("This section is not written yet."),
                early=asked.key in _EARLY,
            )

    # --- figures -----------------------------------------------------------------------------------------------------

    def _results(
        self, shown: Sequence[Indicator], frozen: Mapping[str, Frozen], tree: PlanTree
    ) -> Iterable[ResultGroup]:  # fmt: skip
        goals = goals_of(self.by, shown)
        told = explanations(self.by, shown, self.report.last_on)
        titles = {one.code: f"{one.code} · {one.title(self.language)}" for one in tree.outputs}
        outputs = [code for code in titles if any(one.output == code for one in shown)]
        others = sorted({one.output for one in shown} - set(outputs))
        for output in [*outputs, *others]:
            rows = []
            for one in shown:
                if one.output == output:
                    words = [
                        row.words
                        for row in told[one.code]
                        if row.language == self.language and row.last_on >= self.report.first_on
                    ]
                    rows.append(self._row(one, frozen[one.code], goals[one.code], words[:1]))
            yield ResultGroup(titles.get(output) or output or _("Other results"), tuple(rows))

    def _row(self, one: Indicator, figures: Frozen, goals: Goals, variance: Sequence[str]) -> ResultRow:
        whole = figures.told((), total=True)
        reached = progress(goals, whole.value, rising=one.rising)
        aimed = goals.aimed_at(self.report.last_on)
        percent = None if reached is None else max(0, int(reached.to_integral_value(ROUND_HALF_UP)))
        return ResultRow(
            code=one.code,
            title=one.name(self.language),
            baseline=_goal_words(one, goals.baseline),
            milestone=_goal_words(one, aimed) if aimed is not goals.target else NOTHING,
            target=_goal_words(one, goals.target),
            period=_figure(one, figures.told((), total=False)),
            cumulative=_figure(one, whole),
            percent=percent,
            reached="" if percent is None else _("%(percent)s of the target") % {"percent": percent_words(percent)},
            variance=" ".join(variance),
            means=said(one.means, self.language),
            agency=one.owner,
            parts=tuple(self._parts(one, figures)),
        )

    def _parts(self, one: Indicator, figures: Frozen) -> Iterable[ResultPart]:
        for dimension in PARTED:
            if dimension not in one.by:
                continue
            for category in figures.categories(dimension):
                key = ((str(dimension), category),)
                yield ResultPart(
                    category_words(dimension, category),
                    _figure(one, figures.told(key, total=False)),
                    _figure(one, figures.told(key, total=True)),
                )


def _group_of(key: SectionKey, output: str) -> str:
    if key in CROSS_CUTTING:
        return _("Cross-cutting issues")
    return _(SECTION_NAMES[SectionKey.PROGRESS]) if output else ""


def _goal_words(one: Indicator, goal: Goal | None) -> str:
    if goal is None:
        return NOTHING
    value = int(goal.value) if goal.value == int(goal.value) else goal.value
    return f"{percent_words(value) if one.measure is Measure.SHARE else number(value)} ({goal.on:%m.%Y})"


def _figure(one: Indicator, told: Cell) -> str:
    """A figure as it stands in a table, a share with its sign."""
    if one.measure is Measure.SHARE and told.value is not None:
        return percent_words(told.value)
    return figure_words(told)


def _drawn(shown: Sequence[Indicator], frozen: Mapping[str, Frozen]) -> list[Indicator]:
    """The indicators whose months are drawn: those with a target first, and only where two months tell something."""
    able = [one for one in shown if Dimension.MONTH in one.by and not one.sensitive and _tells(frozen[one.code])]
    chosen = {one.code for one in sorted(able, key=lambda one: one.target is None)[:N_SERIES]}
    return [one for one in able if one.code in chosen]


def _tells(figures: Frozen) -> bool:
    """Whether at least two months may be shown and are not nothing."""
    months = figures.categories(Dimension.MONTH)
    return sum(bool(figures.told(((str(Dimension.MONTH), one),), total=True).value) for one in months) > 1


def _series(one: Indicator, figures: Frozen, language: str) -> Series:
    columns, said_of = [], []
    for month in _every_month(figures.categories(Dimension.MONTH)):
        told = figures.told(((str(Dimension.MONTH), month),), total=True)
        label = month_words(month)
        words = why_hidden(told) or _figure(one, told)
        columns.append(Column(label, None if told.value is None else float(told.value), words))
        said_of.append(f"{label}: {words}")
    return Series(one.name(language), tuple(columns), f"{one.name(language)}. {'; '.join(said_of)}")


def _every_month(found: Sequence[str]) -> list[str]:
    """Every month from the first to the last, those without a figure too."""
    months = sorted(one for one in found if one[:4].isdigit())
    if not months:
        return []
    first, last = (int(one[:4]) * 12 + int(one[5:]) - 1 for one in (months[0], months[-1]))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, last + 1)]


# --- money -----------------------------------------------------------------------------------------------------------


def _money(table: BudgetTable, language: str) -> Iterable[MoneyPart]:
    if not table.cells:
        return
    names = {one.code: f"{one.n} · {one.title(language)}" for one in table.categories}
    for agency in table.agencies:
        rows = [_money_row(name, table.sum_of(agency=agency.id, category=code)) for code, name in names.items()]
        yield MoneyPart(agency.name, (*rows, _money_row(_("Total"), table.sum_of(agency=agency.id), strong=True)))
    rows = [_money_row(name, table.sum_of(category=code)) for code, name in names.items()]
    yield MoneyPart(_("All agencies"), (*rows, _money_row(_("Total"), table.total, strong=True)))


def _money_row(name: str, money: Money, *, strong: bool = False) -> MoneyRow:
    amounts = (money.budget, money.expenditure, money.commitments)
    return MoneyRow(name, (*(money_words(one) for one in amounts), percent_words(money.delivery)), strong)


def _money_note(table: BudgetTable) -> str:
    if not table.cells:
        return ""
    return _(
        "Amounts in %(currency)s, by the harmonised categories of the United Nations. Delivery is expenditure in per "
        "cent of the budget. Spending as entered until today."
    ) % {"currency": table.currency}


# --- how it was made -------------------------------------------------------------------------------------------------


def _made(report: Report) -> str:
    if report.figures_at is None:
        return _("No figures are taken yet.")
    return _("Figures as they were known on %(moment)s.") % {"moment": moment(report.figures_at)}


def _annex(report: Report) -> Iterable[Narrative]:
    yield Narrative(_("What is counted"), _(
        "Every figure of this report is computed from single records: services that people received, groups that "
        "learned together, and entries of outreach. A person is counted once, however often she was helped and by "
        "whomever; records that were found to be of the same person count as one. She stands in one category of each "
        "cut: that of her first service that counts. Contacts of outreach are counted or estimated and are never "
        "called people."
    ))  # fmt: skip
    yield Narrative(_("What is left out"), _(
        "A figure of fewer than five people is not shown, and further figures are left out where it could be computed "
        "from its neighbours. The sign † stands in their place. Figures about survivors of violence are never shown "
        "below the district. What is left out is counted in the totals."
    ))  # fmt: skip
    yield Narrative(_("When the figures were taken"), _(
        "“This period” is what happened from %(first)s to %(last)s. “Cumulative” is everything from the beginning of "
        "the programme to %(last)s. What was written down or corrected after the figures were taken does not change "
        "this report."
    ) % {"first": day(report.first_on), "last": day(report.last_on)})  # fmt: skip
