/** The flow as a drawing. Boxes and lines are told from the document; what the mouse moves is written into it when it rests. */
import "@xyflow/react/dist/base.css";
import {
  applyNodeChanges,
  Background,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  Panel,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { addStep } from "../actions";
import { connect, type Exit, type Place, START, withPlaces } from "../change";
import { useFlow, useSession } from "../context";
import { useNaming } from "../naming";
import { placeOf, type Session } from "../session";
import classes from "./Canvas.module.css";
import { type CanvasEdge, type CanvasNode, deriveEdges, deriveNodes, exitOf } from "./derive";
import { KitProvider } from "./kit";
import { Line } from "./Line";
import { StartPill, StepCard } from "./StepCard";
import { CARD_WIDTH, DRAGGED } from "./sizes";

const NODES = { step: StepCard, start: StartPill };
const EDGES = { line: Line };
/** Below this, cards are shapes. */
const READABLE = 0.5;
const FIT = { padding: 0.18, maxZoom: 1 };

export function Canvas() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const ui = useStore(
    session.ui,
    useShallow(({ locale, selected, line, issues, passed, waiting, goal }) => ({
      locale,
      selected,
      line,
      issues,
      passed,
      waiting,
      goal,
    })),
  );
  const { nodeName, portName, typeName } = useNaming();
  const kit = useMemo(() => ({ t, typeName, portName }), [t, typeName, portName]);
  const view = useReactFlow<CanvasNode, CanvasEdge>();
  const [nodes, setNodes] = useState<CanvasNode[]>([]);
  const [edges, setEdges] = useState<CanvasEdge[]>([]);
  const [pointed, setPointed] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);

  useEffect(
    () => setNodes((before) => deriveNodes(session, flow, ui, nodeName, t("start"), before)),
    [session, flow, ui, nodeName, t],
  );
  useEffect(() => {
    const name = ({ node: id, port }: Exit, target: string) => {
      const node = flow.nodes[id];
      const from = node ? `${nodeName(node, id)}, ${portName(node, port, ui.locale, flow)}` : t("start");
      return t("line.name", { from, to: nodeName(flow.nodes[target], target) });
    };
    setEdges((before) => deriveEdges(flow, ui, name, before));
  }, [flow, ui, nodeName, portName, t]);
  const drawn = useMemo(
    () =>
      edges.map((edge) =>
        edge.id === pointed ? { ...edge, data: { lit: edge.data?.lit ?? false, pointed: true } } : edge,
      ),
    [edges, pointed],
  );

  const open = useCallback(() => {
    void view.fitView(FIT).then(() => {
      if (view.getZoom() >= READABLE) return;
      // Too much to be read at once: one begins at the start, the map shows the rest.
      const start = view.getNode(START);
      const height = root.current?.clientHeight ?? 600;
      if (start)
        void view.setViewport({
          x: 40 - start.position.x * READABLE,
          y: height / 3 - start.position.y * READABLE,
          zoom: READABLE,
        });
    });
  }, [view]);
  const fit = useCallback(() => void view.fitView({ ...FIT, duration: 200 }), [view]);
  useEffect(() => {
    if (!ui.goal || !root.current) return;
    const { flow: now } = session.history.store.getState();
    const [x, y] = placeOf(session, now, ui.goal.node);
    // The form beside the canvas may come with the same click: only what stays beside it counts.
    const frame = requestAnimationFrame(() => {
      const box = root.current?.getBoundingClientRect();
      if (!box) return;
      if (Object.keys(now.nodes).length === 1) {
        // The first step leaves room for those that follow.
        void view.setViewport({ x: 200 - x, y: box.height / 3 - y, zoom: 1 });
        return;
      }
      const zoom = Math.max(view.getZoom(), ui.goal?.gently ? 0 : 0.8);
      const from = view.flowToScreenPosition({ x, y });
      const to = view.flowToScreenPosition({ x: x + CARD_WIDTH, y: y + 140 });
      const seen = from.x > box.left && from.y > box.top && to.x < box.right && to.y < box.bottom;
      if (!(ui.goal?.gently && seen)) void view.setCenter(x + CARD_WIDTH / 2, y + 70, { zoom, duration: 200 });
    });
    return () => cancelAnimationFrame(frame);
  }, [ui.goal, view, session]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      setNodes((before) => applyNodeChanges(changes, before));
      const places: Record<string, Place> = {};
      for (const change of changes) {
        if (change.type === "position" && change.position && !change.dragging)
          places[change.id] = [change.position.x, change.position.y];
      }
      const { flow: now } = session.history.store.getState();
      const moved = Object.entries(places).filter(
        ([id, [x, y]]) =>
          now.nodes[id] &&
          (placeOf(session, now, id)[0] !== Math.round(x) || placeOf(session, now, id)[1] !== Math.round(y)),
      );
      if (moved.length > 0)
        session.edit(
          (before) => withPlaces(before, Object.fromEntries(moved)),
          `move:${moved.map(([id]) => id).join()}`,
        );
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length > 0) {
        const selected = new Set(session.ui.getState().selected);
        for (const change of chosen) selected[change.selected ? "add" : "delete"](change.id);
        session.ui.setState(({ side }) => ({ selected: [...selected], side: sideAfter(side, selected.size) }));
      }
    },
    [session],
  );
  const link = useCallback(
    (node: string, handle: string | null, target: string) => {
      const exit = { node, port: node === START ? "" : (handle ?? "") };
      if (target !== START)
        session.edit((now) => (now.nodes[target]?.type === "note" ? now : connect(now, exit, target)));
    },
    [session],
  );
  const onConnectEnd: OnConnectEnd = useCallback(
    (event, state) => {
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
    },
    [link, session, view],
  );
  const onDrop = (event: DragEvent) => {
    const type = event.dataTransfer.getData(DRAGGED);
    if (!type) return;
    event.preventDefault();
    const { x, y } = view.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const { flow: now } = session.history.store.getState();
    addStep(session, type, {
      place: [x - 124, y - 20],
      exit: now.nodes[now.entry] ? undefined : { node: START, port: "" },
    });
  };
  const labels = useMemo(
    () => ({
      "node.a11yDescription.default": t("a11y.node"),
      "node.a11yDescription.keyboardDisabled": t("a11y.node"),
      "node.a11yDescription.ariaLiveMessage": ({ x, y }: { x: number; y: number }) => t("a11y.moved", { x, y }),
      "edge.a11yDescription.default": t("a11y.line"),
      "minimap.ariaLabel": t("a11y.map"),
      "handle.ariaLabel": t("a11y.exit"),
    }),
    [t],
  );
  if (nodes.length === 0) return <div className={classes.root} />;
  return (
    <div ref={root} className={classes.root}>
      <KitProvider value={kit}>
        <ReactFlow<CanvasNode, CanvasEdge>
          nodes={nodes}
          edges={drawn}
          nodeTypes={NODES}
          edgeTypes={EDGES}
          onNodesChange={onNodesChange}
          onNodeClick={(event, { id }) => {
            if (!event.shiftKey && !event.metaKey && !event.ctrlKey) openForm(session, id);
          }}
          onKeyDown={({ key, target }) => {
            const box = target instanceof HTMLElement && target.matches(".react-flow__node") ? target : null;
            if (key === "Enter" && box?.dataset.id) openForm(session, box.dataset.id);
          }}
          onNodeDragStart={session.history.seal}
          onConnect={({ source, sourceHandle, target }) => link(source, sourceHandle, target)}
          onConnectEnd={onConnectEnd}
          onReconnect={(edge, { target }) => link(exitOf(edge.id).node, exitOf(edge.id).port, target)}
          onEdgesChange={(changes) => {
            for (const change of changes) {
              if (change.type !== "select") continue;
              const exit = exitOf(change.id);
              session.ui.setState(({ line }) => ({
                line: change.selected ? exit : line?.node === exit.node && line.port === exit.port ? null : line,
              }));
            }
          }}
          onEdgeMouseEnter={(_, { id }) => setPointed(id)}
          onEdgeMouseLeave={(event) => {
            const to = event.relatedTarget;
            if (!(to instanceof Element && to.closest("[data-line]"))) setPointed(null);
          }}
          onPaneMouseMove={() => setPointed(null)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={onDrop}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          connectOnClick={false}
          connectionRadius={28}
          nodeDragThreshold={3}
          minZoom={0.1}
          maxZoom={1.75}
          zoomOnDoubleClick={false}
          panOnScroll
          onInit={open}
          elevateEdgesOnSelect
          ariaLabelConfig={labels}
          aria-label={t("a11y.canvas")}
        >
          <Background gap={20} size={1.4} />
          {nodes.length > 8 && (
            <MiniMap pannable zoomable position="bottom-right" className={classes.map} nodeBorderRadius={10} />
          )}
          <Panel position="bottom-left" className={classes.zoom}>
            <button
              type="button"
              aria-label={t("zoom.out")}
              title={t("zoom.out")}
              onClick={() => void view.zoomOut({ duration: 120 })}
            >
              <Minus size={16} aria-hidden="true" />
            </button>
            <button type="button" aria-label={t("zoom.fit")} title={t("zoom.fit")} onClick={fit}>
              <Maximize size={15} aria-hidden="true" />
            </button>
            <button
              type="button"
              aria-label={t("zoom.in")}
              title={t("zoom.in")}
              onClick={() => void view.zoomIn({ duration: 120 })}
            >
              <Plus size={16} aria-hidden="true" />
            </button>
          </Panel>
        </ReactFlow>
      </KitProvider>
    </div>
  );
}

/** A step that is clicked shows its form, whatever stands beside the canvas and whether it was chosen before. */
function openForm({ ui }: Session, id: string): void {
  if (id !== START) ui.setState({ selected: [id], line: null, side: "step" });
}

/** What is chosen by dragging shows its form as well; what else was opened beside the canvas stays. */
function sideAfter<T extends string | null>(side: T, chosen: number): T | "step" | null {
  if (chosen === 1 && (side === null || side === "step")) return "step";
  return side === "step" ? null : side;
}
