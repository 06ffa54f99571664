/** What to call a contact who has told no name yet: unlike the next one, and the same tomorrow. */
import type { ChannelType } from "@frontdesk/shared";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

interface Contact {
  id: string;
  name: string | null;
}

export function tagOf(id: string): string {
  return id.replaceAll("-", "").slice(-4).toUpperCase();
}

export function useContactName(): (contact: Contact, channel: ChannelType) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ id, name }, channel) => {
      if (name) return name;
      const tag = tagOf(id);
      return channel === "widget" ? t("inbox.visitor", { tag }) : `${t(`kind.${channel}`)} · ${tag}`;
    },
    [t],
  );
}
