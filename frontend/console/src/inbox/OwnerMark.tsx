/** Who holds it: the same icon and word in list, header and composer. */
import { Bot, CircleDashed, type LucideIcon, Smartphone, UserCheck, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../app/Avatar";
import { useSignedIn } from "../app/me";
import classes from "./OwnerMark.module.css";
import { type Holder, holderOf } from "./owner";

const ICONS: Record<Holder, LucideIcon> = {
  agent: Bot,
  me: UserCheck,
  colleague: UserRound,
  app: Smartphone,
  nobody: CircleDashed,
};

interface Props {
  owner: string;
  name: string | null;
  /** `icon` for rows, `line` for the header. */
  look: "icon" | "line";
}

export function OwnerMark({ owner, name, look }: Props) {
  const { t } = useTranslation();
  const holder = holderOf(owner, useSignedIn().staff?.id);
  const Icon = ICONS[holder];
  const who = name ?? t("owner.colleague");
  const line = t(`owner.${holder}Line`, { name: who });
  if (look === "icon") {
    return (
      <span className={classes.icon} data-holder={holder} role="img" aria-label={line} title={line}>
        {holder === "colleague" ? <Avatar name={who} size={20} /> : <Icon size={14} strokeWidth={2} />}
      </span>
    );
  }
  return (
    <span className={classes.line} data-holder={holder}>
      <Icon size={14} strokeWidth={2} aria-hidden="true" />
      <span>{line}</span>
    </span>
  );
}
