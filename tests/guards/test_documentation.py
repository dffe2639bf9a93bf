"""The documents say what the code says, and lead nowhere that does not exist."""

from __future__ import annotations

import tomllib

import pytest

from docs.generate import pages
from paivand.access.rules.events import EVENT_NAMES
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass
from tests.guards import documents
from tests.guards.actions import all_actions
from tests.guards.house import ROOT
from tests.guards.test_architecture import none


def generated():
    return {path.relative_to(ROOT): text for path, text in pages().items()}


def test_the_reference_pages_are_fresh():
    none(documents.stale(generated()))


@pytest.mark.parametrize(("words", "page"), [
    ([role.value for role in RoleKey], "roles.md"),
    ([verb.value for verb in Verb], "roles.md"),
    (sorted(EVENT_NAMES), "events.md"),
    (sorted(documents.settings_read()), "settings.md"),
    ([data_class.value for data_class in DataClass], "roles.md"),
], ids=["roles", "verbs", "events", "settings", "data classes"])  # fmt: skip
def test_the_reference_leaves_nothing_out(words, page):
    assert words
    none(documents.unmentioned(dict.fromkeys(words, page)))


def test_every_action_is_on_its_page():
    words = [name.removeprefix("paivand.") for name in all_actions()]
    assert words
    none(documents.unmentioned(dict.fromkeys(words, "actions.md")))


def test_what_is_public_is_described():
    none(documents.undescribed())


def test_the_changelog_tells_about_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), f"CHANGELOG.md: say what {version} brings."


def test_every_link_leads_somewhere():
    none(documents.broken_links())


def test_no_file_knows_one_machine_or_a_registry():
    none(documents.of_one_machine())


@pytest.mark.parametrize("line", [
    "see " + "/" + "work/main/docs", "cd " + "/" + "root/paivand", 'home = "' + "/" + 'home/zarina/paivand"',
    "--index" + "-url http://example.org", '"resol' + 'ved": "https://example.org/x.tgz"',
    "https://files.python" + "hosted.org/x.whl",
])  # fmt: skip
def test_what_belongs_to_one_machine_is_named(line, tmp_path):
    (tmp_path / "page.md").write_text(line, encoding="utf-8")
    assert len(documents.of_one_machine(tmp_path)) == 1


@pytest.mark.parametrize(("text", "n_broken"), [
    ("[there](b.md) [here](#one-thing)\n# One thing\n", 0),
    ("[nowhere](c.md)", 1),
    ("[no heading](b.md#two)", 1),
    ("![no picture](pictures/a.png)", 1),
    ("[far](https://example.org/x)", 0),
    ("```\n[code](c.md)\n```", 0),
])  # fmt: skip
def test_a_link_to_nowhere_is_named(text, n_broken, tmp_path):
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "b.md").write_text("# B\n", encoding="utf-8")
    assert len(documents.broken_links(tmp_path)) == n_broken


def test_a_function_without_words_is_named(tmp_path):
    folder = tmp_path / "paivand/registry/queries"
    folder.mkdir(parents=True)
    (folder / "people.py").write_text('"""People."""\n\n\ndef eldest(by):\n    return by\n', encoding="utf-8")
    assert ["eldest has no docstring" in said for said in documents.undescribed(tmp_path)] == [True]
