/** What one does to a flow by key, menu or mouse; each is one step of undo. */
import { blankNode } from "./blank";
import { CARD_WIDTH } from "./canvas/sizes";
import {
  addNode,
  disconnect,
  type Exit,
  freshId,
  insertAfter,
  type Place,
  removeNodes,
  START,
  targetOf,
  withPlaces,
} from "./change";
import { type Clip, copyNodes } from "./clip";
import type { FlowDocument } from "./document";
import { addGroup, groupOf } from "./groups";
import { mainPort } from "./ports";
import { placeOf, type Session } from "./session";

const GAP = 96;

function flowOf(session: Session): FlowDocument {
  return session.history.store.getState().flow;
}

/** The exit to which a step is added where none is named: the free one of the only chosen step, or the start. */
export function freeExit(session: Session): Exit | undefined {
  const flow = flowOf(session);
  if (!flow.nodes[flow.entry]) return { node: START, port: "" };
  const [only, ...others] = session.ui.getState().selected;
  const node = only && others.length === 0 ? flow.nodes[only] : undefined;
  const port = node && mainPort(node);
  return only && port && !node.to?.[port] ? { node: only, port } : undefined;
}

/** Add a step, behind an exit where one is named, and choose it. */
export function addStep(session: Session, type: string, { exit, place }: { exit?: Exit; place?: Place }): string {
  const flow = flowOf(session);
  const { v } = session.types.find((each) => each.type === type) ?? { v: 1 };
  const node = blankNode(type, flow.locales.default, v);
  const id = freshId(flow.nodes, type);
  const linked = exit && type !== "note" ? exit : undefined;
  const at = place ?? placeAfter(session, flow, linked);
  session.edit((now) => (linked ? insertAfter(now, linked, id, node, at) : addNode(now, id, node, at)));
  session.meet(id);
  return id;
}

/** Behind what precedes it, below what stands there already. */
function placeAfter(session: Session, flow: FlowDocument, exit: Exit | undefined): Place {
  const places = Object.keys(flow.nodes).map((id) => placeOf(session, flow, id));
  if (places.length === 0) return [0, 0];
  if (!exit || !flow.nodes[exit.node]) {
    const entry = placeOf(session, flow, flow.entry);
    return exit
      ? [entry[0] - CARD_WIDTH - GAP, entry[1]]
      : [places[0]?.[0] ?? 0, Math.max(...places.map(([, y]) => y)) + 220];
  }
  const from = placeOf(session, flow, exit.node);
  const after = targetOf(flow, exit);
  if (after && flow.nodes[after]) {
    const to = placeOf(session, flow, after);
    if (to[0] - from[0] < 2 * CARD_WIDTH + GAP) return [from[0] + CARD_WIDTH / 2 + GAP, Math.max(from[1], to[1]) + 200];
    return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  }
  let [x, y] = [from[0] + CARD_WIDTH + GAP, from[1]];
  while (places.some(([left, top]) => Math.abs(left - x) < CARD_WIDTH && Math.abs(top - y) < 150)) y += 190;
  return [x, y];
}

/** Remove what is chosen: steps, or a line. */
export function removeChosen(session: Session): void {
  const { selected, line } = session.ui.getState();
  if (line && line.node !== START) session.edit((flow) => disconnect(flow, line));
  if (selected.length > 0) session.edit((flow) => removeNodes(flow, selected));
  session.ui.setState({ selected: [], line: null, side: null });
}

export function clipOf(session: Session, ids = session.ui.getState().selected): Clip | null {
  const flow = flowOf(session);
  const places = Object.fromEntries(ids.map((id) => [id, placeOf(session, flow, id)]));
  return ids.length > 0 ? copyNodes(flow, ids, places, session.tenant) : null;
}

export async function paste(session: Session, clip: Clip, at: Place): Promise<void> {
  const { pasteNodes } = await import("./pasting");
  const made = pasteNodes(flowOf(session), clip, at, session.tenant);
  session.edit(() => made.flow);
  session.ui.setState({ selected: made.ids, line: null });
}

export async function duplicate(session: Session, ids = session.ui.getState().selected): Promise<void> {
  const clip = clipOf(session, ids);
  if (!clip) return;
  const places = Object.values(clip.pos);
  const corner: Place = [Math.min(...places.map(([x]) => x)) + 40, Math.min(...places.map(([, y]) => y)) + 60];
  await paste(session, clip, corner);
}

/** Put the chosen steps in order, or all of them. */
export async function tidyUp(
  session: Session,
  sizes: ReadonlyMap<string, { width: number; height: number }>,
): Promise<void> {
  const { tidy, tidyDrawn } = await import("./canvas/layout");
  const { selected } = session.ui.getState();
  const some = selected.length > 1 ? selected : null;
  session.edit((flow) =>
    withPlaces(flow, some ? tidy(flow, sizes, some) : tidyDrawn(flow, sizes, (id) => placeOf(session, flow, id))),
  );
}

/** Put a frame around what is chosen; its title is what one writes next. */
export function groupChosen(session: Session): void {
  const { selected } = session.ui.getState();
  if (selected.length === 0) return;
  session.edit((flow) => addGroup(flow, selected));
  session.ui.setState({ naming: groupOf(flowOf(session), selected[0] ?? "")?.id ?? null });
}
