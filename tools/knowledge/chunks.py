"""Pieces of knowledge: what an importer makes, what the store keeps, what the index searches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 900
"""Characters of one chunk: a passage that a person reads on a phone and a model reads cheaply."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One passage under one heading."""

    source: str
    """Key of the knowledge base."""
    title: str
    text: str
    url: str | None = None
    locale: str | None = None
    section: str = ""
    """The headings above the title."""


def split_text(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Yield ``text`` in pieces of at most ``longest`` characters, at paragraphs, else sentences, else words."""
    piece = ""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for part in _parts(paragraph.strip(), longest):
            if piece and len(piece) + 2 + len(part) > longest:
                yield piece
                piece = part
            else:
                piece = f"{piece}\n\n{part}" if piece else part
    if piece:
        yield piece


def _parts(paragraph: str, longest: int) -> Iterator[str]:
    while len(paragraph) > longest:
        head = paragraph[:longest]
        cut = max(head.rfind("\n"), head.rfind(". "), head.rfind("? "), head.rfind("! "), head.rfind("؟ ")) + 1
        cut = cut or head.rfind(" ") + 1 or longest
        yield paragraph[:cut].strip()
        paragraph = paragraph[cut:].strip()
    if paragraph:
        yield paragraph
