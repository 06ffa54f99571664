/** What the mouse and the keys do to the drawing. Made once: where they change, every card is drawn again. */
import {
  type Connection,
  type Edge,
  type EdgeChange,
  type NodeChange,
  type OnConnectEnd,
  type ReactFlowInstance,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import {
  type Dispatch,
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  type SetStateAction,
  useMemo,
} from "react";
import { addStep } from "../actions";
import { connect, type Place, START, withPlaces } from "../change";
import { useSession } from "../context";
import { firstOf, groupOfCard, movedOf } from "../folding";
import { placeOf, type Session } from "../session";
import { type CanvasEdge, type CanvasNode, exitOf, guessedOf } from "./derive";
import { DRAGGED } from "./sizes";

type View = ReactFlowInstance<CanvasNode, CanvasEdge>;
type Store = ReturnType<typeof useStoreApi<CanvasNode, CanvasEdge>>;
type Set<T> = Dispatch<SetStateAction<T>>;

export function useHands(setPointed: Set<string | null>) {
  const session = useSession();
  const store = useStoreApi<CanvasNode, CanvasEdge>();
  const view = useReactFlow<CanvasNode, CanvasEdge>();
  return useMemo(
    () => ({ ...choosing(session, store), ...drawing(session, view), ...pointing(setPointed) }),
    [session, view, store, setPointed],
  );
}

function choosing(session: Session, store: Store) {
  return {
    onNodesChange: (changes: NodeChange<CanvasNode>[]) => {
      if (changes.some(({ type }) => type === "dimensions")) measure(store);
      settle(session, changes);
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length === 0) return;
      const { flow } = session.history.store.getState();
      const selected = new Set(session.ui.getState().selected);
      for (const change of chosen)
        for (const id of groupOfCard(flow, change.id)?.nodes ?? [change.id])
          selected[change.selected ? "add" : "delete"](id);
      session.ui.setState(({ side }) => ({
        selected: [...selected],
        side: side === "step" && selected.size !== 1 ? null : side,
      }));
    },
    onNodeClick: (event: MouseEvent, { id }: CanvasNode) => {
      if (!event.shiftKey && !event.metaKey && !event.ctrlKey) openForm(session, id);
    },
    onKeyDown: ({ key, target }: KeyboardEvent) => {
      const box = target instanceof HTMLElement && target.matches(".react-flow__node") ? target : null;
      if (key === "Enter" && box?.dataset.id) openForm(session, box.dataset.id);
    },
    onNodeDragStart: session.history.seal,
    /** What is chosen by dragging shows its form once it rests; what else was opened beside the canvas stays. */
    onNodeDragStop: () =>
      session.ui.setState(({ side, selected }) => ({ side: side === null && selected.length === 1 ? "step" : side })),
  };
}

/** A card that is drawn tells where its exits are; until then they were guessed. */
function measure(store: Store): void {
  const { nodes, setNodes, updateNodeInternals, domNode } = store.getState();
  const guessed = guessedOf(nodes);
  if (guessed.size === 0) return;
  setNodes(nodes.map((node) => (guessed.has(node.id) ? { ...node, handles: undefined } : node)));
  const drawn = [...(domNode?.querySelectorAll<HTMLDivElement>(".react-flow__node") ?? [])];
  const found = drawn.flatMap((nodeElement) => {
    const { id = "" } = nodeElement.dataset;
    return guessed.has(id) ? [[id, { id, nodeElement, force: true }] as const] : [];
  });
  updateNodeInternals(new Map(found));
}

/** Places are written into the document when what was moved rests. */
function settle(session: Session, changes: readonly NodeChange<CanvasNode>[]): void {
  const { flow } = session.history.store.getState();
  const places: Record<string, Place> = {};
  const place = (id: string) => placeOf(session, flow, id);
  for (const change of changes) {
    if (change.type !== "position" || !change.position || change.dragging) continue;
    const { x, y } = change.position;
    const group = groupOfCard(flow, change.id);
    if (group) Object.assign(places, movedOf(group, [Math.round(x), Math.round(y)], place));
    if (!flow.nodes[change.id]) continue;
    const [left, top] = placeOf(session, flow, change.id);
    if (left !== Math.round(x) || top !== Math.round(y)) places[change.id] = [x, y];
  }
  const moved = Object.keys(places);
  if (moved.length > 0) session.edit((before) => withPlaces(before, places), `move:${moved.join()}`);
}

/** A step that is clicked shows its form, whatever stands beside the canvas and whether it was chosen before. */
function openForm({ ui, history }: Session, id: string): void {
  if (history.store.getState().flow.nodes[id]) ui.setState({ selected: [id], line: null, side: "step" });
}

function drawing(session: Session, view: View) {
  const link = (node: string, handle: string | null | undefined, target: string) => {
    const exit = { node, port: node === START ? "" : (handle ?? "") };
    if (target === START) return;
    session.edit((now) => {
      const group = groupOfCard(now, target);
      const end = group ? (firstOf(now, group) ?? target) : target;
      return now.nodes[end]?.type === "note" ? now : connect(now, exit, end);
    });
  };
  const onConnectEnd: OnConnectEnd = (event, state) => {
    if (state.isValid || !state.fromNode || state.fromHandle?.type !== "source") return;
    const { clientX: x, clientY: y } =
      "changedTouches" in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
    const over = document.elementFromPoint(x, y)?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const handle = state.fromHandle.id ?? null;
    if (over) {
      link(state.fromNode.id, handle, over);
      return;
    }
    const at = view.screenToFlowPosition({ x, y });
    const exit = { node: state.fromNode.id, port: state.fromNode.id === START ? "" : (handle ?? "") };
    session.ui.setState({ picking: { exit, place: [at.x, at.y - 24] } });
  };
  return {
    onConnectEnd,
    onConnect: ({ source, sourceHandle, target }: Connection) => link(source, sourceHandle, target),
    onReconnect: (edge: Edge, { target }: Connection) => {
      if (target !== edge.target) link(exitOf(edge.id).node, exitOf(edge.id).port, target);
    },
    onEdgesChange: (changes: EdgeChange<CanvasEdge>[]) => {
      for (const change of changes) {
        if (change.type !== "select") continue;
        const exit = exitOf(change.id);
        session.ui.setState(({ line }) => ({
          line: change.selected ? exit : line?.node === exit.node && line.port === exit.port ? null : line,
        }));
      }
    },
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      const type = event.dataTransfer.getData(DRAGGED);
      if (!type) return;
      event.preventDefault();
      const { x, y } = view.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const { flow: now } = session.history.store.getState();
      addStep(session, type, {
        place: [x - 124, y - 20],
        exit: now.nodes[now.entry] ? undefined : { node: START, port: "" },
      });
    },
  };
}

/** The line under the mouse offers to put a step into it. */
function pointing(setPointed: Set<string | null>) {
  return {
    onEdgeMouseEnter: (_: MouseEvent, { id }: Edge) => setPointed(id),
    onEdgeMouseLeave: (event: MouseEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof Element && to.closest("[data-line]"))) setPointed(null);
    },
    onPaneMouseMove: () => setPointed(null),
  };
}
