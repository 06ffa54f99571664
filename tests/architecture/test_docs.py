"""What the source says of the documentation, and the documentation of itself: citations, settings and links hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.settings import PREFIX, Settings
from tests.architecture.source import ROOT, list_repository

DOCS = ROOT / "docs"
CITING = {".py", ".ts", ".tsx", ".yaml"}
RULES = range(1, 48)
INVARIANTS = range(1, 16)

_RULE = re.compile(r"(?:\bENGINE(?:\.md)? rules? |\bENGINE |\((?=rules? \d)rules? )(\d+(?:(?:,| and) \d+)*)")
_INVARIANT = re.compile(r"\bDESIGN(?:\.md)? invariants? (\d+(?:(?:,| and) \d+)*)")
_PLACE = re.compile(r"\b(DESIGN|ENGINE|META_API|PERFORMANCE)(?:\.md)?,? (?=§)(.{1,90})")
_NEXT = re.compile(r"\b(?:DESIGN|ENGINE|META_API|PERFORMANCE|RFC)\b")
_SECTION = re.compile(r"§(\d+(?:\.\d+)?[a-z]?)")
_STYLE = re.compile(r"\bHOUSE_STYLE(?:\.md)? (A\.\d+)")
_FILE = re.compile(r"\b(DESIGN|ENGINE|META_API|PERFORMANCE|CONTRACT|UI|FLOWS|HOUSE_STYLE|PEERS)\.md\b")
_DECISION = re.compile(r"\bdecisions?[ /](\d{4})\b")

_LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")


def find_citations(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, what) for every place in the documentation that a text refers to."""
    for found in _RULE.finditer(text):
        yield from (("ENGINE rule", number) for number in re.findall(r"\d+", found[1]))
    for found in _INVARIANT.finditer(text):
        yield from (("DESIGN invariant", number) for number in re.findall(r"\d+", found[1]))
    for found in _PLACE.finditer(text):
        rest = _NEXT.split(found[2])[0]
        yield from ((f"{found[1]} §", number) for number in _SECTION.findall(rest))
    yield from (("HOUSE_STYLE", found[1]) for found in _STYLE.finditer(text))
    yield from (("file", found[1]) for found in _FILE.finditer(text))
    yield from (("decision", found[1]) for found in _DECISION.finditer(text))


def resolves(kind: str, what: str) -> bool:
    """Tell whether the documentation has what a citation names."""
    match kind:
        case "ENGINE rule":
            return int(what) in _numbered("ENGINE.md")
        case "DESIGN invariant":
            return int(what) in _numbered("DESIGN.md")
        case "HOUSE_STYLE":
            return re.search(rf"^### {re.escape(what)} ", _text(ROOT / "CONTRIBUTING.md"), re.MULTILINE) is not None
        case "file":
            return (DOCS / f"{what}.md").is_file()
        case "decision":
            return any(DOCS.glob(f"decisions/{what}-*.md"))
        case _:
            return what in _sections(kind.removesuffix(" §"))


def find_broken_links(path: Path) -> list[str]:
    """Return the relative links of a Markdown file that lead nowhere."""
    text = _CODE.sub("", _FENCE.sub("", _text(path)))
    broken = []
    for target in _LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        to = (path.parent / name).resolve() if name else path
        if not to.exists() or (anchor and anchor not in _anchors(to)):
            broken.append(target)
    return broken


def test_that_every_citation_resolves() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {kind} {what}"
        for path in list_repository()
        if path.suffix in CITING and path != Path(__file__)
        for kind, what in find_citations(_text(path))
        if not resolves(kind, what)
    ]
    assert not faults


def test_that_rules_and_invariants_are_complete() -> None:
    assert _numbered("ENGINE.md") == list(RULES)
    assert _numbered("DESIGN.md") == list(INVARIANTS)


def test_that_every_rule_says_whether_it_holds() -> None:
    rules = re.split(r"^(?=\d+\. )", _text(DOCS / "ENGINE.md"), flags=re.MULTILINE)[1:]
    silent = [rule.split()[0] for rule in rules if not re.search(r"\*\*(holds|partly|schema|not built)\*\*", rule)]
    assert not silent


def test_that_every_setting_is_documented() -> None:
    names = {_variable(field) for field in Settings.model_fields}
    assert set(_examples()) == names
    contract = _text(DOCS / "CONTRACT.md")
    assert not [name for name in names if f"`{name}`" not in contract]


def test_that_the_example_shows_defaults() -> None:
    defaults = {_variable(name): field.default for name, field in Settings.model_fields.items()}
    shown = {name: value for name, value in _examples().items() if value and "…" not in value}
    assert {name: value for name, value in shown.items() if value != _plain(defaults[name])} == {}


def test_that_links_lead_somewhere() -> None:
    pages = [path for path in list_repository() if path.suffix == ".md"]
    faults = {str(path.relative_to(ROOT)): broken for path in pages if (broken := find_broken_links(path))}
    assert not faults


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Send (ENGINE rules 12, 15).", [("ENGINE rule", "12"), ("ENGINE rule", "15")]),
        ("It was sent (ENGINE 18).", [("ENGINE rule", "18")]),
        ("in one commit (rule 3); the rule 99 of a game", [("ENGINE rule", "3")]),
        ("DESIGN invariant 4, DESIGN §2", [("DESIGN invariant", "4"), ("DESIGN §", "2")]),
        ("META_API §3 and §3b; RFC 9562 §5.8", [("META_API §", "3"), ("META_API §", "3b")]),
        ("META_API §0.4", [("META_API §", "0.4")]),
        ("names are those of CONTRACT.md", [("file", "CONTRACT")]),
        ("ENGINE: web.AppKey", []),
    ],
)
def test_that_citations_are_found(text: str, cited: list[tuple[str, str]]) -> None:
    assert list(find_citations(text)) == cited


@pytest.mark.parametrize(
    ("kind", "what"),
    [("ENGINE rule", "99"), ("META_API §", "77"), ("META_API §", "0.99"), ("HOUSE_STYLE", "A.77"), ("file", "PEERS")],
)
def test_that_a_bad_citation_is_found(kind: str, what: str) -> None:
    assert not resolves(kind, what)


def test_that_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One thing\n[a](#one-thing) [b](#two) [c](there.md) `[d](no.md)` [e](https://example.com)\n")
    assert find_broken_links(page) == ["#two", "there.md"]


def _variable(field: str) -> str:
    return field.upper() if field.startswith("openai_") else PREFIX + field.upper()


def _plain(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def _examples() -> dict[str, str]:
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", _text(ROOT / ".env.example"), re.MULTILINE))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _numbered(name: str) -> list[int]:
    """Return the numbers of a page's rules; DESIGN has its own under “Invariants”."""
    text = _text(DOCS / name)
    if name == "DESIGN.md":
        text = text.partition("### Invariants")[2].partition("\n### ")[0]
    return [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]


@cache
def _sections(name: str) -> frozenset[str]:
    """Return a page's section numbers, and ``N.M`` for the items of a section that is a numbered list."""
    numbers = set[str]()
    for part in re.split(r"^(?=##+ )", _text(DOCS / f"{name}.md"), flags=re.MULTILINE):
        if found := re.match(r"##+ §?(\d+[a-z]?)\b", part):
            numbers.add(found[1])
            numbers |= {f"{found[1]}.{item}" for item in re.findall(r"^(\d+)\. ", part, re.MULTILINE)}
    return frozenset(numbers)


@cache
def _anchors(path: Path) -> frozenset[str]:
    """Return the anchors that headings get on a forge."""
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", _text(path)), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads)
