"""Write first: an approved template, or plain words while the reply window is open."""

from datetime import datetime

from core.content import TemplatePart
from core.policy import Author, SendFacts, can_send
from graphs.contract import Executor, Fail, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.saying import Saying
from graphs.schema.nodes_work import TemplateNode
from graphs.texts import parse_template

_SENT = {"accepted", "sent", "delivered", "read"}


class Template(Executor):
    """Executor of ``template``: waits until it is known what became of the message."""

    def __init__(self, making: Making[TemplateNode]) -> None:
        self._node = making.node
        self._params = [parse_template(param) for param in making.node.params]
        when_open = making.node.when_window_open
        self._open = Saying(when_open.say if when_open else (), making.translations)
        self._record = f"sent_{making.node.template}"

    async def enter(self, visit: Visit) -> Outcome:
        """Send what is allowed now; leave by ``blocked`` where nothing is."""
        if visit.turn.policy.opted_out or self._too_often(visit):
            return Follow("blocked", facts={"verdict": "opted_out" if visit.turn.policy.opted_out else "limit"})
        if self._window_open(visit) and self._open:
            said = visit.say(self._open.render(visit), started=True)
            return Follow("sent", emits=said, set=self._noted(visit), facts={"as": "text"})
        if not visit.turn.capabilities.templates:
            return Follow("blocked", facts={"verdict": "window_closed"})
        params = tuple(param.render(visit.scope, visit.style) for param in self._params)
        if any(not param.strip() for param in params):
            return Fail("empty_parameter", self._node.template)
        part = TemplatePart(name=self._node.template, language=self._node.language or visit.locale, params=params)
        return Suspend(emits=visit.say((part,), started=True), set=self._noted(visit), facts={"as": "template"})

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Go on with the message's fate; an answer of the customer's says that it arrived."""
        if heard.kind == "text":
            return Follow("sent", feed_again=True)
        if heard.kind != "delivery":
            return Suspend()
        if heard.port in _SENT:
            return Follow("sent")
        return Follow("blocked") if heard.port in {"blocked", "cancelled"} else Follow(("error", "blocked"))

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take any words: the template arrived."""
        return Heard("text", text=text, source=source)

    def _window_open(self, visit: Visit) -> bool:
        facts = SendFacts(
            capabilities=visit.turn.capabilities,
            account_active=visit.turn.policy.account_active,
            last_inbound_at=visit.turn.policy.last_inbound_at,
            opted_out=False,
            initiated=False,
        )
        return can_send(facts, Author.AGENT, visit.turn.now).allowed

    def _earlier(self, visit: Visit) -> list[datetime]:
        limit = self._node.limit
        held = visit.scope.get(f"contact.{self._record}")
        if limit is None or not isinstance(held, list | tuple):
            return []
        moments = [datetime.fromisoformat(one) for one in held if isinstance(one, str)]
        return [moment for moment in moments if moment > visit.turn.now - limit.per]

    def _too_often(self, visit: Visit) -> bool:
        return self._node.limit is not None and len(self._earlier(visit)) >= self._node.limit.per_contact

    def _noted(self, visit: Visit) -> dict[str, list[str]]:
        if self._node.limit is None:
            return {}
        moments = [*self._earlier(visit), visit.turn.now]
        return {f"contact.{self._record}": [moment.isoformat() for moment in moments]}
