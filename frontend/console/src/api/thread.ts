/** What the thread reads and does besides its messages. */
import type { Happening, Note, Page, Turn } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import { get } from "./http";
import { keys } from "./keys";

export function useNotes(id: string) {
  return useQuery({
    queryKey: keys.notes(id),
    queryFn: ({ signal }) => get<Page<Note>>(`conversations/${id}/notes`, signal),
    select: (page) => page.items,
  });
}

export function useTimeline(id: string) {
  return useQuery({
    queryKey: keys.timeline(id),
    queryFn: ({ signal }) => get<Page<Happening>>(`conversations/${id}/timeline`, signal),
    select: (page) => page.items,
  });
}

/** Why the agent said something; a turn never changes. */
export function useTurn(id: string, turn: string) {
  return useQuery({
    queryKey: keys.turn(id, turn),
    queryFn: ({ signal }) => get<Turn>(`conversations/${id}/turns/${turn}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
