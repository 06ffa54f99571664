"""Moving live conversations to another version: shown first, refused where it is not safe, done between turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import Conflict, NotFound
from core.ids import TenantId
from core.views_moving import Left, Migration, StandIn, Standing, StandingPlace
from core.views_setup import FlowDetail

if TYPE_CHECKING:
    from graphs.migrating import Place

MOST = 1000
SAMPLE = 5


class Flows(Protocol):
    """Where flows are kept."""

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by id or key; raises NotFound."""
        ...

    async def release_spec(self, tenant_id: TenantId, release_id: str) -> dict[str, Any]:
        """Return ``{"entry", "flows"}`` of a release; raises NotFound."""
        ...


class Runs(Protocol):
    """Where conversations stand."""

    async def releases_of(self, tenant_id: TenantId, flow_id: str, n: int) -> list[str]:
        """Return the releases of a version, newest first; raises NotFound."""
        ...

    async def standing(self, tenant_id: TenantId, release_ids: Sequence[str]) -> list[Standing]:
        """Return the conversations under way on these releases."""
        ...

    async def move(self, tenant_id: TenantId, one: Standing, *, release_id: str, places: Mapping[str, str]) -> Any:
        """Move one; returns why it was left, None where it was not."""
        ...

    async def note(self, tenant_id: TenantId, flow_id: str, *, actor: str, moved: int, left: int) -> None:
        """Note that it was done."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """From which version to which (None: what is live), and which node stands for one that is gone."""

    before: int
    after: int | None
    renamed: Mapping[str, str]
    dry_run: bool = True


async def migrate(flows: Flows, runs: Runs, *, tenant_id: TenantId, flow: str, wanted: Wanted, actor: str) -> Migration:
    """Move those who stand on a version, or say who would be.

    Raises:
        Conflict: Somebody stands where nothing stands for in the other version; `errors` names the nodes.
        NotFound: There is no such version, or nothing is live.
    """
    from graphs.migrating import compare_places

    found = await flows.get(tenant_id, flow)
    target = found.release_id
    if wanted.after is not None:
        target = (await runs.releases_of(tenant_id, found.id, wanted.after))[0]
    if target is None:
        raise NotFound("nothing is published of this flow")
    sources = [one for one in await runs.releases_of(tenant_id, found.id, wanted.before) if one != target]
    standing = await runs.standing(tenant_id, sources)
    new = await flows.release_spec(tenant_id, target)
    # Releases of one version may hold other versions of the flows that it calls.
    places = {
        release: compare_places(await flows.release_spec(tenant_id, release), new, wanted.renamed)
        for release in {one.release for one in standing}
    }
    nodes = _nodes(standing, places)
    report = Migration(
        dry_run=wanted.dry_run, safe=all(node.why is None for node in nodes), release_id=target, nodes=nodes,
        moved=0, left=[], more=len(standing) >= MOST,
    )  # fmt: skip
    if wanted.dry_run:
        return report
    if not report.safe:
        errors = [{"field": node.node, "why": node.why} for node in nodes if node.why]
        raise Conflict("Somebody stands where the other version has no place.", reason="unsafe_move", errors=errors)
    left: list[Left] = []
    for one in standing:
        safe = {name: place.to for name, place in places[one.release].items() if place.to is not None}
        why = await runs.move(tenant_id, one, release_id=target, places=safe)
        left += [Left(conversation_id=one.conversation, why=why)] if why else []
    moved = len(standing) - len(left)
    await runs.note(tenant_id, found.id, actor=actor, moved=moved, left=len(left))
    return report.model_copy(update={"moved": moved, "left": left})


def _nodes(standing: Sequence[Standing], places: "Mapping[str, Mapping[str, Place]]") -> list[StandingPlace]:
    """Return the nodes where conversations stand, then those they return to, by name."""
    found: dict[tuple[bool, str], list[Standing]] = {}
    for one in standing:
        found.setdefault((False, one.node or ""), []).append(one)
        for under in dict.fromkeys(one.under):
            found.setdefault((True, under), []).append(one)
    listed = []
    for (returns, node), talks in sorted(found.items()):
        of = [places[one.release].get(node) for one in talks]
        # What stands in the way of one is told of all of them: they are moved by one map.
        worst = next((place for place in of if place is None or place.why), of[0])
        listed.append(_place(node, talks, worst, returns=returns))
    return listed


def _place(node: str, talks: Sequence[Standing], place: "Place | None", *, returns: bool) -> StandingPlace:
    return StandingPlace(
        node=node,
        title=place.title if place else "",
        type=place.type if place else "",
        to=place.to if place else None,
        why=(place.why.words if place.why else None) if place else "the version does not have it",
        reason=(place.why.reason if place.why else None) if place else "gone",
        returns=returns,
        choices=tuple(StandIn(node=name, title=title) for name, title in place.choices) if place else (),
        conversations=len(talks),
        sample=[one.conversation for one in talks[:SAMPLE]],
    )
