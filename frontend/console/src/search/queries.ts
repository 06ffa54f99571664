/** What a search asks the server. */
import type { SearchAnswer } from "@frontdesk/shared";
import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import { query } from "../api/queries";

export function useSearch(q: string) {
  return useInfiniteQuery({
    queryKey: ["search", q],
    queryFn: ({ pageParam, signal }) => get<SearchAnswer>(`search${query({ q, cursor: pageParam })}`, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: q.length > 0,
    // What was found for fewer letters stays while more are looked for.
    placeholderData: (before) => before,
  });
}
