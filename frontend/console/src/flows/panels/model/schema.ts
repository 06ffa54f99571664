/** What a form needs to know of a JSON Schema as pydantic writes it. Pure: nothing is evaluated or validated. */
import { isRecord } from "./path";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  patternProperties?: Record<string, Schema>;
  required?: readonly string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
  title?: string;
  description?: string;
  "x-widget"?: string;
  "x-hidden"?: boolean;
}

/** How a value is edited: the server's own word where it gives one and we know it, else what its type says. */
export const WIDGETS = [
  "text-i18n",
  "words-i18n",
  "say",
  "variable",
  "template",
  "expression",
  "duration",
  "options",
  "cases",
  "assign",
  "check",
  "flow",
  "connection",
  "pipeline",
  "stage",
  "queue",
  "knowledge",
  "model",
  "tools",
  "message-template",
  "fields",
  "json-template",
  "asset",
  "multiline",
] as const;
export type Widget =
  | (typeof WIDGETS)[number]
  | "choice"
  | "choices"
  | "flag"
  | "number"
  | "line"
  | "tags"
  | "list"
  | "object"
  | "map"
  | "target"
  | "value";

export interface Shape {
  widget: Widget;
  schema: Schema;
  nullable: boolean;
  /** A whole number is meant where digits are written. */
  alsoNumber: boolean;
  default: unknown;
}

export function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  const found = name ? root.$defs?.[name] : undefined;
  return found ? { ...resolve(found, root), ...withoutRef(schema) } : schema;
}

function withoutRef({ $ref: _, ...rest }: Schema): Schema {
  return rest;
}

export function shapeOf(schema: Schema, root: Schema): Shape {
  const outer = resolve(schema, root);
  const members = outer["x-widget"] === undefined ? (outer.anyOf ?? []).map((one) => resolve(one, root)) : [];
  const nullable = [...(outer.anyOf ?? [])].some(({ type }) => type === "null");
  const real = members.filter(({ type }) => type !== "null");
  const inner = real.find((one) => one["x-widget"]) ?? real[0];
  const whole: Schema = inner ? { ...inner, title: outer.title ?? inner.title, default: outer.default } : outer;
  const alsoNumber = real.length > 1 && real.some(({ type }) => type === "integer" || type === "number");
  return { widget: widgetOf(whole, root), schema: whole, nullable, alsoNumber, default: outer.default };
}

function widgetOf(schema: Schema, root: Schema): Widget {
  const named = schema["x-widget"];
  if (named && (WIDGETS as readonly string[]).includes(named)) return named as Widget;
  if (schema.enum) return "choice";
  switch (schema.type) {
    case "boolean":
      return "flag";
    case "integer":
    case "number":
      return "number";
    case "string":
      return schema.pattern?.includes("@return") ? "target" : "line";
    case "array":
      return listWidget(schema.items ? resolve(schema.items, root) : {});
    case "object":
      return schema.properties ? "object" : "map";
    default:
      return "value";
  }
}

function listWidget(items: Schema): Widget {
  if (items.type === "string" && items.enum) return "choices";
  if (items.type === "string" && items["x-widget"] === undefined) return "tags";
  return "list";
}

/** What a map's values look like. */
export function valuesOf(schema: Schema, root: Schema): Schema {
  const more = schema.additionalProperties;
  const found = isRecord(more) ? (more as Schema) : Object.values(schema.patternProperties ?? {})[0];
  return found ? resolve(found, root) : {};
}

/** Fields that a form shows at once; the rest is folded away. */
const ADVANCED = new Set([
  "disabled",
  "metrics",
  "tags",
  "note",
  "model",
  "threshold",
  "timeout_s",
  "retry",
  "effect",
  "repeatable",
  "quiet_hours",
  "min_score",
  "cite",
  "skill",
  "priority",
  "summary",
  "language",
  "limit",
  "render",
  "past",
  "understand",
  "pattern_re2",
  "retention",
]);
const UNSEEN = new Set(["type", "v", "to", "title"]);

export interface FieldOf {
  name: string;
  schema: Schema;
  required: boolean;
  advanced: boolean;
}

export function fieldsOf(schema: Schema): FieldOf[] {
  return Object.entries(schema.properties ?? {})
    .filter(
      ([name, field]) =>
        !field["x-hidden"] && field.const === undefined && !(UNSEEN.has(name) && "v" in (schema.properties ?? {})),
    )
    .map(([name, field]) => {
      const required = schema.required?.includes(name) ?? false;
      return { name, schema: field, required, advanced: !required && ADVANCED.has(name) };
    })
    .sort((one, other) => Number(other.required) - Number(one.required));
}

/** What a new entry of a list begins as: its required fields, each with the least it may hold. */
export function blank(schema: Schema, root: Schema): unknown {
  const { widget, schema: inner, default: given } = shapeOf(schema, root);
  if (given !== undefined && given !== null) return given;
  switch (widget) {
    case "object":
      return Object.fromEntries(
        fieldsOf(inner)
          .filter(({ required }) => required)
          .map(({ name, schema: field }) => [name, blank(field, root)]),
      );
    case "say":
      return [{ kind: "text", text: {} }];
    case "choice":
      return inner.enum?.[0];
    case "flag":
      return false;
    case "number":
      return inner.minimum ?? 0;
    case "list":
    case "choices":
    case "tags":
      return [];
    case "text-i18n":
    case "words-i18n":
    case "map":
    case "fields":
      return {};
    case "duration":
      return "PT1H";
    default:
      return "";
  }
}

/** Equal as JSON. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Fields of an answer that mean nothing for its kind. */
const ONLY_FOR: Readonly<Record<string, readonly string[]>> = {
  options: ["choice"],
  min: ["text", "number"],
  max: ["text", "number"],
  pattern_re2: ["text", "phone", "email"],
  past: ["date", "datetime"],
  says_yes: ["yes_no"],
  says_no: ["yes_no"],
};

/** What of an answer's form is not asked for with this kind of answer. */
export function pointless(schema: Schema, type: unknown): string[] {
  const kinds = schema.properties?.type?.enum;
  if (!kinds?.includes("yes_no") || typeof type !== "string") return [];
  return Object.keys(ONLY_FOR).filter((name) => !ONLY_FOR[name]?.includes(type));
}
