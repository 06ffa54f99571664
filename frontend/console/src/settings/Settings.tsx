/** The settings: what they are about beside, on phones above. */
import {
  Bell,
  Building2,
  Clock,
  KeyRound,
  type LucideIcon,
  MessageSquareText,
  Plug,
  UserRound,
  UsersRound,
  Waypoints,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, Redirect } from "wouter";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { NoticeSettings } from "../notices/NoticeSettings";
import { Account } from "./Account";
import { Assigning } from "./assigning/Assigning";
import { Canned } from "./Canned";
import { Hours } from "./Hours";
import { Keys } from "./Keys";
import classes from "./Settings.module.css";
import { Team } from "./Team";

type Name = "account" | "notices" | "team" | "assign" | "hours" | "canned" | "keys";

const TITLES = { notices: "notices.title", assign: "assign.settings.title" } as const;
const SECTIONS: { name: Name; icon: LucideIcon; page: () => React.ReactNode; adminsOnly?: boolean }[] = [
  { name: "account", icon: UserRound, page: Account },
  { name: "notices", icon: Bell, page: NoticeSettings },
  { name: "team", icon: UsersRound, page: Team },
  { name: "assign", icon: Waypoints, page: Assigning },
  { name: "hours", icon: Clock, page: Hours },
  { name: "canned", icon: MessageSquareText, page: Canned },
  { name: "keys", icon: KeyRound, page: Keys, adminsOnly: true },
];

/** On a phone the sections are a row that scrolls. */
function bringIntoView(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "center" });
}

export function Settings({ section }: { section?: string }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const isAdmin = me.role === "owner" || me.role === "admin";
  const mine = SECTIONS.filter(({ adminsOnly }) => isAdmin || !adminsOnly);
  const chosen = mine.find(({ name }) => name === section);
  if (!chosen) return <Redirect to="/settings/account" replace />;
  const Section = chosen.page;
  return (
    <Page title={t("nav2.settings")}>
      <div className={classes.root}>
        <nav className={classes.nav} aria-label={t("nav2.settings")}>
          {mine.map(({ name, icon: Icon }) => (
            <Link
              key={name}
              ref={name === chosen.name ? bringIntoView : undefined}
              to={`/settings/${name}`}
              aria-current={name === chosen.name ? "page" : undefined}
            >
              <Icon size={16} aria-hidden="true" />
              {name === "notices" || name === "assign" ? t(TITLES[name]) : t(`settings.${name}`)}
            </Link>
          ))}
          <Link to="/channels">
            <Plug size={16} aria-hidden="true" />
            {t("settings.channels")}
          </Link>
          <p className={classes.business}>
            <Building2 size={14} aria-hidden="true" />
            <bdi>{me.tenant.name}</bdi>
          </p>
        </nav>
        <div className={classes.section}>
          <Section />
        </div>
      </div>
    </Page>
  );
}
