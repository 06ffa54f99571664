"""Documents to chunks, by the file's ending."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Protocol

from core.errors import InvalidInput
from tools.knowledge.chunks import Chunk
from tools.knowledge.markdown import read_markdown
from tools.knowledge.page import read_page
from tools.knowledge.table import read_table


class Reader(Protocol):
    """One document format."""

    def __call__(self, text: str, *, source: str, name: str, url: str | None = None) -> list[Chunk]:
        """Return the document's chunks."""
        ...


READERS: Mapping[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_markdown,
    ".csv": read_table,
    ".tsv": read_table,
    ".html": read_page,
    ".htm": read_page,
}

_ENCODINGS = ("utf-8-sig", "utf-16", "cp1254")


def import_document(filename: str, data: bytes, *, source: str, url: str | None = None) -> list[Chunk]:
    """Return the chunks of a document; raises InvalidInput for formats that are not read."""
    path = PurePath(filename)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput(f"{path.name}: only {', '.join(READERS)} can be imported.", file=path.name)
    return reader(_decode(path.name, data), source=source, name=path.stem, url=url)


def _decode(name: str, data: bytes) -> str:
    decode: Callable[[str], str] = data.decode
    tried = _ENCODINGS if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else (_ENCODINGS[0], _ENCODINGS[2])
    for encoding in tried:
        try:
            text = decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput(f"{name} is not a text file.", file=name)
