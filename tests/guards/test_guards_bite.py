"""The proof that the guards bite: a copy of the repository, one harm planted in it, and the guard that names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polib
import pytest

from docs.generate import pages
from tests.guards import documents, house, texts

PARTS = ["paivand", "docs", "tests"]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "dist", "*.mo", "pictures", "*.pyc")
Plant = Callable[[str, str], None]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program, its documents and its guards."""
    for part in PARTS:
        shutil.copytree(house.ROOT / part, tmp_path / part, ignore=LEFT_OUT)
    shutil.copy(house.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(copy: Path, place: str, text: str, *, after: str = "") -> None:
    """Write a file into the copy, or put lines into one behind the line ``after``."""
    path = copy / place
    if not after:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + text, encoding="utf-8")
        return
    source = path.read_text(encoding="utf-8")
    assert source.count(after) == 1, f"{place} no longer holds {after!r} once: plant the harm elsewhere."
    path.write_text(source.replace(after, after + text), encoding="utf-8")


def said_by_program(copy: Path, question: str) -> str:
    """What a guard that needs the program's declarations says about the copy, in a process of its own."""
    script = f"import django; django.setup()\n{question}"
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "paivand.settings",
        "PYTHONPATH": str(copy),
        "DATABASE_URL": "postgresql://nobody@localhost/none",
    }
    surroundings.pop("PAIVAND_APP_DATABASE_URL", None)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=copy, env=surroundings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


CLASSIFIED = """
from django.apps import apps
from tests.guards.privacy import classification_defects
for model in apps.get_models():
    if model.__module__.startswith("paivand."):
        print(*classification_defects(model), sep="\\n")
"""

GUARDED = """
from django.apps import apps
from paivand.access.models.walls import guarded_tables
from tests.guards.privacy import tables_about_people, unguarded
print(*unguarded(tables_about_people(apps.get_models(include_auto_created=True)), guarded_tables()), sep="\\n")
"""

TABLED = """
from tests.guards.matrix import ROWS
from tests.guards.urls import addresses, without_row
print(*without_row([address.name for address in addresses()], ROWS), sep="\\n")
"""

POINTING_DOWN = """
from django.apps import apps
from tests.guards.house import layers
from tests.guards.keys import upward_keys
print(*upward_keys(apps.get_models(), layers()), sep="\\n")
"""

DIARY = '''

class Diary(Record):
    """What a worker wrote about a person."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="note", technical="id version created_at changed_at person"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.TextField()
'''


def test_the_copy_without_harm_is_whole(copy):
    found = [
        *house.misplaced_files(copy), *house.overlong(copy), *house.lookups_by_name(copy),
        *house.direct_questions(copy), *house.receivers(copy), *house.prints(copy),
        *house.writes_outside_actions(copy), *house.loose_actions(copy), *texts.composed(copy),
        *house.blocked_waits(copy),
    ]  # fmt: skip
    assert found == []
    assert house.broken_contracts(copy) == ""
    assert said_by_program(copy, CLASSIFIED + GUARDED + TABLED + POINTING_DOWN).strip() == ""


@pytest.mark.parametrize(("place", "text", "guard", "said"), [
    ("paivand/registry/utils.py", '"""This and that."""\n', house.misplaced_files, "'utils' says nothing"),
    ("paivand/registry/signals.py", '"""Signals."""\n', house.misplaced_files, "an app consists of"),
    ("paivand/extra.py", '"""More."""\n', house.misplaced_files, "the top holds only"),
    ("paivand/operate/misc/cleaning.py", '"""Cleaning."""\n', house.misplaced_files, "'misc' says nothing"),
    ("paivand/desk/queries.py", "\n\ndef long(by):\n" + "    by += 1\n" * 60, house.overlong, "long has 61 lines"),
    ("paivand/desk/rules.py", "# one line more\n" * 500, house.overlong, "Make it a package"),
    ("paivand/desk/queries.py", "\n\nfrom django.apps import apps\nX = apps.get_model('registry', 'Family')\n",
     house.lookups_by_name, "hides an import"),
    ("paivand/desk/views/pages.py", "\n\nfrom paivand.registry.models import Family\n\n\ndef every(request):\n"
     "    return Family.objects.all()\n", house.direct_questions, "passes by the first wall"),
    ("paivand/registry/forms/families.py", "\n\nALL = Person.objects.none()\n", house.direct_questions, ".objects"),
    ("paivand/registry/models/people.py", "\n\nfrom django.db.models.signals import post_save\n", house.receivers,
     "signals act where nobody reads"),
    ("paivand/access/rules/roles.py", "\n\nfrom django.dispatch import receiver\n", house.receivers, "signals act"),
    ("paivand/desk/queries.py", "\n\nprint('here')\n", house.prints, "print() was left behind"),
    ("tests/browser/test_story.py", "\n\ndef wait(page):\n    page.wait_for_function('1')\n", house.blocked_waits,
     "may not evaluate"),
    ("paivand/registry/queries/families.py", "\n\ndef touch(family):\n    family.save()\n",
     house.writes_outside_actions, "writes outside an action"),
    ("paivand/registry/queries/families.py", "\n\ndef all_to(by):\n    Family.objects.filter(owner=by).update(x=1)\n",
     house.writes_outside_actions, ".update() writes"),
    ("paivand/registry/queries/families.py", "\n\ndef raw(cursor):\n    return connection.cursor()\n",
     house.writes_outside_actions, "sends SQL of its own"),
    ("paivand/registry/actions/families.py", "\n\ndef erase(*, family, by):\n    family.delete()\n",
     house.loose_actions, "erase writes and is no action"),
    ("paivand/registry/actions/families.py", "\n\n@action(Verb.FAMILY_EDIT, on='family')\ndef move(family, by):\n"
     "    return family\n", house.loose_actions, "move takes positional arguments"),
    ("paivand/desk/rules.py", "\n\nNAME = 'x'\nLABEL = text(f'Hello {NAME}')\n", texts.composed, "put together first"),
    ("paivand/methods/names.py", "\n\ndef shortest(names):\n    return min(names)\n", documents.undescribed,
     "shortest has no docstring"),
])  # fmt: skip
def test_a_harm_to_the_house_is_named(place, text, guard, said, copy):
    plant(copy, place, text)
    found = guard(copy)
    assert [one for one in found if said in one and place.split("/")[-1].removesuffix(".py") in one], found


@pytest.mark.parametrize(("place", "text", "said"), [
    ("paivand/registry/queries/families.py", "\n\nfrom paivand.desk import rules\n", "Rooms"),
    ("paivand/access/queries/users.py", "\n\nfrom paivand.registry.models import Family\n", "Rooms"),
    ("paivand/registry/models/people.py", "\n\nfrom paivand.registry.queries import families\n", "Inside an app"),
    ("paivand/registry/rules/drafts.py", "\n\nfrom django.db import models\n", "Rules are plain Python"),
    ("paivand/methods/names.py", "\n\nimport django\n", "Methods are plain Python"),
    ("paivand/desk/queries.py", "\n\nfrom paivand.registry.forms import families as forms\n", "Forms are reached"),
    ("paivand/registry/utils.py", '"""This and that."""\n', "Inside an app"),
    ("paivand/shop/__init__.py", '"""A room that nobody planned."""\n', "Rooms"),
])  # fmt: skip
def test_an_arrow_that_the_contracts_forbid_breaks_the_build(place, text, said, copy):
    plant(copy, place, text)
    report = house.broken_contracts(copy)
    assert [line for line in report.splitlines() if line.startswith(said) and line.endswith("BROKEN")], report


def test_an_unclassified_field_is_named(copy):
    plant(copy, "paivand/registry/models/people.py", "    phone = models.CharField(max_length=20)\n",
          after='    given_name = models.CharField(_("given name"), max_length=80)\n')  # fmt: skip
    assert "registry.Person.phone: say in privacy" in said_by_program(copy, CLASSIFIED)


def test_a_personal_table_without_row_security_is_named(copy):
    plant(copy, "paivand/registry/models/people.py", "\nfrom paivand.core.models import Record\n" + DIARY)
    said = said_by_program(copy, CLASSIFIED + GUARDED)
    assert "registry.Diary: holds personal data and no policy guards it" in said
    assert "registry_diary: holds or points to people and has no policy" in said


def test_an_address_without_an_access_test_is_named(copy):
    plant(copy, "paivand/registry/urls.py", '    path("families/all/", families.family_open, name="family-all"),\n',
          after="urlpatterns = [\n")  # fmt: skip
    assert "registry:family-all: who may open it?" in said_by_program(copy, TABLED)


def test_a_foreign_key_that_points_up_is_named(copy):
    plant(copy, "paivand/access/models/users.py",
          '    family = models.ForeignKey("registry.Family", on_delete=models.PROTECT, null=True, related_name="+")\n',
          after='    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)\n')  # fmt: skip
    assert "points up to registry.Family" in said_by_program(copy, POINTING_DOWN)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_missing_translation_is_named(language, copy):
    path = texts.catalogue(copy, language)
    catalogue = polib.pofile(str(path))
    entry = next(one for one in catalogue if one.msgstr and not one.msgid_plural)
    entry.msgstr = ""
    catalogue.save()
    assert [said for said in texts.incomplete(language, copy) if repr(entry.msgid) in said]


def test_a_stale_page_of_the_reference_is_named(copy):
    generated = {path.relative_to(house.ROOT): text for path, text in pages().items()}
    plant(copy, "docs/reference/roles.md", "\nA line by hand.\n")
    plant(copy, "docs/reference/ghosts.md", "# Ghosts\n")
    found = documents.stale(generated, copy)
    assert [said.split(":")[0] for said in found if "roles" in said or "ghosts" in said] == [
        "docs/reference/roles.md", "docs/reference/ghosts.md",
    ]  # fmt: skip
