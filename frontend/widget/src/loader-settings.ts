/** What the script tag says. */
import { LOADER_WORDS } from "./loader-words";

export interface Settings {
  widget: string;
  origin: string;
  language: string;
  accent: string | null;
  position: "start" | "end";
}

interface Tag {
  src: string;
  dataset: Record<string, string | undefined>;
}

export function readSettings(tag: Tag, pageLanguage: string, browserLanguage: string): Settings | null {
  const { widget, lang, accent, position } = tag.dataset;
  if (!widget || !/^[\w-]{1,80}$/.test(widget)) return null;
  const wanted = [lang, pageLanguage, browserLanguage, "en"].map(
    (language) => language?.toLowerCase().split(/[-_]/)[0] ?? "",
  );
  return {
    widget,
    origin: new URL(tag.src).origin,
    language: wanted.find((language) => language in LOADER_WORDS) ?? "en",
    accent: accent ?? null,
    position: position === "left" || position === "start" ? "start" : "end",
  };
}

/** The panel's address; what follows `#` stays in the browser. */
export function frameAddress(settings: Settings, hostOrigin: string): string {
  const hash = new URLSearchParams({ host: hostOrigin, lang: settings.language });
  if (settings.accent) hash.set("accent", settings.accent);
  return `${settings.origin}/widget/v1/${encodeURIComponent(settings.widget)}/panel#${hash}`;
}
