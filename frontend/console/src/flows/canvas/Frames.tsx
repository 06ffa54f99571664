/** Frames around steps that belong together: they go where their steps go, and take them along by their titles. */
import { useReactFlow, useStore, useStoreApi, ViewportPortal } from "@xyflow/react";
import { ChevronsDownUp } from "lucide-react";
import { type PointerEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { shallow } from "zustand/shallow";
import { useFlow, useSession, useUi } from "../context";
import type { FlowGroup } from "../document";
import { foldGroup } from "../folding";
import { changeGroup, groupsOf } from "../groups";
import { around } from "./around";
import type { CanvasEdge, CanvasNode } from "./derive";
import classes from "./Frames.module.css";
import { Inline } from "./Inline";

export function Frames() {
  const groups = groupsOf(useFlow()).filter(({ folded }) => !folded);
  if (groups.length === 0) return null;
  return (
    <ViewportPortal>
      {groups.map((group) => (
        <Frame key={group.id} group={group} />
      ))}
    </ViewportPortal>
  );
}

function Frame({ group }: { group: FlowGroup }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const naming = useUi((ui) => ui.naming === group.id);
  const chosen = useUi(({ selected }) => selected.length > 0 && group.nodes.every((id) => selected.includes(id)));
  const [x, y, width, height] = useBounds(group.nodes);
  const hold = useHold(group.nodes);
  const title = group.title || t("frames.untitled");
  const choose = () => session.ui.setState({ selected: group.nodes, line: null, side: null });
  return (
    <section
      className={classes.frame}
      data-frame={group.id}
      data-tone={group.tone}
      data-chosen={chosen || undefined}
      aria-label={title}
      style={{ transform: `translate(${x}px, ${y}px)`, width, height }}
    >
      <header className={`${classes.head} nopan nodrag`}>
        {naming ? (
          <Inline
            label={t("frames.title")}
            value={group.title}
            single
            onDone={(text) => {
              if (text !== null) session.edit((flow) => changeGroup(flow, group.id, { title: text }));
              session.ui.setState({ naming: null });
            }}
          />
        ) : (
          <button
            type="button"
            className={classes.title}
            title={t("frames.hint")}
            {...hold}
            onClick={choose}
            onDoubleClick={() => session.ui.setState({ naming: group.id })}
          >
            <bdi>{title}</bdi>
          </button>
        )}
      </header>
      <button
        type="button"
        className={`${classes.fold} nopan nodrag`}
        title={t("frames.close")}
        aria-label={`${t("frames.close")}: ${title}`}
        onClick={() => session.edit((flow) => foldGroup(flow, group.id, true))}
      >
        <ChevronsDownUp size={14} aria-hidden="true" />
      </button>
    </section>
  );
}

/** Around its steps, wherever they are at the moment. */
function useBounds(ids: readonly string[]) {
  return useStore(({ nodeLookup }) => around(ids, nodeLookup), shallow);
}

/** The title moves all steps; where they come to rest is one step of undo. */
function useHold(ids: readonly string[]) {
  const store = useStoreApi<CanvasNode, CanvasEdge>();
  const view = useReactFlow();
  const session = useSession();
  const from = useRef<{ x: number; y: number; places: Map<string, { x: number; y: number }> } | null>(null);
  const move = (event: PointerEvent, dragging: boolean) => {
    if (!from.current) return;
    const { x, y, places } = from.current;
    const zoom = view.getZoom();
    const by = { x: (event.clientX - x) / zoom, y: (event.clientY - y) / zoom };
    const { nodeLookup, updateNodePositions } = store.getState();
    const moved = [...places].flatMap(([id, at]) => {
      const node = nodeLookup.get(id);
      return node ? [[id, { ...node, position: { x: at.x + by.x, y: at.y + by.y } }] as const] : [];
    });
    updateNodePositions(new Map(moved), dragging);
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      session.history.seal();
      const { nodeLookup } = store.getState();
      const places = new Map(ids.flatMap((id) => [[id, nodeLookup.get(id)?.position ?? { x: 0, y: 0 }] as const]));
      from.current = { x: event.clientX, y: event.clientY, places };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => move(event, true),
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      move(event, false);
      from.current = null;
    },
    onPointerCancel: () => {
      from.current = null;
    },
  };
}
