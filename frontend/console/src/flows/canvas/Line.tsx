/** A line from an exit to a step, curved; one that leads back goes around. While pointed at, a step can be put into it. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { Plus, X } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { disconnect, START } from "../change";
import { useSession } from "../context";
import classes from "./Card.module.css";
import { curveOf } from "./curve";
import { type CanvasEdge, exitOf } from "./derive";

export const Line = memo(function Line(props: EdgeProps<CanvasEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, selected, data } = props;
  const [path, x, y] = curveOf({ sourceX, sourceY, targetX, targetY });
  return (
    <>
      <BaseEdge path={path} interactionWidth={24} />
      {(selected || data?.pointed) && <Tools id={id} x={x} y={y} />}
    </>
  );
});

function Tools({ id, x, y }: { id: string; x: number; y: number }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const exit = exitOf(id);
  return (
    <EdgeLabelRenderer>
      <div
        className={`${classes.tools} nodrag nopan`}
        data-line={id}
        style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
      >
        <button
          type="button"
          title={t("line.insert")}
          aria-label={t("line.insert")}
          onClick={() =>
            session.ui.setState({
              picking: { exit, place: [x - 124, y - 40] },
            })
          }
        >
          <Plus size={14} strokeWidth={2.5} aria-hidden="true" />
        </button>
        {exit.node !== START && (
          <button
            type="button"
            title={t("line.remove")}
            aria-label={t("line.remove")}
            onClick={() => session.edit((flow) => disconnect(flow, exit))}
          >
            <X size={14} strokeWidth={2.5} aria-hidden="true" />
          </button>
        )}
      </div>
    </EdgeLabelRenderer>
  );
}
