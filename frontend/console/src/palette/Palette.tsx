/** Everything by name: what can be done now, views, conversations, pages, languages, light. */
import type { ConversationItem, Page } from "@frontdesk/shared";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import {
  BookUser,
  Inbox,
  Languages,
  ListChecks,
  Monitor,
  Moon,
  Plug,
  Settings,
  Sun,
  UsersRound,
  Workflow,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { get } from "../api/http";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useContactName } from "../app/contact";
import { useSignedIn } from "../app/me";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import { useView } from "../inbox/useView";
import { VIEWS } from "../inbox/views";
import { COMMANDS, type Command } from "../keys/commands";
import { useRegistry } from "../keys/registry";
import { mayGrant } from "../settings/may";
import { type Choice, Picker } from "./Picker";

const PAGES = [
  ["/inbox", "nav.inbox", Inbox],
  ["/leads", "nav.leads", UsersRound],
  ["/contacts", "nav2.contacts", BookUser],
  ["/flows", "flowPages.link", Workflow],
  ["/channels", "nav.channels", Plug],
  ["/start", "nav.start", ListChecks],
  ["/settings", "nav2.settings", Settings],
] as const;
const SCHEMES = [
  ["light", Sun],
  ["dark", Moon],
  ["auto", Monitor],
] as const;
const SHORTEST = 2;

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const choices = [...useActions(), ...useTalks(typed), ...useViews(), ...usePlaces()];
  return (
    <Picker
      title={t("queue.key.palette")}
      placeholder={t("queue.palette")}
      empty={t("queue.nothing")}
      choices={choices}
      onClose={onClose}
      onType={setTyped}
    />
  );
}

function useActions(): Choice[] {
  const { t } = useTranslation();
  const { answered, run } = useRegistry();
  return COMMANDS.filter((command: Command) => !command.unlisted && answered.has(command.id as never)).map(
    (command) => ({
      id: `do ${command.id}`,
      label: t(command.label),
      group: t("queue.group.act"),
      keys: command.keys[0],
      // Once the palette has closed and given the focus back.
      run: () => setTimeout(() => run(command.id)),
    }),
  );
}

function useTalks(typed: string): Choice[] {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const [, navigate] = useLocation();
  const [q] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: ["conversations-by-name", q],
    queryFn: ({ signal }) =>
      get<Page<ConversationItem>>(`conversations?${new URLSearchParams({ q, limit: "8" })}`, signal),
    enabled: q.length >= SHORTEST,
    placeholderData: (before) => before,
  });
  if (typed.trim().length < SHORTEST) return [];
  return (found.data?.items ?? []).map((item) => ({
    id: item.id,
    label: nameOf(item.contact, item.channel),
    more: typed,
    hint: item.last_message?.text,
    group: t("queue.group.talks"),
    icon: <ChannelGlyph channel={item.channel} size={16} />,
    run: () => navigate(`/inbox/${item.id}`),
  }));
}

function useViews(): Choice[] {
  const { t } = useTranslation();
  const [, setView] = useView();
  const [, navigate] = useLocation();
  return VIEWS.map((view, index) => ({
    id: `view ${view}`,
    label: t(`queue.view.${view}`),
    group: t("queue.views"),
    icon: <Inbox size={16} />,
    keys: String(index + 1),
    run: () => {
      setView(view);
      navigate("/inbox");
    },
  }));
}

function usePlaces(): Choice[] {
  const { t, i18n } = useTranslation();
  const [, navigate] = useLocation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { role } = useSignedIn();
  const open = PAGES.filter(([path]) => path !== "/flows" || mayGrant(role, "builder"));
  const pages = open.map(([path, label, Icon]) => ({
    id: path,
    label: t(label),
    group: t("queue.group.go"),
    icon: <Icon size={16} />,
    run: () => navigate(path),
  }));
  const languages = (Object.keys(LANGUAGES) as Language[]).map((language) => ({
    id: `language ${language}`,
    label: LANGUAGES[language],
    more: t("menu.language"),
    group: t("menu.language"),
    lang: language,
    icon: <Languages size={16} />,
    checked: i18n.language === language,
    run: () => void chooseLanguage(language),
  }));
  const schemes = SCHEMES.map(([scheme, Icon]) => ({
    id: `scheme ${scheme}`,
    label: t(`menu.${scheme}`),
    more: t("menu.theme"),
    group: t("menu.theme"),
    icon: <Icon size={16} />,
    checked: colorScheme === scheme,
    run: () => setColorScheme(scheme),
  }));
  return [...pages, ...languages, ...schemes];
}
