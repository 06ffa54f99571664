/** The `flow/1` document as the editor holds it, and how its parts hand changes on. Pure; the server is the validator. */

/** One text in several languages. */
export type Text = Record<string, string>;
/** Lists of words by language. */
export type Words = Record<string, readonly string[]>;

export interface SayPart {
  kind: "text" | "image" | "video" | "audio" | "file" | "location" | "card" | "carousel";
  text?: Text;
  [field: string]: unknown;
}
/** A map of texts is shorthand for one text part. */
export type Say = Text | readonly SayPart[];

export interface FlowNode {
  type: string;
  v?: number;
  title?: string;
  /** Port to node; one target per port. */
  to?: Record<string, string>;
  disabled?: boolean;
  note?: string | null;
  [field: string]: unknown;
}

export interface HandlerStep {
  after?: string;
  say?: Say;
  to?: string;
}

export interface Trigger {
  id: string;
  class: "hard" | "soft" | "digress";
  mode?: "exact" | "phrase";
  keywords?: Words;
  examples?: Words;
  intent?: string;
  do?: "goto" | "call" | "opt_out" | "restart";
  to?: string;
}

export interface VariableSpec {
  type: string;
  values?: readonly string[];
  default?: unknown;
  label?: Text;
  pii?: boolean;
  keep?: boolean;
  retention?: string;
}

/** A frame around steps that belong together. */
export interface FlowGroup {
  id: string;
  title: string;
  tone: "blue" | "green" | "amber" | "red" | "grey";
  nodes: readonly string[];
  /** Closed: one card stands for its steps. */
  folded?: boolean;
}

export interface FlowUi {
  pos?: Record<string, readonly [number, number]>;
  notes?: readonly Record<string, unknown>[];
  groups?: readonly Partial<FlowGroup>[];
  /** JSON pointer of a text, then language, to the hash of the source text it was translated from. */
  i18n?: Record<string, Record<string, string>>;
}

export interface FlowDocument {
  schema: "flow/1";
  id?: string;
  key: string;
  name?: string;
  kind?: "main" | "sub";
  channels?: readonly string[];
  locales: { default: string; supported: readonly string[]; fallback?: Record<string, readonly string[]> };
  settings?: Record<string, unknown>;
  inputs?: readonly string[];
  outputs?: readonly string[];
  variables?: Record<string, VariableSpec>;
  entry: string;
  triggers?: readonly Trigger[];
  handlers?: Record<string, readonly HandlerStep[]>;
  nodes: Record<string, FlowNode>;
  ui?: FlowUi;
}

/** One fault, as the server finds it: `pointer` is a JSON pointer into the document. */
export interface Issue {
  pointer: string;
  code: string;
  severity: "error" | "warning";
  message: string;
  fix: string;
}

/** A node type as `GET node-types` tells it; its schema is what a form is drawn from. */
export interface NodeType {
  type: string;
  v: number;
  group: "talk" | "logic" | "work" | "time" | "other";
  icon: string;
  title: Record<string, string>;
  description: string;
  schema: Record<string, unknown>;
}

/**
 * Change the document. Everything in the editor goes through this, so that everything can be undone.
 * Changes of the same `group` that follow each other are one step of undo (typing, dragging).
 */
export type Edit = (change: (flow: FlowDocument) => FlowDocument, group?: string) => void;

/** What every panel is given. Panels hold no copy of the document. */
export interface PanelProps {
  flow: FlowDocument;
  edit: Edit;
  /** The server's faults of the document as it was last checked. */
  issues: readonly Issue[];
  /** The language whose texts are shown and edited. */
  locale: string;
  types: readonly NodeType[];
  /** Select a node and bring it into view. */
  show: (node: string) => void;
}
