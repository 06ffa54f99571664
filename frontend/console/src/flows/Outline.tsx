/** The same flow as a list, for keys, screen readers and phones: everything that the drawing does, without drawing. */
import { ActionIcon, Menu, NativeSelect, Textarea } from "@mantine/core";
import { CircleAlert, Copy, Ellipsis, Group, Plus, Trash2, TriangleAlert, Zap } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { duplicate } from "./actions";
import { countFaults } from "./canvas/derive";
import { connect, disconnect, RETURN, readingOrder, removeNodes, START, withNode } from "./change";
import { useFlow, useSession, useUi } from "./context";
import type { FlowNode } from "./document";
import { gistOf } from "./gist";
import { groupOf } from "./groups";
import { iconOf } from "./icons";
import { useNaming } from "./naming";
import classes from "./Outline.module.css";
import { goesWithAny, mainPort, shownPorts } from "./ports";
import { isSay, withWords, wordsOf } from "./texts";

const NEW = "@new";

export function Outline() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const goal = useUi((ui) => ui.goal);
  const issues = useUi((ui) => ui.issues);
  const order = useMemo(() => readingOrder(flow), [flow]);
  const faults = useMemo(() => countFaults(issues), [issues]);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (!goal) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(goal.node)}"] [data-open]`);
    row?.scrollIntoView({ block: "center" });
    row?.focus({ preventScroll: true });
  }, [goal]);
  /** Up and down go from step to step, whatever is between. */
  const press = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.open === undefined) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-open]") ?? [])];
    rows[rows.indexOf(event.target) + step]?.focus();
  };
  return (
    <div className={classes.scroll}>
      <div className={classes.page}>
        <div className={classes.begin}>
          <NativeSelect
            label={t("outline.begins")}
            value={flow.nodes[flow.entry] ? flow.entry : ""}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (value === NEW) session.ui.setState({ picking: { exit: { node: START, port: "" } } });
              else if (value) session.edit((now) => connect(now, { node: START, port: "" }, value));
            }}
          >
            {targets(flow.nodes[flow.entry] ? undefined : t("outline.nowhere"))}
          </NativeSelect>
        </div>
        <ol ref={list} className={classes.list} aria-label={t("outline.title")} onKeyDown={press}>
          {order.map((id) => (
            <Row key={id} id={id} faults={faults.get(id)} targets={targets} />
          ))}
        </ol>
        {order.length === 0 && <p className={classes.empty}>{t("empty.text")}</p>}
        <button
          type="button"
          className={classes.add}
          onClick={() =>
            session.ui.setState({ picking: { exit: order.length === 0 ? { node: START, port: "" } : undefined } })
          }
        >
          <Plus size={16} aria-hidden="true" /> {t("outline.add")}
        </button>
      </div>
    </div>
  );

  function targets(none: string | undefined) {
    return <Targets none={none} order={order} />;
  }
}

/** Where an exit may lead: a step, back to the caller, a step that is yet to be made. */
function Targets({ none, order }: { none: string | undefined; order: readonly string[] }) {
  const { t } = useTranslation("flows");
  const flow = useFlow();
  const locale = useUi((ui) => ui.locale);
  const { nodeLine } = useNaming();
  return (
    <>
      {none !== undefined && <option value="">{none}</option>}
      <option value={NEW}>{t("outline.new")}</option>
      {order
        .filter((id) => flow.nodes[id]?.type !== "note")
        .map((id) => (
          <option key={id} value={id}>
            {nodeLine(flow, id, locale)}
          </option>
        ))}
    </>
  );
}

interface RowProps {
  id: string;
  faults: { errors: number; warnings: number } | undefined;
  targets: (none: string | undefined) => ReactNode;
}

function Row({ id, faults, targets }: RowProps) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const locale = useUi((ui) => ui.locale);
  const selected = useUi((ui) => ui.selected.includes(id));
  const { nodeName, typeName } = useNaming();
  const node = flow.nodes[id];
  if (!node) return null;
  const Icon = iconOf(node.type);
  const name = nodeName(node, id);
  const triggers = (flow.triggers ?? []).filter(({ to }) => to === id).map((each) => each.id);
  const after = mainPort(node);
  const gist = isSay(node) ? "" : gistOf(node);
  const group = groupOf(flow, id);
  return (
    <li
      className={classes.row}
      data-step={id}
      data-selected={selected || undefined}
      data-note={node.type === "note" || undefined}
    >
      <div className={classes.head}>
        <button
          type="button"
          data-open=""
          className={classes.open}
          aria-expanded={selected}
          onClick={() => session.ui.setState({ selected: [id], line: null, side: "step" })}
        >
          <span className={classes.icon} data-group={session.types.find(({ type }) => type === node.type)?.group}>
            <Icon size={16} aria-hidden="true" />
          </span>
          <bdi>{name}</bdi>
          {group && (
            <small className={classes.group}>
              <Group size={12} aria-hidden="true" /> <bdi>{group.title || t("frames.untitled")}</bdi>
            </small>
          )}
          {node.title && <small>{typeName(node.type)}</small>}
          {faults && faults.errors > 0 && (
            <CircleAlert size={15} data-tone="error" role="img" aria-label={t("card.errors", { n: faults.errors })} />
          )}
          {faults && faults.errors === 0 && (
            <TriangleAlert
              size={15}
              data-tone="warning"
              role="img"
              aria-label={t("card.warnings", { n: faults.warnings })}
            />
          )}
        </button>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={t("outline.more", { name })}>
              <Ellipsis size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Copy size={15} />} onClick={() => duplicate(session, [id])}>
              {t("act.duplicate")}
            </Menu.Item>
            <Menu.Item
              leftSection={<Trash2 size={15} />}
              color="red"
              onClick={() => session.edit((now) => removeNodes(now, [id]))}
            >
              {t("act.delete")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {triggers.length > 0 && (
        <p className={classes.triggers}>
          <Zap size={12} aria-hidden="true" /> {t("card.triggers")}: <bdi>{triggers.join(", ")}</bdi>
        </p>
      )}
      {gist && (
        <p className={classes.gist}>
          <bdi>{gist}</bdi>
        </p>
      )}
      {isSay(node) && <Words id={id} node={node} locale={locale} name={name} />}
      <Exits id={id} node={node} locale={locale} targets={targets} />
      {after && (
        <button
          type="button"
          className={classes.next}
          aria-label={`${t("outline.next")}: ${name}`}
          onClick={() => session.ui.setState({ picking: { exit: { node: id, port: after } } })}
        >
          <Plus size={14} aria-hidden="true" /> {t("outline.next")}
        </button>
      )}
    </li>
  );
}

function Words({ id, node, locale, name }: { id: string; node: FlowNode; locale: string; name: string }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const { text, borrowed } = wordsOf(node, locale, session.history.store.getState().flow);
  return (
    <Textarea
      aria-label={t("outline.words", { name })}
      placeholder={
        borrowed
          ? text
          : t(`write.${node.type === "ask" || node.type === "note" || node.type === "agent" ? node.type : "say"}`)
      }
      value={borrowed ? "" : text}
      autosize
      minRows={1}
      maxRows={6}
      lang={locale}
      onChange={(event) => {
        const { value } = event.currentTarget;
        session.edit((now) => withNode(now, id, (before) => withWords(before, locale, value)), `words:${id}:${locale}`);
      }}
    />
  );
}

function Exits({
  id,
  node,
  locale,
  targets,
}: {
  id: string;
  node: FlowNode;
  locale: string;
  targets: RowProps["targets"];
}) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const { portName } = useNaming();
  const { shown, more } = shownPorts(node);
  const choose = (port: string, value: string) => {
    if (value === NEW) session.ui.setState({ picking: { exit: { node: id, port } } });
    else session.edit((now) => (value ? connect(now, { node: id, port }, value) : disconnect(now, { node: id, port })));
  };
  const row = (port: string) => {
    const target = node.to?.[port];
    const lost = target !== undefined && target !== RETURN && !flow.nodes[target];
    return (
      <NativeSelect
        key={port}
        className={classes.exit}
        size="sm"
        label={portName(node, port, locale, flow)}
        value={target ?? ""}
        error={lost}
        onChange={(event) => choose(port, event.currentTarget.value)}
      >
        {targets(t(goesWithAny(node, port) ? "outline.asAny" : "outline.nowhere"))}
        {lost && <option value={target}>{target}</option>}
        {(flow.kind === "sub" || target === RETURN) && <option value={RETURN}>{t("card.returns")}</option>}
      </NativeSelect>
    );
  };
  if (shown.length + more.length === 0) return null;
  return (
    <div className={classes.exits}>
      {shown.map(row)}
      {more.length > 0 && (
        <details>
          <summary>{t("card.more", { n: more.length })}</summary>
          <div className={classes.exits}>{more.map(row)}</div>
        </details>
      )}
    </div>
  );
}
