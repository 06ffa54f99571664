"""Flows as files: what a business has, taken out whole; what files say, compared with it and put back.

A mark is kept of what each flow said when it was taken out: a flow that says something else since is not written over.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from core.errors import Conflict, InvalidFlow, InvalidInput
from core.ids import FlowId, TenantId
from core.views_flows import FlowDiff
from core.views_flows import FlowTests as Kept
from core.views_setup import FlowDetail, FlowItem
from desk.publishing import Setup, is_lacking, leads_to, lint_with, read_catalog
from graphs.catalog import Catalog
from graphs.schema import Issue, errors_of, parse_flow


class FlowStore(Protocol):
    """Where flows are kept."""

    async def list(self, tenant_id: TenantId) -> list[FlowItem]:
        """Return the tenant's flows."""
        ...

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by id or key; raises NotFound."""
        ...

    async def save(self, tenant_id: TenantId, document: Mapping[str, Any], *, actor: str) -> FlowId:
        """Add a flow, or replace the draft of the one with the same key."""
        ...

    async def save_draft(
        self, tenant_id: TenantId, flow_id: str, document: Mapping[str, Any], *, etag: str | None, actor: str
    ) -> tuple[str, int]:
        """Replace a draft; raises PreconditionFailed where it is not the one that was seen."""
        ...


class TestStore(Protocol):
    """Where tests of flows are kept."""

    async def get(self, tenant_id: TenantId, flow_id: str) -> Kept:
        """Return a flow's tests."""
        ...

    async def save(self, tenant_id: TenantId, flow_id: str, text: str, *, etag: str, actor: str) -> str:
        """Replace a flow's tests; raises PreconditionFailed where they are not those that were seen."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What a flow said: the hash of its draft, layout included, and of its tests."""

    draft: str
    tests: str


@dataclass(frozen=True, slots=True)
class FlowFile:
    """A flow as files hold it; ``tests`` None: there is no file of tests, and those that are kept stay."""

    document: Mapping[str, Any]
    tests: str | None

    @property
    def key(self) -> str:
        """Return the flow's key."""
        return str(self.document["key"])

    @property
    def mark(self) -> Mark:
        """Return what this says, as a mark."""
        return Mark(mark_of(self.document), text_mark(self.tests or ""))


@dataclass(frozen=True, slots=True)
class Change:
    """What putting one file back changes. ``moved`` names what else has changed since it was taken out."""

    file: FlowFile
    there: FlowDetail | None
    tests: Kept
    diff: FlowDiff
    moved: tuple[str, ...]
    issues: tuple[Issue, ...] = ()
    """Of a draft that differs: warnings, and what the business lacks."""

    @property
    def new(self) -> bool:
        """Tell whether the business has no such flow."""
        return self.there is None

    @property
    def draft_differs(self) -> bool:
        """Tell whether the draft is another one, if only in layout."""
        return self.there is None or self.there.etag != self.file.mark.draft

    @property
    def tests_differ(self) -> bool:
        """Tell whether the tests are others."""
        return self.file.tests is not None and self.file.tests != self.tests.text


def mark_of(document: Mapping[str, Any]) -> str:
    """Return the hash of all that a document says: the etag of the draft that says it."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def text_mark(text: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


async def pull_flows(flows: FlowStore, tests: TestStore, tenant_id: TenantId) -> list[FlowFile]:
    """Return every flow of a business with its tests, by key."""
    items = sorted(await flows.list(tenant_id), key=lambda each: each.key)
    return [
        FlowFile((await flows.get(tenant_id, each.id)).document, (await tests.get(tenant_id, each.id)).text)
        for each in items
    ]


async def plan_push(
    flows: FlowStore,
    tests: TestStore,
    setup: Setup,
    *,
    tenant_id: TenantId,
    files: Sequence[FlowFile],
    marks: Mapping[str, Mark],
) -> list[Change]:
    """Compare files with what the business has.

    Raises:
        InvalidFlow: One that differs has errors, beside what the business only lacks.
        InvalidInput: Tests that differ cannot be read.
    """
    there = {each.key: await flows.get(tenant_id, each.id) for each in await flows.list(tenant_id)}
    catalog = await read_catalog(setup, tenant_id)
    documents = {key: each.document for key, each in there.items()} | {file.key: file.document for file in files}
    changes = []
    for file in files:
        found = there.get(file.key)
        kept = await tests.get(tenant_id, found.id) if found else Kept()
        others = {key: each for key, each in documents.items() if key != file.key}
        changes.append(_compare(file, found, kept, mark=marks.get(file.key), catalog=replace(catalog, flows=others)))
    return changes


async def push_flows(
    flows: FlowStore, tests: TestStore, tenant_id: TenantId, *, changes: Sequence[Change], force: bool, actor: str
) -> None:
    """Store what differs as drafts; nothing at all where something moved, unless ``force``.

    Raises:
        Conflict: Something was changed since the files were taken out; the facts say what.
        PreconditionFailed: Something was changed at this very moment; flows before it are stored.
    """
    moved = [f"{change.file.key}: {what}" for change in changes for what in change.moved]
    if moved and not force:
        raise Conflict("The flows were changed since they were pulled; nothing was stored.", faults=moved)
    for change in changes:
        flow_id = change.there.id if change.there else ""
        if change.there is None:
            flow_id = await flows.save(tenant_id, change.file.document, actor=actor)
        elif change.draft_differs:
            etag = change.there.etag
            await flows.save_draft(tenant_id, flow_id, change.file.document, etag=etag, actor=actor)
        if change.tests_differ:
            etag = change.tests.etag
            await tests.save(tenant_id, flow_id, change.file.tests or "", etag=etag, actor=actor)


def publish_order(changes: Sequence[Change], live: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the keys to publish, what is called before what calls it; ``live``: what answers now, by key.

    Those that say something else than what is live, and those live that lead to one: a release holds what it leads to.
    """
    leading = {change.file.key: ends_of(change.file.document) for change in changes}
    due = {change.file.key for change in changes if _says_more(change.file, live.get(change.file.key))}
    while more := {key for key, ends in leading.items() if key not in due and key in live and ends & due}:
        due |= more
    ordered: list[str] = []
    for key in sorted(due):
        _put(key, leading, due, ordered, ())
    return ordered


def _put(key: str, leading: Mapping[str, set[str]], due: set[str], ordered: list[str], above: tuple[str, ...]) -> None:
    if key in ordered or key in above:
        return
    for end in sorted(leading[key] & due):
        _put(end, leading, due, ordered, (*above, key))
    ordered.append(key)


def ends_of(document: Mapping[str, Any]) -> set[str]:
    """Return the keys of the flows that a document calls or jumps to."""
    try:
        return leads_to(parse_flow(document))
    except InvalidFlow:
        return set()


def _says_more(file: FlowFile, live: Mapping[str, Any] | None) -> bool:
    from graphs.diffing import compare_flows

    return live is None or not compare_flows(live, file.document).same


def _compare(file: FlowFile, there: FlowDetail | None, kept: Kept, *, mark: Mark | None, catalog: Catalog) -> Change:
    from graphs.diffing import compare_flows
    from graphs.testing_reading import load_cases

    diff = compare_flows(there.document if there else {}, file.document)
    change = Change(file, there, kept, diff, tuple(_moved(file, there, kept, mark)))
    if change.tests_differ and file.tests and file.tests.strip():
        load_cases(file.tests)
    if not change.draft_differs:
        return change
    issues = lint_with(file.document, catalog)
    if errors := [issue for issue in errors_of(issues) if not is_lacking(issue)]:
        raise InvalidFlow(errors, f"{file.key} has errors; nothing was stored.")
    return replace(change, issues=tuple(issues))


def _moved(file: FlowFile, there: FlowDetail | None, kept: Kept, mark: Mark | None) -> list[str]:
    """Return what was changed by somebody else since the file was taken out; what both changed alike is no matter."""
    if there is None:
        return ["it was deleted"] if mark else []
    found = []
    if there.etag not in (file.mark.draft, mark.draft if mark else None):
        found.append("its draft was changed" if mark else "there is another flow of this key")
    if file.tests is not None and kept.text != file.tests and text_mark(kept.text) != (mark.tests if mark else ""):
        found.append("its tests were changed")
    return found


def read_marks(text: str) -> dict[str, Mark]:
    """Return the marks of a file; raises InvalidInput."""
    try:
        return {key: Mark(each["draft"], each["tests"]) for key, each in orjson.loads(text).items()}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise InvalidInput("The file of marks cannot be read; pull again.") from error
