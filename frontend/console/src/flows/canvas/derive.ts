/** The canvas' boxes and lines, told from the document. What did not change stays the same object, so it is not drawn again. */
import type { Edge, Node } from "@xyflow/react";
import { type Exit, RETURN, START } from "../change";
import type { FlowDocument, FlowGroup, FlowNode } from "../document";
import { cardOf, closedGroups, cornerOf, drawnLines, hiddenOf } from "../folding";
import { nodeOf, placeOf, type Session, type Ui } from "../session";
import { CARD_WIDTH, FOLD_HEIGHT, foldHandles, handlesOf, heightOf } from "./sizes";

export interface CardData extends Record<string, unknown> {
  node: FlowNode;
  locale: string;
  errors: number;
  warnings: number;
  light: "passed" | "waiting" | null;
  /** Words that lead here from anywhere. */
  triggers: string;
  label: string;
}
/** A closed group. */
export interface FoldData extends Record<string, unknown> {
  id: string;
  title: string;
  tone: FlowGroup["tone"];
  count: number;
  errors: number;
  warnings: number;
  light: "passed" | "waiting" | null;
}
export type CardNode = Node<CardData, "step">;
export type StartNode = Node<{ label: string; linked: boolean }, "start">;
export type FoldNode = Node<FoldData, "fold">;
export type CanvasNode = CardNode | StartNode | FoldNode;
export type CanvasEdge = Edge<{ lit: boolean; pointed?: boolean }>;

const START_WIDTH = 84;
const START_HEIGHT = 28;
const START_GAP = 64;

export function lineId({ node, port }: Exit): string {
  return `${node} ${port}`;
}

export function exitOf(id: string): Exit {
  const gap = id.indexOf(" ");
  return { node: id.slice(0, gap), port: id.slice(gap + 1) };
}

type Shown = Pick<Ui, "locale" | "selected" | "issues" | "passed" | "waiting">;

export function deriveNodes(
  session: Pick<Session, "auto">,
  flow: FlowDocument,
  { locale, selected, issues, passed, waiting }: Shown,
  nameOf: (node: FlowNode, id: string) => string,
  startName: string,
  before: readonly CanvasNode[],
): CanvasNode[] {
  const old = new Map(before.map((each) => [each.id, each]));
  const faults = countFaults(issues);
  const chosen = new Set(selected);
  const hidden = hiddenOf(flow);
  const seen = Object.entries(flow.nodes).filter(([id]) => !hidden.has(id));
  const nodes: CanvasNode[] = seen.map(([id, node]) => {
    const [x, y] = placeOf(session, flow, id);
    const { errors = 0, warnings = 0 } = faults.get(id) ?? {};
    const light = waiting === id ? "waiting" : passed.includes(id) ? "passed" : null;
    const triggers = (flow.triggers ?? [])
      .filter(({ to }) => to === id)
      .map((each) => each.id)
      .join(", ");
    const data: CardData = { node, locale, errors, warnings, light, triggers, label: nameOf(node, id) };
    const known = old.get(id) as CardNode | undefined;
    const kept = known && sameData(known.data, data) ? known.data : data;
    const moved = known?.position.x !== x || known.position.y !== y;
    const isSelected = chosen.has(id);
    if (known && kept === known.data && !moved && Boolean(known.selected) === isSelected) return known;
    const position = moved || !known ? { x, y } : known.position;
    return {
      ...known,
      id,
      type: "step",
      position,
      data: kept,
      selected: isSelected,
      width: CARD_WIDTH,
      ariaLabel: data.label,
      ...(known?.measured ? undefined : { initialHeight: heightOf(node), handles: handlesOf(node) }),
    };
  });
  const closed = closedGroups(flow);
  for (const group of closed) {
    const data = foldData(group, faults, { passed, waiting });
    nodes.push(
      foldNode(
        group,
        data,
        cornerOf(group, (id) => placeOf(session, flow, id)),
        chosen,
        old,
      ),
    );
  }
  const [x, y] = startBeside(session, flow, closed);
  const linked = flow.nodes[flow.entry] !== undefined;
  const at = { x: x - START_WIDTH - START_GAP, y: y + 6 };
  const known = old.get(START) as StartNode | undefined;
  const still =
    known &&
    known.position.x === at.x &&
    known.position.y === at.y &&
    known.data.label === startName &&
    known.data.linked === linked;
  const start: StartNode = still
    ? known
    : {
        ...known,
        id: START,
        type: "start",
        position: at,
        data: { label: startName, linked },
        initialWidth: START_WIDTH,
        initialHeight: START_HEIGHT,
        draggable: false,
        selectable: false,
        focusable: false,
        deletable: false,
      };
  return [start, ...nodes];
}

/** Where the first box stands. */
function startBeside(session: Pick<Session, "auto">, flow: FlowDocument, closed: readonly FlowGroup[]) {
  const place = (id: string) => placeOf(session, flow, id);
  const group = closed.find(({ nodes }) => nodes.includes(flow.entry));
  if (group) return cornerOf(group, place);
  return flow.nodes[flow.entry] ? place(flow.entry) : ([START_WIDTH + START_GAP, 0] as const);
}

/** What there is to be known of a group's steps while they are out of sight. */
function foldData(
  { id, title, tone, nodes }: FlowGroup,
  faults: ReturnType<typeof countFaults>,
  { passed, waiting }: Pick<Ui, "passed" | "waiting">,
): FoldData {
  const sum = (kind: "errors" | "warnings") => nodes.reduce((all, node) => all + (faults.get(node)?.[kind] ?? 0), 0);
  const light =
    waiting !== null && nodes.includes(waiting)
      ? "waiting"
      : nodes.some((node) => passed.includes(node))
        ? "passed"
        : null;
  return { id, title, tone, count: nodes.length, errors: sum("errors"), warnings: sum("warnings"), light };
}

function foldNode(
  group: FlowGroup,
  data: FoldData,
  [x, y]: readonly [number, number],
  chosen: ReadonlySet<string>,
  old: ReadonlyMap<string, CanvasNode>,
): FoldNode {
  const id = cardOf(group);
  const known = old.get(id) as FoldNode | undefined;
  const selected = group.nodes.every((node) => chosen.has(node));
  const kept = known && sameData(known.data, data) ? known.data : data;
  const moved = known?.position.x !== x || known.position.y !== y;
  if (known && kept === known.data && !moved && Boolean(known.selected) === selected) return known;
  return {
    ...known,
    id,
    type: "fold",
    position: moved || !known ? { x, y } : known.position,
    data: kept,
    selected,
    width: CARD_WIDTH,
    ariaLabel: data.title,
    ...(known?.measured ? undefined : { initialHeight: FOLD_HEIGHT, handles: foldHandles() }),
  };
}

/** What was measured is known better than what was told of it beforehand: returns the nodes of which both is known. */
export function guessedOf(nodes: readonly CanvasNode[]): Set<string> {
  return new Set(nodes.filter(({ measured, handles }) => measured && handles).map(({ id }) => id));
}

function sameData<T extends Record<string, unknown>>(a: T, b: T): boolean {
  return Object.keys(b).every((key) => a[key] === b[key]);
}

export function countFaults(issues: Ui["issues"]): Map<string, { errors: number; warnings: number }> {
  const found = new Map<string, { errors: number; warnings: number }>();
  for (const issue of issues) {
    const id = nodeOf(issue);
    if (!id) continue;
    const count = found.get(id) ?? { errors: 0, warnings: 0 };
    if (issue.severity === "error") count.errors += 1;
    else count.warnings += 1;
    found.set(id, count);
  }
  return found;
}

export function deriveEdges(
  flow: FlowDocument,
  { line, passed, waiting }: Pick<Ui, "line" | "passed" | "waiting">,
  nameOf: (exit: Exit, target: string) => string,
  before: readonly CanvasEdge[],
): CanvasEdge[] {
  const old = new Map(before.map((each) => [each.id, each]));
  const lit = new Set(waiting ? [...passed, waiting] : passed);
  const lines = drawnLines(flow);
  const hidden = hiddenOf(flow);
  if (flow.nodes[flow.entry]) {
    const to = hidden.get(flow.entry) ?? flow.entry;
    lines.unshift({ exit: { node: START, port: "" }, target: flow.entry, from: START, to });
  }
  return lines.map(({ exit, target, from, to }) => {
    const id = lineId(exit);
    const known = old.get(id);
    const selected = line !== null && lineId(line) === id;
    const isLit = lit.has(target) && (exit.node === START || passed.includes(exit.node));
    const ariaLabel = nameOf(exit, target);
    if (
      known &&
      known.source === from &&
      known.target === to &&
      Boolean(known.selected) === selected &&
      known.data?.lit === isLit &&
      known.ariaLabel === ariaLabel
    )
      return known;
    return {
      id,
      source: from,
      sourceHandle: from === exit.node ? exit.port || "out" : "out",
      target: to,
      targetHandle: "in",
      type: "line",
      selected,
      data: { lit: isLit },
      ariaLabel,
      className: isLit ? "lit" : undefined,
      focusable: exit.node !== START,
      // What takes hold of a line's end is drawn where it can be taken: hundreds more would slow what moves.
      reconnectable: selected && "target",
    };
  });
}

/** Where an exit leads that no line can be drawn to. */
export function endOf(node: FlowNode, port: string, flow: Pick<FlowDocument, "nodes">): "return" | "lost" | null {
  const target = node.to?.[port];
  if (target === undefined || flow.nodes[target]) return null;
  return target === RETURN ? "return" : "lost";
}
