/** Why a person was asked for: the flow's codes as words, words as they are. */
import type { Author } from "@frontdesk/shared";
import { useTranslation } from "react-i18next";

const CODES = ["asked", "no_match", "policy", "model", "flow", "error"] as const;
type Code = (typeof CODES)[number];

/** `error:timeout` is an `error`; null where it is not a code of ours. */
export function codeOf(reason: string): Code | null {
  const head = reason.split(":")[0] ?? "";
  return CODES.find((code) => code === head) ?? null;
}

const AUTHORS = ["contact", "agent", "staff", "app", "api", "system"] as const;

/** A summary without a model quotes the last messages, `author: words`, one a line; what was collected stands elsewhere. */
export function summaryLines(text: string): { author: Author | null; words: string }[] {
  const lines = text.split("\n").map((line) => {
    const author = AUTHORS.find((name) => line.startsWith(`${name}: `)) ?? null;
    return { author, words: author ? line.slice(author.length + 2) : line };
  });
  return lines.some(({ author }) => author) ? lines.filter(({ author }, at) => author || at > 0) : lines;
}

export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => {
    const code = codeOf(reason);
    return code ? t(`reason.${code}`) : reason;
  };
}
