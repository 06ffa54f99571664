"""The words of a model as the customer may see them come: by the sentence where the business checks what is said."""

import re

from graphs.contract import Visit
from tools.policy_checks import blocked_words

_ENDS = re.compile(r"[.!?…。！？]+[\"')\]»”’]*\s+|\n+")


class CheckedWords:
    """Passes on a draft's words; with blocked words set, whole sentences that hold none (ENGINE rule 37).

    The last one comes with the finished message.
    """

    def __init__(self, visit: Visit, draft: str) -> None:
        self._visit = visit
        self._draft = draft
        self._checks = bool(visit.turn.policy.policy.blocked_words)
        self._said = ""
        self._passed = 0

    async def add(self, text: str) -> None:
        """Take more words."""
        self._said += text
        ends = [match.end() for match in _ENDS.finditer(self._said)] if self._checks else [len(self._said)]
        end = ends[-1] if ends else 0
        # All of it is looked at again: a blocked phrase may run from one sentence into the next.
        if end <= self._passed or (self._checks and blocked_words(self._said[:end], self._visit.turn.policy)):
            return
        ready, self._passed = self._said[self._passed : end], end
        await self._visit.turn.stream.delta(self._draft, ready)
