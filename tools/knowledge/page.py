"""HTML to chunks: what a reader sees, section by section; scripts, styles and menus are dropped."""

import re
from html.parser import HTMLParser

from tools.knowledge.chunks import Chunk, split_text

_DROPPED = frozenset({"script", "style", "noscript", "template", "svg", "nav", "iframe", "select", "button", "form"})
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "ul", "ol", "table", "blockquote", "dl", "dt", "dd", "main", "header", "footer"}
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile(r"[^\S\n]+")


def read_page(text: str, *, source: str, name: str, url: str | None = None) -> list[Chunk]:
    """Return the chunks of an HTML page."""
    reader = _Reader(name)
    reader.feed(text)
    reader.close()
    reader.end_section()
    return [
        Chunk(source, path[-1], piece, url, reader.locale, " › ".join(path[:-1]))
        for path, section in reader.sections
        for piece in split_text(section)
    ]


class _Reader(HTMLParser):
    """Collects sections: the headings above, and the text below them."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[tuple[list[str], str]] = []
        self.locale: str | None = None
        self._path: list[tuple[int, str]] = [(0, name)]
        self._text: list[str] = []
        self._dropped = 0
        self._heading: int | None = None
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropped += 1
        elif tag == "html":
            self.locale = (dict(attrs).get("lang") or "").partition("-")[0].lower() or None
        elif tag == "title":
            self._in_title, self._text = True, []
        elif tag in _HEADINGS:
            self.end_section()
            self._heading = _HEADINGS[tag]
        else:
            self._text.append(_opening(tag))

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropped = max(0, self._dropped - 1)
        elif tag == "title" and self._in_title:
            self._in_title = False
            self._name_page()
        elif tag in _HEADINGS and self._heading is not None:
            self._end_heading(self._heading)
        elif tag in _BLOCKS:
            self._text.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self._text.append(data.replace("\n", " "))

    def end_section(self) -> None:
        """Keep what was read since the last heading."""
        text = self._take()
        if text:
            self.sections.append(([title for _, title in self._path], text))

    def _end_heading(self, level: int) -> None:
        title = " ".join(self._take().split())
        self._heading = None
        if title:
            self._path = [(at, above) for at, above in self._path if 0 < at < level] + [(level, title)]

    def _name_page(self) -> None:
        title = " ".join(self._take().split())
        if title:
            self._path = [(0, title)]

    def _take(self) -> str:
        lines = [_SPACES.sub(" ", line).strip() for line in "".join(self._text).split("\n")]
        self._text = []
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _opening(tag: str) -> str:
    if tag in {"br", "tr"}:
        return "\n"
    if tag == "li":
        return "\n- "
    if tag in {"td", "th"}:
        return " "
    return "\n\n" if tag in _BLOCKS else ""
