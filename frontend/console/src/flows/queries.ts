/** Flows on the server, as hooks and as what the editor's session needs. */
import type { Page } from "@frontdesk/shared";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, ProblemError, post, put } from "../api/http";
import { keys } from "../api/keys";
import type { FlowDocument, Issue, NodeType } from "./document";
import { distinct } from "./problems/distinct";
import { Overtaken } from "./saver";

export interface FlowItem {
  id: string;
  key: string;
  name: string;
  kind: "main" | "sub";
  release_id: string | null;
  published: boolean;
  /** Answers where nothing else is set. */
  default: boolean;
  etag: string;
  updated_at: string;
}

export interface FlowDetail extends FlowItem {
  document: FlowDocument;
}

/** What was published once; `conversations` are under way on it. */
export interface Version {
  n: number;
  note: string | null;
  author_name: string | null;
  at: string;
  live: boolean;
  conversations: number;
  release_id: string | null;
}

interface Changed {
  change: "added" | "removed" | "changed";
}

/** How what answers now differs from the draft, layout left out. */
export interface Diff {
  same: boolean;
  nodes: (Changed & { key: string; title: string; type: string })[];
  variables: (Changed & { key: string })[];
  triggers: (Changed & { key: string })[];
  fields: { path: string }[];
}

export interface Checked {
  ok: boolean;
  issues: Issue[];
}

export function useFlows() {
  return useQuery({
    queryKey: keys.flows,
    queryFn: ({ signal }) => get<Page<FlowItem>>("flows", signal),
    select: (page) => page.items,
  });
}

export function useFlowDetail(id: string) {
  return useQuery({
    queryKey: [...keys.flows, "one", id],
    queryFn: ({ signal }) => get<FlowDetail>(`flows/${id}`, signal),
    // What is older than what is on the screen must not be shown as news.
    staleTime: 0,
    gcTime: 0,
  });
}

export function useNodeTypes() {
  return useQuery({
    queryKey: ["node-types"],
    queryFn: ({ signal }) => get<Page<NodeType>>("node-types", signal),
    select: (page) => page.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a flow begins with instead of a document. */
export interface FromTemplate {
  template: string;
  name: string;
  locale: string;
}

export function useCreateFlow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (beginning: FlowDocument | FromTemplate) => post<FlowDetail>("flows", beginning),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: [...keys.flows, "versions", id],
    queryFn: ({ signal }) => get<Page<Version>>(`flows/${id}/versions`, signal),
    select: (page) => page.items,
  });
}

/** What publishing would change; asked once the draft is on the server, and anew when it is another one, which until then is said of the one before. */
export function useDiff(id: string, etag: string | null) {
  return useQuery({
    queryKey: [...keys.flows, "diff", id, etag],
    queryFn: ({ signal }) => get<Diff>(`flows/${id}/diff`, signal),
    enabled: etag !== null,
    placeholderData: keepPreviousData,
  });
}

export function usePublish(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: string) => post<{ release_id: string }>(`flows/${id}/publish`, note ? { note } : {}),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
  });
}

export function useRollback(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (release_id: string) => post<{ release_id: string }>(`flows/${id}/rollback`, { release_id }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
  });
}

/** Let a flow answer wherever no other is chosen. */
export function useMakeDefault() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => put<unknown>(`flows/${id}/default`, {}),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.flows }),
        client.invalidateQueries({ queryKey: keys.channels }),
      ]),
  });
}

/** Make the draft say what a version said. */
export function useRestore(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ n, etag }: { n: number; etag: string }) => {
      await post<unknown>(`flows/${id}/restore`, { n }, { "If-Match": `"${etag}"` });
      return get<FlowDetail>(`flows/${id}`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
  });
}

/** Store a draft over the one that was edited. */
export async function putDraft(id: string, document: FlowDocument, etag: string) {
  try {
    const saved = await put<{ etag: string; issues: Issue[] }>(`flows/${id}`, document, { "If-Match": `"${etag}"` });
    return { ...saved, issues: distinct(saved.issues) };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 412) throw error;
    const { theirs, current, who } = error.problem as unknown as {
      theirs: FlowDocument;
      current: string;
      who?: string;
    };
    throw new Overtaken({ document: theirs, etag: current }, who ?? null);
  }
}

/** What is wrong with a document, as the tenant has it; nothing is stored. */
export async function checkDraft(id: string, document: FlowDocument): Promise<readonly Issue[]> {
  return distinct((await post<Checked>(`flows/${id}/lint`, document)).issues);
}

/** Tell whether a request failed on its way, or because the server could not just now. */
export function isAway(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status === 429 || error.status >= 500);
}
