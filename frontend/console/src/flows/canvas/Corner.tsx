/** In the corners of the drawing: how large it is, and the map of a large one. */
import { Panel, useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Canvas.module.css";
import type { CanvasEdge, CanvasNode } from "./derive";
import { Overview } from "./Overview";
import { wholeOf } from "./view";

const QUICK = { duration: 120 };

export const Corner = memo(function Corner({ map }: { map: boolean }) {
  const { t } = useTranslation("flows");
  const view = useReactFlow<CanvasNode, CanvasEdge>();
  const fit = (root: Element | null) => {
    if (root) void view.setViewport(wholeOf(view.getNodes(), roomOf(root)), { duration: 200 });
  };
  return (
    <>
      {map && <Overview />}
      <Panel position="bottom-left" className={classes.zoom}>
        <button type="button" aria-label={t("zoom.out")} title={t("zoom.out")} onClick={() => void view.zoomOut(QUICK)}>
          <Minus size={16} aria-hidden="true" />
        </button>
        <button
          type="button"
          aria-label={t("zoom.fit")}
          title={t("zoom.fit")}
          onClick={(event) => fit(event.currentTarget.closest(".react-flow"))}
        >
          <Maximize size={15} aria-hidden="true" />
        </button>
        <button type="button" aria-label={t("zoom.in")} title={t("zoom.in")} onClick={() => void view.zoomIn(QUICK)}>
          <Plus size={16} aria-hidden="true" />
        </button>
      </Panel>
    </>
  );
});

function roomOf({ clientWidth: width, clientHeight: height }: Element) {
  return { width, height };
}
