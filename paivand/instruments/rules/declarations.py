"""Reading the declaration of a questionnaire, and refusing one that is wrong before anybody is asked by it.

The form of the files is told in docs/methods/scoring.md. Whatever would make a score wrong without a sign is refused
here: a gap between bands, a code that nothing knows, an option without a score in a sum, a question that depends on a
later one, a text without its English.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from paivand.instruments.rules.hints import Hint
from paivand.instruments.rules.instruments import (
    LANGUAGES,
    Band,
    Bands,
    Better,
    Check,
    Condition,
    Entry,
    Flag,
    Instrument,
    Item,
    Licence,
    Option,
    Scale,
    Section,
    Special,
    Subject,
    Translation,
    Use,
    Words,
)
from paivand.instruments.rules.parts import Part
from paivand.instruments.rules.states import Urgency
from paivand.methods.scoring import FORMULAS, Setting, seams
from paivand.methods.scoring import Band as Stretch

TONES = ("ok", "quiet", "warn", "danger")
_NEEDED = "code version since title purpose subject entry respondent licence sources official translations main"
_ALLOWED = (
    "recall note use retired again_after from_age to_age verified special options weight_sets sections scales flags "
    "checks"
)
_ADDS_UP = {"total"}


def read(file: str, content: str) -> Instrument:
    """The questionnaire that ``content`` declares.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    return _Reader(Part.of(file, content)).instrument()


@dataclass
class _Reader:
    """One pass through one file; what is known so far is looked up by what comes later."""

    whole: Part
    languages: tuple[str, ...] = ()
    sets: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    weights: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    special: tuple[Special, ...] = ()
    items: dict[str, Item] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)

    def instrument(self) -> Instrument:
        parts = self.whole.fields(f"{_NEEDED} sections scales", _ALLOWED)
        translations = self._translations(parts["translations"])
        self.languages = tuple(one for one, how in translations.items() if how is not Translation.NONE)
        self.special = self._specials(parts["special"]) if "special" in parts else ()
        if "options" in parts:
            self.sets = {name: self._options(part) for name, part in parts["options"].entries().items()}
        sections = tuple(self._section(part) for part in parts["sections"])
        if "weight_sets" in parts:
            self.weights = {name: self._weights(part) for name, part in parts["weight_sets"].entries().items()}
        for part in parts["scales"]:
            scale = self._scale(part)
            if scale.code in self.scales:
                part.fail(f"the scale {scale.code!r} is declared twice")
            self.scales[scale.code] = scale
        main = parts["main"].code()
        if main not in self.scales:
            parts["main"].fail(f"there is no scale {main!r}")
        entry, licence = parts["entry"].one_of(Entry), self._licence(parts["licence"])
        if not licence.embeddable and (entry is not Entry.TOTALS or any(item.options for item in self.items.values())):
            parts["licence"].fail("the licence does not let the items be shown: declare numbers, and entry: totals")
        verified = parts["verified"].fields("by on") if "verified" in parts else None
        subject = parts["subject"].one_of(Subject)
        if subject is Subject.HOUSEHOLD and ("from_age" in parts or "to_age" in parts):
            parts.get("from_age", self.whole).fail("a household has no age")
        flags = tuple(self._flag(part) for part in parts["flags"]) if "flags" in parts else ()
        checks = tuple(self._check(part) for part in parts["checks"]) if "checks" in parts else ()
        return Instrument(
            code=parts["code"].code(), version=parts["version"].code(), title=self._words(parts["title"]),
            purpose=self._words(parts["purpose"]), subject=subject, entry=entry,
            respondent=self._words(parts["respondent"]), recall=self._said(parts, "recall"), licence=licence,
            sources=tuple(part.text() for part in parts["sources"]), official=parts["official"].flag(),
            translations=translations, since=parts["since"].day(), main=main, sections=sections,
            scales=tuple(self.scales.values()), rules_hash=self._rules_hash(sections, flags, checks), flags=flags,
            checks=checks, note=self._said(parts, "note"),
            use=parts["use"].one_of(Use) if "use" in parts else Use.FAMILY,
            retired="retired" in parts and parts["retired"].flag(),
            again_after=parts["again_after"].whole() if "again_after" in parts else 0,
            from_age=parts["from_age"].whole() if "from_age" in parts else None,
            to_age=parts["to_age"].whole() if "to_age" in parts else None,
            verified_by=verified["by"].text() if verified else "",
            verified_on=verified["on"].day() if verified else None,
        )  # fmt: skip

    # --- words and small things ---

    def _translations(self, part: Part) -> dict[str, Translation]:
        found = {name: one.one_of(Translation) for name, one in part.fields(" ".join(LANGUAGES)).items()}
        if found["en"] is Translation.NONE:
            part.fail("English is always there: other languages fall back to it")
        return found

    def _words(self, part: Part) -> Words:
        found = {name: one.text() for name, one in part.fields("en", " ".join(LANGUAGES)).items()}
        for language in self.languages:
            if language not in found:
                part.fail(f"{language!r} is missing, although the file says that it is translated")
        return found

    def _said(self, parts: Mapping[str, Part], name: str) -> Words:
        return self._words(parts[name]) if name in parts else {}

    def _specials(self, part: Part) -> tuple[Special, ...]:
        found = tuple(one.one_of(Special) for one in part)
        if Special.NOT_ASKED in found:
            part.fail("'not_asked' is what an item is that nobody answered; it is not offered")
        return found

    def _licence(self, part: Part) -> Licence:
        parts = part.fields("title embeddable", "note")
        return Licence(parts["title"].text(), parts["embeddable"].flag(), self._said(parts, "note"))

    # --- items ---

    def _options(self, part: Part) -> tuple[Option, ...]:
        found: dict[str, Option] = {}
        for one in part:
            parts = one.fields("code label", "score")
            code = parts["code"].code()
            if code in found or code in set(Special):
                one.fail(f"the code {code!r} is taken")
            score = parts["score"].number() if "score" in parts else None
            found[code] = Option(code, self._words(parts["label"]), score)
        if len(found) < 2:
            part.fail("a choice has at least two options")
        return tuple(found.values())

    def _section(self, part: Part) -> Section:
        parts = part.fields("code title items", "intro")
        code = parts["code"].code()
        return Section(
            code, self._words(parts["title"]), self._said(parts, "intro"),
            tuple(self._item(one) for one in parts["items"]),
        )  # fmt: skip

    def _item(self, part: Part) -> Item:
        parts = part.fields("code text", "help options number special when evidence hint")
        code = parts["code"].code()
        if code in self.items:
            parts["code"].fail(f"the item {code!r} is declared twice")
        if ("options" in parts) == ("number" in parts):
            part.fail("an item has either options or a number")
        options = self._chosen_options(parts["options"]) if "options" in parts else ()
        least = most = 0
        if "number" in parts:
            edges = parts["number"].fields("from to")
            least, most = edges["from"].whole(), edges["to"].whole()
            if least >= most:
                parts["number"].fail("'from' must be less than 'to'")
        evidence = tuple(one.code() for one in parts["evidence"]) if "evidence" in parts else ()
        for one in evidence:
            if one not in {option.code for option in options}:
                parts["evidence"].fail(f"there is no option {one!r}")
        item = Item(
            code=code, text=self._words(parts["text"]), help=self._said(parts, "help"), options=options, least=least,
            most=most, special=self._specials(parts["special"]) if "special" in parts else self.special,
            when=self._condition(parts["when"]) if "when" in parts else None, evidence=evidence,
            hint=parts["hint"].one_of(Hint) if "hint" in parts else "",
        )  # fmt: skip
        self.items[code] = item
        return item

    def _chosen_options(self, part: Part) -> tuple[Option, ...]:
        if part.is_list:
            return self._options(part)
        name = part.text()
        if name not in self.sets:
            part.fail(f"there is no set of options {name!r}")
        return self.sets[name]

    def _condition(self, part: Part) -> Condition:
        parts = part.fields("item is")
        code = parts["item"].code()
        item = self.items.get(code)
        if item is None:
            parts["item"].fail(f"there is no earlier item {code!r}")
        codes = tuple(one.code() for one in parts["is"])
        for one in codes:
            if item.option(one) is None:
                parts["is"].fail(f"the item {code!r} has no option {one!r}")
        return Condition(code, codes)

    # --- scales ---

    def _weights(self, part: Part) -> dict[str, Fraction]:
        found = {name: one.number() for name, one in part.entries().items()}
        for name, one in part.entries().items():
            if name not in self.items:
                one.fail(f"there is no item {name!r}")
            if found[name] < 0:
                one.fail("a weight is not below zero")
        return found

    def _scale(self, part: Part) -> Scale:
        parts = part.fields(
            "code title formula of range",
            "weights weight_set times recode least shown at_least levels otherwise skipped decimals better bands",
        )
        formula = parts["formula"].text()
        if formula not in FORMULAS:
            parts["formula"].fail(f"there is no formula {formula!r}; there are {', '.join(FORMULAS)}")
        items = self._scored(parts["of"])
        skipped = parts["skipped"].number() if "skipped" in parts else None
        self._demand_scores(parts, formula, items, skipped)
        lowest, highest = self._range(parts["range"])
        decimals = parts["decimals"].whole() if "decimals" in parts else 0
        if decimals not in {0, 1, 2}:
            parts["decimals"].fail("scores have at most two decimals")
        setting = self._setting(parts, items)
        return Scale(
            code=parts["code"].code(), title=self._words(parts["title"]), formula=formula, items=items,
            setting=setting, lowest=lowest, highest=highest, decimals=decimals, skipped=skipped,
            better=parts["better"].one_of(Better) if "better" in parts else None,
            sets=self._sets(parts["bands"], lowest, highest, Fraction(1, 10**decimals)) if "bands" in parts else (),
        )  # fmt: skip

    def _scored(self, part: Part) -> tuple[str, ...]:
        items = tuple(one.code() for one in part)
        for name, one in zip(items, part, strict=True):
            if name not in self.items:
                one.fail(f"there is no item {name!r}")
            if items.count(name) > 1:
                one.fail(f"the item {name!r} stands here twice")
        if not items:
            part.fail("a scale has at least one item")
        return items

    def _demand_scores(
        self, parts: Mapping[str, Part], formula: str, items: tuple[str, ...], skipped: Fraction | None
    ) -> None:
        """Refuse what would count as zero without anybody having said so."""
        for item in (self.items[code] for code in items):
            if formula in _ADDS_UP and any(option.score is None for option in item.options):
                parts["of"].fail(f"{item.code!r} has an option without a score: a sum would take it for zero")
            if formula in _ADDS_UP and item.when and skipped is None:
                parts["of"].fail(f"{item.code!r} is not always asked: say in 'skipped' what it counts for then")
            if item.options and all(option.score is None for option in item.options):
                parts["of"].fail(f"no option of {item.code!r} has a score")

    def _range(self, part: Part) -> tuple[Fraction, Fraction]:
        edges = [one.number() for one in part]
        if len(edges) != 2 or edges[0] >= edges[1]:
            part.fail("write the lowest and the highest possible value, as in [0, 12]")
        return edges[0], edges[1]

    def _setting(self, parts: Mapping[str, Part], items: tuple[str, ...]) -> Setting:
        values: dict[str, object] = {}
        if "weights" in parts and "weight_set" in parts:
            parts["weights"].fail("write either 'weights' or 'weight_set'")
        if "weights" in parts:
            values["weights"] = self._weights(parts["weights"])
        if "weight_set" in parts:
            name = parts["weight_set"].text()
            if name not in self.weights:
                parts["weight_set"].fail(f"there is no table of weights {name!r}")
            table = self.weights[name]
            for code in items:
                if code not in table:
                    parts["weight_set"].fail(f"the table {name!r} has no weight for {code!r}")
            values["weights"] = {code: table[code] for code in items}
        for name in ("times", "least", "at_least", "otherwise"):
            if name in parts:
                values[name] = parts[name].number()
        if "recode" in parts:
            values["recode"] = {Fraction(key): one.number() for key, one in parts["recode"].entries().items()}
        if "shown" in parts:
            edges = [one.number() for one in parts["shown"]]
            if len(edges) != 2 or edges[0] == edges[1]:
                parts["shown"].fail("write the mean that is shown as 0, and the one that is shown as 100")
            values["lowest"], values["highest"] = edges
        if "levels" in parts:
            values["levels"] = self._levels(parts["levels"], items)
        return Setting(**values)  # type: ignore[arg-type]

    def _levels(self, part: Part, items: tuple[str, ...]) -> dict[str, Fraction]:
        found = {one.code(): Fraction(level) for level, ones in part.entries().items() for one in ones}
        if set(found) != set(items):
            part.fail("every item of the scale has one level, and no other item")
        return found

    def _sets(self, part: Part, lowest: Fraction, highest: Fraction, step: Fraction) -> tuple[Bands, ...]:
        """The bands: one list, or several, each with its condition."""
        found = []
        several = any("bands" in one.entries() for one in part)
        for one in part if several else [part]:
            parts = one.fields("bands when title") if several else {"bands": part}
            bands = tuple(self._band(band) for band in parts["bands"])
            for wrong in seams([band.stretch for band in bands], lowest, highest, step):
                parts["bands"].fail(wrong)
            condition = self._condition(parts["when"]) if "when" in parts else None
            found.append(Bands(bands, condition, self._said(parts, "title")))
        return tuple(found)

    def _band(self, part: Part) -> Band:
        parts = part.fields("code label meaning tone", "from above to below")
        tone = parts["tone"].text()
        if tone not in TONES:
            parts["tone"].fail(f"{tone!r} is none of {', '.join(TONES)}")
        return Band(
            self._stretch(part, parts, parts["code"].code()), self._words(parts["label"]),
            self._words(parts["meaning"]), tone,
        )  # fmt: skip

    def _stretch(self, part: Part, parts: Mapping[str, Part], code: str) -> Stretch:
        """Edges are written with the word that says whether they belong: from and to do, above and below do not."""
        if {"from", "above"} <= set(parts) or {"to", "below"} <= set(parts):
            part.fail("each edge is written once: from or above, to or below")
        low = parts.get("from") or parts.get("above")
        high = parts.get("to") or parts.get("below")
        if low is None and high is None:
            part.fail("a band has at least one edge")
        return Stretch(
            code, low.number() if low else None, high.number() if high else None, "above" not in parts,
            "below" not in parts,
        )  # fmt: skip

    # --- flags and checks ---

    def _flag(self, part: Part) -> Flag:
        parts = part.fields("code title todo urgency", "when scale in")
        if ("when" in parts) == ("scale" in parts) or ("scale" in parts) != ("in" in parts):
            part.fail("a flag is raised by an answer ('when'), or by bands of a scale ('scale' and 'in')")
        scale = ""
        bands: tuple[str, ...] = ()
        if "scale" in parts:
            scale = self._known_scale(parts["scale"])
            bands = tuple(one.code() for one in parts["in"])
            for one in bands:
                if self.scales[scale].band(one) is None:
                    parts["in"].fail(f"the scale {scale!r} has no band {one!r}")
        return Flag(
            parts["code"].code(), self._words(parts["title"]), self._words(parts["todo"]),
            parts["urgency"].one_of(Urgency), self._condition(parts["when"]) if "when" in parts else None, scale,
            bands,
        )  # fmt: skip

    def _check(self, part: Part) -> Check:
        parts = part.fields("code text scales", "from above to below")
        code = parts["code"].code()
        scales = tuple(self._known_scale(one) for one in parts["scales"])
        return Check(code, self._words(parts["text"]), scales, self._stretch(part, parts, code))

    def _known_scale(self, part: Part) -> str:
        code = part.code()
        if code not in self.scales:
            part.fail(f"there is no scale {code!r}")
        return code

    # --- what a score depends on ---

    def _rules_hash(self, sections: tuple[Section, ...], flags: tuple[Flag, ...], checks: tuple[Check, ...]) -> str:
        """A hash of everything but words: a mended translation computes nothing anew, a mended weight does."""
        plain = [
            [[i.code, [[o.code, str(o.score)] for o in i.options], i.least, i.most, _of(i.when)] for i in s.items]
            for s in sections
        ]
        scales = [
            [
                s.code, s.formula, s.items, str(s.setting), str(s.lowest), str(s.highest), s.decimals, str(s.skipped),
                [[[str(band.stretch) for band in one.bands], _of(one.when)] for one in s.sets],
            ]
            for s in self.scales.values()
        ]  # fmt: skip
        hooks = [[f.code, f.urgency, _of(f.when), f.scale, f.bands] for f in flags]
        remarks = [[c.code, c.scales, str(c.stretch)] for c in checks]
        told = json.dumps([plain, scales, hooks, remarks], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def _of(condition: Condition | None) -> list[object]:
    return [condition.item, condition.codes] if condition else []
