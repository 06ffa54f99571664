"""Judges a run by the generator's journal, the provider's list and the books: what was lost, doubled, out of order."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.chaos.flow import SAID, SURE, UNSURE
from bench.chaos.journal import STAFF, Heard, Hold, Journal, Written, tokens_in

RECONCILE = 30.0
"""Seconds that an unknown outcome waits for a receipt before what may be repeated is (ENGINE rule 19)."""

APOLOGY = "Something went wrong"
"""The built-in words for events that were set aside (ENGINE rule 8)."""

OPEN = ("unknown", "failed")
"""How the inbox shows a message whose request may have been made and is not repeated (ENGINE rules 19, 20)."""

_COUNT = re.compile(r"no\. (\d+)")


@dataclass(slots=True)
class Verdict:
    """Violations, in words; and counts of what the rules allow."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    takeover: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    late_doubles: int = 0
    """Sent again after the reconcile wait; the first one's receipt came later than that."""
    open_at_the_door: int = 0
    """Nobody saw an answer, and the inbox says that its outcome is unknown."""
    left_to_staff: int = 0
    """A person wrote after it."""
    begun_again: int = 0
    """Kept outside once more, by the turn that answered after a person had given the conversation back."""
    set_aside: int = 0
    """Ended several workers; the customer was told, a person was asked for."""

    @property
    def violations(self) -> list[str]:
        """Return everything that must not be, each with its kind."""
        kinds = {"lost": self.lost, "doubled reply": self.doubled, "effect": self.effects,
                 "out of order": self.order, "after a takeover": self.takeover, "state": self.state}  # fmt: skip
        return [f"{kind}: {words}" for kind, found in kinds.items() for words in found]


def judge(journal: Journal, books: Mapping[str, set[str]]) -> Verdict:
    """Return the verdict; ``books`` holds the keys under which each token was written outside."""
    verdict = Verdict()
    by_token: dict[str, list[Heard]] = defaultdict(list)
    by_customer: dict[str, list[Heard]] = defaultdict(list)
    for heard in journal.heard:
        by_customer[heard.customer].append(heard)
        for name in tokens_in(heard.text):
            by_token[name].append(heard)
    for entry in journal.written.values():
        answers = by_token[entry.token]
        if not answers and entry.acked is not None:
            _unanswered(verdict, journal, entry, by_customer[entry.customer])
        for again in answers[1:]:
            _again(verdict, journal, answers[0], again, entry)
    _effects(verdict, journal, books)
    for customer, answers in by_customer.items():
        _counts(verdict, customer, answers)
    _order(verdict, journal, by_token)
    for hold in journal.holds:
        _hold(verdict, hold, by_customer[hold.customer])
    return verdict


def _unanswered(verdict: Verdict, journal: Journal, entry: Written, heard: Iterable[Heard]) -> None:
    shown = journal.on_record.get(entry.token, "")
    if shown in OPEN:
        verdict.open_at_the_door += 1
    elif entry.token[0] != STAFF and any(
        other.token[0] == STAFF and other.customer == entry.customer and _may_follow(other, entry)
        for other in journal.written.values()
    ):
        verdict.left_to_staff += 1
    elif entry.customer in journal.given_back or any(APOLOGY in one.text for one in heard):
        verdict.set_aside += 1
    else:
        verdict.lost.append(f"{entry.token} of {entry.customer} ({shown or 'nothing on record'})")


def _may_follow(staff: Written, entry: Written) -> bool:
    """Tell whether staff's words may have been stored after the customer's: any time until they were acknowledged."""
    return staff.acked is None or staff.acked > entry.begun


def _effects(verdict: Verdict, journal: Journal, books: Mapping[str, set[str]]) -> None:
    """Each turn makes each outside write once; words that a person handed back are another turn's."""
    for heard in journal.heard:
        for name in tokens_in(heard.text):
            if name not in journal.written:
                verdict.doubled.append(f"{name} was answered and never written")
            elif _is_sure(heard.text) and name not in books:
                verdict.effects.append(f"{name} is said to be kept and is not")
    for name, keys in books.items():
        if len(keys) < 2:
            continue
        entry = journal.written[name]
        held = any(hold.customer == entry.customer and hold.ended for hold in journal.holds)
        if held or entry.customer in journal.given_back:
            verdict.begun_again += 1
        else:
            verdict.effects.append(f"{name} of {entry.customer} was kept {len(keys)} times")


def _again(verdict: Verdict, journal: Journal, first: Heard, again: Heard, entry: Written) -> None:
    """One request may be made twice where its outcome stayed unknown; two requests for one answer never."""
    told = journal.reported.get(first.id)
    waited = again.at - first.at >= RECONCILE
    in_time = told is not None and told < first.at + RECONCILE
    if first.row == again.row and waited and not in_time and entry.token[0] != STAFF:
        verdict.late_doubles += 1
    else:
        what = "the same request" if first.row == again.row else "another request"
        verdict.doubled.append(f"{entry.token} of {entry.customer}: {what}, {again.at - first.at:.1f} s later")


def _counts(verdict: Verdict, customer: str, heard: Iterable[Heard]) -> None:
    """Each answer counts on: a number that comes again was taken back with the state of its turn."""
    newest, rows = 0, set[str]()
    for one in heard:
        found = _COUNT.search(one.text)
        if found is None or one.row in rows:
            continue
        rows |= {one.row} if one.row else set()
        if int(found[1]) <= newest:
            verdict.state.append(f"{customer} heard no. {found[1]} after no. {newest}")
        newest = max(newest, int(found[1]))


def _order(verdict: Verdict, journal: Journal, by_token: Mapping[str, list[Heard]]) -> None:
    """What was written after something else had been acknowledged is answered after it."""
    latest: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for entry in journal.written.values():
        if entry.acked is not None and by_token[entry.token] and entry.token[0] != STAFF:
            before = [at for acked, at, _ in latest[entry.customer] if acked < entry.begun]
            place = by_token[entry.token][0].place
            if before and max(before) > place:
                verdict.order.append(f"{entry.token} of {entry.customer} overtook what was written before it")
            latest[entry.customer].append((entry.acked, place, entry.token))


def _hold(verdict: Verdict, hold: Hold, heard: Iterable[Heard]) -> None:
    for one in heard:
        inside = hold.first <= one.place and (hold.last is None or one.place < hold.last)
        # A handoff's notice is the system's and goes whoever holds the conversation (ENGINE rule 25).
        if inside and one.text.startswith(SAID) and one.text not in hold.going:
            verdict.takeover.append(f"{hold.customer} heard “{one.text}”")


def _is_sure(text: str) -> bool:
    return SURE in text and UNSURE not in text
