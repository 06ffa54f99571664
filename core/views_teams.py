"""What the inside shows of teams, and of who is there to take a conversation."""

from core.views import Named, View


class TeamCount(View):
    """How many open conversations are a team's, and how many of them nobody holds."""

    key: str
    name: str
    open: int
    waiting: int


class TeamView(TeamCount):
    """A team with who is in it."""

    members: list[Named]


class Colleague(Named):
    """Who a conversation can be given to, and how much they have already."""

    online: bool
    away: bool
    """They said that they take nothing now."""
    open: int
    capacity: int
    own_capacity: int | None = None
    """Where it is not the business's."""
    teams: list[str]
