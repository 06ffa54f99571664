/** The files of a reply that is being written: uploaded as they are chosen, kept until they are sent. */
import type { FileLimit } from "@frontdesk/shared";
import { useEffect, useRef, useState } from "react";
import { ProblemError, remove } from "../../api/http";
import { type Handed, upload } from "../../api/upload";
import { newKey } from "../../app/keys";
import { type Chosen, loadChosen, refusalOf, saveChosen, typeOf } from "./attaching";

export interface Attachments {
  chosen: Chosen[];
  /** All that may be sent, in order. */
  ready: Chosen[];
  busy: boolean;
  add: (files: readonly File[]) => void;
  /** Take back one that is at the server already. */
  restore: (file: Handed) => void;
  /** Give up on a file: stop its upload, or forget it at the server. */
  drop: (key: string) => void;
  /** It is part of a message. */
  sent: (key: string) => void;
}

export function useAttachments(staff: string, conversation: string, limits: readonly FileLimit[]): Attachments {
  const [chosen, setChosen] = useState<Chosen[]>(() => loadChosen(staff, conversation));
  const running = useRef(new Map<string, AbortController>());
  useEffect(() => saveChosen(staff, conversation, chosen), [staff, conversation, chosen]);
  useEffect(() => {
    const held = running.current;
    return () => {
      for (const each of held.values()) each.abort();
    };
  }, []);

  const change = (key: string, to: Partial<Chosen>) =>
    setChosen((before) => before.map((each) => (each.key === key ? { ...each, ...to } : each)));
  const without = (key: string) => setChosen((before) => before.filter((each) => each.key !== key));
  const start = (key: string, file: File) => {
    const stop = new AbortController();
    running.current.set(key, stop);
    const path = `conversations/${conversation}/files?name=${encodeURIComponent(file.name.slice(-200) || "file")}`;
    const onProgress = (progress: number) => change(key, { progress });
    upload(path, { file, type: typeOf(file), onProgress, signal: stop.signal })
      .then(({ id }) => change(key, { id, progress: 1 }))
      .catch((error) => change(key, { refused: refusedBy(error) }))
      .finally(() => running.current.delete(key));
  };
  const add = (files: readonly File[]) => {
    for (const file of files) {
      const refused = refusalOf(limits, file);
      const key = newKey();
      setChosen((before) => [...before, { key, name: file.name, size: file.size, id: null, progress: 0, refused }]);
      if (!refused) start(key, file);
    }
  };
  const drop = (key: string) => {
    running.current.get(key)?.abort();
    const { id } = chosen.find((each) => each.key === key) ?? {};
    // What cannot be forgotten now is forgotten a day later.
    if (id) remove(`conversations/${conversation}/files/${id}`).catch(() => undefined);
    without(key);
  };
  return {
    chosen,
    ready: chosen.filter(({ id }) => id),
    busy: chosen.some(({ id, refused }) => !id && !refused),
    add,
    restore: ({ id, name, size }) =>
      setChosen((before) => [...before, { key: id, id, name, size, progress: 1, refused: null }]),
    drop,
    sent: without,
  };
}

function refusedBy(error: unknown): Chosen["refused"] {
  if (!(error instanceof ProblemError) || error.code !== "file_refused") return "failed";
  const { reason, largest, kinds } = error.problem;
  if (reason === "too_large") return { reason: "tooLarge", mb: Math.floor(Number(largest) / (1 << 20)) };
  if (reason === "empty") return { reason: "empty" };
  if (reason === "not_what_it_says") return { reason: "notWhatItSays" };
  return { reason: "wrongType", kinds: Array.isArray(kinds) ? kinds.join(", ") : "" };
}
