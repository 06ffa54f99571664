"""The tests of a flow: kept beside it, run on its draft or a version, made from conversations."""

from collections.abc import Sequence

from pydantic import Field

from api.building import if_match, tell_who
from api.calling import Call, Reply, Route
from api.inbox import Request, verdict_of
from core.errors import InvalidInput, PreconditionFailed
from core.nouns import Role
from core.views import (
    View,
)
from core.views_flows import CaseDraft, FlowTests, TestReport
from core.views_thread import MessageView
from core.views_why import TurnView
from desk.as_test import Heard, Material, append_case, dump_case, write_case
from desk.proving import prove
from desk.publishing import gather
from desk.trying import recall
from desk.versions import document_of

MOST_MESSAGES = 200


class TestsBody(Request):
    """A file of cases, as docs/flows.md describes it; empty: none."""

    __test__ = False
    text: str = Field(max_length=400_000)


class TestsSaved(View):
    """The tests were stored; ``etag`` names them from now on."""

    __test__ = False
    etag: str


class TestBody(Request):
    """What is tested: ``draft``, ``live`` or a version's number; with ``text`` by cases that are not stored (yet)."""

    __test__ = False
    on: str = Field(default="draft", max_length=20)
    text: str | None = Field(default=None, max_length=400_000)
    names: list[str] = Field(default_factory=list, max_length=200)
    """Only the cases of these names."""


class AsTestBody(Request):
    """How the case is called."""

    name: str = Field(default="From a conversation", min_length=1, max_length=200)


class PreviewBody(AsTestBody):
    """Which preview."""

    session: str = Field(min_length=1, max_length=40)


async def get_tests(call: Call) -> Reply:
    """Return a flow's tests; the ETag goes into If-Match."""
    found = await call.kept.flow_tests.get(call.tenant, call.id())
    return Reply(found, headers={"ETag": f'"{found.etag}"'})


async def put_tests(call: Call) -> Reply:
    """Replace a flow's tests; needs If-Match with the ETag that was edited."""
    from graphs.testing_reading import load_cases

    text = call.body(TestsBody).text
    if text.strip():
        load_cases(text)
    kept, flow_id = call.kept, call.id()
    try:
        etag = await kept.flow_tests.save(call.tenant, flow_id, text, etag=if_match(call), actor=call.actor.label)
    except PreconditionFailed as error:
        raise await tell_who(call, error) from error
    return Reply(TestsSaved(etag=etag), headers={"ETag": f'"{etag}"'})


async def test_flow(call: Call) -> TestReport:
    """Run a flow's tests on its draft, on what is live, or on a version."""
    kept, body = call.kept, call.body(TestBody)
    flow = await kept.flows.get(call.tenant, call.id())
    document = await document_of(kept.flows, kept.versions, tenant_id=call.tenant, flow=flow, state=body.on)
    draft = await gather(kept.flows, call.tenant, flow.model_copy(update={"document": document}))
    tests = body.text if body.text is not None else await kept.flows.tests(call.tenant, flow.id)
    report = await prove(draft, tests, names=body.names)
    return TestReport.model_validate(report.to_json())


async def make_test(call: Call) -> CaseDraft:
    """Write a conversation as a test of the flow that answered it, with personal data replaced; nothing is stored."""
    kept, talk = call.kept, call.id()
    detail = await kept.conversations.get(call.tenant, talk, judge=lambda state: verdict_of(call, state))
    stood = await kept.flow_tests.find_release(call.tenant, talk)
    if stood is None:
        raise InvalidInput("There is nothing to make a test of: no flow has answered here.")
    spec = await kept.flows.release_spec(call.tenant, stood[0])
    said = await kept.threads.messages(call.tenant, talk, cursor=None, limit=MOST_MESSAGES)
    turns = await kept.threads.turns(call.tenant, talk, cursor=None, limit=MOST_MESSAGES)
    contact = await kept.contacts.get(call.tenant, detail.contact.id)
    tenant = await kept.tenants.get(call.tenant)
    messages = list(reversed(said.items))
    material = Material(
        flow=spec["entry"],
        documents=spec["flows"],
        channel=detail.channel,
        locale=detail.locale,
        country=tenant.country,
        began=messages[0].event_at if messages else call.ports.clock.now(),
        heard=_heard(messages, {turn.id: turn for turn in turns.items}),
        known={
            **{f"contact.{name}": value for name, value in contact.facts.items()},
            **{f"contact.{each['kind']}": each["value"] for each in contact.identities},
            "contact.name": contact.name,
        },
    )
    case = write_case(material, name=call.body(AsTestBody).name)
    return await draft_case(call, stood[1], case, key=spec["entry"])


async def make_test_of_preview(call: Call) -> CaseDraft:
    """Write a preview as a test of its flow; nothing is stored."""
    kept, body, flow_id = call.kept, call.body(PreviewBody), call.id()
    key, case = await recall(
        kept.flows, kept.previews, tenant_id=call.tenant, flow=flow_id, session=body.session, name=body.name
    )
    return await draft_case(call, flow_id, dump_case(case), key=key)


async def draft_case(call: Call, flow_id: str, case: str, *, key: str) -> CaseDraft:
    """Return a case with the flow's tests that it would be added to."""
    tests = await call.kept.flow_tests.get(call.tenant, flow_id)
    return CaseDraft(flow_id=flow_id, case=case, text=append_case(tests.text, case, flow=key), etag=tests.etag)


def _heard(messages: Sequence[MessageView], turns: dict[str, TurnView]) -> list[Heard]:
    """Return what the customer said before each turn, until a person took over."""
    found: list[Heard] = []
    words: list[str] = []
    for message in messages:
        if message.author == "contact":
            words += [message.text] if message.text else []
        elif message.author in ("staff", "app"):
            break
        elif words and message.turn_id in turns:
            turn = turns[message.turn_id]
            found.append(Heard(words, turn.trail or (), turn.node))
            words = []
    return found


_FLOW = "/api/v1/flows/{id}"
ROUTES: tuple[Route, ...] = (
    Route("GET", _FLOW + "/tests", Role.BUILDER, get_tests, answer=FlowTests),
    Route("PUT", _FLOW + "/tests", Role.BUILDER, put_tests, body=TestsBody, answer=TestsSaved),
    Route("POST", _FLOW + "/preview/as-test", Role.BUILDER, make_test_of_preview, body=PreviewBody, answer=CaseDraft),
    Route("POST", _FLOW + "/test", Role.BUILDER, test_flow, body=TestBody, answer=TestReport),
    Route(
        "POST",
        "/api/v1/conversations/{id}/as-test",
        Role.BUILDER,
        make_test,
        body=AsTestBody,
        answer=CaseDraft,
    ),
)
