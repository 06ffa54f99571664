"""Every guard: where it stands, how it is taken out, which test must fail then."""

from __future__ import annotations

from dataclasses import dataclass

MEMORY = "tests/conformance/memory"
AGENT = "tests/unit/agent"


@dataclass(frozen=True)
class Guard:
    """One guard; ``old`` stands once in its module and becomes ``new``."""

    name: str
    rule: str
    """Of docs/ENGINE.md, or an invariant of docs/DESIGN.md."""
    module: str
    old: str
    new: str
    test: str
    """A test by its file and name; of a test over both stores, the one on SQLite is run."""
    quick: bool = False
    """Runs within ``make test`` too."""

    @property
    def path(self) -> str:
        """Return the module's file."""
        return self.module.replace(".", "/") + ".py"

    def without(self, source: str) -> str:
        """Return the source without the guard; AssertionError where it no longer stands there as the table says."""
        assert source.count(self.old) == 1, f"{self.name}: “{self.old}” stands {source.count(self.old)} times"
        return source.replace(self.old, self.new)


GUARDS = (
    Guard(
        "signature",
        "1",
        "channels.meta.signature",
        "    if not any(fits):\n",
        "    if False:\n",
        "tests/unit/channels/test_signature.py::test_that_anything_else_is_refused",
        quick=True,
    ),
    Guard(
        "unique name of an event",
        "2",
        "memory.engine.intake_rows",
        "|{event.dedupe}",
        "|{event.dedupe}{secrets.token_hex(4)}",
        f"{MEMORY}/test_intake.py::test_that_a_message_a_hundred_times_at_once_is_one_row",
    ),
    Guard(
        "a free lease is needed to claim",
        "6",
        "memory.engine.work_sql",
        "_picked = pick(_q, _due)\n",
        "_free, _picked = sa.true(), pick(_q, lambda queue: queue.c.due_ms <= _now)\n",
        f"{MEMORY}/test_claims.py::test_that_no_conversation_goes_to_two_workers",
    ),
    Guard(
        "a claim looks at each tenant's first",
        "6",
        "memory.engine.claim_sql",
        "sa.select(first).where(every.c.tenant_id.is_not(None))",
        "sa.select(first).where(sa.false())",
        f"{MEMORY}/test_claims.py::test_that_a_backlog_longer_than_a_claim_looks_at_hides_nobody",
    ),
    Guard(
        "release only where nothing new came",
        "7",
        "memory.engine.work_sql",
        '.where(_mine, bool_eq(_q.c.pending_no, sa.bindparam("seen")))',
        ".where(_mine)",
        f"{MEMORY}/test_claims.py::test_that_nothing_that_arrives_before_the_release_is_lost",
    ),
    Guard(
        "seal before what shows",
        "11",
        "agent.seal",
        "        if not held and not self._forced:\n",
        "        if False:\n",
        f"{AGENT}/test_seal.py::test_that_newer_words_restart_an_unsealed_turn",
    ),
    Guard(
        "the seal sees what came",
        "11",
        "memory.engine.work",
        'row["id"] is None and ',
        "",
        f"{MEMORY}/test_claims.py::test_that_the_seal_sees_new_words_a_takeover_and_a_lost_lease",
    ),
    Guard(
        "the seal sees a takeover",
        "11",
        "memory.engine.work",
        'row["id"] is None and (row["owner_epoch"] or 0) == owner_epoch',
        'row["id"] is None',
        f"{MEMORY}/test_claims.py::test_that_the_seal_sees_new_words_a_takeover_and_a_lost_lease",
    ),
    Guard(
        "ledger before the effect",
        "12",
        "memory.engine.effects",
        "            row = None if new is not None else await",
        "            row = None if True else await",
        f"{MEMORY}/test_effects_and_echoes.py::test_that_an_outside_write_runs_once_and_its_result_is_replayed",
    ),
    Guard(
        "an effect left open is not made again",
        "12",
        "memory.engine.effects",
        '        return "unknown", None, idempotency_key',
        '        return "run", None, idempotency_key',
        f"{MEMORY}/test_effects_and_echoes.py::test_that_a_write_left_by_a_dead_worker_is_unknown",
    ),
    Guard(
        "a late message renames no effect",
        "12",
        "graphs.gate",
        "    turn.minter.about(event.id)\n",
        "",
        "tests/conformance/graphs/test_runs.py::test_that_a_write_keeps_its_name_when_earlier_words_come_in_late",
    ),
    Guard(
        "lease in the commit",
        "13",
        "memory.engine.commit_sql",
        '        bool_eq(conversation_queue.c.lease_id, sa.bindparam("lease")),\n',
        "",
        f"{MEMORY}/test_turns.py::test_that_a_foreign_lease_commits_nothing",
    ),
    Guard(
        "turn number in the commit",
        "13",
        "memory.engine.one_turn",
        ' or row["turn_no"] != self.work.turn_no',
        "",
        f"{MEMORY}/test_turns.py::test_that_a_turn_that_takes_nothing_in_is_not_committed_twice",
    ),
    Guard(
        "events still unread in the commit",
        "13",
        "memory.engine.commit",
        "outcome is None and not set(commit.write.consumed) <= set(taken):",
        "False:",
        f"{MEMORY}/test_turns.py::test_that_events_taken_in_by_somebody_else_are_not_taken_in_again",
    ),
    Guard(
        "owner in the commit",
        "13",
        "memory.engine.one_turn",
        "self.write.runs_turn and changed_hands",
        "False",
        f"{MEMORY}/test_turns.py::test_that_a_takeover_cancels_words_and_keeps_what_was_learnt",
    ),
    Guard(
        "owner epoch at the door",
        "17",
        "memory.engine.judging",
        "author is not Author.AGENT or _owns(row, facts)",
        "True",
        f"{MEMORY}/test_door.py::test_that_the_door_checks_the_epoch_itself",
    ),
    Guard(
        "opt-out at the door",
        "17",
        "memory.engine.judging",
        'bool(facts["opted_out"])',
        "False",
        f"{MEMORY}/test_door.py::test_that_an_opt_out_binds_what_the_business_starts",
    ),
    Guard(
        "intent before the request",
        "17",
        "memory.engine.door_sql",
        '        state="sending",\n',
        '        state="queued",\n',
        f"{MEMORY}/test_door.py::test_that_a_request_left_by_a_dead_sender_is_unknown_and_holds_the_next_for_a_while",
    ),
    Guard(
        "one sender for a conversation",
        "17",
        "memory.engine.door_sql",
        "_picked = pick(_s, lambda queue: sa.and_(queue.c.due_ms <= _now, _is_free(queue)))\n",
        "_is_free = lambda _: sa.true()\n_picked = pick(_s, lambda queue: queue.c.due_ms <= _now)\n",
        f"{MEMORY}/test_door.py::test_that_one_conversation_has_one_sender",
    ),
    Guard(
        "one sender for a conversation, of what leaves with a turn",
        "17",
        "memory.writing_sql",
        "_untaken = sa.or_(send_queue.c.lease_until_ms.is_(None), send_queue.c.lease_until_ms < lease_clock())\n",
        "_untaken = sa.true()\n",
        f"{MEMORY}/test_parting.py::test_that_a_conversation_another_sender_has_is_left_to_it",
    ),
    Guard(
        "a door that fails holds up no turn",
        "13",
        "memory.engine.work",
        "            return await self._commit_group(turns, None)\n",
        "            raise\n",
        f"{MEMORY}/test_parting.py::test_that_a_door_which_fails_keeps_no_turn_from_its_commit",
    ),
    Guard(
        "what leaves with a turn counts against the slots",
        "6",
        "agent.claiming",
        "        if busy.total() >= self._slots or busy[tenant_id] >= self._cap:\n            return False\n",
        "",
        f"{AGENT}/test_claiming.py::test_that_a_kept_slot_counts_until_it_is_filled_or_given_back",
        quick=True,
    ),
    Guard(
        "ranks of receipts only rise",
        "21",
        "memory.engine.receipts",
        "for state, rank in RANK.items() if rank < RANK[after]]",
        "for state in RANK]",
        f"{MEMORY}/test_receipts.py::test_that_ranks_only_rise",
    ),
    Guard(
        "unsent words are cancelled by a takeover",
        "24",
        "memory.engine.one_turn",
        "        if self.took_over and (author is Author.AGENT",
        "        if False and (author is Author.AGENT",
        f"{MEMORY}/test_turns.py::test_that_a_takeover_cancels_words_and_keeps_what_was_learnt",
    ),
    Guard(
        "no answer while a person holds",
        "24",
        "agent.taking",
        "    if (taken.owner or work.owner) != AGENT or taken.silent:\n",
        "    if False:\n",
        f"{AGENT}/test_taking.py::test_that_nothing_is_answered_while_a_person_holds_the_conversation",
    ),
    Guard(
        "an answer at the door is the agent's again",
        "24",
        "memory.writing",
        "            await self.tx.run(sql.ADOPT, conversation_id=self.conversation_id)\n",
        "",
        f"{MEMORY}/test_hand_back_echoes.py::"
        "test_that_an_answer_at_the_door_at_a_hand_back_still_goes_out_where_it_had_not_left",
    ),
    Guard(
        "words whose answers were cut off are brought back",
        "27",
        "memory.repositories.answers",
        "for row in cut if row[",
        "for row in () if row[",
        f"{MEMORY}/test_hand_backs.py::test_that_a_hand_back_brings_the_words_of_a_burst_whose_answers_did_not_go_out",
    ),
    Guard(
        "words that asked for a person are not brought back",
        "27",
        "memory.repositories.changing_queries",
        "        messages.c.id.not_in(_heard),\n",
        "",
        f"{MEMORY}/test_hand_backs.py::test_that_words_whose_answer_was_the_notice_of_a_handoff_are_not_brought",
    ),
    Guard(
        "the job joins nothing that a worker has",
        "29",
        "memory.repositories.joining_queries",
        "        where=_free,\n",
        "",
        f"{MEMORY}/test_joining.py::test_that_the_job_waits_for_a_turn_under_way",
    ),
    Guard(
        "both leases when conversations are joined",
        "29",
        "memory.repositories.joining",
        "            if held != [lease] * len(pair):\n",
        "            if False:\n",
        f"{MEMORY}/test_joining.py::test_that_the_job_joins_nothing_once_its_leases_are_lost",
    ),
    Guard(
        "no turn where a conversation goes on elsewhere",
        "29",
        "memory.engine.work",
        'row is None or row["joined_into"] is not None:',
        "row is None:",
        f"{MEMORY}/test_joining.py::test_that_what_intake_was_storing_meanwhile_is_passed_on",
    ),
    Guard(
        "what came at the last moment is passed on",
        "29",
        "memory.repositories.joining_queries",
        ", sa.not_(_unread)",
        "",
        f"{MEMORY}/test_joining.py::test_that_what_came_in_at_the_last_moment_keeps_the_one_that_is_closed_due",
    ),
    Guard(
        "a number that was given on joins nobody",
        "29",
        "memory.engine.identities",
        "        if theirs and before and not theirs & before:\n",
        "        if False:\n",
        f"{MEMORY}/test_joining.py::test_that_a_number_with_a_new_owner_joins_nobody",
    ),
    Guard(
        "nobody is given more than they take",
        "46",
        "memory.repositories.attendance",
        "0) < (row[",
        "0) < 99 + (row[",
        f"{MEMORY}/test_giving_out.py::test_that_of_many_who_give_out_and_take_at_once_nobody_gets_more_than_they_take",
    ),
    Guard(
        "an echo that may be ours waits",
        "26",
        "agent.taking",
        '    if pending.echo == "undecided":\n',
        "    if False:\n",
        f"{AGENT}/test_taking.py::test_that_an_echo_that_may_be_ours_waits_for_the_request_to_resolve",
    ),
    Guard(
        "a statement names its tenant",
        "32",
        "memory.query",
        "        check_scope(self.clause, self.scope, names)\n",
        "",
        "tests/unit/memory/test_query.py::test_that_a_statement_that_leaves_a_table_loose_is_refused",
        quick=True,
    ),
    Guard(
        "a query runs in a transaction of its scope",
        "32",
        "memory.database",
        '        if query.scope == "mixed" and not self._tenants:\n',
        "        if False:\n",
        "tests/unit/memory/test_query.py::test_that_a_query_runs_in_a_transaction_of_its_scope_alone",
    ),
    Guard(
        "what has left is not taken back",
        "17",
        "memory.repositories.withdrawing",
        '    if states != {"queued"}:\n',
        "    if not states:\n",
        "tests/integration/api/test_composing.py::test_that_a_message_that_may_have_left_is_not_taken_back",
    ),
    Guard(
        "an instruction ends when somebody takes the conversation",
        "27",
        "memory.writing_sql",
        "        instruction=None,\n",
        "",
        f"{MEMORY}/test_happenings.py::test_that_an_instruction_is_data_to_the_agent_until_somebody_takes_it_again",
    ),
    Guard(
        "who has no question to put again answers after lost words",
        "22",
        "graphs.words",
        'if top.get("unseen") and node.executor.asks:',
        'if top.get("unseen"):',
        f"{MEMORY}/test_fates.py::test_that_an_agent_whose_words_were_lost_answers_what_comes_next",
    ),
    Guard(
        "a step of the index is void where somebody was erased",
        "34",
        "memory.index.writing",
        "    await tx.run(sql.LOCK)\n",
        "",
        f"{MEMORY}/test_search.py::test_that_a_step_is_void_where_somebody_was_erased_meanwhile",
    ),
    Guard(
        "erasure takes words out of the index",
        "34",
        "memory.index.writing",
        "        await tx.run(sql.DROP_WORDS, tokens=sorted(gone))\n",
        "        pass\n",
        f"{MEMORY}/test_search.py::test_that_nothing_of_an_erased_person_stays_in_the_index",
    ),
    Guard(
        "changed words leave the index",
        "34",
        "memory.index.following",
        "        current.tokens = set()\n",
        "",
        f"{MEMORY}/test_search.py::test_that_changed_words_are_found_and_those_before_are_not",
    ),
    Guard(
        "what the index finds is proven by opening it",
        "34",
        "memory.repositories.searching",
        "    return None if missing else best\n",
        "    return best or (rows[0], said(rows[0], sealer))\n",
        f"{MEMORY}/test_search.py::test_that_what_shares_a_token_by_chance_is_not_found",
    ),
    Guard(
        "a Run keeps its release",
        "16",
        "agent.attempt",
        "work.run.release_id if work.run else work.release_id",
        "work.release_id",
        f"{MEMORY}/test_moving.py::test_that_a_conversation_at_a_node_that_is_gone_ends_well_on_its_own_release",
    ),
    Guard(
        "of many processes one tells",
        "44",
        "memory.repositories.noticing",
        "        if not taken or not notices:\n",
        "        if not notices:\n",
        f"{MEMORY}/test_noticing.py::test_that_processes_that_look_at_once_tell_once",
    ),
    Guard(
        "who signed out is told no more",
        "44",
        "memory.repositories.noticing",
        "s.c.revoked_ms.is_(None), s.c.expires_ms > _now",
        "s.c.expires_ms > _now",
        f"{MEMORY}/test_noticing.py::test_that_nobody_is_told_after_signing_out_or_leaving",
    ),
    Guard(
        "planned words are judged again when they are due",
        "45",
        "desk.scheduling",
        "        if not verdict.allowed:\n            await change.planned.refuse",
        "        if False:\n            await change.planned.refuse",
        f"{MEMORY}/test_planning.py::test_that_whoever_wants_no_more_messages_meanwhile_gets_none",
    ),
    Guard(
        "what was told waits for the hand-back",
        "47",
        "agent.taking",
        'if pending.kind not in ("handback", "delivery", "event"):',
        'if pending.kind not in ("handback", "delivery"):',
        f"{MEMORY}/test_told.py::test_that_it_is_kept_while_a_person_holds_the_conversation",
    ),
)
