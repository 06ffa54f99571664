/** Says what a flow that was just published does, and where; without asking again, somebody would wait for answers. */
import type { ChannelAccount, Page } from "@frontdesk/shared";
import { notifications } from "@mantine/notifications";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { get } from "../api/http";
import { type Choosable, whereAnswers } from "./where";
import "./words";

const SHOWN_MS = 12_000;

export function useAnnounce(): (id: string) => Promise<void> {
  const { t, i18n } = useTranslation("answering");
  const { t: shell } = useTranslation();
  const wordsFor = async (id: string): Promise<string> => {
    const [flow, { items }] = await Promise.all([
      get<Choosable>(`flows/${id}`),
      get<Page<ChannelAccount> | { items: ChannelAccount[] }>("channels"),
    ]);
    const { where, names } = whereAnswers(flow, items);
    return t(where, { names: new Intl.ListFormat(i18n.language, { type: "unit" }).format(names) });
  };
  return async (id) => {
    // Published it is, even where that cannot be asked just now.
    const words = await wordsFor(id).catch(() => t("published"));
    notifications.show({
      message: (
        <>
          {words} <a href="#/channels">{shell("nav.channels")}</a>
        </>
      ),
      color: "accent",
      withBorder: true,
      autoClose: SHOWN_MS,
      icon: <CircleCheck size={18} />,
    });
  };
}
