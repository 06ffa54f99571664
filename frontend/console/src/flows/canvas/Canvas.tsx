/** The flow as a drawing. Boxes and lines are told from the document; what the mouse moves is written into it when it rests. */
import "@xyflow/react/dist/base.css";
import { Background, ReactFlow, useStoreApi } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Exit } from "../change";
import { useFlow, useSession } from "../context";
import { useNaming } from "../naming";
import classes from "./Canvas.module.css";
import { Chosen } from "./Chosen";
import { Corner } from "./Corner";
import { type CanvasEdge, type CanvasNode, deriveEdges, deriveNodes } from "./derive";
import { FoldCard } from "./FoldCard";
import { Frames } from "./Frames";
import { KitProvider } from "./kit";
import { Line } from "./Line";
import { StartPill, StepCard } from "./StepCard";
import { useGoal } from "./useGoal";
import { useHands } from "./useHands";
import { openingOf, type Room, ZOOM } from "./view";

const NODES = { step: StepCard, start: StartPill, fold: FoldCard };
const EDGES = { line: Line };
/** A drawing with more boxes than this draws those alone that are seen. */
const MANY = 60;

export function Canvas() {
  const root = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Room | null>(null);
  useLayoutEffect(() => {
    if (root.current) setRoom({ width: root.current.clientWidth, height: root.current.clientHeight });
  }, []);
  return (
    <div ref={root} className={classes.root}>
      {room && <Drawing root={root} room={room} />}
    </div>
  );
}

/** Where boxes stand while they are moved is the drawing's own: React draws nothing but what moves. */
function Drawing({ root, room }: { root: RefObject<HTMLDivElement | null>; room: Room }) {
  const { t } = useTranslation("flows");
  const { typeName, portName } = useNaming();
  const kit = useMemo(() => ({ t, typeName, portName }), [t, typeName, portName]);
  const [pointed, setPointed] = useState<string | null>(null);
  const nodes = useNodes();
  const edges = useEdges(pointed);
  const hands = useHands(setPointed);
  const [opening] = useState(() => openingOf(nodes, room));
  const labels = useLabels();
  const count = Object.keys(useFlow().nodes).length;
  useGlide();
  useGoal(root);
  return (
    <KitProvider value={kit}>
      <ReactFlow<CanvasNode, CanvasEdge>
        {...hands}
        defaultNodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        defaultViewport={opening}
        onlyRenderVisibleElements={count > MANY}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        connectOnClick={false}
        connectionRadius={28}
        nodeDragThreshold={3}
        minZoom={ZOOM.min}
        maxZoom={ZOOM.max}
        zoomOnDoubleClick={false}
        panOnScroll
        elevateEdgesOnSelect
        ariaLabelConfig={labels}
        aria-label={t("a11y.canvas")}
      >
        <Background gap={20} size={1.4} />
        <Frames />
        <Chosen />
        <Corner map={count > 8} />
      </ReactFlow>
    </KitProvider>
  );
}

/** Until it has come, what is dragged is drawn like everything else. */
function useGlide(): void {
  const drawing = useStoreApi<CanvasNode, CanvasEdge>();
  const session = useSession();
  useEffect(() => {
    import("./glide").then(
      ({ glide }) => glide(drawing, session),
      () => undefined,
    );
  }, [drawing, session]);
}

/** Return the boxes to begin with; later ones follow the document without drawing what is around them. */
function useNodes(): CanvasNode[] {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const { nodeName } = useNaming();
  const drawing = useStoreApi<CanvasNode, CanvasEdge>();
  const ui = useStore(
    session.ui,
    useShallow(({ locale, selected, issues, passed, waiting }) => ({ locale, selected, issues, passed, waiting })),
  );
  const derive = useCallback(
    (before: CanvasNode[]) => deriveNodes(session, flow, ui, nodeName, t("start"), before),
    [session, flow, ui, nodeName, t],
  );
  const [first] = useState(() => derive([]));
  useEffect(() => {
    const { nodes, setNodes } = drawing.getState();
    setNodes(derive(nodes));
  }, [drawing, derive]);
  return first;
}

function useEdges(pointed: string | null): CanvasEdge[] {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const { nodeName, portName } = useNaming();
  const { locale, line, passed, waiting } = useStore(
    session.ui,
    useShallow(({ locale, line, passed, waiting }) => ({ locale, line, passed, waiting })),
  );
  const before = useRef<CanvasEdge[]>([]);
  const edges = useMemo(() => {
    const name = ({ node: id, port }: Exit, target: string) => {
      const node = flow.nodes[id];
      const from = node ? `${nodeName(node, id)}, ${portName(node, port, locale, flow)}` : t("start");
      return t("line.name", { from, to: nodeName(flow.nodes[target], target) });
    };
    before.current = deriveEdges(flow, { line, passed, waiting }, name, before.current);
    return before.current;
  }, [flow, locale, line, passed, waiting, nodeName, portName, t]);
  return useMemo(
    () =>
      edges.map((edge) =>
        edge.id === pointed
          ? { ...edge, reconnectable: "target", data: { lit: edge.data?.lit ?? false, pointed: true } }
          : edge,
      ),
    [edges, pointed],
  );
}

function useLabels() {
  const { t } = useTranslation("flows");
  return useMemo(
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
}
