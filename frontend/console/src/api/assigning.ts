/** To whom conversations go: colleagues and teams, and the messages that did not arrive. */
import type { Colleague, Page, Team, Undelivered } from "@frontdesk/shared";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "./http";
import { keys } from "./keys";
import { paged, query } from "./queries";

export function useColleagues(enabled = true) {
  return useQuery({
    queryKey: keys.colleagues,
    queryFn: ({ signal }) => get<Page<Colleague>>("colleagues", signal),
    select: (page) => page.items,
    enabled,
  });
}

export function useTeams(enabled = true) {
  return useQuery({
    queryKey: keys.teams,
    queryFn: ({ signal }) => get<Page<Team>>("teams", signal),
    select: (page) => page.items,
    enabled,
  });
}

export function useUndelivered() {
  return useInfiniteQuery({
    queryKey: keys.undelivered,
    ...paged<Undelivered>((cursor) => `undelivered${query({ cursor })}`),
  });
}

/** Be done with a message that did not arrive: it is listed no more. */
export function useDismiss() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ conversation_id, message_id }: Undelivered) =>
      post<unknown>(`conversations/${conversation_id}/messages/${message_id}/dismiss`, {}),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.undelivered });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

/** A change after which teams and colleagues are read anew. */
function useSetting<Body>(work: (body: Body) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () =>
      Promise.all([keys.teams, keys.colleagues, keys.counts].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const useSaveTeam = () =>
  useSetting((team: { key: string; name: string; members: string[] }) => post("teams", team));
export const useDropTeam = () => useSetting((key: string) => remove(`teams/${key}`));
export const useSetCapacity = () =>
  useSetting(({ id, capacity }: { id: string; capacity: number | null }) =>
    put(`members/${id}/capacity`, { capacity }),
  );
export const useSetAway = () => useSetting((away: boolean) => put("me/availability", { away }));
