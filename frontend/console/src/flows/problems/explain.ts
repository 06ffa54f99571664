/** What is wrong with a flow, in words of whoever draws it. Pure; the words are given. */
import type { FlowDocument, FlowNode, Issue } from "../document";
import { isRecord, pathOf, valueAt } from "../panels/model/path";
import type { ProblemWords } from "./words/en";

export type ProblemKey = keyof ProblemWords;

export interface Wording {
  t: (key: ProblemKey, values?: Record<string, string>) => string;
  /** What a form calls this field of a type of step. */
  field: (name: string, type?: string) => string;
  nodeName: (node: FlowNode | undefined, id: string) => string;
  portName: (node: FlowNode, port: string, locale: string, flow: FlowDocument) => string;
  languageName: (locale: string) => string;
  locale: string;
}

/** Codes whose words need nothing but the names that the server put into quotes or began with. */
const PLAIN: Readonly<Record<string, ProblemKey>> = {
  no_target: "triggerTarget",
  dead_end: "deadEnd",
  unreachable: "unreachable",
  repeated_effect: "repeated",
  write_before_consent: "consent",
  no_budget: "noBudget",
  shadowed: "shadowed",
  hidden_option: "hiddenOption",
  bad_locale: "badLocale",
  unknown_version: "version",
  bad_expression: "expression",
  never_true: "neverTrue",
  no_moment: "noMoment",
  bad_pattern: "pattern",
  bad_mapping: "mapping",
  no_options: "noOptions",
  recursion: "recursion",
  call_depth: "depth",
  undeclared_variable: "undeclared",
  unused_variable: "unused",
  wrong_type: "wrongType",
  wrong_value: "wrongValue",
  read_only: "readOnly",
};

/** What a flow names of the business' own, by the field that is called like it. */
const OWN: Readonly<Record<string, string>> = {
  unknown_connection: "connection",
  unknown_knowledge: "knowledge",
  unknown_asset: "asset",
  unknown_queue: "queue",
  unknown_pipeline: "pipeline",
  unknown_stage: "stage",
  unknown_template: "template",
  unknown_tool: "tools",
  unknown_model: "model",
  unknown_guard: "guards",
  unknown_flow: "flow",
};

/** Lists and fields that cannot be empty, by what is to be done. */
const EMPTY: Readonly<Record<string, ProblemKey>> = {
  say: "nothingWritten",
  text: "nothingWritten",
  label: "nothingWritten",
  cases: "noCases",
  intents: "noIntents",
  arms: "fewArms",
  assign: "noAssign",
  fields: "noFields",
  checks: "noChecks",
  connection: "choose",
  flow: "choose",
  template: "choose",
  queue: "choose",
  pipeline: "choose",
  stage: "choose",
  model: "choose",
  to: "choose",
  node: "choose",
  op: "choose",
  type: "choose",
  var: "noVariable",
};
const NAMES_VARIABLE = new Set(["save", "var", "collect", "map", "out", "variables", "inputs", "outputs", "dedupe"]);
const LASTS = new Set(["for", "after", "give_up", "sla", "per", "idle_end", "debounce", "retention"]);

export function explain(issue: Issue, flow: FlowDocument, words: Wording): string {
  const { t } = words;
  const { code, message } = issue;
  const path = pathOf(issue.pointer);
  const node = path[0] === "nodes" ? flow.nodes[path[1] ?? ""] : undefined;
  const quoted = /“(.*?)”/.exec(message)?.[1] ?? "";
  const exit = (port: string) => (node ? words.portName(node, port, words.locale, flow) : port);
  switch (code) {
    case "unconnected_port":
      return t("exitNowhere", { exit: exit(quoted) });
    case "unknown_port":
      return t("exitGone", { exit: exit(path.at(-1) ?? "") });
    case "unknown_target":
      if (path[0] === "entry") return t("noEntry");
      return path.at(-2) === "to" && node ? t("exitLost", { exit: exit(path.at(-1) ?? "") }) : t("stepGone");
    case "endless_circle": {
      const ids = /: (.*)\.$/.exec(message)?.[1]?.split(", ") ?? [];
      return t("circle", { steps: ids.map((id) => words.nodeName(flow.nodes[id], id)).join(", ") });
    }
    case "missing_locale": {
      const missing = /: (.*)\.$/.exec(message)?.[1]?.split(", ") ?? [];
      if (flow.locales.supported.every((each) => missing.includes(each))) return t("nothingWritten");
      return t("untranslated", { languages: missing.map(words.languageName).join(", ") });
    }
    case "too_long":
      return t(path.includes("options") ? "longLabel" : "longText");
    case "bad_template":
      return t("template", { sample: "{{ slots.name }}" });
    case "unknown_tenant_variable":
      return t("unknown", { kind: words.field("var"), name: /tenant\.\w+/.exec(message)?.[0] ?? "" });
    case "missing_key":
    case "bad_value":
    case "unknown_key":
      return ofForm(issue, path, flow, node, words);
  }
  const own = OWN[code];
  if (own) return t("unknown", { kind: words.field(own), name: quoted });
  const key = PLAIN[code];
  const name = quoted || /^[a-z]+\.[\w.]*\w/.exec(message)?.[0] || "";
  return key ? t(key, { name }) : [message, issue.fix].filter(Boolean).join(" ");
}

/** A document whose form is wrong: by the field, and by what the server says of its value. */
function ofForm(
  { code, message }: Issue,
  path: readonly string[],
  flow: FlowDocument,
  node: FlowNode | undefined,
  { t, field }: Wording,
): string {
  if (Object.keys(flow.nodes).length === 0 && (path[0] === "nodes" || path[0] === "entry")) return t("noSteps");
  if (path[0] === "entry") return t("noEntry");
  const isKey = path.at(-1) === "[key]";
  const names = path.filter((part) => part !== "[key]" && !/^\d+$/.test(part));
  const name = (isKey ? names.at(-2) : names.at(-1)) ?? "";
  const label = field(name, node?.type);
  if (code === "unknown_key") return t("unknownField", { field: label });
  const value = isKey ? path.at(-2) : valueAt(flow, path);
  if (/two (arms|fields)/.test(message)) return t("twice", { field: label });
  if (/nested/.test(message)) return t("deepCase");
  if (name === "cases") return t(path.at(-1) === "cases" ? "noCases" : "emptyCase");
  if (name === "quiet_hours") return t("quietHours");
  if (LASTS.has(name)) return t("howLong", { field: label });
  const empty = EMPTY[name];
  if (empty && (code === "missing_key" || isEmpty(value) || /at least \d+ item/.test(message)))
    return t(empty, { field: label });
  if (code === "missing_key" || isEmpty(value)) return t("fill", { field: label });
  const bound =
    /(at least|at most|less than or equal to|greater than or equal to|less than|greater than) (-?[\d.]*\d)/.exec(
      message,
    );
  if (bound) {
    const [, how = "", limit = ""] = bound;
    const least = /at least|greater/.test(how);
    if (/character/.test(message)) return t("tooManyLetters", { field: label, limit });
    return t(least ? "least" : "most", { field: label, limit });
  }
  if (/match pattern/.test(message)) {
    if (name === "checks") return t("choose", { field: label });
    return t(NAMES_VARIABLE.has(name) ? "variableName" : "name", { field: label, name: String(value) });
  }
  return t("wrong", { field: label });
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);
