/** One thing that can be set: a title, a sentence, actions, and what it holds. */
import { type ReactNode, useId } from "react";
import classes from "./Settings.module.css";

interface Props {
  title: string;
  text?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function Block({ title, text, actions, children }: Props) {
  const id = useId();
  return (
    <section className={classes.block} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {text && <p>{text}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
