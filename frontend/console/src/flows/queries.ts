/** Flows on the server, as hooks and as what the editor's session needs. */
import type { Page } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, ProblemError, post, put } from "../api/http";
import { keys } from "../api/keys";
import type { FlowDocument, Issue, NodeType } from "./document";
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
  /** The draft says something else than what was published; unknown to older servers. */
  changed?: boolean | null;
}

export interface Release {
  id: string;
  hash: string;
  author: string | null;
  note: string | null;
  created_at: string;
}

export interface FlowDetail extends FlowItem {
  document: FlowDocument;
  releases: Release[];
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

export function useCreateFlow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (document: FlowDocument) => post<FlowDetail>("flows", document),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
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

/** Store a draft over the one that was edited. */
export async function putDraft(id: string, document: FlowDocument, etag: string) {
  try {
    return await put<{ etag: string; issues: Issue[] }>(`flows/${id}`, document, { "If-Match": `"${etag}"` });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 412) throw error;
    const { theirs, current, who } = error.problem as { theirs?: FlowDocument; current?: string; who?: string };
    if (theirs && current) throw new Overtaken({ document: theirs, etag: current }, who ?? null);
    const { document: found, etag: newest } = await get<FlowDetail>(`flows/${id}`);
    throw new Overtaken({ document: found, etag: newest }, null);
  }
}

/** What is wrong with a document, as the tenant has it; a server that cannot look at one looks at the draft. */
export async function checkDraft(id: string, document: FlowDocument): Promise<readonly Issue[]> {
  try {
    return (await post<Checked>(`flows/${id}/lint`, document)).issues;
  } catch (error) {
    if (!(error instanceof ProblemError) || ![404, 405].includes(error.status)) throw error;
    return (await post<Checked>(`flows/${id}/validate`)).issues;
  }
}

/** Tell whether a request failed on its way, or because the server could not just now. */
export function isAway(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status === 429 || error.status >= 500);
}
