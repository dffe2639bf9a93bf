"""What the vault seals, opens and refuses, and what a pseudonym gives away."""

from __future__ import annotations

import uuid

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.models.sealed import SealedJSONField, SealedTextField, pseudonym, seal, unseal

ANYA = uuid.UUID("019ab000-0000-7000-8000-000000000001")


@given(st.text())
def test_what_is_sealed_opens_again(plain):
    assert unseal(seal(plain)) == plain


def test_the_same_words_are_never_sealed_alike_and_an_empty_text_stays_empty():
    assert seal("ба касе нагӯед") != seal("ба касе нагӯед")
    assert "нагӯед" not in seal("ба касе нагӯед")
    assert seal("") == ""


def test_an_older_key_still_opens_and_a_foreign_one_does_not(settings):
    token = seal("чизе")
    old = settings.VAULT_KEYS[0]
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), old]
    assert unseal(token) == "чизе"
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    with pytest.raises(ValueError, match="None of the vault's keys"):
        unseal(token)


def test_a_changed_token_is_refused_and_its_words_are_not_repeated():
    token = seal("чизе")
    changed = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    with pytest.raises(ValueError, match="changed") as caught:
        unseal(changed)
    assert caught.value.__cause__ is None
    assert token[:20] not in str(caught.value)


def test_without_a_key_nothing_is_sealed_and_nobody_gets_a_pseudonym(settings):
    settings.VAULT_KEYS, settings.PSEUDONYM_KEY = [], ""
    with pytest.raises(ImproperlyConfigured, match="PAIVAND_VAULT_KEYS"):
        seal("чизе")
    with pytest.raises(ImproperlyConfigured, match="PAIVAND_PSEUDONYM_KEY"):
        pseudonym(ANYA)


def test_a_pseudonym_is_the_same_for_a_person_under_a_key_and_another_under_another(settings):
    first = pseudonym(ANYA)
    assert first == pseudonym(ANYA)
    assert first != pseudonym(uuid.UUID(int=ANYA.int + 1))
    assert ANYA.hex not in first
    settings.PSEUDONYM_KEY = "another"
    assert pseudonym(ANYA) != first


@isolate_apps("paivand.core")
def test_a_sealed_column_cannot_be_compared_but_can_be_asked_whether_it_is_there():
    class Diary(models.Model):
        words = SealedTextField(null=True)
        facts = SealedJSONField(null=True)

        class Meta:
            app_label = "core"

    for field in ("words", "facts"):
        with pytest.raises(FieldError, match="sealed"):
            Diary.objects.filter(**{field: "чизе"}).query.get_compiler("default").as_sql()
        assert "IS NULL" in str(Diary.objects.filter(**{f"{field}__isnull": True}).query)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_sealed_value_comes_back_as_it_was(value):
    field = SealedJSONField()
    sealed = field.get_prep_value(value)
    assert field.from_db_value(sealed) == value
