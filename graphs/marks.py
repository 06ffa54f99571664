"""Marks around what others wrote, in what a model reads: between them stands data, and nothing in it can end it."""

import re

LONGEST = 2000


def marked(name: str, text: str, *, most: int = LONGEST) -> str:
    """Return ``text`` between ``<name>`` and ``</name>``, with every such mark inside it made harmless."""
    inside = re.sub(rf"<(?=[\s/]*{name}\b)", "‹", text[:most], flags=re.IGNORECASE)
    return f"<{name}>\n{inside}\n</{name}>"
