/** The frame around every page: a rail on wide screens, a bar at the bottom on phones, honest banners on top. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Inbox as InboxIcon, Keyboard, ListChecks, type LucideIcon, Plug, UsersRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useLive } from "../api/live";
import { useWaiting } from "../api/queries";
import { AccountMenu } from "./AccountMenu";
import { Banners } from "./Banners";
import { Mark } from "./Mark";
import { Mentions } from "./Mentions";
import classes from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts";

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const link = useLive();
  const waiting = useWaiting();
  const [help, setHelp] = useState(false);
  const [location] = useLocation();
  useHotkeys(
    [
      ["shift+?", () => setHelp(true)],
      ["?", () => setHelp(true)],
    ],
    ["INPUT", "TEXTAREA", "SELECT"],
  );
  const inThread = /^\/inbox\/./.test(location);
  return (
    <div className={classes.root} data-thread={inThread || undefined}>
      <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
        {t("nav.skip")}
      </button>
      <nav className={classes.rail}>
        <span className={classes.mark}>
          <Mark size={28} />
        </span>
        <RailLink to="/inbox" icon={InboxIcon} label={t("nav.inbox")} count={waiting.data} />
        <RailLink to="/leads" icon={UsersRound} label={t("nav.leads")} />
        <RailLink to="/channels" icon={Plug} label={t("nav.channels")} />
        <RailLink to="/start" icon={ListChecks} label={t("nav.start")} />
        <span className={classes.space} />
        <Tooltip label={t("nav.shortcuts")} position="right">
          <ActionIcon
            className={classes.wide}
            variant="subtle"
            color="gray"
            size={40}
            aria-label={t("nav.shortcuts")}
            onClick={() => setHelp(true)}
          >
            <Keyboard size={20} strokeWidth={1.75} />
          </ActionIcon>
        </Tooltip>
        <AccountMenu />
      </nav>
      <div className={classes.main}>
        <Banners offline={link === "waiting"} />
        <main id="main" tabIndex={-1} className={classes.page}>
          {children}
        </main>
      </div>
      <Mentions />
      <Shortcuts opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function RailLink({ to, icon: Icon, label, count }: { to: string; icon: LucideIcon; label: string; count?: number }) {
  const [location] = useLocation();
  const active = location === to || location.startsWith(`${to}/`);
  return (
    <Tooltip label={label} position="right" events={{ hover: true, focus: true, touch: false }}>
      <Link to={to} className={classes.link} aria-current={active ? "page" : undefined}>
        <Icon size={20} strokeWidth={active ? 2.1 : 1.75} aria-hidden="true" />
        <span className={classes.label}>{label}</span>
        {count ? <span className={`${classes.count} tabular`}>{count > 99 ? "99+" : count}</span> : null}
      </Link>
    </Tooltip>
  );
}
