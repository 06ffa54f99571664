/** The form of one node: its name, what is wrong with it, and its fields. */
import { TextInput } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ComponentType, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Issue, PanelProps } from "../../document";
import { useExplain } from "../../problems/useExplain";
import { Panel, useField, useForm } from "../form/context";
import { Advanced, SchemaForm } from "../form/SchemaForm";
import { pathOf, pointerOf } from "../model/path";
import { fieldsOf } from "../model/schema";
import { AgentForm } from "./Agent";
import { AskForm } from "./Ask";
import { MessageForm } from "./Message";
import classes from "./NodePanel.module.css";
import { HandoffForm, HttpForm, LeadForm, RouterForm } from "./Work";

/** Types whose form is made by hand; all others are drawn from their schema. */
const FORMS: Readonly<Record<string, ComponentType<{ node: string }>>> = {
  message: MessageForm,
  ask: AskForm,
  router: RouterForm,
  agent: AgentForm,
  http: HttpForm,
  lead: LeadForm,
  handoff: HandoffForm,
};

export function NodeForm({ node, ...panel }: PanelProps & { node: string }) {
  const { t } = useTranslation("flowPanels");
  if (!panel.flow.nodes[node]) return <p className={classes.gone}>{t("nodeGone")}</p>;
  return (
    <Panel key={node} node={node} {...panel}>
      <Body node={node} />
    </Panel>
  );
}

function Body({ node }: { node: string }) {
  const { t, i18n } = useTranslation("flowPanels");
  const { flow, root, type } = useForm();
  const body = useRef<HTMLDivElement>(null);
  const kind = flow.nodes[node]?.type ?? "";
  const Form = FORMS[kind];
  const title = type?.title[i18n.language] ?? type?.title.en ?? kind;
  return (
    <div className={classes.panel} ref={body}>
      <header className={classes.head}>
        <p className={classes.type}>
          <strong>{title}</strong>
          <bdi>{node}</bdi>
        </p>
        <Title path={["nodes", node]} placeholder={title} />
        <p className={classes.about}>
          {i18n.exists(`about.${kind}`, { ns: "flowPanels" }) ? t(`about.${kind as "ask"}`) : type?.description}
        </p>
      </header>
      <Problems node={node} within={body} />
      {Form ? <Form node={node} /> : <SchemaForm schema={root} path={["nodes", node]} except={COMMON} />}
      <Common node={node} />
    </div>
  );
}

const COMMON: readonly string[] = ["disabled", "metrics", "tags", "note"];

function Title({ path, placeholder }: { path: readonly string[]; placeholder: string }) {
  const { t } = useTranslation("flowPanels");
  const { value = "", set } = useField<string>([...path, "title"]);
  return (
    <TextInput
      aria-label={t("nodeTitle")}
      placeholder={placeholder}
      size="md"
      maxLength={120}
      value={value}
      onChange={(event) => set(event.currentTarget.value || undefined)}
    />
  );
}

/** What any node has; folded away. */
function Common({ node }: { node: string }) {
  const { root, type } = useForm();
  const fields = fieldsOf(root).filter(
    ({ name }) => COMMON.includes(name) && !(name === "tags" && type?.type === "lead"),
  );
  const path = ["nodes", node];
  return fields.length > 0 ? <Advanced fields={fields} path={path} title="common" /> : null;
}

/** What is wrong with the node and no open field says, each leading to the nearest. */
function Problems({ node, within }: { node: string; within: { current: HTMLElement | null } }) {
  const { t } = useTranslation("flowPanels");
  const { flow, issues } = useForm();
  const explain = useExplain();
  const root = pointerOf(["nodes", node]);
  const found = issues.filter(
    ({ pointer, code }) => code !== "missing_locale" && (pointer === root || pointer.startsWith(`${root}/`)),
  );
  const homeless = useHomeless(found, within);
  if (homeless.length === 0) return null;
  return (
    <ul className={classes.problems} aria-label={t("problems")}>
      {homeless.map((issue) => (
        <li key={`${issue.pointer} ${issue.code} ${issue.message}`} data-severity={issue.severity}>
          {issue.severity === "error" ? (
            <CircleAlert size={14} aria-hidden="true" />
          ) : (
            <TriangleAlert size={14} aria-hidden="true" />
          )}
          <span>
            <button type="button" onClick={() => reveal(within.current, issue)}>
              {explain(issue, flow)}
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Faults without a field that shows them now. */
function useHomeless(found: readonly Issue[], within: { current: HTMLElement | null }): readonly Issue[] {
  const [homeless, setHomeless] = useState<readonly Issue[]>([]);
  useEffect(() => {
    const next = found.filter(({ pointer }) => {
      const fields = [...(within.current?.querySelectorAll<HTMLElement>("[data-pointer]") ?? [])];
      const field = fields.find(({ dataset: { pointer: at = "" } }) => pointer === at || pointer.startsWith(`${at}/`));
      return !field || field.closest("details:not([open])") !== null;
    });
    const keys = (issues: readonly Issue[]) =>
      issues.map(({ pointer, code, message }) => `${pointer} ${code} ${message}`).join();
    if (keys(next) !== keys(homeless)) setHomeless(next);
  });
  return homeless;
}

/** Open what folds it away and put the focus into the field that is nearest to the fault. */
export function reveal(within: HTMLElement | null, { pointer }: Pick<Issue, "pointer">): void {
  const path = pathOf(pointer);
  for (let length = path.length; length > 1; length--) {
    const found = within?.querySelector<HTMLElement>(
      `[data-pointer="${CSS.escape(pointerOf(path.slice(0, length)))}"]`,
    );
    if (!found) continue;
    for (let fold = found.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null)
      fold.open = true;
    found.scrollIntoView({ block: "center" });
    const field = found.matches("input, textarea")
      ? found
      : found.querySelector<HTMLElement>("input, textarea, button");
    field?.focus({ preventScroll: true });
    return;
  }
}
