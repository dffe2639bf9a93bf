"""Documents: fresh, linked, and free of what belongs to one machine only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.guards.house import ROOT, sources, tree_of, where, word_of

NOT_OURS = {
    ".git", ".venv", "node_modules", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "htmlcov",
    ".hypothesis", "dist", ".import_linter_cache", "build",
}  # fmt: skip
TEXTS = {".md", ".py", ".toml", ".yaml", ".yml", ".json", ".html", ".txt", ".ts", ".css", ".lock", ".po", ".cfg", ".js",
         ".mjs", ".sh", ".svg", ""}  # fmt: skip
DOCUMENTED = {"actions", "queries", "rules"}

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(<?([^)\s>]+)>?\)|!\[[^\]]*\]\(<?([^)\s>]+)>?\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

_S = "/"
OF_ONE_MACHINE = {
    # Built from parts, so that this file does not hold what it forbids.
    re.compile(
        rf"(?<![\w.{_S}-]){_S}(work{_S}(main|shared)|root{_S}|home{_S}(?!paivand\b)\w)"
    ): "a path of one machine",
    re.compile(r"\b(files\.)?python" + r"hosted\.org|\bpypi" + r"\.org/simple|registry\.npm" + r"js\.(org|com)"): (
        "the address of a registry: lock files name none"
    ),
    re.compile(r"--(extra-)?index" + "-url|" + r'"resol' + r'ved":\s*"http'): "the address of a registry",
    re.compile("(PIP|UV)_" + "INDEX|artifac" + "tory", re.IGNORECASE): "the address of a registry",
}


def texts(root: Path = ROOT, *suffixes: str) -> Iterator[Path]:
    """The text files of the repository, without what is built or installed."""
    for path in sorted(root.iterdir()):
        if path.name in NOT_OURS or path.name.startswith(".coverage"):
            continue
        if path.is_dir():
            yield from texts(path, *suffixes)
        elif path.suffix in (suffixes or TEXTS):
            yield path


def stale(pages: Mapping[Path, str], root: Path = ROOT) -> list[str]:
    """Generated pages (by their path below ``root``) that differ from what the code says, and pages of nobody."""
    found = []
    for path, text in pages.items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            found.append(f"{path.as_posix()}: is not what the code says any more. Run `make docs`.")
    here = {path.relative_to(root) for path in (root / "docs/reference").glob("*.md")}
    return found + [f"{path.as_posix()}: no code writes this page. Remove it." for path in sorted(here - set(pages))]


def unmentioned(words: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Words (with the page each belongs on) that the reference leaves out."""
    found = []
    for word, page in words.items():
        path = root / "docs/reference" / page
        if not path.exists() or not re.search(
            rf"(?<![\w.]){re.escape(word)}(?![\w])", path.read_text(encoding="utf-8")
        ):
            found.append(f"docs/reference/{page}: does not mention {word}. Let its page in docs/pages say it.")
    return found


def broken_links(root: Path = ROOT) -> list[str]:
    """Links in Markdown to files or headings that do not exist."""
    found = []
    for path in texts(root, ".md"):
        text = _FENCE.sub("", path.read_text(encoding="utf-8"))
        for match in _LINK.finditer(text):
            target = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", target):
                continue
            name, _, heading = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists():
                found.append(f"{where(root, path)}: links to {target}, which does not exist.")
            elif heading and file.suffix == ".md" and heading not in _headings(file):
                found.append(f"{where(root, path)}: links to {target}, but the page has no such heading.")
    return found


def _headings(path: Path) -> set[str]:
    found = set()
    for line in _FENCE.sub("", path.read_text(encoding="utf-8")).splitlines():
        title = re.match(r"#{1,6}\s+(.*)", line)
        if title:
            plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title.group(1)).strip().lower()
            found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
        found.update(re.findall(r'<a (?:id|name)="([^"]+)"', line))
    return found


def of_one_machine(root: Path = ROOT) -> list[str]:
    """Paths of a machine and addresses of registries in any file."""
    found = []
    for path in texts(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        for pattern, what in OF_ONE_MACHINE.items():
            match = pattern.search(text)
            if match:
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{where(root, path, line)}: holds {what} ({match.group()}). Take it out.")
    return found


def undescribed(root: Path = ROOT) -> list[str]:
    """Public functions and classes of methods, rules, actions and queries, and modules, without a docstring."""
    found = []
    for path in sources(root):
        tree = tree_of(path)
        lists = all(isinstance(node, ast.Import | ast.ImportFrom | ast.Assign) for node in tree.body)
        if not (lists or _says(tree) or "migrations" in path.parts or path.name == "apps.py"):
            found.append(f"{where(root, path)}: say in one line what this module is for.")
        if word_of(root, path) not in DOCUMENTED and "methods" not in path.relative_to(root).parts:
            continue
        found += [
            f"{where(root, path, node.lineno)}: {node.name} has no docstring. Say what its name cannot."
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not _says(node)
        ]
    return found


def _says(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> bool:
    return bool(ast.get_docstring(node))


def settings_read(root: Path = ROOT) -> set[str]:
    """The environment variables that the settings read."""
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (root / "paivand/settings.py").read_text(encoding="utf-8")))
