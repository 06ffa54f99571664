/** Leads and what is done with them, as hooks. */
import type { Lead, LeadDetail, Page, Pipeline, StageSum } from "@frontdesk/shared";
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../api/http";
import { keys } from "../api/keys";
import { paged, query } from "../api/queries";

export interface LeadFilter {
  pipeline?: string;
  stage?: string;
  owner?: string;
  channel?: string;
  q?: string;
}

export function useLeads(filter: LeadFilter) {
  return useInfiniteQuery({
    queryKey: [...keys.leads, "list", filter],
    ...paged<Lead>((cursor) => `leads${query({ ...filter, limit: "100", cursor })}`),
    placeholderData: (before, old) => (old?.queryKey[2] && samePipeline(old.queryKey[2], filter) ? before : undefined),
    enabled: filter.pipeline !== undefined,
  });
}

function samePipeline(old: unknown, filter: LeadFilter): boolean {
  return typeof old === "object" && old !== null && "pipeline" in old && old.pipeline === filter.pipeline;
}

export function useLead(id: string) {
  return useQuery({
    queryKey: [...keys.leads, "one", id],
    queryFn: ({ signal }) => get<LeadDetail>(`leads/${id}`, signal),
  });
}

export function usePipelines() {
  return useQuery({
    queryKey: [...keys.leads, "pipelines"],
    queryFn: ({ signal }) => get<Page<Pipeline>>("pipelines", signal),
    select: (page) => page.items,
  });
}

export function useSums(pipeline: string) {
  return useQuery({
    queryKey: [...keys.leads, "sums", pipeline],
    queryFn: ({ signal }) => get<Page<StageSum>>(`leads/sums${query({ pipeline })}`, signal),
    select: (page) => page.items,
    enabled: pipeline !== "",
  });
}

type Leads = InfiniteData<Page<Lead>>;

/** Move a lead: on the board at once, back where the server says no. */
export function useMoveLead() {
  const client = useQueryClient();
  const lists = { queryKey: [...keys.leads, "list"] };
  return useMutation({
    mutationFn: ({ id, stage }: { id: string; stage: string }) => post<unknown>(`leads/${id}/stage`, { stage }),
    onMutate: async ({ id, stage }) => {
      await client.cancelQueries(lists);
      const before = client.getQueriesData<Leads>(lists);
      client.setQueriesData<Leads>(lists, (old) => old && withStage(old, id, stage));
      return { before };
    },
    onError: (_error, _move, context) => {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.leads }),
  });
}

function withStage(old: Leads, id: string, stage: string): Leads {
  const moved = (lead: Lead) => (lead.id === id ? { ...lead, stage } : lead);
  return { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.map(moved) })) };
}

export interface LeadChange {
  owner_id: string | null;
  value: number | null;
  currency: string | null;
}

export function useChangeLead(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: LeadChange) => put<unknown>(`leads/${id}`, change),
    onSettled: () => client.invalidateQueries({ queryKey: keys.leads }),
  });
}
