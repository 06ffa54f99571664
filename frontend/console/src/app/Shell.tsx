/** The frame around every page: a rail on wide screens, a bar at the bottom on phones, honest banners on top. */
import { ActionIcon, Tooltip } from "@mantine/core";
import {
  BookUser,
  Inbox as InboxIcon,
  Keyboard,
  ListChecks,
  type LucideIcon,
  Plug,
  Settings,
  UsersRound,
  Workflow,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useLive } from "../api/live";
import { useCounts } from "../api/queue";
import { useCommands } from "../keys/registry";
import { Sheet } from "../keys/Sheet";
import { Notifier } from "../notices/Notifier";
import { mayGrant } from "../settings/may";
import { AccountMenu } from "./AccountMenu";
import { Banners } from "./Banners";
import { Escalations } from "./Escalations";
import { Mark } from "./Mark";
import { Mentions } from "./Mentions";
import { useSignedIn } from "./me";
import classes from "./Shell.module.css";

const loadPalette = () => import("../palette/Palette").then(({ Palette }) => ({ default: Palette }));
const Palette = lazy(loadPalette);

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const link = useLive(`${me.tenant.id}:${me.staff?.id ?? ""}`);
  const counts = useCounts();
  const [help, setHelp] = useState(false);
  const [location] = useLocation();
  const [palette, setPalette] = useState(false);
  // Fetched before it is asked for: what is typed right after the keys that open it must not get lost.
  useEffect(() => void loadPalette(), []);
  useCommands({ help: () => setHelp(true), palette: () => setPalette(true) });
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
        <RailLink to="/inbox" icon={InboxIcon} label={t("nav.inbox")} count={counts.data?.waiting} />
        <RailLink to="/leads" icon={UsersRound} label={t("nav.leads")} />
        <RailLink to="/contacts" icon={BookUser} label={t("nav2.contacts")} />
        {mayGrant(me.role, "builder") && <RailLink to="/flows" icon={Workflow} label={t("flowPages.link")} wide />}
        <RailLink to="/channels" icon={Plug} label={t("nav.channels")} wide />
        <RailLink to="/start" icon={ListChecks} label={t("nav.start")} />
        <span className={classes.space} />
        <RailLink to="/settings" icon={Settings} label={t("nav2.settings")} wide />
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
      <Notifier waiting={counts.data?.waiting} />
      <Escalations />
      <Sheet opened={help} onClose={() => setHelp(false)} />
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

interface RailProps {
  to: string;
  icon: LucideIcon;
  label: string;
  count?: number;
  /** On wide screens alone: phones find it in the account's menu. */
  wide?: boolean;
}

function RailLink({ to, icon: Icon, label, count, wide }: RailProps) {
  const [location] = useLocation();
  const active = location === to || location.startsWith(`${to}/`);
  return (
    <Tooltip label={label} position="right" events={{ hover: true, focus: true, touch: false }}>
      <Link
        to={to}
        className={wide ? `${classes.link} ${classes.wide}` : classes.link}
        aria-current={active ? "page" : undefined}
      >
        <Icon size={20} strokeWidth={active ? 2.1 : 1.75} aria-hidden="true" />
        <span className={classes.label}>{label}</span>
        {count ? <span className={`${classes.count} tabular`}>{count > 99 ? "99+" : count}</span> : null}
      </Link>
    </Tooltip>
  );
}
