"""Markdown to chunks: one section, one or more chunks under its heading."""

import re
from collections.abc import Iterator

from tools.knowledge.chunks import Chunk, split_text

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_RULE = re.compile(r"^\s*([-*_])(\s*\1){2,}\s*$|^\s*\|?[\s:|-]*-{3,}[\s:|-]*$")


def read_markdown(text: str, *, source: str, name: str, url: str | None = None) -> list[Chunk]:
    """Return the chunks of a Markdown document; front matter may give ``title``, ``url`` and ``locale``."""
    matter, body = _front_matter(text.replace("\r\n", "\n"))
    chunks: list[Chunk] = []
    for path, section in _sections(_COMMENT.sub("", body), matter.get("title") or name):
        for piece in split_text(plain(section)):
            chunks.append(
                Chunk(
                    source=source,
                    title=path[-1],
                    text=piece,
                    url=matter.get("url") or url,
                    locale=matter.get("locale") or matter.get("lang"),
                    section=" › ".join(path[:-1]),
                )
            )
    return chunks


def plain(text: str) -> str:
    """Return Markdown without its marks: links keep their words, tables their cells."""
    lines = [line for line in text.split("\n") if not _RULE.match(line)]
    bare = _LINK.sub(r"\1", _IMAGE.sub(r"\1", "\n".join(lines)))
    return _EMPHASIS.sub(r"\2", bare).strip()


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    if not text.startswith("---\n"):
        return {}, text
    head, end, body = text[4:].partition("\n---\n")
    if not end:
        return {}, text
    pairs = (line.partition(":") for line in head.split("\n"))
    return {key.strip().lower(): value.strip().strip("\"'") for key, colon, value in pairs if colon}, body


def _sections(text: str, name: str) -> Iterator[tuple[list[str], str]]:
    path: list[tuple[int, str]] = [(0, name)]
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield [title for _, title in path], "\n".join(lines)
        level = len(heading[1])
        path = [(at, title) for at, title in path if 0 < at < level] + [(level, plain(heading[2]))]
        lines = []
    yield [title for _, title in path], "\n".join(lines)
