"""What a model says is shown as it comes, and by the checked sentence where words are blocked (ENGINE rule 37)."""

from typing import Any

from core.policy import Policy
from core.turns import PolicyFacts
from graphs.nodes.agent_stream import CheckedWords

PIECES = ("It costs ", "forty. Ask", " about dis", "counts. Really. ", "Bye")


class Visit:
    """A visit whose stream remembers."""

    def __init__(self, *blocked: str) -> None:
        self.shown: list[str] = []
        self.turn: Any = self
        self.stream = self
        self.policy = PolicyFacts(policy=Policy(blocked_words=frozenset(blocked)))

    async def delta(self, draft: str, text: str) -> None:
        assert draft == "d"
        self.shown.append(text)


async def say(visit: Visit) -> list[str]:
    """Say everything in pieces; returns what was shown."""
    words = CheckedWords(visit, "d")  # type: ignore[arg-type]
    for piece in PIECES:
        await words.add(piece)
    return visit.shown


async def test_that_words_are_shown_as_they_come_where_none_are_blocked() -> None:
    assert await say(Visit()) == list(PIECES)


async def test_that_whole_sentences_are_shown_where_words_are_blocked() -> None:
    assert await say(Visit("refund")) == ["It costs forty. ", "Ask about discounts. Really. "]


async def test_that_nothing_is_shown_from_a_sentence_with_a_blocked_word_on() -> None:
    assert await say(Visit("discounts")) == ["It costs forty. "]
