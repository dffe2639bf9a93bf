"""The catalogues of translations follow the texts of the program."""

from __future__ import annotations

from pathlib import Path

import polib

from paivand.operate.catalogues import compile_catalogue, defects, updated, written
from paivand.operate.extraction import Message, messages_in, python_messages, template_messages


def found_in_python(code: str) -> list[tuple[str, str, str]]:
    return [(m.singular, m.plural, m.context) for m in python_messages(code, "a.py")]


def found_in_template(source: str) -> list[tuple[str, str, str]]:
    return [(m.singular, m.plural, m.context) for m in template_messages(source, "a.html")]


def test_python_calls_are_found_with_plural_and_context() -> None:
    code = """
from django.utils.translation import gettext as _, ngettext, npgettext, pgettext
_("one " "two")
ngettext("a family", "%(n)s families", n)
pgettext("month", "May")
npgettext("verb", "it counts", "they count", n)
_(variable)
"""
    assert found_in_python(code) == [
        ("one two", "", ""),
        ("a family", "%(n)s families", ""),
        ("May", "", "month"),
        ("it counts", "they count", "verb"),
    ]


def test_text_counts_only_where_it_is_ours() -> None:
    assert found_in_python('page.text("not for people")') == []
    ours = 'from paivand.core.rules.texts import text\nNAME = text("Social worker")'
    assert found_in_python(ours) == [("Social worker", "", "")]


def test_template_tags_are_found_with_all_their_forms() -> None:
    template = """
  {% load i18n %}
    {% translate "Save" %} {# translate "nothing" #}
  {% translate "May" context "month" %}
      {% blocktranslate trimmed with name=person.name %}
        Dear {{ name }},
        welcome.
      {% endblocktranslate %}
{% blocktranslate count n=total %}{{ n }} family{% plural %}{{ n }} families{% endblocktranslate %}
 {% include "part.html" with label=_("Open") %} {{ _("Close")|upper }}
"""
    assert found_in_template(template) == [
        ("Save", "", ""),
        ("May", "", "month"),
        ("Dear %(name)s, welcome.", "", ""),
        ("%(n)s family", "%(n)s families", ""),
        ("Open", "", ""),
        ("Close", "", ""),
    ]


def test_the_whole_program_can_be_read() -> None:
    messages = list(messages_in(Path(__file__).resolve().parents[2] / "paivand"))
    texts = {message.singular for message in messages}
    assert "Social worker" in texts
    assert all(not message.place.startswith("/") for message in messages)


def test_translations_stay_new_texts_come_and_old_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    first = updated(path, "ru", [Message("Save", "", "", "b.py"), Message("Gone", "", "", "a.py")])
    first.find("Save").msgstr = "Сохранить"
    first.save(str(path))
    second = updated(path, "ru", [Message("New", "", "", "a.py"), Message("Save", "", "", "a.html")])
    assert [(entry.msgid, entry.msgstr) for entry in second] == [("New", ""), ("Save", "Сохранить")]
    assert second.find("Save").occurrences == [("a.html", "")]
    assert second.metadata["Plural-Forms"].startswith("nplurals=3;")


def test_the_same_texts_give_the_same_file(tmp_path: Path) -> None:
    messages = [Message("b", "", "", "x.py"), Message("a", "", "", "y.py"), Message("b", "", "noun", "x.py")]
    path = tmp_path / "django.po"
    path.write_text(written(updated(path, "tg", messages)), encoding="utf-8")
    assert written(updated(path, "tg", reversed(messages))) == path.read_text(encoding="utf-8")


def test_what_is_missing_doubtful_or_broken_is_told(tmp_path: Path) -> None:
    catalogue = updated(tmp_path / "none.po", "ru", [
        Message("Missing", "", "", "a.py"), Message("Doubtful", "", "", "a.py"),
        Message("Hello %(name)s", "", "", "a.py"), Message("a family", "%(n)s families", "", "a.py"),
    ])  # fmt: skip
    catalogue.find("Doubtful").msgstr, catalogue.find("Doubtful").flags = "Сомнительно", ["fuzzy"]
    catalogue.find("Hello %(name)s").msgstr = "Здравствуйте %(nome)s"
    catalogue.find("a family").msgstr_plural = {0: "семья", 1: "%(n)s семьи", 2: "%(n)s семей"}
    told = list(defects(catalogue, "ru"))
    assert len(told) == 3
    assert "'Missing'" in told[2]
    assert "fuzzy" in told[0]
    assert "placeholders" in told[1]


def test_english_needs_no_translation(tmp_path: Path) -> None:
    catalogue = updated(tmp_path / "none.po", "en", [Message("Save", "", "", "a.py")])
    assert list(defects(catalogue, "en")) == []


def test_a_catalogue_is_compiled_once(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue = updated(path, "fa", [Message("Save", "", "", "a.py")])
    catalogue.find("Save").msgstr = "ذخیره"
    catalogue.save(str(path))
    assert compile_catalogue(path)
    assert not compile_catalogue(path)
    assert polib.mofile(str(path.with_suffix(".mo"))).find("Save").msgstr == "ذخیره"
