/** Conversations of an earlier version, and moving them. */
import type { Answer } from "@frontdesk/shared/answers";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/http";
import { keys } from "../../api/keys";
import type { FlowDocument } from "../document";

export type Migration = Answer<"Migration">;
export type StandingPlace = Answer<"StandingPlace">;

/** What the live version says. */
export function useLive(flow: string, n: number | undefined) {
  return useQuery({
    queryKey: [...keys.flows, "version", flow, n],
    queryFn: ({ signal }) => get<{ document: FlowDocument }>(`flows/${flow}/versions/${n}`, signal),
    select: (found) => found.document,
    enabled: n !== undefined,
  });
}

/** Who stands where on a version, and who would go on where; nobody is moved. */
export function useDryRun(flow: string, from: number, map: Readonly<Record<string, string>>) {
  return useQuery({
    queryKey: [...keys.flows, "standing", flow, from, map],
    queryFn: () => post<Migration>(`flows/${flow}/migrate`, { from, map, dry_run: true }),
    placeholderData: (before) => before,
    staleTime: 0,
    gcTime: 0,
  });
}

export function useMove(flow: string, from: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (map: Readonly<Record<string, string>>) =>
      post<Migration>(`flows/${flow}/migrate`, { from, map, dry_run: false }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows }),
  });
}
