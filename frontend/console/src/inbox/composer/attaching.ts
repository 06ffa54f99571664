/** Files that are to be sent: what the channel takes, told before anything is uploaded; chosen ones outlive the page. */
import type { FileLimit } from "@frontdesk/shared";

export type Refusal =
  | { reason: "tooLarge"; mb: number }
  | { reason: "wrongType"; kinds: string }
  | { reason: "empty" | "notWhatItSays" };

export interface Chosen {
  /** Of this browser. */
  key: string;
  name: string;
  size: number;
  /** Of the server, once all of it is there. */
  id: string | null;
  /** 0 to 1. */
  progress: number;
  refused: Refusal | "failed" | null;
}

export interface FileFacts {
  name: string;
  type: string;
  size: number;
}

const MB = 1 << 20;
/** Browsers leave the type of these out now and then. */
const BY_ENDING: Record<string, string> = {
  csv: "text/csv",
  txt: "text/plain",
  pdf: "application/pdf",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  amr: "audio/amr",
  "3gp": "video/3gpp",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
const SHORT: Record<string, string> = {
  jpeg: "JPEG",
  quicktime: "MOV",
  mpeg: "MP3",
  plain: "TXT",
  msword: "DOC",
  "vnd.ms-excel": "XLS",
  "vnd.ms-powerpoint": "PPT",
  "vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
  "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
  "vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
};

export function typeOf({ name, type }: FileFacts): string {
  return type.split(";")[0]?.toLowerCase() || (BY_ENDING[name.split(".").pop()?.toLowerCase() ?? ""] ?? "");
}

/** What a channel says to a file, before a byte of it is sent; null: it takes it. */
export function refusalOf(limits: readonly FileLimit[], file: FileFacts): Refusal | null {
  if (file.size === 0) return { reason: "empty" };
  const type = typeOf(file);
  const limit = limits.find(({ kinds }) => kinds.includes(type));
  if (!limit) return { reason: "wrongType", kinds: kindsIn(limits) };
  return file.size > limit.largest ? { reason: "tooLarge", mb: Math.floor(limit.largest / MB) } : null;
}

/** The kinds of file that a channel takes, as people call them. */
export function kindsIn(limits: readonly FileLimit[]): string {
  const names = limits.flatMap(({ kinds }) => kinds.map((kind) => kind.split("/")[1] ?? kind));
  return [...new Set(names.map((name) => SHORT[name] ?? name.replace(/^x-/, "").toUpperCase()))].sort().join(", ");
}

export function acceptOf(limits: readonly FileLimit[]): string {
  return [...new Set(limits.flatMap(({ kinds }) => kinds))].join(",");
}

/** The pictures and files of a paste or a drop; text that comes along is left to the field. */
export function filesIn(data: DataTransfer | null): File[] {
  return data ? [...data.files] : [];
}

const PREFIX = "frontdesk:files:";
const KEPT_MS = 20 * 3_600_000;

/** Files that are at the server and wait for their message, which it does for a day. */
export function loadChosen(staff: string, conversation: string, now = Date.now(), store: Storage = localStorage) {
  try {
    const kept = JSON.parse(store.getItem(`${PREFIX}${staff}:${conversation}`) ?? "null") as {
      at: number;
      files: { id: string; name: string; size: number }[];
    } | null;
    if (!kept || kept.at < now - KEPT_MS) return [];
    return kept.files.map((file): Chosen => ({ ...file, key: file.id, progress: 1, refused: null }));
  } catch {
    return [];
  }
}

export function saveChosen(
  staff: string,
  conversation: string,
  chosen: readonly Chosen[],
  now = Date.now(),
  store: Storage = localStorage,
): void {
  const files = chosen.filter(({ id }) => id).map(({ id, name, size }) => ({ id, name, size }));
  try {
    if (files.length) store.setItem(`${PREFIX}${staff}:${conversation}`, JSON.stringify({ at: now, files }));
    else store.removeItem(`${PREFIX}${staff}:${conversation}`);
  } catch {
    // Storage is full or blocked: they are kept as long as the page.
  }
}
