"""Answer `GET /{page|ig}/conversations`: what stands in the conversation with one customer (META_API §4, Rates)."""

import re

from simulator.access import Access, Call
from simulator.errors import GraphError, no_such_object
from simulator.simulation import Simulation
from simulator.state import Account, Author, Channel, Json, Message, Thread

NEWEST = 20
"""Details are told of no more."""
FIELDS = frozenset({"id", "message", "from", "to", "created_time", "attachments"})
PLATFORMS = {"instagram": Channel.INSTAGRAM, "messenger": Channel.MESSENGER}
_ASKED = re.compile(r"messages(?:\.limit\((\d+)\))?\{([a-z_,]+)\}")


def read_conversations(sim: Simulation, access: Access, call: Call) -> Json:
    """List the conversation with `user_id`, newest message first; one unknown field fails the call."""
    account = access.account(call, PLATFORMS.get(call.query.get("platform", ""), Channel.MESSENGER))
    if account is None:
        raise no_such_object(call.path[0])
    asked = _ASKED.fullmatch(call.query.get("fields", ""))
    names = asked[2].split(",") if asked else []
    if asked is None or not FIELDS.issuperset(names):
        raise GraphError(100, "Tried accessing nonexisting field", details=call.query.get("fields", ""))
    thread = sim.world.find_thread(account, call.query.get("user_id", ""))
    if thread is None:
        return {"data": []}
    newest = list(reversed(thread.messages))[: min(NEWEST, int(asked[1] or NEWEST))]
    messages = [{name: value for name, value in _message(thread, one).items() if name in names} for one in newest]
    return {"data": [{"id": f"t_{thread.person.id}", "messages": {"data": messages}}]}


def _message(thread: Thread, message: Message) -> Json:
    account = thread.account
    theirs = message.author is Author.CUSTOMER
    customer = {"id": thread.person.id, "username": thread.person.username or thread.person.name}
    return {
        "id": message.id,
        "message": str(message.view.get("text", "")),
        "from": customer if theirs else _business(account),
        "to": {"data": [_business(account) if theirs else customer]},
        "created_time": message.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "attachments": {"data": [message.view["media"]] if "media" in message.view else []},
    }


def _business(account: Account) -> Json:
    return {"id": account.id, "username": account.username or account.name}
