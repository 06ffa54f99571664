"""Search: who is called so, and what was said."""

from pydantic import Field

from api.calling import Call, Route
from api.inbox import Listed
from core.nouns import Role
from core.views_search import SearchAnswer


class SearchQuery(Listed):
    """Words, the beginnings of words, a name, a phone number or its last digits."""

    q: str = Field(min_length=1, max_length=200)
    limit: int = Field(default=20, ge=1, le=50)


async def search(call: Call) -> SearchAnswer:
    """Find people and messages, the newest first."""
    query = call.query(SearchQuery)
    return await call.kept.search.find(call.tenant, query.q, cursor=query.cursor, limit=query.limit)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/search", Role.STAFF, search, query=SearchQuery, answer=SearchAnswer),
)
