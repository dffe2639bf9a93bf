"""What is wrong with a page: its language, its outline, and anything a strict content security policy would stop."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNREAD = {"script", "style", "template", "code", "svg", "kbd", "samp"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form")
MARKERS = re.compile(r"\{%|\{\{|%\(\w+\)s|\bNone\b|\{#|__proxy__|<lazy")
LATIN_WORDS = re.compile(r"[A-Za-z]{3,}(?:[\s,.'’-]+[A-Za-z]{2,})+")
OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u0600-\u06ff]")


class Page(HTMLParser):
    """One page, read once."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()
        self.references: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.root: dict[str, str | None] = {}
        self.words: list[str] = []
        self.title = ""
        self.forms: list[tuple[str, bool]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = dict(pairs)
        if tag not in VOID:
            self._open.append((tag, attributes))
        if any(name == "template" for name, _attributes in self._open):
            return
        if tag == "html":
            self.root = attributes
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if attributes.get("id"):
            self.ids[str(attributes["id"])] += 1
        for name in REFERENCES:
            self.references += [(name, target) for target in str(attributes.get(name) or "").split()]
        if tag == "form":
            self.forms.append((str(attributes.get("method") or "get").lower(), False))
        if tag == "input" and attributes.get("name") == "csrfmiddlewaretoken" and self.forms:
            self.forms[-1] = (self.forms[-1][0], True)
        if tag == "img" and attributes.get("alt") is None:
            self.faults.append(f"an image without alt: {attributes.get('src')}")
        self._judge_policy(tag, attributes)
        self.words += [
            str(attributes[name]) for name in ("placeholder", "title", "aria-label", "alt") if attributes.get(name)
        ]

    def _judge_policy(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "style" or "style" in attributes:
            self.faults.append(f"a style in the page (<{tag}>): the policy allows style sheets of our own only")
        runs = attributes.get("type") not in {"application/json", "text/template"}
        if tag == "script" and runs and "src" not in attributes and "nonce" not in attributes:
            self.faults.append("a script in the page without the nonce of the policy")
        for name, value in attributes.items():
            if name.startswith("on"):
                self.faults.append(f"a script in the attribute {name} of <{tag}>: the policy stops it")
            if name in {"href", "src", "action"} and str(value or "").strip().lower().startswith("javascript:"):
                self.faults.append(f"a script in the address of <{tag}>")
        address = str(attributes.get("src") or (attributes.get("href") if tag == "link" else "") or "")
        if urlsplit(address).netloc:
            self.faults.append(f"<{tag}> fetches {address} from elsewhere")

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _attributes = self._open.pop()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        inside = {name for name, _attributes in self._open}
        if not text or inside & UNREAD:
            return
        if "title" in inside:
            self.title += text
        # Names, codes and addresses are marked as what they are: no language of the screen.
        if not any(("lang" in attributes and name != "html") or name == "bdi" for name, attributes in self._open):
            self.words.append(text)


def faults(html: str, language: str) -> list[str]:
    """What is wrong with a page in ``language``."""
    page = Page(html)
    found = list(page.faults)
    direction = "rtl" if language == "fa" else "ltr"
    if page.root.get("lang") != language:
        found.append(f"<html lang> is {page.root.get('lang')!r}, not {language!r}")
    if page.root.get("dir", "ltr") != direction:
        found.append(f"<html dir> is {page.root.get('dir')!r}, not {direction!r}")
    if not page.title.strip():
        found.append("there is no <title>")
    if page.headings.count(1) != 1:
        found.append(f"there are {page.headings.count(1)} <h1>; one is right")
    found += [f"the outline jumps from h{one} to h{other}"
              for one, other in zip(page.headings, page.headings[1:], strict=False) if other > one + 1]  # fmt: skip
    found += [f"the id {name!r} stands there {count} times" for name, count in page.ids.items() if count > 1]
    found += [f"{name} points to #{target}, which is not there" for name, target in page.references
              if target not in page.ids]  # fmt: skip
    found += ["a form that posts has no token" for method, token in page.forms if method == "post" and not token]
    found += [f"a mark of the template is left: {text[:80]!r}" for text in page.words if MARKERS.search(text)]
    return found


def untranslated(html: str, known: dict[str, str]) -> list[str]:
    """Texts of a page in another language that stayed English.

    Args:
        html: the page.
        known: English texts and their translations, from the catalogue.
    """
    found = []
    for text in Page(html).words:
        if known.get(text, text) != text:
            found.append(f"{text!r} is shown in English although it is translated")
        elif LATIN_WORDS.search(text) and not OTHER_SCRIPT.search(text):
            found.append(f"{text!r} is shown in English. Mark it for translation")
    return found
