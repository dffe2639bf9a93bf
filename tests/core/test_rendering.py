"""Fields are written here as Django's templates write them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.conf import settings as configured
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.core.forms.rendering import WRITERS, FieldRenderer

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES: Any = st.none() | st.booleans() | st.integers() | TEXTS | TEXTS.map(mark_safe)
ATTRIBUTES = st.dictionaries(st.sampled_from(["id", "class", "data-x", "required", "placeholder"]), VALUES, max_size=4)
CHOICES = st.lists(
    st.tuples(VALUES, VALUES) | st.tuples(TEXTS, st.lists(st.tuples(VALUES, TEXTS), max_size=3).map(tuple)), max_size=5
)
LISTS = (forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.NullBooleanSelect)
INPUTS = (forms.TextInput, forms.DateInput, forms.NumberInput, forms.HiddenInput, forms.CheckboxInput, forms.EmailInput,
          forms.URLInput, forms.PasswordInput, forms.Textarea, forms.FileInput)  # fmt: skip


def same(widget: forms.Widget, name: str, value: Any, attributes: dict[str, Any]) -> None:
    for language in ("en", "tg", "fa"):
        with translation.override(language):
            ours = widget.render(name, value, attributes, renderer=FieldRenderer())
            assert ours == widget.render(name, value, attributes, renderer=DjangoTemplates())


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(LISTS[:4]), CHOICES, TEXTS, VALUES, ATTRIBUTES, ATTRIBUTES)
def test_a_list_is_written_as_django_writes_it(
    kind: Any, choices: Any, name: str, value: Any, attributes: Any, own: Any
) -> None:
    several = kind in {forms.SelectMultiple, forms.CheckboxSelectMultiple}
    same(kind(attrs=own, choices=choices), name, [value] if several else value, attributes)


@settings(deadline=None, max_examples=80)
@given(st.sampled_from((*INPUTS, forms.NullBooleanSelect)), TEXTS, VALUES, ATTRIBUTES, ATTRIBUTES)
def test_an_input_is_written_as_django_writes_it(kind: Any, name: str, value: Any, attributes: Any, own: Any) -> None:
    same(kind(attrs=own), name, value, attributes)


@pytest.mark.parametrize("wrapped", [True, False])
def test_each_of_several_choices_is_written_as_django_writes_it(*, wrapped: bool) -> None:
    class Sample(forms.Form):
        way = forms.ChoiceField(choices=[("a", gettext_lazy("Name")), ("b", "<b>")], widget=forms.RadioSelect)
        days = forms.MultipleChoiceField(choices=[(1, 1000), (2, "two")], widget=forms.CheckboxSelectMultiple)

    def written(renderer: Any) -> list[str]:
        form = Sample({"way": "a", "days": ["2"]}, renderer=renderer)
        return [choice.tag(wrap_label=wrapped) for field in form for choice in field]

    assert written(FieldRenderer()) == written(DjangoTemplates())


def test_markup_in_a_choice_is_shown_and_does_not_work() -> None:
    written = forms.Select(choices=[('"><script>', "<script>")]).render("x", '"><script>', renderer=FieldRenderer())
    assert "<script>" not in written
    assert "&quot;&gt;&lt;script&gt;" in written


def test_forms_are_written_by_it() -> None:
    assert isinstance(get_default_renderer(), FieldRenderer)
    assert configured.FORM_RENDERER.endswith("FieldRenderer")


def test_every_template_that_is_replaced_is_one_of_djangos() -> None:
    for name in WRITERS:
        assert DjangoTemplates().get_template(name)
