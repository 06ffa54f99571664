/** Keeps what is on screen equal to what the server knows: numbered events, resumed without a gap. */
import type { LiveEvent } from "@frontdesk/shared";
import { SharedStream } from "@frontdesk/shared/tabs";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { headers } from "./http";
import { isOlder, keys, parseLive, pauseOf, touchedBy } from "./keys";
import { emitSignal } from "./signals";

export type Link = "connecting" | "open" | "waiting";

/** `name`: whose stream it is; every tab of the same business and person shares one. */
export function useLive(name: string): Link {
  const client = useQueryClient();
  const [link, setLink] = useState<Link>("connecting");
  useEffect(() => {
    const batch = batched(client);
    let began = false;
    let newest = 0;
    const stream = new SharedStream({
      name: `frontdesk:live:${name}`,
      locks: navigator.locks,
      lane: "BroadcastChannel" in window ? (lane) => new BroadcastChannel(lane) : undefined,
      looking: () => !document.hidden,
      url: "/api/v1/events",
      headers,
      onEvent: (event) => {
        // What was read before the stream began may miss what happened in between.
        if (event.event === "ready" && !began) {
          const from = numberOf(event.data);
          newest = Number.isFinite(from) ? from : 0;
          void client.invalidateQueries({ predicate: (query) => isLive(query) && isOlder(query.state.data, from) });
        }
        const told = parseLive(event.data);
        // Heard of by another tab already, just before that one went.
        if (told && told.no <= newest) return;
        if (event.event === "ready") began = true;
        else if (event.event === "reset") {
          newest = 0;
          void client.invalidateQueries();
        } else batch(told);
        newest = Math.max(newest, told?.no ?? 0);
        emitSignal(event.event, event.data);
      },
      onState: (state) => {
        if (state !== "stopped") setLink(state);
      },
      onRefused: () => void client.invalidateQueries({ queryKey: keys.me }),
    });
    stream.start();
    return () => stream.stop();
  }, [client, name]);
  return link;
}

/** A burst of events costs one refetch per query, not one per event, and a stream of them a few a second. */
function batched(client: QueryClient): (event: LiveEvent | null) => void {
  const waiting = new Map<string, number>();
  const fetched = new Map<string, number>();
  return (event) => {
    if (!event) return;
    for (const queryKey of touchedBy(event)) {
      const name = JSON.stringify(queryKey);
      if (!waiting.has(name)) {
        const now = performance.now();
        const again = () => {
          const no = waiting.get(name) ?? 0;
          waiting.delete(name);
          fetched.set(String(queryKey[0]), performance.now());
          void client.invalidateQueries({ queryKey, predicate: (query) => isOlder(query.state.data, no) });
        };
        setTimeout(again, pauseOf(queryKey, now - (fetched.get(String(queryKey[0])) ?? Number.NEGATIVE_INFINITY)));
      }
      waiting.set(name, event.no);
    }
  };
}

function numberOf(data: string): number {
  const ready: unknown = JSON.parse(data);
  const told = typeof ready === "object" && ready !== null && "no" in ready ? ready.no : null;
  return typeof told === "number" ? told : Number.POSITIVE_INFINITY;
}

function isLive({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== keys.me[0] && queryKey[0] !== keys.hint[0];
}
