"""Courses as data: those that ship are whole; a wrong one is refused with file, line, path and what to do."""

from __future__ import annotations

import doctest
import re

import pytest
import yaml

from paivand.instruments.rules.parts import DeclarationError
from paivand.learning.rules import course as course_rules
from paivand.learning.rules import courses as catalogue
from paivand.learning.rules.course import LANGUAGES
from paivand.learning.rules.courses import SOURCE, course, courses, kinds
from paivand.learning.rules.declarations import read
from tests.guards.texts import FOREIGN, OWN_SCRIPT

PARAMETERS = SOURCE.parent
SEAMSTRESS = (SOURCE / "seamstress.yaml").read_text(encoding="utf-8")


def words_in(node: object, path: str = ""):
    """Every text in four languages of a file, with where it stands."""
    if isinstance(node, dict):
        if set(LANGUAGES) <= set(node):
            yield path, node
        for key, value in node.items():
            yield from words_in(value, f"{path}.{key}")
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield from words_in(value, f"{path}.{n}")


@pytest.mark.parametrize("module", [course_rules, catalogue])
def test_the_examples_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("code", sorted(courses()))
def test_a_course_has_hours_a_way_in_and_a_title_in_every_language(code):
    one = courses()[code]
    assert one.audience
    assert one.total_hours == one.theory_hours + one.practical_hours > 0
    assert len({one.title_in(language) for language in LANGUAGES}) == len(LANGUAGES)
    assert all(one.topic(topic.code) is topic and one.module_of(topic.code) is module for module, topic in one.topics())


@pytest.mark.parametrize(
    "path", [*sorted(SOURCE.glob("*.yaml")), PARAMETERS / "course_kinds.yaml", PARAMETERS / "professional_posts.yaml"],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_every_text_is_written_in_the_letters_of_its_language(path):
    for where, words in words_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
        for language, script in OWN_SCRIPT.items():
            letters, said = FOREIGN[language]
            assert re.search(script, words[language]), f"{where}: {language} is not in its script: {words[language]}"
            assert not re.search(letters, words[language]), f"{where}: {language} holds {said}: {words[language]}"


def test_every_kind_has_a_course_and_every_course_its_kind():
    assert {one.kind.code for one in courses().values()} == set(kinds())
    assert [one.kind.code for one in courses().values()] == sorted(
        (one.kind.code for one in courses().values()), key=list(kinds()).index
    )


def test_a_course_of_an_older_list_is_none():
    assert course("weaving_of_clouds") is None


@pytest.mark.parametrize(
    ("was", "becomes", "path", "reason"),
    [
        ("code: seamstress", "code: Sea Mistress", "code", "is no code"),
        ("kind: vocational_training", "kind: sorcery", "kind", "add it to course_kinds.yaml"),
        ("service: learning.vocational_completed", "service: learning.flown", "service", "add it to services.yaml"),
        ('trade: "7531"', 'trade: "9999"', "trade", "isco08.yaml"),
        ("features: []", "features: [wings]", "features.0", "'wings' is none of plots"),
        ("features: []", "features: [practices]", "features", "needs 'practices'"),
        ("features: []", "features: [departure]", "features", "needs 'materials'"),
        ("features: []", "features: [junior]", "features", "life_skill: true"),
        ("  least: 8\n", "  least: 18\n", "group", "at most 'most'"),
        ("  trainers: 1\n", "  trainers: 0\n", "group.trainers", "somebody leads"),
        ("from_age: 18}", "from_age: 18, to_age: 10}", "audience.0.to_age", "younger than the youngest"),
        ("from_age: 18}", "posts: [teacher]}", "audience.0.posts", "only professionals"),
        ("needs: [family.selected]", "needs: [family.eaten]", "audience.1.needs.0", "the journey knows no service"),
        ("code: safety, hours: 4", "code: safety, hours: 0.3", "modules.0.topics.0.hours", "in quarters"),
        ("code: machines, hours: 6", "code: safety, hours: 6", "modules.0.topics.1", "stands here twice"),
        ("code: seams, hours: 12", "code: safety, hours: 12", "modules", "'safety' stands here twice"),
        ("weekdays: [mon, wed, fri]", "weekdays: [monday]", "rhythm.weekdays", "mon, tue"),
        ("every_weeks: 1", "every_weeks: 0", "rhythm.every_weeks", "1 for every week"),
        ('at: "09:00"', "at: noon", "rhythm.at", "in quotes"),
        ("attendance: 80", "attendance: 180", "completion.attendance", "from 1 to 100"),
        ("practical_hours: 88", "practical_hours: 888", "completion", "110 hours, and more are asked for"),
        ("stages: [before, after]", "stages: [during]", "test.stages.0", "is none of before, after"),
        ("stages: [before, after]", "stages: []", "test.stages", "write before, after, or both"),
        ("instrument: trade_test", "instrument: horoscope", "test.instrument", "there is no questionnaire"),
        ("scale: right", "scale: wrong", "test.scale", "has no scale 'wrong'"),
        ("pass_mark: 60", "pass_mark: 160", "exam.pass_mark", "at most at 100"),
        ("most: 25", "most: 24", "exam.criteria", "add up to 99, not to 100"),
        ("scale: points", "scale: marks", "exam.criteria", "most: 5"),
        ("commission: 3", "commission: 0", "exam.commission", "somebody examines"),
        ("months: [3, 6, 12]", "months: [6, 3]", "follow_up.months", "in their order"),
        ("asked: [working, own_business, income]", "asked: [weather]", "follow_up.asked.0", "is none of"),
        ("prefix: VTS", "prefix: v-t-s", "certificate.prefix", "capital letters"),
        ("languages: [tg, ru]", "languages: [la]", "certificate.languages", "one or more of"),
        ("design: diploma", "design: poster", "certificate.design", "is none of"),
        ("from: 2021-08-01", "from: soon", "from", "a day, as in"),
        ("source: the", "sauce: the", "sauce", "there is no field 'sauce'"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_place_and_what_to_do(was, becomes, path, reason):
    assert was in SEAMSTRESS
    with pytest.raises(DeclarationError) as refused:
        read("seamstress.yaml", SEAMSTRESS.replace(was, becomes, 1), kinds())
    assert refused.value.path == path
    assert reason in refused.value.reason
    assert refused.value.file == "seamstress.yaml"
    assert refused.value.line >= 1


@pytest.mark.parametrize("part", ["exam", "project"])
def test_a_rule_that_asks_for_what_is_not_declared_is_refused(part):
    declared = yaml.safe_load(SEAMSTRESS)
    del declared[part]
    with pytest.raises(DeclarationError, match=f"'{part}' needs"):
        read("seamstress.yaml", yaml.safe_dump(declared), kinds())


@pytest.mark.parametrize(
    ("rule", "stages", "needs"),
    [({"gain": 2}, ["after"], "before and after"), ({"gain": 2}, ["before"], "before and after"),
     ({"right": 60}, ["before"], "a test after"), ({"right": 60}, None, "a test after")],
)  # fmt: skip
def test_a_rule_that_asks_for_a_test_nobody_takes_is_refused(rule, stages, needs):
    declared = yaml.safe_load(SEAMSTRESS) | {"completion": rule}
    if stages is None:
        del declared["test"]
    else:
        declared["test"]["stages"] = stages
    with pytest.raises(DeclarationError, match=needs):
        read("seamstress.yaml", yaml.safe_dump(declared), kinds())


def test_a_rule_that_asks_for_nothing_is_refused():
    declared = yaml.safe_load(SEAMSTRESS) | {"completion": {}}
    with pytest.raises(DeclarationError, match="at least attendance"):
        read("seamstress.yaml", yaml.safe_dump(declared), kinds())


def test_a_missing_language_is_refused():
    declared = yaml.safe_load(SEAMSTRESS)
    del declared["title"]["fa"]
    with pytest.raises(DeclarationError, match="'fa' is missing"):
        read("seamstress.yaml", yaml.safe_dump(declared), kinds())


def test_a_new_file_in_a_folder_is_a_new_course(tmp_path):
    (tmp_path / "weaver.yaml").write_text(SEAMSTRESS.replace("code: seamstress", "code: weaver", 1), encoding="utf-8")
    assert list(courses(tmp_path)) == ["weaver"]
    assert "weaver" not in courses()


def test_a_file_is_named_after_its_course(tmp_path):
    (tmp_path / "weaver.yaml").write_text(SEAMSTRESS, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"name it seamstress\.yaml"):
        courses(tmp_path)
