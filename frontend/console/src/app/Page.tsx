/** A page with a title, a sentence, actions and content that scrolls. */
import type { ReactNode } from "react";
import classes from "./Page.module.css";

export function Page({
  title,
  actions,
  tools,
  wide,
  children,
}: {
  /** Empty: the page has a heading of its own. */
  title: string;
  actions?: ReactNode;
  tools?: ReactNode;
  /** As wide as the screen: boards. */
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={classes.scroll}>
      <div className={wide ? `${classes.page} ${classes.wide}` : classes.page}>
        {title && (
          <header className={classes.head}>
            <h1>{title}</h1>
            {actions}
          </header>
        )}
        {tools && <div className={classes.tools}>{tools}</div>}
        {children}
      </div>
    </div>
  );
}
