/**
 * The document with its history. Everything that `edit` does can be undone without limit, moves included; what is
 * selected and where one looks is not of the document. Pure apart from holding it.
 */
import { temporal } from "zundo";
import { createStore } from "zustand/vanilla";
import type { Edit, FlowDocument } from "./document";

export interface Kept {
  flow: FlowDocument;
}

export interface History {
  store: ReturnType<typeof keep>;
  edit: Edit;
  undo: () => void;
  redo: () => void;
  /** What is edited next is a step of its own, whatever its group. */
  seal: () => void;
  /** Bring in what others did: into the past and the future too, so that undoing mine never undoes theirs. */
  rebase: (change: (flow: FlowDocument) => FlowDocument) => void;
}

function keep(flow: FlowDocument) {
  return createStore<Kept>()(temporal(() => ({ flow }), { equality: (a, b) => a.flow === b.flow }));
}

export function createHistory(flow: FlowDocument): History {
  const store = keep(flow);
  let open: string | null = null;
  const seal = () => {
    open = null;
  };
  const travel = (way: "undo" | "redo") => () => {
    seal();
    store.temporal.getState()[way]();
  };
  const untracked = (next: FlowDocument) => {
    store.temporal.getState().pause();
    store.setState({ flow: next });
    store.temporal.getState().resume();
  };
  const edit: Edit = (change, group) => {
    const before = store.getState().flow;
    const after = change(before);
    if (after === before) return;
    const joins = group !== undefined && group === open;
    open = group ?? null;
    if (joins) untracked(after);
    else store.setState({ flow: after });
  };
  const rebase: History["rebase"] = (change) => {
    seal();
    const moved = (states: readonly Partial<Kept>[]) =>
      states.map((state) => state.flow && { flow: change(state.flow) });
    const { pastStates, futureStates } = store.temporal.getState();
    store.temporal.setState({
      pastStates: moved(pastStates).filter((state) => state !== undefined),
      futureStates: moved(futureStates).filter((state) => state !== undefined),
    });
    untracked(change(store.getState().flow));
  };
  return { store, edit, undo: travel("undo"), redo: travel("redo"), seal, rebase };
}
