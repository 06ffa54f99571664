"""What a question takes for an answer."""

from typing import Literal

from pydantic import Field, JsonValue

from graphs.schema.base import Expression, Key, Model, Text, Words, widget
from graphs.schema.say import Say

ExpectType = Literal["text", "number", "yes_no", "choice", "email", "phone", "date", "datetime", "media", "location"]
SAME_AS_ID = "@id"


class Option(Model):
    """One thing to choose. Its value is its id unless another is given; ``null`` saves nothing."""

    id: Key
    label: Text
    description: Text | None = None
    synonyms: Words = Field(default_factory=dict)
    value: JsonValue = SAME_AS_ID

    @property
    def saved(self) -> JsonValue:
        """Return what choosing this saves."""
        return self.id if self.value == SAME_AS_ID else self.value


class Reject(Model):
    """A rule that turns an answer down, with what to say then."""

    when: Expression = Field(alias="if")
    say: Say


class Expect(Model):
    """The form of the answer, and by which means it may be understood."""

    type: ExpectType
    options: tuple[Option, ...] = Field(default=(), max_length=30, json_schema_extra=widget("options"))
    min: float | None = None
    """Shortest text, smallest number."""
    max: float | None = None
    pattern: str | None = Field(default=None, alias="pattern_re2", max_length=400)
    reject: tuple[Reject, ...] = ()
    skip: Words = Field(default_factory=dict)
    past: bool = True
    """Dates: whether a day before today is taken."""
    understand: tuple[Literal["exact", "synonym", "near", "llm"], ...] = ("exact", "synonym", "near", "llm")
    says_yes: Words = Field(default_factory=dict)
    says_no: Words = Field(default_factory=dict)
