/** A list above the field that the arrow keys move in while one goes on typing. */
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import classes from "./Picker.module.css";

export interface Choice {
  id: string;
  title: string;
  note?: string;
}

interface Props {
  id: string;
  label: string;
  choices: Choice[];
  active: number;
  onPick: (choice: Choice) => void;
  onHover: (at: number) => void;
  footer?: ReactNode;
}

export function Picker({ id, label, choices, active, onPick, onHover, footer }: Props) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the active choice is what has to be seen
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className={classes.box}>
      <div id={id} role="listbox" aria-label={label} className={classes.list} ref={list}>
        {choices.map((choice, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field that has the focus hears the keys
          <div
            key={choice.id}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            className={classes.choice}
            onMouseEnter={() => onHover(at)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(choice)}
          >
            <strong>{choice.title}</strong>
            {choice.note && <span dir="auto">{choice.note}</span>}
          </div>
        ))}
      </div>
      {footer}
    </div>
  );
}
