/** Why a person was asked for: the flow's codes as words, words as they are. */
import { useTranslation } from "react-i18next";

const CODES = ["asked", "no_match", "policy", "model", "flow", "error"] as const;
type Code = (typeof CODES)[number];

/** `error:timeout` is an `error`; null where it is not a code of ours. */
export function codeOf(reason: string): Code | null {
  const head = reason.split(":")[0] ?? "";
  return CODES.find((code) => code === head) ?? null;
}

export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => {
    const code = codeOf(reason);
    return code ? t(`reason.${code}`) : reason;
  };
}
