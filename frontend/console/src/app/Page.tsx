/** A page with a title, a sentence, actions and content that scrolls. */
import type { ReactNode } from "react";
import classes from "./Page.module.css";

export function Page({
  title,
  actions,
  tools,
  children,
}: {
  title: string;
  actions?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.scroll}>
      <div className={classes.page}>
        <header className={classes.head}>
          <h1>{title}</h1>
          {actions}
        </header>
        {tools && <div className={classes.tools}>{tools}</div>}
        {children}
      </div>
    </div>
  );
}
