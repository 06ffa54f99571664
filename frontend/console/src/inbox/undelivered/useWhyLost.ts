/** Why a message did not arrive, in the reader's words where we have some; else what the provider said. */
import { useTranslation } from "react-i18next";

const KNOWN = [
  "outcome_unknown",
  "window_closed",
  "never_wrote",
  "opted_out",
  "account_down",
  "throttled",
  "rejected",
  "unreachable",
  "recipient_blocked",
  "auth_expired",
] as const;

interface Lost {
  reason: string | null;
  code?: string | number | null;
  fix?: string | null;
}

export function useWhyLost(): (lost: Lost) => string {
  const { t } = useTranslation();
  return ({ reason, code, fix }) => {
    const known = KNOWN.find((one) => one === reason);
    const number = code == null ? "" : ` (${code})`;
    if (known) return t(`assign.lost.reason.${known}`) + number;
    return `${t("assign.lost.reason.other", { code: reason ?? "" })}${number}${fix ? `. ${fix}` : ""}`;
  };
}
