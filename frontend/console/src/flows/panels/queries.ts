/** What the tenant has that a flow may name; a server that does not tell it leaves the fields to typing. */
import { useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { get, ProblemError, post } from "../../api/http";
import { isRecord } from "./model/path";

export interface Named {
  key: string;
  name: string;
}

export interface Pipeline extends Named {
  stages: readonly Named[];
}

export interface OtherFlow extends Named {
  id: string | null;
  inputs: readonly string[];
  outputs: readonly string[];
  outcomes: readonly string[];
}

export interface Catalog {
  connections: readonly Named[];
  knowledge: readonly Named[];
  assets: readonly Named[];
  queues: readonly Named[];
  pipelines: readonly Pipeline[];
  templates: readonly Named[];
  tools: readonly Named[];
  models: readonly Named[];
  guards: readonly Named[];
  tenant: readonly string[];
  flows: readonly OtherFlow[];
}

export type Kind = Exclude<keyof Catalog, "tenant" | "pipelines" | "flows">;

/** Null where the server does not tell. */
export function useCatalog(): Catalog | null {
  const query = useQuery({
    queryKey: ["flow-catalog"],
    queryFn: ({ signal }) => get<unknown>("flow-catalog", signal),
    select: readCatalog,
    staleTime: 60_000,
  });
  return query.data ?? null;
}

function readCatalog(answer: unknown): Catalog {
  const all = isRecord(answer) ? answer : {};
  return {
    connections: namedOf(all.connections),
    knowledge: namedOf(all.knowledge),
    assets: namedOf(all.assets),
    queues: namedOf(all.queues),
    pipelines: entriesOf(all.pipelines).map(([named, more]) => ({ ...named, stages: namedOf(more.stages) })),
    templates: namedOf(all.templates),
    tools: namedOf(all.tools),
    models: namedOf(all.models),
    guards: namedOf(all.guards),
    tenant: wordsOf(all.tenant),
    flows: entriesOf(all.flows).map(([named, more]) => ({
      ...named,
      id: typeof more.id === "string" ? more.id : null,
      inputs: wordsOf(more.inputs),
      outputs: wordsOf(more.outputs),
      outcomes: wordsOf(more.outcomes),
    })),
  };
}

const wordsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map((each) => (isRecord(each) ? String(each.key ?? each.name ?? "") : String(each)))
    : isRecord(value)
      ? Object.keys(value)
      : [];
const namedOf = (value: unknown): Named[] => entriesOf(value).map(([named]) => named);

/** Lists of names, lists of things with a key, and maps by key are read alike. */
function entriesOf(value: unknown): [Named, Record<string, unknown>][] {
  if (isRecord(value)) {
    return Object.entries(value).map(([key, more]) => [
      { key, name: isRecord(more) && typeof more.name === "string" ? more.name : key },
      Array.isArray(more) ? { stages: more } : isRecord(more) ? more : {},
    ]);
  }
  if (!Array.isArray(value)) return [];
  return value.map((each) => {
    if (!isRecord(each)) return [{ key: String(each), name: String(each) }, {}];
    const key = String(each.key ?? each.name ?? each.id ?? "");
    const titles = isRecord(each.title) ? each.title : {};
    return [{ key, name: String(each.name || titles[i18next.language] || titles.en || key) }, each];
  });
}

export interface Tried {
  ok: boolean;
  value?: unknown;
  error?: string | null;
}

/** What an expression comes to with these values; null where the server cannot try it. */
export function useTried(expression: string, variables: Record<string, unknown>) {
  return useQuery({
    queryKey: ["flow-expression", expression, variables],
    queryFn: () => post<unknown>("flow-expressions/try", { expression, variables }).then(readTried, notThere),
    enabled: expression.trim() !== "",
    staleTime: 60_000,
    retry: false,
  });
}

function readTried(answer: unknown): Tried {
  const all = isRecord(answer) ? answer : {};
  const error = typeof all.error === "string" ? all.error : null;
  return { ok: all.ok !== false && error === null, value: all.value ?? all.result, error };
}

function notThere(error: unknown): Tried | null {
  if (error instanceof ProblemError && (error.status === 404 || error.status === 405)) return null;
  throw error;
}
