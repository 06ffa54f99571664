/** What every field of a panel shares: the document as it is, how to change it, and what is wrong with it. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Edit, FlowDocument, Issue, NodeType, PanelProps } from "../../document";
import { type Path, pointerOf, valueAt, withValue } from "../model/path";
import { spelledOut } from "../model/say";
import type { Schema } from "../model/schema";

export interface Form extends PanelProps {
  /** Whose form this is; null: the flow's own. */
  node: string | null;
  type: NodeType | null;
  /** Where `$ref`s of the node's schema lead. */
  root: Schema;
}

const Context = createContext<Form | null>(null);

export function useForm(): Form {
  const form = useContext(Context);
  if (!form) throw new Error("A field is drawn outside of a panel.");
  return form;
}

interface Props extends PanelProps {
  node?: string;
  children: ReactNode;
}

/** Panels read and change the document with its shorthands written out, as the server's pointers mean it. */
export function Panel({ flow: given, edit: change, issues, locale, types, show, node = undefined, children }: Props) {
  const flow = spelledOut(given);
  const kind = node === undefined ? undefined : flow.nodes[node]?.type;
  const form = useMemo((): Form => {
    const edit: Edit = (next, group) => change((now) => next(spelledOut(now)), group);
    const type = types.find((each) => each.type === kind) ?? null;
    const root = (type?.schema ?? {}) as Schema;
    return { flow, edit, issues, locale, types, show, node: node ?? null, type, root };
  }, [flow, change, issues, locale, types, show, node, kind]);
  return <Context value={form}>{children}</Context>;
}

export interface FieldValue<T> {
  value: T | undefined;
  /** Changes one after the other are one step of undo; `undefined` takes the value out. */
  set: (value: T | undefined) => void;
  pointer: string;
}

/** The value at a place of the document. */
export function useField<T = unknown>(path: Path): FieldValue<T> {
  const { flow, edit } = useForm();
  const pointer = pointerOf(path);
  return {
    value: valueAt(flow, path) as T | undefined,
    set: (value) => edit((now) => withValue(now, path, value), pointer),
    pointer,
  };
}

/** Any change, as one step of undo. */
export function useChange(): (change: (flow: FlowDocument) => FlowDocument) => void {
  return useForm().edit;
}

/** Said of every field already, by its own mark. */
const QUIET = new Set(["missing_locale"]);

export function useFaults(path: Path, { exact = false }: { exact?: boolean } = {}): Issue[] {
  const { issues } = useForm();
  const pointer = pointerOf(path);
  return issues.filter(
    (issue) =>
      !QUIET.has(issue.code) && (issue.pointer === pointer || (!exact && issue.pointer.startsWith(`${pointer}/`))),
  );
}
