/** The way a turn took through the flow: what it passed is lit, where it stands is marked, what it left is beside. */
import type { FlowEdge, FlowNode } from "@frontdesk/shared";
import { MapPin } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { BOX, BRANCH, draw } from "./graph";
import { NodeGlyph } from "./NodeGlyph";
import classes from "./PathGraph.module.css";

/** Widths in percent: passed nodes, then the room that the ways beside them take. */
const LEFT = 5;
const WIDTH = 58;
const BESIDE = 70;

export function PathGraph({ nodes, edges }: { nodes: FlowNode[]; edges: FlowEdge[] }) {
  const { t } = useTranslation();
  const { rows, steps, arcs, height } = useMemo(() => draw(nodes, edges), [nodes, edges]);
  if (rows.length === 0) return <p className={classes.none}>{t("why.noPath")}</p>;
  return (
    <div className={classes.root} style={{ height }}>
      <svg className={classes.lines} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {rows.slice(0, -1).map(({ node, y }, at) => {
          const linked = steps.some((step) => step.y === y);
          return linked && <Line key={node.id} x={LEFT + 9} from={y + BOX} to={rows[at + 1]?.y ?? y} taken />;
        })}
        {rows.flatMap(({ node, y, branches }) =>
          branches.map((branch) => (
            <path
              key={`${node.id}>${branch.node.id}`}
              className={classes.beside}
              d={`M ${LEFT + WIDTH} ${y + BOX / 2} C ${BESIDE - 3} ${y + BOX / 2}, ${LEFT + WIDTH + 3} ${
                branch.y + BRANCH / 2
              }, ${BESIDE} ${branch.y + BRANCH / 2}`}
            />
          )),
        )}
        {arcs.map(({ from, to }) => (
          <path
            key={`${from}-${to}`}
            className={classes.taken}
            d={`M ${LEFT} ${from} C 0 ${from}, 0 ${to}, ${LEFT} ${to}`}
          />
        ))}
      </svg>
      <ol className={classes.rows} aria-label={t("why.path")}>
        {rows.map(({ node, y, branches }) => {
          const step = steps.find((each) => each.y === y);
          return (
            <li key={node.id} aria-current={node.state === "current" ? "step" : undefined}>
              <div
                className={classes.node}
                data-state={node.state}
                style={{ top: y, insetInlineStart: `${LEFT}%`, width: `${WIDTH}%`, height: BOX }}
                title={node.id}
              >
                <NodeGlyph type={node.type} />
                <bdi>{node.title}</bdi>
                {node.state === "current" && (
                  <span className={classes.here} role="img" aria-label={t("why.here")} title={t("why.here")}>
                    <MapPin size={14} aria-hidden="true" />
                  </span>
                )}
              </div>
              {step?.port && (
                <span className={classes.port} style={{ top: y + BOX + 6, insetInlineStart: `${LEFT + 13}%` }}>
                  {step.port}
                </span>
              )}
              {branches.map((branch) => (
                <span
                  key={branch.node.id}
                  className={classes.branch}
                  style={{ top: branch.y, insetInlineStart: `${BESIDE}%`, height: BRANCH }}
                  title={`${branch.port ?? ""} → ${branch.node.title}`}
                >
                  <span className="sr">{t("why.notTaken")} </span>
                  <bdi>{branch.node.title}</bdi>
                </span>
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Line({ x, from, to, taken }: { x: number; from: number; to: number; taken: boolean }) {
  return <path className={taken ? classes.taken : classes.beside} d={`M ${x} ${from} L ${x} ${to}`} />;
}
