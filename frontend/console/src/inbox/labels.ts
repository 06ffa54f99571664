/** Labels that are in use on what has been loaded: there is no list of them, whoever writes one makes it. */
import type { ConversationItem, Page } from "@frontdesk/shared";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { keys } from "../api/keys";

export function useKnownLabels(items: readonly ConversationItem[]): string[] {
  const client = useQueryClient();
  return useMemo(() => {
    const lists = client.getQueriesData<InfiniteData<Page<ConversationItem>>>({ queryKey: keys.conversations });
    const loaded = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.items) ?? []);
    return [...new Set([...items, ...loaded].flatMap(({ labels }) => labels))];
  }, [client, items]);
}
