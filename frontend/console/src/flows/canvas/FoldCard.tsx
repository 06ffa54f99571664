/** A closed group as one card: its title, how many steps it holds, what is wrong with them, and what opens it. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { ChevronsUpDown, Group } from "lucide-react";
import { memo } from "react";
import { useSession } from "../context";
import { foldGroup } from "../folding";
import classes from "./Card.module.css";
import type { FoldNode } from "./derive";
import frames from "./Frames.module.css";
import { useKit } from "./kit";
import { Badge } from "./StepCard";

export const FoldCard = memo(
  Card,
  (before, after) => before.data === after.data && before.selected === after.selected && before.id === after.id,
);

function Card({ data, selected }: NodeProps<FoldNode>) {
  const { t } = useKit();
  const session = useSession();
  const { id, title, tone, count, errors, warnings, light } = data;
  const open = () => session.edit((flow) => foldGroup(flow, id, false));
  return (
    <article
      className={`${classes.card} ${frames.folded}`}
      data-tone={tone}
      data-light={light}
      data-fault={errors > 0 ? "error" : warnings > 0 ? "warning" : undefined}
      data-selected={selected || undefined}
      onDoubleClick={open}
    >
      <Handle
        type="target"
        id="in"
        position={Position.Left}
        className={classes.in}
        style={{ top: "50%" }}
        aria-hidden="true"
      />
      <header className={classes.head}>
        <span className={classes.icon}>
          <Group size={15} aria-hidden="true" />
        </span>
        <bdi className={classes.title}>{title || t("frames.untitled")}</bdi>
        {errors > 0 && <Badge tone="error" n={errors} label={t("card.errors", { n: errors })} />}
        {errors === 0 && warnings > 0 && (
          <Badge tone="warning" n={warnings} label={t("card.warnings", { n: warnings })} />
        )}
        <button type="button" className="nodrag" title={t("frames.open")} aria-label={t("frames.open")} onClick={open}>
          <ChevronsUpDown size={15} aria-hidden="true" />
        </button>
      </header>
      <p className={`${classes.gist} tabular`}>{t("frames.holds", { n: count })}</p>
      <Handle
        type="source"
        id="out"
        position={Position.Right}
        className={frames.out}
        isConnectable={false}
        aria-hidden="true"
      />
    </article>
  );
}
