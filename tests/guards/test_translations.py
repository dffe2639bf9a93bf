"""Every text exists in every language, whole, and is the one that the pages ask for."""

from __future__ import annotations

import re

import polib
import pytest
from django.conf import settings

from paivand.operate.catalogues import PLURALS, catalogue_path, updated
from paivand.operate.extraction import messages_in
from tests.guards import texts
from tests.guards.house import ROOT
from tests.guards.test_architecture import none


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_catalogue_has_no_missing_no_doubtful_and_no_abandoned_entry(language):
    none(texts.incomplete(language))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_translations_keep_placeholders_tags_and_script(language):
    none(texts.broken(language))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_catalogue_is_in_line_with_the_program(language):
    path = catalogue_path(ROOT / "paivand/locale", language)
    fresh = updated(path, language, messages_in(ROOT / "paivand"))
    here = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}
    asked = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in fresh}
    none([f"{language}: {key[1]!r} is asked for and not in the catalogue. Run `python -m paivand messages`."
          for key in sorted(asked - here, key=str)])  # fmt: skip
    none([f"{language}: {key[1]!r} is asked for nowhere. Run `python -m paivand messages`."
          for key in sorted(here - asked, key=str)])  # fmt: skip


def test_every_language_of_the_program_has_a_catalogue_and_plural_forms():
    offered = {code for code, _name in settings.LANGUAGES}
    assert offered == {*texts.LANGUAGES, "en"}
    for language in texts.LANGUAGES:
        metadata = polib.pofile(str(texts.catalogue(ROOT, language))).metadata
        assert (metadata["Language"], metadata["Plural-Forms"]) == (language, PLURALS[language])


def test_no_text_is_put_together_before_it_is_looked_up():
    none(texts.composed())


def entry(singular, *forms, plural="", flags=()):
    made = polib.POEntry(msgid=singular, msgid_plural=plural, flags=list(flags))
    if plural:
        made.msgstr_plural = dict(enumerate(forms))
    else:
        made.msgstr = forms[0]
    return made


@pytest.mark.parametrize(("language", "made", "said"), [
    ("ru", entry("Saved %(name)s.", "Сохранено."), "placeholders differ"),
    ("ru", entry("%(n)s family", "%(n)s семья", "%(n)s семьи", "семей", plural="%(n)s families"),
     "placeholders differ"),
    ("ru", entry("Read <b>this</b>", "Читайте это"), "tags differ"),
    ("tg", entry("Save", "Save"), "not written in the script"),
    ("tg", entry("Save", "Сохранить"), "Tajik does not have"),
    ("fa", entry("Save", "Захира"), "Dari does not have"),
    ("fa", entry("Family", "خانوادة"), "Dari does not have"),
    ("ru", entry("Save\n", "Сохранить"), "line's end"),
    ("tg", entry("Save", ""), "not translated"),
    ("tg", entry("Save", "Нигоҳ доштан", flags=["fuzzy"]), "fuzzy"),
])  # fmt: skip
def test_a_faulty_translation_is_named(language, made, said, tmp_path):
    path = texts.catalogue(tmp_path, language)
    path.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(made)
    catalogue.save(str(path))
    found = [*texts.incomplete(language, tmp_path), *texts.broken(language, tmp_path)]
    assert [one for one in found if said in one], found


@pytest.mark.parametrize("source", [
    '_(f"Saved {name}.")', '_("Saved " + name)', '_("Saved %s." % name)', 'gettext("Saved {}".format(name))',
    'ngettext("one", f"{n} families", n)',
])  # fmt: skip
def test_a_text_put_together_first_is_named(source, tmp_path):
    (tmp_path / "paivand").mkdir()
    (tmp_path / "paivand/page.py").write_text(source, encoding="utf-8")
    assert texts.composed(tmp_path)


# The names of these choices come translated.
LAZY = {"paivand/core/models/places.py"}


def test_no_sentence_holds_the_name_of_a_choice_in_another_language():
    """Names of choices stand untranslated beside the model: whoever says one in Python asks the catalogue for it."""
    bare = re.compile(r"(?<!_\()(?<!gettext\()(?<!gettext\(str\()\b[a-z_.]+\.get_[a-z_]+_display\(\)")
    none(
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "paivand").rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in LAZY
        for found in bare.finditer(path.read_text(encoding="utf-8"))
    )
