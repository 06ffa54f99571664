/** One step as a card: what it is, what the customer sees first, one row for each way on. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { CircleAlert, CornerDownLeft, Ellipsis, Plus, TriangleAlert, Zap } from "lucide-react";
import { memo, useState } from "react";
import { START, withNode } from "../change";
import { useSession } from "../context";
import type { FlowNode } from "../document";
import { gistOf } from "../gist";
import { iconOf } from "../icons";
import { shownPorts } from "../ports";
import { isSay, moreParts, withWords, wordsOf } from "../texts";
import classes from "./Card.module.css";
import { type CardNode, endOf, type StartNode } from "./derive";
import { Inline } from "./Inline";
import { useKit } from "./kit";

/** Where it stands is of no matter to a card: it is not drawn again while it is moved. */
export const StepCard = memo(
  Card,
  (before, after) => before.data === after.data && before.selected === after.selected && before.id === after.id,
);

function Card({ id, data, selected }: NodeProps<CardNode>) {
  const { t, typeName } = useKit();
  const session = useSession();
  const { node, locale, errors, warnings, light, triggers, label } = data;
  const [writing, setWriting] = useState<"title" | "words" | null>(null);
  const Icon = iconOf(node.type);
  const note = node.type === "note";
  const change = (next: (before: FlowNode) => FlowNode) => session.edit((flow) => withNode(flow, id, next));
  const done = () => setWriting(null);
  const group = session.types.find(({ type }) => type === node.type)?.group ?? "other";
  return (
    <article
      className={classes.card}
      data-group={group}
      data-note={note || undefined}
      data-light={light}
      data-fault={errors > 0 ? "error" : warnings > 0 ? "warning" : undefined}
      data-selected={selected || undefined}
      data-disabled={node.disabled || undefined}
    >
      {!note && <Handle type="target" id="in" position={Position.Left} className={classes.in} aria-hidden="true" />}
      {triggers && (
        <p className={classes.triggers} title={t("card.triggers")}>
          <Zap size={11} aria-hidden="true" /> <bdi>{triggers}</bdi>
        </p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the form has the field */}
      <header className={classes.head} onDoubleClick={() => setWriting("title")}>
        <span className={classes.icon}>
          <Icon size={15} strokeWidth={2} aria-hidden="true" />
        </span>
        {writing === "title" ? (
          <Inline
            label={t("card.title")}
            value={node.title ?? ""}
            single
            onDone={(title) => {
              if (title !== null) change((before) => ({ ...before, title }));
              done();
            }}
          />
        ) : (
          <>
            <bdi className={classes.title}>{label}</bdi>
            {node.title && <span className={classes.type}>{typeName(node.type)}</span>}
          </>
        )}
        {errors > 0 && <Badge tone="error" n={errors} label={t("card.errors", { n: errors })} />}
        {errors === 0 && warnings > 0 && (
          <Badge tone="warning" n={warnings} label={t("card.warnings", { n: warnings })} />
        )}
      </header>
      <Words
        id={id}
        data={data}
        writing={writing === "words"}
        onWrite={() => setWriting("words")}
        onDone={(text) => {
          if (text !== null) change((before) => withWords(before, locale, text));
          done();
        }}
      />
      {!note && <PortRows id={id} node={node} locale={locale} />}
    </article>
  );
}

export function Badge({ tone, n, label }: { tone: "error" | "warning"; n: number; label: string }) {
  const Icon = tone === "error" ? CircleAlert : TriangleAlert;
  return (
    <span className={classes.badge} data-tone={tone} role="img" aria-label={label} title={label}>
      <Icon size={13} aria-hidden="true" />
      {n > 1 && n}
    </span>
  );
}

interface WordsProps {
  id: string;
  data: CardNode["data"];
  writing: boolean;
  onWrite: () => void;
  onDone: (text: string | null) => void;
}

function Words({ data: { node, locale }, writing, onWrite, onDone }: WordsProps) {
  const { t } = useKit();
  const { flow } = useSession().history.store.getState();
  const { text, borrowed } = wordsOf(node, locale, flow);
  if (writing)
    return (
      <Inline
        label={t("card.words")}
        value={borrowed ? "" : text}
        placeholder={borrowed ? text : t(`write.${placeholderOf(node)}`)}
        lang={locale}
        onDone={onDone}
      />
    );
  const silent = !isSay(node) || (!text && ["end", "handoff", "language"].includes(node.type));
  if (silent) {
    const gist = gistOf(node);
    return gist ? (
      <p className={classes.gist}>
        <bdi>{gist}</bdi>
      </p>
    ) : null;
  }
  const more = moreParts(node);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the form beside the canvas has the field
    <div className={classes.words} onDoubleClick={onWrite}>
      {text ? (
        <p dir="auto" lang={borrowed ?? locale} data-borrowed={borrowed || undefined}>
          {text}
        </p>
      ) : (
        <button type="button" className={`${classes.write} nodrag`} onClick={onWrite} tabIndex={-1}>
          {t(`write.${placeholderOf(node)}`)}
        </button>
      )}
      {(borrowed || more.length > 0) && (
        <span className={classes.chips}>
          {borrowed && <span data-tone="warning">{borrowed}</span>}
          {more.length > 0 && <span>+{more.length}</span>}
        </span>
      )}
    </div>
  );
}

function placeholderOf(node: FlowNode): "ask" | "note" | "agent" | "say" {
  return node.type === "ask" || node.type === "note" || node.type === "agent" ? node.type : "say";
}

function PortRows({ id, node, locale }: { id: string; node: FlowNode; locale: string }) {
  const { t } = useKit();
  const [open, setOpen] = useState(false);
  const { shown, more } = shownPorts(node);
  const rows = open ? [...shown, ...more] : shown;
  if (rows.length + more.length === 0) return null;
  return (
    <ul className={classes.ports}>
      {rows.map((port) => (
        <PortRow key={port} id={id} node={node} port={port} locale={locale} />
      ))}
      {!open && more.length > 0 && (
        <li className={classes.more}>
          <button
            type="button"
            className="nodrag"
            tabIndex={-1}
            onClick={() => setOpen(true)}
            title={t("card.more", { n: more.length })}
            aria-label={t("card.more", { n: more.length })}
          >
            <Ellipsis size={14} aria-hidden="true" />
          </button>
        </li>
      )}
    </ul>
  );
}

function PortRow({ id, node, port, locale }: { id: string; node: FlowNode; port: string; locale: string }) {
  const { t, portName } = useKit();
  const session = useSession();
  const { flow } = session.history.store.getState();
  const end = endOf(node, port, flow);
  const linked = node.to?.[port] !== undefined;
  const add = () => {
    if (!linked) session.ui.setState({ picking: { exit: { node: id, port } } });
  };
  return (
    <li data-linked={linked || undefined}>
      <bdi>{portName(node, port, locale, flow)}</bdi>
      {end === "return" && (
        <span className={classes.end}>
          <CornerDownLeft size={12} aria-hidden="true" /> {t("card.returns")}
        </span>
      )}
      {end === "lost" && (
        <span className={classes.end} data-tone="error">
          {t("card.lost")}
        </span>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the outline and the form do the same by key */}
      <span className={classes.handle} onClick={add}>
        <Handle type="source" id={port} position={Position.Right} className={classes.out} aria-hidden="true">
          {!linked && <Plus size={10} strokeWidth={3} aria-hidden="true" />}
        </Handle>
      </span>
    </li>
  );
}

/** Where a flow begins; its line can be drawn to another step. */
export const StartPill = memo(function StartPill({ data }: NodeProps<StartNode>) {
  const session = useSession();
  const add = () => {
    const { flow } = session.history.store.getState();
    if (!flow.nodes[flow.entry]) session.ui.setState({ picking: { exit: { node: START, port: "" } } });
  };
  return (
    <div className={classes.start} data-linked={data.linked || undefined}>
      {data.label}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the outline does the same by key */}
      <span className={classes.handle} onClick={add}>
        <Handle type="source" id="out" position={Position.Right} className={classes.out} aria-hidden="true" />
      </span>
    </div>
  );
});
