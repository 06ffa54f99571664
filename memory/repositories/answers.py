"""What of a conversation is answered, and by whom, at the moment it is given back (ENGINE rule 27)."""

from typing import Any

from core.policy import Author
from memory.database import Tx
from memory.repositories import changing_queries as q

_HUMANS = [Author.STAFF.value, Author.API.value, Author.APP.value]


async def judge_answers(tx: Tx, talk: str) -> dict[str, Any]:
    """Tell by id what a person's message followed though no turn has read it, and what nobody answered."""
    human = await tx.first(q.LAST_WORDS, conversation_id=talk, authors=_HUMANS)
    agent = await tx.first(q.LAST_WORDS, conversation_id=talk, authors=[Author.AGENT.value])
    # A person's words may be stored late (an echo that waited, rule 26): when they came is what counts.
    since, place = (human["created_ms"], human["no"]) if human else (0, 0)
    after = await _cut_off(tx, talk, agent) if agent else 0
    left = await tx.all(q.UNANSWERED, conversation_id=talk, after_no=after, since_ms=since, human_no=place)
    told = await tx.all(q.STILL_PENDING, conversation_id=talk, since_ms=since)
    newest = await tx.first(q.NEWEST, conversation_id=talk)
    return {
        "unanswered": [row["id"] for row in left],
        "answered": [row["id"] for row in told],
        "no": newest["no"] if newest else 0,
    }


async def _cut_off(tx: Tx, talk: str, last: Any) -> int:
    """Return the place after which nobody answered: also words of its turn whose own answers were cancelled."""
    cut = await tx.all(q.CUT_OFF, conversation_id=talk, turn=last["turn_id"], after_no=last["no"])
    return min((row["no"] - 1 for row in cut if row["id"] != last["reply_to"]), default=int(last["no"]))
