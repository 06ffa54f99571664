"""LangGraph's published checkpoint conformance suite, test by test, and what of it asks for more than the latest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langgraph.checkpoint.conformance.spec.test_copy_thread import ALL_COPY_THREAD_TESTS
from langgraph.checkpoint.conformance.spec.test_delete_for_runs import ALL_DELETE_FOR_RUNS_TESTS
from langgraph.checkpoint.conformance.spec.test_delete_thread import ALL_DELETE_THREAD_TESTS
from langgraph.checkpoint.conformance.spec.test_get_tuple import ALL_GET_TUPLE_TESTS
from langgraph.checkpoint.conformance.spec.test_list import ALL_LIST_TESTS
from langgraph.checkpoint.conformance.spec.test_prune import ALL_PRUNE_TESTS
from langgraph.checkpoint.conformance.spec.test_put import ALL_PUT_TESTS
from langgraph.checkpoint.conformance.spec.test_put_writes import ALL_PUT_WRITES_TESTS

Test = Callable[[Any], Awaitable[None]]

BASE: list[Test] = [
    *ALL_PUT_TESTS,
    *ALL_PUT_WRITES_TESTS,
    *ALL_GET_TUPLE_TESTS,
    *ALL_LIST_TESTS,
    *ALL_DELETE_THREAD_TESTS,
]
"""What every saver does."""
OPTIONAL: list[Test] = [*ALL_DELETE_FOR_RUNS_TESTS, *ALL_COPY_THREAD_TESTS, *ALL_PRUNE_TESTS]
EVERY = [*BASE, *OPTIONAL]

ASKS_FOR_OLDER = {
    "test_put_multiple_checkpoints_same_thread": "reads all three checkpoints of a thread by their ids",
    "test_put_incremental_channel_update": "reads the first checkpoint again after the second",
    "test_get_tuple_specific_checkpoint_id": "reads the first of two checkpoints by its id",
    "test_list_all": "lists four checkpoints of one thread",
    "test_list_by_thread": "lists four checkpoints of one thread",
    "test_list_ordering": "lists four checkpoints of one thread, newest first",
    "test_list_metadata_filter_single_key": "filters among four checkpoints of one thread",
    "test_list_metadata_filter_step": "filters for the second of four checkpoints",
    "test_list_metadata_custom_keys": "finds the first of two checkpoints by its metadata",
    "test_list_before": "lists what came before the third of four checkpoints",
    "test_list_limit": "lists two of four checkpoints",
    "test_list_limit_plus_before": "lists what came before the last of four checkpoints",
    "test_list_combined_thread_and_filter": "filters among four checkpoints of one thread",
    "test_delete_for_runs_single": "expects checkpoints of two runs in one thread",
    "test_delete_for_runs_multiple": "expects checkpoints of three runs in one thread",
    "test_delete_for_runs_preserves_other_runs": "expects checkpoints of two runs in one thread",
    "test_copy_thread_basic": "copies three checkpoints of one thread",
}
"""What latest-only mode leaves out, and why (docs/decisions/0012)."""
