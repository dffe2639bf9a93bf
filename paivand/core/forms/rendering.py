"""Django's own fields, written as Django writes them, without a template for every choice.

A list of two hundred districts takes Django four hundred templates, which is most of the time of a page with filters.
The HTML here is the same, sign by sign: tests/core/test_rendering.py holds the two together. Whatever has no writer is
rendered by Django's templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape

Widget = Mapping[str, Any]


class FieldRenderer(DjangoTemplates):
    """Writes lists of choices and inputs by itself."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of one widget."""
        write = WRITERS.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def select(widget: Widget) -> str:
    """A list to choose from, its groups included."""
    parts = [f'<select name="{_said(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_said(group)}">')
        parts += [f"\n  {option(one)}\n" for one in options]
        if group:
            parts.append("\n  </optgroup>")
    return "".join(parts) + "\n</select>"


def option(widget: Widget) -> str:
    """One choice of a list."""
    return (
        f'<option value="{_as_text(widget["value"])}"{_attributes(widget["attrs"])}>{_said(widget["label"])}</option>'
    )


def single(widget: Widget) -> str:
    """A field of one line, a hidden one, or a box to tick."""
    value = f' value="{_as_text(widget["value"])}"' if widget["value"] is not None else ""
    return f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def choice(widget: Widget) -> str:
    """One of several buttons or boxes, within its label where the widget asks for that."""
    written = single(widget)
    if not widget.get("wrap_label"):
        return written
    leads_to = widget["attrs"].get("id")
    attribute = f' for="{_said(leads_to)}"' if leads_to else ""
    return f"<label{attribute}>{written}\n {_said(widget['label'])}</label>"


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_as_text(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _as_text(value: Any) -> str:
    """A value as it is, not in the numerals of the language."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _said(value: Any) -> str:
    """A value as templates show it."""
    shown = localize(value)
    return conditional_escape(shown if isinstance(shown, str) else str(shown))


_SINGLE = ("text", "date", "number", "hidden", "checkbox", "email", "url", "tel", "search", "password")

WRITERS: Mapping[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": select,
    "django/forms/widgets/radio_option.html": choice,
    "django/forms/widgets/checkbox_option.html": choice,
    **{f"django/forms/widgets/{kind}.html": single for kind in _SINGLE},
}
"""What is written here, by the template that Django would take."""
