/** What the thread reads and does besides its messages. */
import type { Turn } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import { get } from "./http";
import { keys } from "./keys";

/** Why the agent said something; a turn never changes. */
export function useTurn(id: string, turn: string) {
  return useQuery({
    queryKey: keys.turn(id, turn),
    queryFn: ({ signal }) => get<Turn>(`conversations/${id}/turns/${turn}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
