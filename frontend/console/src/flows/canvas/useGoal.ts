/** Brings into view what was asked for: a fault's step, what was found, what was just made. */
import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import { useSession, useUi } from "../context";
import { closedGroups, cornerOf } from "../folding";
import { placeOf } from "../session";
import { CARD_WIDTH } from "./sizes";

export function useGoal(root: RefObject<HTMLElement | null>): void {
  const session = useSession();
  const goal = useUi((ui) => ui.goal);
  const view = useReactFlow();
  useEffect(() => {
    if (!goal || !root.current) return;
    const { flow: now } = session.history.store.getState();
    const closed = closedGroups(now).find(({ nodes }) => nodes.includes(goal.node));
    const place = (id: string) => placeOf(session, now, id);
    const [x, y] = closed ? cornerOf(closed, place) : place(goal.node);
    // The form beside the canvas may come with the same click: only what stays beside it counts.
    const frame = requestAnimationFrame(() => {
      const box = root.current?.getBoundingClientRect();
      if (!box) return;
      if (Object.keys(now.nodes).length === 1) {
        // The first step leaves room for those that follow.
        void view.setViewport({ x: 200 - x, y: box.height / 3 - y, zoom: 1 });
        return;
      }
      const zoom = Math.max(view.getZoom(), goal.gently ? 0 : 0.8);
      const from = view.flowToScreenPosition({ x, y });
      const to = view.flowToScreenPosition({ x: x + CARD_WIDTH, y: y + 140 });
      const seen = from.x > box.left && from.y > box.top && to.x < box.right && to.y < box.bottom;
      if (!(goal.gently && seen)) void view.setCenter(x + CARD_WIDTH / 2, y + 70, { zoom, duration: 200 });
    });
    return () => cancelAnimationFrame(frame);
  }, [goal, view, session, root]);
}
