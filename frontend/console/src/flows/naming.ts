/** What steps, exits and types are called on the screen. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { START } from "./change";
import { useSession } from "./context";
import type { FlowDocument, FlowNode, NodeType } from "./document";
import { eventsOf } from "./ports";
import { labelOf, wordsOf } from "./texts";

const PORTS = [
  "next",
  "ok",
  "yes",
  "no",
  "skip",
  "failed",
  "timeout",
  "else",
  "none",
  "ambiguous",
  "pass",
  "fail",
  "elapsed",
  "message",
  "answered",
  "not_found",
  "error",
  "resolved",
  "returned",
  "unavailable",
  "sent",
  "blocked",
  "done",
  "budget",
] as const;
type Port = (typeof PORTS)[number];

export function titleOfType(types: readonly NodeType[], type: string, language: string): string {
  const found = types.find((each) => each.type === type);
  return found?.title[language] ?? found?.title.en ?? type;
}

export interface Naming {
  typeName: (type: string) => string;
  /** The title that the builder gave, else what the type is called. */
  nodeName: (node: FlowNode | undefined, id: string) => string;
  /** With its first words: to be told from others in a list. */
  nodeLine: (flow: FlowDocument, id: string, locale: string) => string;
  portName: (node: FlowNode, port: string, locale: string, flow: FlowDocument) => string;
}

export function useNaming(): Naming {
  const { t, i18n } = useTranslation("flows");
  const { types } = useSession();
  const typeName = useCallback((type: string) => titleOfType(types, type, i18n.language), [types, i18n.language]);
  const nodeName = useCallback(
    (node: FlowNode | undefined, id: string) =>
      id === START ? t("start") : node ? node.title || typeName(node.type) : id,
    [t, typeName],
  );
  const nodeLine = useCallback(
    (flow: FlowDocument, id: string, locale: string) => {
      const node = flow.nodes[id];
      const name = isolate(nodeName(node, id));
      const words = node ? wordsOf(node, locale, flow).text.replace(/\s+/g, " ") : "";
      const short = words.length > 40 ? `${words.slice(0, 39)}…` : words;
      return short ? `${name}: ${isolate(short)}` : node && !node.title ? `${name} (${id})` : name;
    },
    [nodeName],
  );
  const portName = useCallback(
    (node: FlowNode, port: string, locale: string, flow: FlowDocument) => {
      const own = labelOf(node, port, locale, flow);
      if (own) return own;
      if (node.type === "ask" && port === "ok" && hasOptions(node)) return t("port.anyOption");
      const named = eventsOf(node).includes(port) || (node.type === "policy" && !["pass", "fail"].includes(port));
      return !named && (PORTS as readonly string[]).includes(port) ? t(`port.${port as Port}`) : port;
    },
    [t],
  );
  return { typeName, nodeName, nodeLine, portName };
}

/** Text of any language within a line of another; an option of a select knows no bdi. */
const isolate = (text: string) => `\u2068${text}\u2069`;

function hasOptions(node: FlowNode): boolean {
  const { options } = (node.expect ?? {}) as { options?: unknown };
  return Array.isArray(options) && options.length > 0;
}
