/** The map of a large drawing: where one looks, and a way to look elsewhere. It follows the document, which changes when things rest. */
import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { memo, type PointerEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "../change";
import { useFlow, useSession } from "../context";
import { closedGroups, cornerOf, hiddenOf } from "../folding";
import { placeOf } from "../session";
import classes from "./Canvas.module.css";
import { CARD_WIDTH, FOLD_HEIGHT, heightOf } from "./sizes";

const WIDTH = 200;
const HEIGHT = 150;
const MARGIN = 60;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const Overview = memo(function Overview() {
  const { t } = useTranslation("flows");
  const boxes = useBoxes();
  const view = useReactFlow();
  const around = useMemo(() => aroundOf(boxes), [boxes]);
  const scale = Math.max(around.width / WIDTH, around.height / HEIGHT);
  const box = [around.x, around.y, around.width, around.height].join(" ");
  const look = (event: PointerEvent<SVGSVGElement>) => {
    if (event.type !== "pointerdown" && event.buttons !== 1) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      event.currentTarget.getScreenCTM()?.inverse(),
    );
    void view.setCenter(at.x, at.y, { zoom: view.getZoom() });
  };
  return (
    <Panel position="bottom-right" className={classes.map}>
      <svg
        role="img"
        aria-label={t("a11y.map")}
        width={WIDTH}
        height={Math.max(HEIGHT / 2, around.height / scale)}
        viewBox={box}
        onPointerDown={look}
        onPointerMove={look}
        onWheel={(event) => void (event.deltaY > 0 ? view.zoomOut() : view.zoomIn())}
      >
        <path d={boxes.map(pathOf).join("")} />
        <Seen scale={scale} around={around} />
      </svg>
    </Panel>
  );
});

/** What is out of sight lies in the shade. */
function Seen({ scale, around }: { scale: number; around: Box }) {
  const [left, top, zoom] = useStore((store) => store.transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const seen = { x: -left / zoom, y: -top / zoom, width: width / zoom, height: height / zoom };
  const all = {
    x: around.x - WIDTH * scale,
    y: around.y - HEIGHT * scale,
    width: 3 * WIDTH * scale,
    height: 3 * HEIGHT * scale,
  };
  return <path className={classes.shade} fillRule="evenodd" d={pathOf(all) + pathOf(seen)} />;
}

function useBoxes(): Box[] {
  const session = useSession();
  const flow = useFlow();
  return useMemo(() => {
    const hidden = hiddenOf(flow);
    const place = (id: string) => placeOf(session, flow, id);
    const box = ([x, y]: Place, height: number) => ({ x, y, width: CARD_WIDTH, height });
    return [
      ...Object.entries(flow.nodes)
        .filter(([id]) => !hidden.has(id))
        .map(([id, node]) => box(place(id), heightOf(node))),
      ...closedGroups(flow).map((group) => box(cornerOf(group, place), FOLD_HEIGHT)),
    ];
  }, [session, flow]);
}

function aroundOf(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - MARGIN;
  const y = Math.min(...boxes.map((box) => box.y)) - MARGIN;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN;
  return { x, y, width: right - x, height: bottom - y };
}

function pathOf({ x, y, width, height }: Box): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
