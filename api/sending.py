"""What staff and programs send: words, files, or both; planned words are in ``api/scheduling.py``."""

from pydantic import Field, model_validator

from api.calling import Call, Reply, Route
from api.inbox import Request, Text, desk_of
from core.ids import is_id
from core.nouns import Role
from core.views import Sent
from desk.reply import Reply as Words
from desk.reply import send_reply


class WordsBody(Request):
    """Words, or a file with or without words."""

    text: Text | None = None
    file: str | None = Field(default=None, max_length=40)
    """Id of a file that was handed over before; the words are its caption."""

    @model_validator(mode="after")
    def _says_something(self) -> "WordsBody":
        if self.text is None and self.file is None:
            raise ValueError("give text, a file or both")
        if self.file is not None and not is_id(self.file):
            raise ValueError("file is the id of a file")
        return self


class MessageBody(WordsBody):
    """A message of staff."""

    idempotency_key: str | None = Field(default=None, min_length=1, max_length=200)


async def send_message(call: Call) -> Reply:
    """Send a message as staff; takes the conversation."""
    body = call.body(MessageBody)
    words = Words(body.text or "", body.idempotency_key, body.file)
    sent: Sent = await send_reply(desk_of(call), call.id(), actor=call.actor, reply=words)
    return Reply(sent, status=202)


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/v1/conversations/{id}/messages", Role.STAFF, send_message, body=MessageBody, answer=Sent),
)
