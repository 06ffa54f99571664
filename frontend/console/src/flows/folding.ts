/** Groups that are closed: one card stands for their steps, lines to and from these are drawn to it. Pure. */
import { type Exit, linesOf, type Place, readingOrder } from "./change";
import type { FlowDocument, FlowGroup } from "./document";
import { changeGroup, groupsOf } from "./groups";

const CARD = "@group ";

/** What the card of a closed group is called among the drawing's boxes. */
export const cardOf = ({ id }: Pick<FlowGroup, "id">): string => `${CARD}${id}`;

/** The closed group that a box of the drawing stands for. */
export function groupOfCard(flow: FlowDocument, box: string): FlowGroup | undefined {
  return box.startsWith(CARD) ? closedGroups(flow).find((group) => cardOf(group) === box) : undefined;
}

export function closedGroups(flow: FlowDocument): FlowGroup[] {
  return groupsOf(flow).filter(({ folded }) => folded);
}

/** Steps that are out of sight, each with the card that stands for it. */
export function hiddenOf(flow: FlowDocument): ReadonlyMap<string, string> {
  return new Map(closedGroups(flow).flatMap((group) => group.nodes.map((id) => [id, cardOf(group)] as const)));
}

export interface DrawnLine {
  exit: Exit;
  target: string;
  /** The boxes between which it is drawn. */
  from: string;
  to: string;
}

/** Every line that is seen: those within a closed group are not. */
export function drawnLines(flow: FlowDocument): DrawnLine[] {
  const hidden = hiddenOf(flow);
  return linesOf(flow)
    .map(({ exit, target }) => ({
      exit,
      target,
      from: hidden.get(exit.node) ?? exit.node,
      to: hidden.get(target) ?? target,
    }))
    .filter(({ from, to }) => from !== to || !from.startsWith(CARD));
}

/** Where a line leads that is dropped on a closed group: to the first of its steps, as one reads them. */
export function firstOf(flow: FlowDocument, { nodes }: FlowGroup): string | undefined {
  return readingOrder(flow).find((id) => nodes.includes(id));
}

/** The upper left corner of a group's steps, where its card stands. */
export function cornerOf({ nodes }: FlowGroup, placeOf: (id: string) => Place): Place {
  const places = nodes.map(placeOf);
  return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

/** Where a closed group's steps stand when its card is moved: to each other as before. */
export function movedOf(group: FlowGroup, to: Place, placeOf: (id: string) => Place): Record<string, Place> {
  const [left, top] = cornerOf(group, placeOf);
  const moved = ([x, y]: Place): Place => [x + to[0] - left, y + to[1] - top];
  return Object.fromEntries(group.nodes.map((id) => [id, moved(placeOf(id))]));
}

export function foldGroup(flow: FlowDocument, id: string, folded: boolean): FlowDocument {
  return changeGroup(flow, id, { folded });
}

/** Open the group that hides a step, so that it can be shown. */
export function uncovered(flow: FlowDocument, node: string): FlowDocument {
  const group = closedGroups(flow).find(({ nodes }) => nodes.includes(node));
  return group ? foldGroup(flow, group.id, false) : flow;
}
