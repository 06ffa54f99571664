/**
 * What is dragged glides: its cards and frames follow the mouse on layers of their own, its lines are drawn on one more, and
 * nothing else is drawn. React learns of it when it rests, or when the view moves under it.
 */
import type { NodeChange, useStoreApi, XYPosition } from "@xyflow/react";
import { groupsOf } from "../groups";
import type { Session } from "../session";
import { around } from "./around";
import type { CanvasEdge, CanvasNode } from "./derive";
import { layLines } from "./sheet";

export type Drawing = ReturnType<typeof useStoreApi<CanvasNode, CanvasEdge>>;
/** Of what is dragged: where it is, or how far it has come. */
export type Places = ReadonlyMap<string, XYPosition>;
/** Something that is held while it moves. */
export interface Part {
  follow: (by: Places) => void;
  release: () => void;
}
type Changes = NodeChange<CanvasNode>[];
const GLIDE = Symbol("glide");

/** Keep moves from the drawing while they are shown without it. */
export function glide(drawing: Drawing, session: Session): void {
  let held: { from: Places; parts: readonly Part[] } | null = null;
  /** Where the last move of this drag saw the view. */
  let view: readonly number[] | null = null;
  drawing.getState().onNodesChangeMiddlewareMap.set(GLIDE, (changes) => {
    const { transform, nodeLookup } = drawing.getState();
    const to = placesOf(changes);
    const stands = transform === (view ?? transform);
    const lies = ([id, at]: [string, XYPosition]) => nodeLookup.get(id)?.position === at;
    view = to && transform;
    if (to && stands) held ??= take(drawing, session, [...to.keys()]);
    if (to && stands && held && [...held.from].every(lies)) {
      const by = distances(held.from, to);
      for (const { follow } of held.parts) follow(by);
      return [];
    }
    for (const { release } of held?.parts ?? []) release();
    held = null;
    return changes;
  });
}

/** Where things are dragged to; null where they come to rest, or something else happens. */
function placesOf(changes: Changes): Places | null {
  const places = new Map<string, XYPosition>();
  for (const change of changes) {
    if (change.type !== "position" || !change.dragging || !change.position) return null;
    places.set(change.id, change.position);
  }
  return places;
}

function distances(from: Places, to: Places): Places {
  return new Map([...from].map(([id, at]) => [id, between(at, to.get(id) ?? at)]));
}

function between(a: XYPosition, b: XYPosition): XYPosition {
  return { x: b.x - a.x, y: b.y - a.y };
}

/** Take hold of cards and of what goes along with them; null where one of them is out of sight. */
function take(drawing: Drawing, session: Session, ids: readonly string[]) {
  const { domNode, nodeLookup } = drawing.getState();
  const cards = ids.flatMap((id) => domNode?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`) ?? []);
  if (!domNode || cards.length < ids.length) return null;
  const from = new Map(ids.map((id) => [id, nodeLookup.get(id)?.position ?? { x: 0, y: 0 }]));
  const along = (part: Element, id = "") => lift(part, (by) => shift(by.get(id)));
  const chosen = [...domNode.querySelectorAll(".react-flow__nodesselection-rect")];
  const parts = [
    ...cards.map((card, at) => along(card, ids[at])),
    ...cards.map(quiet),
    ...chosen.map((rect) => along(rect, ids[0])),
    ...frames(drawing, session, from),
    layLines(drawing, from),
  ];
  return { from, parts };
}

/** React, which would look for who listens to every move, does not hear of them. */
function quiet(card: Element): Part {
  const stop = (event: Event) => event.stopPropagation();
  card.addEventListener("pointermove", stop);
  return { follow: () => undefined, release: () => card.removeEventListener("pointermove", stop) };
}

/** Frames go along, and grow and shrink with their steps. */
function frames(drawing: Drawing, session: Session, from: Places): Part[] {
  const { domNode, nodeLookup } = drawing.getState();
  return groupsOf(session.history.store.getState().flow).flatMap(({ id, nodes }) => {
    const frame = domNode?.querySelector(`[data-frame="${CSS.escape(id)}"]`);
    if (!frame || !nodes.some((node) => from.has(node))) return [];
    const [x, y, width, height] = around(nodes, nodeLookup);
    return lift(frame, (by) => {
      const now = around(nodes, nodeLookup, by);
      const grown = now[2] !== width || now[3] !== height;
      const moved = shift({ x: now[0] - x, y: now[1] - y });
      return grown ? { ...moved, width: `${now[2]}px`, height: `${now[3]}px` } : moved;
    });
  });
}

const shift = ({ x, y }: XYPosition = { x: 0, y: 0 }) => ({ translate: `${x}px ${y}px` });

/** Show something elsewhere by an animation that stands still: browsers move its layer and leave the others as they are. */
function lift(part: Element, frameOf: (by: Places) => Keyframe): Part {
  const animation = part.animate([], 1);
  animation.pause();
  return {
    follow: (by) => {
      const frame = frameOf(by);
      (animation.effect as KeyframeEffect).setKeyframes([frame, frame]);
    },
    release: () => animation.cancel(),
  };
}
