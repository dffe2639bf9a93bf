"""The key of badges: renewed while what the former one signed can be checked as before, kept by backups."""

from __future__ import annotations

import io
import os
import tarfile

import pytest
from django.core.management import call_command
from django.db import connections

from paivand.learning.models import BadgeKey
from paivand.learning.models.signing import public_keys, signing_key
from paivand.learning.rules.badges import public_part, thumbprint
from paivand.operate import vault
from paivand.operate.backups import make_backup
from paivand.operate.badges import is_public_key_kept, keep_public_key
from paivand.operate.postgres import OperatingError
from paivand.operate.readiness import State, _badges

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def home(tmp_path, settings):
    """An installation whose key of badges lies in its folder; this process follows the file."""
    vault.badge_keys(tmp_path)
    settings.HOME, settings.BADGE_KEY, settings.BADGE_FILE = tmp_path, "", str(tmp_path / vault.BADGES)
    return tmp_path


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("vault", *arguments, stdout=out)
    return out.getvalue()


def test_a_new_key_signs_at_once_and_the_former_public_one_stays(home):
    former = signing_key()
    assert "signs badges from now on" in run("badge")
    assert signing_key() != former
    assert vault.badge_keys(home) == [signing_key()]
    kept = set(BadgeKey.objects.using("owner").values_list("thumbprint", flat=True))
    assert {thumbprint(public_part(former)), thumbprint(public_part(signing_key()))} <= kept


def test_the_key_of_the_environment_is_changed_by_its_keeper(home, settings):
    settings.BADGE_KEY = vault.badge_keys(home)[0]
    with pytest.raises(OperatingError, match="PAIVAND_BADGE_KEY"):
        run("badge")


def test_the_database_keeps_what_badges_are_checked_by_and_the_application_cannot_write_it(home):
    owner = connections["owner"]
    keep_public_key(owner)
    keep_public_key(owner)
    assert is_public_key_kept(owner)
    assert BadgeKey.objects.using("owner").filter(public=public_part(signing_key())).count() == 1
    with connections["default"].cursor() as cursor, pytest.raises(Exception, match="row-level security"):
        cursor.execute("insert into learning_badgekey select gen_random_uuid(), 1, now(), now(), 'x', 'y'")


def test_readiness_tells_of_a_key_that_is_missing_or_not_kept(home):
    assert [one.state for one in _badges()] == [State.FAIL]
    keep_public_key(connections["owner"])
    assert [one.state for one in _badges()] == [State.OK]
    (home / vault.BADGES).write_text("not a key\n")
    assert [one.state for one in _badges()] == [State.FAIL]
    (home / vault.BADGES).unlink()
    assert [one.state for one in _badges()] == [State.FAIL]


def test_a_backup_holds_the_public_keys_and_no_private_one(home):
    keep_public_key(connections["owner"])
    private = signing_key()
    path, manifest = make_backup(os.environ["DATABASE_URL"], home, home / "backup.tar")
    raw = path.read_bytes()
    with tarfile.open(path) as archive:
        raw += b"".join(archive.extractfile(name).read() for name in archive.getnames())
    assert private.encode() not in raw
    assert [table for table in manifest.tables if "learning_badgekey" in table]


def test_the_key_that_signs_is_served_first(home):
    run("badge")
    run("badge")
    served = public_keys()
    assert served[0] == public_part(signing_key())
    assert len(served) == len(set(served)) >= 1
