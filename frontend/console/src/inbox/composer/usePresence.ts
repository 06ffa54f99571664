/** Who else looks at this conversation or writes in it; and tell them the same of us. Lapses by itself. */
import type { PresenceState } from "@frontdesk/shared";
import { useDocumentVisibility } from "@mantine/hooks";
import { useCallback, useEffect, useRef, useState } from "react";
import { useColleagues } from "../../api/assigning";
import { tellPresence } from "../../api/composing";
import { onSignal } from "../../api/signals";
import { useSignedIn } from "../../app/me";

const AGAIN_MS = 20_000;
const TYPING_AGAIN_MS = 3_000;
const LAPSES_MS = { viewing: 45_000, typing: 8_000 } as const;

interface Seen {
  state: "viewing" | "typing";
  until: number;
}

export interface Presence {
  viewing: string[];
  typing: string[];
  /** Call with every change of what is being written. */
  noteTyping: (empty: boolean) => void;
}

export function usePresence(conversation: string): Presence {
  const { staff } = useSignedIn();
  const me = staff?.id ?? null;
  const names = useColleagues().data;
  const looking = useDocumentVisibility() === "visible";
  const [others, setOthers] = useState<Record<string, Seen>>({});
  const typedAt = useRef(0);

  const note = useCallback((who: string, state: string) => {
    setOthers((before) => {
      const { [who]: _gone, ...rest } = before;
      if (state !== "viewing" && state !== "typing") return rest;
      return { ...rest, [who]: { state, until: Date.now() + LAPSES_MS[state] } };
    });
  }, []);
  const tell = useCallback(
    (state: PresenceState) => {
      if (!me) return;
      // Where it fails, colleagues see nothing of us until the next time.
      tellPresence(conversation, state).then(
        (found) => {
          for (const { staff_id, state: theirs } of found) note(staff_id, theirs);
        },
        () => undefined,
      );
    },
    [conversation, me, note],
  );

  useEffect(
    () =>
      onSignal("presence", (data) => {
        if (typeof data !== "object" || data === null) return;
        const { conversation_id, staff_id, state } = data as Record<string, unknown>;
        if (conversation_id === conversation && typeof staff_id === "string" && staff_id !== me)
          note(staff_id, `${state}`);
      }),
    [conversation, me, note],
  );
  useEffect(() => {
    if (!looking) return;
    tell("viewing");
    const timer = setInterval(() => {
      if (Date.now() - typedAt.current > TYPING_AGAIN_MS) tell("viewing");
      setOthers((before) => {
        const left = Object.entries(before).filter(([, seen]) => seen.until > Date.now());
        return left.length === Object.keys(before).length ? before : Object.fromEntries(left);
      });
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
      tell("gone");
    };
  }, [looking, tell]);
  useEffect(() => {
    const next = Math.min(...Object.values(others).map((seen) => seen.until));
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(() => setOthers((before) => ({ ...alive(before) })), Math.max(0, next - Date.now()) + 50);
    return () => clearTimeout(timer);
  }, [others]);

  const noteTyping = useCallback(
    (empty: boolean) => {
      const now = Date.now();
      if (empty) {
        if (typedAt.current > 0) tell("viewing");
        typedAt.current = 0;
      } else if (now - typedAt.current > TYPING_AGAIN_MS) {
        typedAt.current = now;
        tell("typing");
      }
    },
    [tell],
  );
  const called = (state: Seen["state"]) =>
    Object.entries(alive(others))
      .filter(([, seen]) => seen.state === state)
      .map(([id]) => names?.find((one) => one.id === id)?.name ?? "…");
  return { viewing: called("viewing"), typing: called("typing"), noteTyping };
}

function alive(others: Record<string, Seen>): Record<string, Seen> {
  return Object.fromEntries(Object.entries(others).filter(([, seen]) => seen.until > Date.now()));
}
