"""Declarations: those that ship are whole; a wrong one is refused with file, line, path and reason."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import yaml

from paivand.instruments.rules import answers as answer_rules
from paivand.instruments.rules import instruments as instrument_rules
from paivand.instruments.rules import parts
from paivand.instruments.rules.catalogue import SOURCE, instrument, instruments, load, versions
from paivand.instruments.rules.declarations import read
from paivand.instruments.rules.instruments import LANGUAGES, Entry, Translation
from paivand.instruments.rules.parts import DeclarationError

WHOLE = """
code: tiny
version: 1
since: 2026-11-01
title: {en: Tiny, tg: Хурд}
purpose: {en: To test, tg: Барои санҷиш}
subject: person
entry: items
respondent: {en: Anyone, tg: Ҳар кас}
licence: {title: ours, embeddable: true}
sources: [ours]
official: false
translations: {en: original, tg: draft, ru: none, fa: none}
main: total
special: [dont_know]
options:
  yes_no:
    - {code: yes, score: 1, label: {en: Yes, tg: Ҳа}}
    - {code: no, score: 0, label: {en: No, tg: Не}}
weight_sets:
  equal: {one: 1, two: 1}
sections:
  - code: first
    title: {en: First, tg: Якум}
    items:
      - {code: one, options: yes_no, text: {en: One, tg: Як}}
      - {code: two, number: {from: 0, to: 7}, text: {en: Two, tg: Ду}}
      - {code: why, options: yes_no, when: {item: one, is: [yes]}, text: {en: Why, tg: Чаро}}
scales:
  - code: total
    title: {en: Total, tg: Ҷамъ}
    formula: total
    of: [one, two]
    range: [0, 8]
    bands:
      - {code: low, from: 0, to: 3, tone: ok, label: {en: low, tg: паст}, meaning: {en: Low, tg: Паст}}
      - {code: high, from: 4, to: 8, tone: warn, label: {en: high, tg: баланд}, meaning: {en: High, tg: Баланд}}
flags:
  - {code: alarm, scale: total, in: [high], urgency: today, title: {en: Alarm, tg: Бонг}, todo: {en: Look, tg: Бинед}}
checks:
  - {code: odd, scales: [total], from: 8, text: {en: Odd, tg: Аҷиб}}
"""


def test_a_small_declaration_is_read():
    found = read("tiny-1.yaml", WHOLE)
    assert (found.code, found.version, found.main_scale.code) == ("tiny", "1", "total")
    assert [item.code for item in found.items()] == ["one", "two", "why"]


@pytest.mark.parametrize(
    ("was", "becomes", "path", "reason"),
    [
        ("code: tiny", "code: Tiny One", "code", "'Tiny One' is no code"),
        ("since: 2026-11-01", "since: soon", "since", "a day, as in"),
        ("subject: person", "subject: people", "subject", "'people' is none of person, household"),
        ("official: false", "official: perhaps", "official", "true or false"),
        ("main: total", "main: sum", "main", "there is no scale 'sum'"),
        ("sources: [ours]\n", "", "the file", "'sources' is missing"),
        ("sources: [ours]", "sources: ours", "sources", "a list"),
        ("special: [dont_know]", "special: [not_asked]", "special", "it is not offered"),
        ("special: [dont_know]", "colour: red", "colour", "there is no field 'colour' here"),
        ("title: {en: Tiny, tg: Хурд}", "title: {tg: Хурд}", "title", "'en' is missing"),
        ("title: {en: Tiny, tg: Хурд}", "title: {en: Tiny}", "title", "'tg' is missing"),
        ("title: {en: Tiny, tg: Хурд}", "title: {en: Tiny, tg: Хурд, de: Klein}", "title.de", "no field 'de'"),
        ("{en: original", "{en: none", "translations", "English is always there"),
        ("- {code: no, score: 0,", "- {code: yes, score: 0,", "options.yes_no.1", "the code 'yes' is taken"),
        ("- {code: no, score: 0,", "- {code: refused, score: 0,", "options.yes_no.1", "the code 'refused' is taken"),
        ("    - {code: no, score: 0, label: {en: No, tg: Не}}\n", "", "options.yes_no", "at least two options"),
        ("options: yes_no, text", "options: no_yes, text", "sections.0.items.0.options", "no set of options 'no_yes'"),
        ("number: {from: 0, to: 7}, text", "text", "sections.0.items.1", "either options or a number"),
        ("number: {from: 0, to: 7}", "number: {from: 7, to: 7}", "sections.0.items.1.number", "less than 'to'"),
        ("number: {from: 0, to: 7}", "number: {from: 0, to: 7.5}", "sections.0.items.1.number.to", "a whole number"),
        ("code: two, number", "code: one, number", "sections.0.items.1.code", "declared twice"),
        ("when: {item: one", "when: {item: three", "sections.0.items.2.when.item", "no earlier item 'three'"),
        ("is: [yes]}", "is: [maybe]}", "sections.0.items.2.when.is", "has no option 'maybe'"),
        ("code: why,", "code: why, evidence: [maybe],", "sections.0.items.2.evidence", "no option 'maybe'"),
        ("code: why,", "code: why, hint: weather,", "sections.0.items.2.hint", "'weather' is none of"),
        ("formula: total", "formula: sume", "scales.0.formula", "there is no formula 'sume'"),
        ("of: [one, two]", "of: []", "scales.0.of", "at least one item"),
        ("of: [one, two]", "of: [one, ten]", "scales.0.of.1", "there is no item 'ten'"),
        ("of: [one, two]", "of: [one, one]", "scales.0.of.0", "stands here twice"),
        ("of: [one, two]", "of: [one, why]", "scales.0.of", "say in 'skipped' what it counts for"),
        ("{code: no, score: 0,", "{code: no,", "scales.0.of", "a sum would take it for zero"),
        ("range: [0, 8]", "range: [8]", "scales.0.range", "the lowest and the highest"),
        ("range: [0, 8]", "range: [0, 9]", "scales.0.bands", "the highest value 9 lies in no band"),
        ("to: 3, tone", "to: 2, tone", "scales.0.bands", "values between 2 and 4 lie in no band"),
        ("to: 3, tone", "to: 4, tone", "scales.0.bands", "the edge 4 lies in both bands"),
        ("to: 3, tone", "to: 3, below: 4, tone", "scales.0.bands.0", "each edge is written once"),
        ("from: 0, to: 3, tone: ok", "tone: ok", "scales.0.bands.0", "at least one edge"),
        ("tone: ok", "tone: pink", "scales.0.bands.0.tone", "'pink' is none of"),
        ("range: [0, 8]", "range: [0, 8]\n    decimals: 3", "scales.0.decimals", "at most two decimals"),
        ("range: [0, 8]", "range: [0, 8]\n    weight_set: other", "scales.0.weight_set", "no table of weights"),
        ("{one: 1, two: 1}", "{one: 1, ten: 1}", "weight_sets.equal.ten", "there is no item 'ten'"),
        ("{one: 1, two: 1}", "{one: 1, two: -1}", "weight_sets.equal.two", "not below zero"),
        ("range: [0, 8]", "range: [0, 8]\n    levels: {2: [one]}", "scales.0.levels", "has one level"),
        ("range: [0, 8]", "range: [0, 8]\n    shown: [1, 1]", "scales.0.shown", "shown as 0"),
        ("in: [high]", "in: [higher]", "flags.0.in", "has no band 'higher'"),
        ("scale: total, in: [high]", "scale: total", "flags.0", "raised by an answer"),
        ("urgency: today", "urgency: later", "flags.0.urgency", "'later' is none of"),
        ("scales: [total], from", "scales: [sum], from", "checks.0.scales.0", "there is no scale 'sum'"),
        ("embeddable: true", "embeddable: false", "licence", "entry: totals"),
        ("subject: person", "subject: household\nfrom_age: 5", "from_age", "a household has no age"),
        ("main: total", "main: total\nmain: total", "main", "stands here twice"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_with_line_path_and_reason(was, becomes, path, reason):
    assert WHOLE.count(was) >= 1
    wrong = WHOLE.replace(was, becomes, 1)
    with pytest.raises(DeclarationError) as refused:
        read("tiny-1.yaml", wrong)
    assert refused.value.path == path if path != "the file" else refused.value.path == ""
    assert reason in refused.value.reason
    assert str(refused.value).startswith(f"tiny-1.yaml, line {refused.value.line}, {path}: ")
    mentioned = wrong.splitlines()[refused.value.line - 1]
    assert mentioned.strip()


def test_what_is_no_yaml_is_refused_with_its_line():
    with pytest.raises(DeclarationError, match=r"tiny-1.yaml, line 3, the file: this is no YAML"):
        read("tiny-1.yaml", "code: tiny\nversion: 1\n  since: [")
    with pytest.raises(DeclarationError, match="the file is empty"):
        read("tiny-1.yaml", "")


def test_a_file_is_named_after_what_it_declares(tmp_path):
    path = tmp_path / "small-1.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    with pytest.raises(DeclarationError, match="name it so"):
        load([path])


def test_an_older_version_stays_beside_the_newer_one(tmp_path):
    for version, since in ((1, "2026-11-01"), (2, "2027-01-01")):
        told = WHOLE.replace("version: 1", f"version: {version}").replace("2026-11-01", since)
        (tmp_path / f"tiny-{version}.yaml").write_text(told, encoding="utf-8")
    found = load(tmp_path.glob("*.yaml"))
    assert set(found) == {("tiny", "1"), ("tiny", "2")}
    (tmp_path / "tiny-3.yaml").write_text(WHOLE.replace("version: 1", "version: 3"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="another version began on the same day"):
        load(tmp_path.glob("*.yaml"))


def test_a_mended_word_computes_nothing_anew_and_a_mended_weight_does():
    before = read("tiny-1.yaml", WHOLE).rules_hash
    assert read("tiny-1.yaml", WHOLE.replace("tg: Баланд", "tg: Зиёд")).rules_hash == before
    for was, becomes in (("code: no, score: 0", "code: no, score: 2"), ("formula: total", "formula: worst"),
                         ("from: 8, text", "from: 7, text"), ("urgency: today", "urgency: soon")):  # fmt: skip
        assert read("tiny-1.yaml", WHOLE.replace(was, becomes)).rules_hash != before, was


# --- what ships ------------------------------------------------------------------------------------------------------

SHIPPED = {"vulnerability", "phq4", "who5", "wgss", "fcs", "rcsi", "hhs", "lcs", "rcs", "rss", "sdq"}


def test_eleven_questionnaires_ship():
    assert set(instruments()) == SHIPPED
    assert instrument("rss") is instrument("rss", "2019_draft")
    assert instrument("nothing") is None
    assert instrument("phq4", "99") is None


@pytest.mark.parametrize("declared", versions().values(), ids=lambda one: f"{one.code}-{one.version}")
def test_what_ships_says_where_it_comes_from_and_on_which_terms(declared):
    assert declared.licence.title
    assert declared.sources
    assert bool(declared.verified_by) == bool(declared.verified_on)
    assert declared.note or declared.official
    assert set(declared.translations) == set(LANGUAGES)


@pytest.mark.parametrize("declared", versions().values(), ids=lambda one: f"{one.code}-{one.version}")
def test_a_section_fits_on_a_phone(declared):
    for section in declared.sections:
        assert 1 <= len(section.items) <= 6, section.code


def test_what_may_not_be_shown_is_entered_as_totals():
    for code in ("who5", "sdq"):
        declared = instrument(code)
        assert declared is not None
        assert declared.entry is Entry.TOTALS
        assert not declared.licence.embeddable
        assert all(item.is_number for item in declared.items())


def test_the_reintegration_survey_is_a_draft_and_not_official():
    declared = instrument("rss")
    assert declared is not None
    assert not declared.official
    assert "draft" in declared.version
    assert len(list(declared.items())) == 30
    for scale in declared.scales:
        assert set(scale.setting.weights.values()) == {1}


@pytest.mark.parametrize("declared", versions().values(), ids=lambda one: f"{one.code}-{one.version}")
def test_what_counts_as_translated_is_in_the_letters_of_its_language(declared):
    """Tajik with its own letters and no Latin ones, Dari in Arabic letters, and no Russian where Tajik should stand."""
    told = yaml.safe_load((SOURCE / f"{declared.code}-{declared.version}.yaml").read_text(encoding="utf-8"))
    names = re.compile(r"\b(PHQ|WHO|SDQ|FCS|rCSI|HHS|LCS|RCS|RSS|IPC|UNICEF|FANTA|sdqinfo\.org|WFP|IOM)\b[-:0-9]*")
    for words in _texts(told):
        assert declared.translations["ru"] is not Translation.NONE
        assert not re.search(r"[a-zA-Z]", names.sub("", words["tg"])), words["tg"]
        assert not re.search(r"[a-zA-Z]", names.sub("", words["ru"])), words["ru"]
        assert not re.search(r"[a-zA-Zа-яА-Я]", names.sub("", words["fa"])), words["fa"]
        assert not re.search(r"[ғӣқӯҳҷ]", words["ru"]), words["ru"]
        assert not re.search(r"[ыщьцЫЩЬЦ]", words["tg"]), words["tg"]


def _texts(part: object) -> list[dict[str, str]]:
    if isinstance(part, dict):
        if set(part) == set(LANGUAGES) and all(isinstance(one, str) for one in part.values()):
            statuses = {one.value for one in Translation}
            return [] if set(part.values()) <= statuses else [part]
        return [words for one in part.values() for words in _texts(one)]
    if isinstance(part, list):
        return [words for one in part for words in _texts(one)]
    return []


def test_no_family_is_called_abandoned_or_beneficiary():
    for path in SOURCE.glob("*.yaml"):
        told = path.read_text(encoding="utf-8").casefold()
        for word in ("abandon", "брошен", "партофт", "رها شده", "beneficiar", "victim", "жертв", "қурбонӣ"):
            assert word not in told, (path.name, word)


@pytest.mark.parametrize("module", [parts, answer_rules, instrument_rules])
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_the_declarations_lie_beside_the_other_parameters():
    assert Path("paivand/parameters/instruments") == SOURCE.relative_to(Path.cwd())
