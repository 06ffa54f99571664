"""CSV to chunks: question and answer columns make a question and its answer, any other table one chunk per row."""

import csv
import io
from collections.abc import Iterator, Mapping

from core.errors import InvalidInput
from core.fold import fold
from tools.knowledge.chunks import Chunk, split_text

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "q", "soru", "başlık", "title", "вопрос", "сұрақ", "سؤال", "السؤال"),
    "answer": ("answer", "a", "cevap", "yanıt", "text", "metin", "ответ", "жауап", "جواب", "الجواب"),
    "url": ("url", "link", "bağlantı", "ссылка", "сілтеме", "رابط"),
    "locale": ("locale", "language", "lang", "dil", "язык", "тіл", "لغة"),
}
_DELIMITERS = (";", "\t", ",", "|")


def read_table(text: str, *, source: str, name: str, url: str | None = None) -> list[Chunk]:
    """Return the chunks of a CSV file with a header row; raises InvalidInput where there is none."""
    lines = text.lstrip("\ufeff")
    delimiter = _delimiter(lines)
    rows = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=False)
    try:
        header = [column.strip() for column in next(rows)]
        records = [row for row in rows if any(cell.strip() for cell in row)]
    except (StopIteration, csv.Error) as error:
        raise InvalidInput(f"{name} is not a table with a header row.", file=name) from error
    places = _places(header)
    return [chunk for row in records for chunk in _chunks(row, header, places, Chunk(source, name, "", url))]


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count) if any(mark in header for mark in _DELIMITERS) else ","


def _places(header: list[str]) -> dict[str, int]:
    columns = [fold(column) for column in header]
    places = {}
    for what, names in COLUMNS.items():
        known = {fold(name) for name in names}
        at = next((at for at, column in enumerate(columns) if column in known), None)
        if at is not None:
            places[what] = at
    return places


def _chunks(row: list[str], header: list[str], places: Mapping[str, int], base: Chunk) -> Iterator[Chunk]:
    def cell(what: str) -> str:
        at = places.get(what)
        return row[at].strip() if at is not None and at < len(row) else ""

    url, locale = cell("url") or base.url, cell("locale") or None
    if "question" in places and "answer" in places:
        title, text = cell("question"), cell("answer")
        section = ""
    else:
        pairs = [(column, value.strip()) for column, value in zip(header, row, strict=False) if value.strip()]
        title, section = (pairs[0][1] if pairs else base.title), base.title
        text = "\n".join(f"{column}: {value}" for column, value in pairs)
    for piece in split_text(text):
        yield Chunk(base.source, title or base.title, piece, url, locale, section)
