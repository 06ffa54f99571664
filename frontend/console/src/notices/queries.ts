/** How one is told that somebody waits, as hooks. */
import { useLocalStorage } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, put } from "../api/http";
import { useSignedIn } from "../app/me";
import { switchPushOff, switchPushOn } from "./push";
import type { QuietHours } from "./quiet";
import { SOUND_KEY } from "./sound";

export interface Notices {
  mail_after_minutes: number | null;
  quiet: QuietHours | null;
  timezone: string;
  mail_connected: boolean;
  this_browser: boolean;
  push_key: string;
}

export type Wishes = Pick<Notices, "mail_after_minutes" | "quiet" | "timezone">;

const KEY = ["notices"] as const;

export function useNotices() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<Notices>("me/notices", signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Whether this browser makes a sound; every tab follows. */
export function useSoundChoice(): [boolean, (on: boolean) => void] {
  const [kept, keep] = useLocalStorage<"on" | "off">({
    key: SOUND_KEY,
    defaultValue: "off",
    serialize: (value) => value,
    deserialize: (value) => (value === "on" ? "on" : "off"),
  });
  return [kept === "on", (on) => keep(on ? "on" : "off")];
}

export function useSaveNotices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wishes: Wishes) => put<unknown>("me/notices", wishes),
    onMutate: (wishes) => {
      const before = client.getQueryData<Notices>(KEY);
      client.setQueryData<Notices>(KEY, (old) => old && { ...old, ...wishes });
      return { before };
    },
    onError: (_error, _wishes, context) => client.setQueryData(KEY, context?.before),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Answers whether it is on afterwards: the browser asks the person. */
export function useSwitchPush() {
  const client = useQueryClient();
  const staff = useSignedIn().staff?.id ?? "";
  return useMutation({
    mutationFn: async ({ on, key }: { on: boolean; key: string }) => {
      if (on) return switchPushOn(key, staff);
      await switchPushOff();
      return false;
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
