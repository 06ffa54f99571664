/** An empty page that says what will be here and how to make it happen. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

interface Props {
  icon: LucideIcon;
  title: string;
  text: string;
  note?: string | null;
  action?: ReactNode;
  tone?: "danger";
  page?: boolean;
}

export function EmptyState({ icon: Icon, title, text, note, action, tone, page }: Props) {
  return (
    <div className={page ? `${classes.root} ${classes.page}` : classes.root} role={tone ? "alert" : undefined}>
      <span className={tone ? `${classes.icon} ${classes.danger}` : classes.icon} aria-hidden="true">
        <Icon size={22} strokeWidth={1.75} />
      </span>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.text}>{text}</p>
      {action}
      {note && <p className={classes.note}>{note}</p>}
    </div>
  );
}
