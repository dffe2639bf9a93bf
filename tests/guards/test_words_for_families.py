"""No screen calls a family abandoned, in any language: it blames, and is mostly untrue. See docs/glossary.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest
import yaml

from tests.guards.house import ROOT, sources, tree_of
from tests.guards.test_architecture import none
from tests.guards.texts import CALLS, LANGUAGES

BANNED = {
    "en": r"\babandon(ed|ing|s|ment)?\b|\bdeserted\b|\bvictims?\b",
    "tg": r"партофта|тарккарда|беэътиноӣ шуда|қурбони",
    "ru": r"брошенн|покинут|оставленн\w* (?:сем|жен|дет)|жертв",
    "fa": r"رها\s?‌?شده|ترک\s?‌?شده|متروک|قربان",
}
"""What no screen says, by language. The glossary has the words to use instead: family left behind, survivor."""


def hits(language: str, said: str) -> bool:
    return bool(re.search(BANNED[language], said, re.IGNORECASE))


def in_templates(root: Path = ROOT) -> list[str]:
    found = []
    for path in sorted((root / "paivand" / "templates").rglob("*")):
        if path.is_file():
            shown = re.sub(
                r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S
            )
            found += [f"{path.relative_to(root)}: {line.strip()[:100]}"
                      for line in shown.splitlines() if any(hits(language, line) for language in BANNED)]  # fmt: skip
    return found


def in_python(root: Path = ROOT) -> list[str]:
    """Texts that plain Python marks for people."""
    found = []
    for path in sources(root):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name in CALLS:
                found += [f"{path.relative_to(root)}:{node.lineno}: {text!r}" for text in said if hits("en", text)]
    return found


def in_catalogue(language: str, root: Path = ROOT) -> list[str]:
    entries = polib.pofile(str(root / "paivand/locale" / language / "LC_MESSAGES/django.po"))
    return [
        f"{language}: {entry.msgid!r} → {form!r}"
        for entry in entries
        for form in (entry.msgstr, *entry.msgstr_plural.values())
        if hits(language, form) or hits("en", entry.msgid)
    ]


def in_parameters(root: Path = ROOT) -> list[str]:
    """Titles and texts of data that are shown as they stand, in all four languages."""
    found = []
    for path in sorted((root / "paivand" / "parameters").rglob("*.yaml")):
        for language, said in _said(yaml.safe_load(path.read_text(encoding="utf-8"))):
            if hits(language, said):
                found.append(f"{path.relative_to(root)}: {language}: {said[:100]!r}")
    return found


def _said(node: object) -> list[tuple[str, str]]:
    if isinstance(node, dict):
        own = [(key, value) for key, value in node.items() if key in BANNED and isinstance(value, str)]
        return own + [pair for value in node.values() for pair in _said(value)]
    return [pair for one in node for pair in _said(one)] if isinstance(node, list) else []


def test_no_template_says_it():
    none(in_templates())


def test_no_text_of_the_program_says_it():
    none(in_python())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_says_it(language):
    none(in_catalogue(language))


def test_no_title_of_data_says_it():
    none(in_parameters())


@pytest.mark.parametrize(("language", "said"), [
    ("en", "An abandoned family"), ("tg", "Оилаи партофташуда"), ("ru", "Брошенная семья"),
    ("ru", "Покинутые жёны"), ("fa", "خانوادهٔ رهاشده"), ("fa", "خانوادهٔ رها‌شده"), ("en", "Victims of violence"),
])  # fmt: skip
def test_a_banned_word_is_found(language, said):
    assert hits(language, said)


@pytest.mark.parametrize(("language", "said"), [
    ("en", "A family left behind"), ("tg", "Оилаи дар ватан монда"), ("ru", "Семья мигранта, оставшаяся на родине"),
    ("fa", "خانوادهٔ به‌جا‌مانده"), ("ru", "Оставить место"),
])  # fmt: skip
def test_the_words_of_the_glossary_are_free(language, said):
    assert not hits(language, said)


def test_a_template_with_the_word_is_named(tmp_path):
    folder = tmp_path / "paivand" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text('{# abandoned #}\n{% translate "Abandoned families" %}', encoding="utf-8")
    assert len(in_templates(tmp_path)) == 1


def test_a_title_with_the_word_is_named(tmp_path):
    folder = tmp_path / "paivand" / "parameters"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text(
        'note: abandoned\nrows:\n  - title: {en: "Deserted wives", ru: "Жёны"}\n', encoding="utf-8"
    )
    assert len(in_parameters(tmp_path)) == 1
