/** One flow being edited: its document with history, what keeps it saved, and what of it is looked at. */
import { createStore } from "zustand/vanilla";
import { type Exit, type Place, withPlaces } from "./change";
import type { Edit, FlowDocument, Issue, NodeType } from "./document";
import { uncovered } from "./folding";
import { groupsOf } from "./groups";
import { Saver, type SaverPorts, type Stored } from "./saver";
import { createHistory, type History } from "./store";

export type SideTab = "step" | "flow" | "variables" | "translations" | "test";

/** Where a step is chosen that is to be added. */
export interface Picking {
  /** Behind this exit. */
  exit?: Exit;
  /** On the canvas, where the step goes; without it, after what precedes it. */
  place?: Place;
}

export interface Ui {
  /** The language whose texts are shown. */
  locale: string;
  selected: readonly string[];
  /** A chosen line. */
  line: Exit | null;
  view: "canvas" | "outline";
  side: SideTab | null;
  issues: readonly Issue[];
  passed: readonly string[];
  waiting: string | null;
  picking: Picking | null;
  searching: boolean;
  problems: boolean;
  dialog: "publish" | "history" | "keys" | null;
  /** The version whose conversations are being moved. */
  moving: number | null;
  /** The group whose title is being written. */
  naming: string | null;
  /** Bring into view; counts, so that the same node can be asked for again. `gently`: only where it is not there yet. */
  goal: { node: string; n: number; gently: boolean } | null;
}

export interface Session {
  id: string;
  tenant: string;
  types: readonly NodeType[];
  history: History;
  saver: Saver;
  edit: Edit;
  ui: ReturnType<typeof createUi>;
  /** Where nodes stand that have no place in the document. */
  auto: Record<string, Place>;
  show: (node: string) => void;
  /** Choose a step that was just made. */
  meet: (node: string) => void;
  /** Choose a group's steps and bring the group into view, closed or open. */
  showGroup: (id: string) => void;
}

function createUi(locale: string, outline: boolean) {
  return createStore<Ui>()(() => ({
    locale,
    selected: [],
    line: null,
    view: outline ? "outline" : "canvas",
    side: null,
    issues: [],
    passed: [],
    waiting: null,
    picking: null,
    searching: false,
    problems: false,
    dialog: null,
    moving: null,
    naming: null,
    goal: null,
  }));
}

export interface Opening {
  id: string;
  tenant: string;
  types: readonly NodeType[];
  stored: Stored;
  /** What this browser kept of an earlier visit. */
  draft: { base: Stored; mine: FlowDocument } | null;
  auto: Record<string, Place>;
  locale: string;
  outline: boolean;
  ports: SaverPorts;
}

export function openSession({ id, tenant, types, stored, draft, auto, locale, outline, ports }: Opening): Session {
  const base = draft?.base ?? stored;
  const history = createHistory(base.document);
  const ui = createUi(locale, outline);
  const saver = new Saver(history, base, ports, (issues) => ui.setState({ issues }));
  history.store.subscribe(() => saver.changed());
  if (draft) history.edit(() => draft.mine);
  saver.notice(stored);
  const placed = (flow: FlowDocument): FlowDocument => {
    const missing = Object.keys(flow.nodes).filter((node) => !flow.ui?.pos?.[node] && auto[node]);
    return missing.length === 0
      ? flow
      : withPlaces(flow, Object.fromEntries(missing.map((node) => [node, auto[node] ?? [0, 0]])));
  };
  const edit: Edit = (change, group) =>
    history.edit((flow) => {
      const after = change(flow);
      return after === flow ? flow : placed(after);
    }, group);
  const choose = (gently: boolean) => (node: string) => {
    if (ui.getState().view === "canvas") edit((flow) => uncovered(flow, node));
    ui.setState(({ goal }) => ({
      selected: [node],
      line: null,
      side: "step",
      goal: { node, n: (goal?.n ?? 0) + 1, gently },
    }));
  };
  const showGroup = (id: string) => {
    const group = groupsOf(history.store.getState().flow).find((each) => each.id === id);
    const [first] = group?.nodes ?? [];
    if (!group || !first) return;
    ui.setState(({ goal }) => ({
      selected: group.nodes,
      line: null,
      side: null,
      goal: { node: first, n: (goal?.n ?? 0) + 1, gently: false },
    }));
  };
  return { id, tenant, types, history, saver, edit, ui, auto, show: choose(false), meet: choose(true), showGroup };
}

/** The node that a fault is of. */
export function nodeOf(issue: Issue): string | null {
  const [, area, id] = issue.pointer.split("/");
  return area === "nodes" && id ? id.replaceAll("~1", "/").replaceAll("~0", "~") : null;
}

export function placeOf(session: Pick<Session, "auto">, flow: FlowDocument, id: string): Place {
  const at = flow.ui?.pos?.[id] ?? session.auto[id];
  if (at) return at;
  const lost = Object.keys(flow.nodes).filter((each) => !flow.ui?.pos?.[each] && !session.auto[each]);
  return [lost.indexOf(id) * 300, -260];
}
