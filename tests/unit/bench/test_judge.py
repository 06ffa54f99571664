"""The judge of chaos sees each thing that must not be, and allows what the rules allow."""

from bench.chaos.journal import CUSTOMER, STAFF, Heard, Hold, Journal, token
from bench.chaos.judge import RECONCILE, Verdict, judge

WHO = "447700900001"
ONE, TWO = token(CUSTOMER, 1), token(CUSTOMER, 2)
REPLY = token(STAFF, 1)


def written(*names: str, acked: bool = True) -> Journal:
    """Return the journal of a customer who wrote these one after the other."""
    journal = Journal()
    for name in names:
        entry = journal.write(name, WHO)
        entry.acked = journal.tick() if acked else None
    return journal


def hear(journal: Journal, name: str, *, count: int = 1, row: str = "", at: float = 0.0, how: str = "kept") -> None:
    """Let the provider accept an answer."""
    text = f"One moment, {name}." if name == REPLY else f"You said note {name}: no. {count}, {how}."
    place = len(journal.heard)
    journal.heard.append(Heard(place, WHO, text, row or f"row{place}", f"wamid{place}", at))


def judged(journal: Journal, *kept: str, keys: int = 1) -> Verdict:
    """Return the verdict where these tokens were written outside under so many keys."""
    return judge(journal, {name: {f"k{n}" for n in range(keys)} for name in kept})


def test_that_all_is_well() -> None:
    journal = written(ONE, TWO)
    hear(journal, ONE)
    hear(journal, TWO, count=2)
    assert judged(journal, ONE, TWO).violations == []


def test_that_a_lost_message_is_seen_and_one_nobody_acknowledged_is_not() -> None:
    assert judged(written(ONE)).lost
    assert judged(written(ONE, acked=False)).violations == []


def test_that_an_answer_whose_outcome_staff_see_as_unknown_is_not_lost() -> None:
    journal = written(ONE)
    journal.on_record[ONE] = "unknown"
    verdict = judged(journal)
    assert (verdict.violations, verdict.open_at_the_door) == ([], 1)


def test_that_of_several_answers_in_the_inbox_the_newest_tells() -> None:
    journal = written(ONE)
    shown = [
        {"author": "agent", "text": f"You said note {ONE}: no. 2, kept.", "delivery": "unknown"},
        {"author": "agent", "text": f"You said note {ONE}: no. 1, kept.", "delivery": "cancelled"},
    ]
    journal.show({ONE}, shown)
    assert judged(journal).violations == []
    journal.show({ONE}, shown[::-1])
    assert judged(journal).lost


def test_that_words_a_person_answered_are_not_lost() -> None:
    journal = written(ONE, REPLY)
    hear(journal, REPLY)
    verdict = judged(journal)
    assert (verdict.violations, verdict.left_to_staff) == ([], 1)


def test_that_staff_who_were_writing_answered_it_and_who_had_written_before_did_not() -> None:
    journal = Journal()
    reply = journal.write(REPLY, WHO)
    entry = journal.write(ONE, WHO)
    entry.acked, reply.acked = journal.tick(), journal.tick()
    hear(journal, REPLY)
    assert judged(journal).left_to_staff == 1
    journal = written(REPLY, ONE)
    hear(journal, REPLY)
    assert judged(journal).lost


def test_that_a_second_request_for_one_answer_is_doubled() -> None:
    journal = written(ONE)
    hear(journal, ONE)
    hear(journal, ONE, at=RECONCILE + 1)
    assert judged(journal, ONE).doubled


def test_that_the_same_request_may_go_again_after_the_wait_alone() -> None:
    for later, reported, allowed in ((1, None, False), (RECONCILE + 1, None, True), (RECONCILE + 1, 5.0, False)):
        journal = written(ONE)
        hear(journal, ONE, row="row")
        hear(journal, ONE, row="row", at=later)
        if reported is not None:
            journal.reported["wamid0"] = reported
        verdict = judged(journal, ONE)
        assert (not verdict.doubled, verdict.late_doubles) == (allowed, int(allowed))


def test_that_words_of_staff_never_go_twice() -> None:
    journal = written(REPLY)
    hear(journal, REPLY, row="row")
    hear(journal, REPLY, row="row", at=RECONCILE + 1)
    assert judged(journal).doubled


def test_that_a_doubled_and_a_missing_effect_are_seen() -> None:
    journal = written(ONE)
    hear(journal, ONE)
    assert judged(journal, ONE, keys=2).effects
    assert judged(journal).effects
    unsure = written(ONE)
    hear(unsure, ONE, how="perhaps kept")
    assert judged(unsure).violations == []


def test_that_what_overtakes_is_seen_where_the_order_was_certain() -> None:
    journal = written(ONE, TWO)
    hear(journal, TWO)
    hear(journal, ONE, count=2)
    assert judged(journal, ONE, TWO).order
    journal.written[ONE].acked = journal.tick()  # acknowledged after the second was begun: either may be first
    assert judged(journal, ONE, TWO).violations == []


def test_that_a_state_that_was_taken_back_is_seen() -> None:
    journal = written(ONE, TWO)
    hear(journal, ONE, count=3)
    hear(journal, TWO, count=3)
    assert judged(journal, ONE, TWO).state


def test_that_the_agents_words_after_a_takeover_are_seen_unless_they_were_at_the_door() -> None:
    journal = written(ONE)
    hear(journal, ONE)
    journal.holds.append(Hold(WHO, first=0, last=1))
    assert judged(journal, ONE).takeover
    journal.holds[0].going = (journal.heard[0].text,)
    assert judged(journal, ONE).violations == []
    journal.holds[0] = Hold(WHO, first=1, last=2)
    assert judged(journal, ONE).violations == []
