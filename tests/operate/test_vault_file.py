"""The file of the vault's keys: made once, private, and never replaced by a second first start."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.fernet import Fernet

from paivand.learning.rules.badges import new_key, public_part
from paivand.operate import vault


def test_the_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    first = vault.keys(tmp_path)
    assert vault.keys(tmp_path) == first
    assert stat.S_IMODE((tmp_path / vault.FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [vault.FILE]
    Fernet(first["seal"][0])


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environ = {"PAIVAND_VAULT_KEYS": "given"}
    vault.lend_keys(tmp_path, environ)
    assert environ["PAIVAND_VAULT_KEYS"] == "given"
    assert environ["PAIVAND_PSEUDONYM_KEY"] == vault.keys(tmp_path)["pseudonym"][0]
    whole = {"PAIVAND_VAULT_KEYS": "given", "PAIVAND_PSEUDONYM_KEY": "given too", "PAIVAND_BADGE_KEY": "given as well"}
    vault.lend_keys(tmp_path / "never", whole)
    assert not (tmp_path / "never").exists()


def test_a_new_key_stands_in_front_and_the_pseudonym_key_stays(tmp_path: Path) -> None:
    before = vault.keys(tmp_path)
    vault.write_keys(tmp_path, vault.with_new_seal(before))
    after = vault.keys(tmp_path)
    assert after["seal"][1:] == before["seal"]
    assert after["seal"][0] != before["seal"][0]
    assert after["pseudonym"] == before["pseudonym"]


def test_the_key_of_badges_is_made_once_and_renewed_at_once(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    vault.lend_keys(tmp_path, environ)
    path = tmp_path / vault.BADGES
    assert environ["PAIVAND_BADGE_FILE"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (first,) = vault.badge_keys(tmp_path)
    assert vault.badge_keys(tmp_path) == [first]
    assert len(public_part(first)) == 43
    second = new_key()
    vault.write_badge_key(tmp_path, second)
    assert vault.badge_keys(tmp_path) == [second]
    assert first not in path.read_text()
    assert vault.keys(tmp_path)["seal"]
