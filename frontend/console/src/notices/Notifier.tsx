/** Tells the person that somebody waits, wherever in the console they are: the tab's title, a sound, their device. */
import type { LiveEvent } from "@frontdesk/shared";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useConversations } from "../api/queries";
import { onSignal } from "../api/signals";
import { useSignedIn } from "../app/me";
import { wantedHere } from "./push";
import { useNotices, useSoundChoice, useSwitchPush } from "./queries";
import { isQuiet } from "./quiet";
import { rang } from "./ring";
import { chime, wakeSound } from "./sound";
import { titleOf } from "./title";

export function Notifier({ waiting }: { waiting: number | undefined }) {
  useEffect(() => {
    document.title = titleOf(waiting);
    void (waiting ? navigator.setAppBadge?.(waiting) : navigator.clearAppBadge?.())?.catch(() => undefined);
  }, [waiting]);
  usePushAgain();
  useOpening();
  const [sound] = useSoundChoice();
  return sound ? <Sound /> : null;
}

/** Rings for who waits, who calls, and who of mine wrote, unless one is reading that very conversation. */
function Sound() {
  const me = useSignedIn().staff?.id;
  const notices = useNotices().data;
  const mine = useConversations({ view: "mine" }).data;
  const [location] = useLocation();
  const before = useRef<Map<string, number> | null>(null);
  const quiet = useRef<() => boolean>(() => false);
  quiet.current = () => isQuiet(notices?.quiet, notices?.timezone ?? "UTC", new Date());
  const ring = useRef(() => {
    if (!quiet.current()) void chime();
  }).current;
  useEffect(() => {
    document.addEventListener("pointerdown", wakeSound);
    document.addEventListener("keydown", wakeSound);
    return () => {
      document.removeEventListener("pointerdown", wakeSound);
      document.removeEventListener("keydown", wakeSound);
    };
  }, []);
  useEffect(() => {
    const undo = [
      onSignal("handoff.requested", ring),
      onSignal("note.mentioned", (data) => {
        if ((data as LiveEvent).entity_id === me) ring();
      }),
    ];
    return () => {
      for (const each of undo) each();
    };
  }, [me, ring]);
  useEffect(() => {
    if (!mine) return;
    const now = new Map(mine.pages.flatMap(({ items }) => items.map(({ id, unread }) => [id, unread])));
    const heard = new Map([...now].filter(([id]) => document.hidden || location !== `/inbox/${id}`));
    if (rang(before.current, heard)) ring();
    before.current = now;
  }, [mine, ring, location]);
  return null;
}

/** Signed in anew in a browser where one wanted it: it is told again, without being asked. */
function usePushAgain() {
  const staff = useSignedIn().staff?.id;
  const notices = useNotices().data;
  const { mutate, isIdle } = useSwitchPush();
  const missing = notices && !notices.this_browser ? notices.push_key : null;
  useEffect(() => {
    if (staff && missing && isIdle && wantedHere(staff)) mutate({ on: true, key: missing });
  }, [staff, missing, isIdle, mutate]);
}

/** A notice that was tapped opens its conversation in the page that is there. */
function useOpening() {
  const [, navigate] = useLocation();
  useEffect(() => {
    const workers = navigator.serviceWorker;
    const open = ({ data }: MessageEvent) => {
      if (typeof data?.open === "string" && data.open.startsWith("/inbox")) navigate(data.open);
    };
    workers?.addEventListener("message", open);
    return () => workers?.removeEventListener("message", open);
  }, [navigate]);
}
