/** A list to choose from by typing: the palette, whom to give it to, which labels, until when. */
import { Check } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Keys } from "../keys/Keys";
import { pick } from "./match";
import { Panel } from "./Panel";
import classes from "./Picker.module.css";

export interface Choice {
  id: string;
  label: string;
  /** What else finds it. */
  more?: string;
  hint?: string;
  group?: string;
  keys?: string;
  icon?: ReactNode;
  lang?: string;
  checked?: boolean;
  run: () => void;
}

interface Props {
  title: string;
  placeholder: string;
  empty: string;
  choices: readonly Choice[];
  onClose: () => void;
  /** Stays open after a choice: several may be made. */
  stays?: boolean;
  /** Told what is typed, where more is found by it elsewhere. */
  onType?: (typed: string) => void;
  /** What typing something new offers. */
  offer?: (typed: string) => Choice | null;
  children?: ReactNode;
}

/** At once: what is typed next is meant for the field. */
function takeFocus(field: HTMLInputElement | null): void {
  field?.focus();
}

export function Picker({ title, placeholder, empty, choices, onClose, stays, onType, offer, children }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const rows = useRef<HTMLDivElement>(null);
  const offered = offer?.(typed.trim());
  const shown = [...pick(choices, typed), ...(offered ? [offered] : [])];
  const current = Math.min(at, shown.length - 1);

  useEffect(() => {
    rows.current?.querySelector(`#${CSS.escape(`${list}-${current}`)}`)?.scrollIntoView({ block: "nearest" });
  }, [list, current]);

  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    if (!stays) onClose();
    choice.run();
    if (stays) setTyped("");
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const wraps = Math.abs(step) === 1;
      const next = current + step;
      setAt(wraps ? (next + shown.length) % Math.max(1, shown.length) : Math.max(0, Math.min(shown.length - 1, next)));
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(shown[current]);
    }
  };
  return (
    <Panel name={title} onClose={onClose}>
      <input
        ref={takeFocus}
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={shown.length > 0 ? `${list}-${current}` : undefined}
        aria-label={title}
        placeholder={placeholder}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
          onType?.(event.currentTarget.value);
        }}
        onKeyDown={press}
      />
      <div ref={rows} id={list} role="listbox" aria-label={title} className={classes.list} tabIndex={-1}>
        {shown.map((choice, index) => (
          <Row
            key={choice.id}
            choice={choice}
            id={`${list}-${index}`}
            active={index === current}
            heading={choice.group !== shown[index - 1]?.group ? choice.group : undefined}
            onPoint={() => setAt(index)}
            onChoose={() => choose(choice)}
          />
        ))}
      </div>
      {shown.length === 0 && <p className={classes.empty}>{empty}</p>}
      {children}
    </Panel>
  );
}

interface RowProps {
  choice: Choice;
  id: string;
  active: boolean;
  heading?: string;
  onPoint: () => void;
  onChoose: () => void;
}

function Row({ choice, id, active, heading, onPoint, onChoose }: RowProps) {
  return (
    <>
      {heading && (
        <div className={classes.heading} aria-hidden="true">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the field above, which keeps the focus */}
      <div
        id={id}
        role="option"
        aria-selected={active}
        aria-checked={choice.checked}
        tabIndex={-1}
        lang={choice.lang}
        className={classes.choice}
        onMouseMove={onPoint}
        onMouseDown={(event) => event.preventDefault()}
        onClick={onChoose}
      >
        <span className={classes.icon}>{choice.icon}</span>
        <bdi className={classes.label}>{choice.label}</bdi>
        {choice.hint && <bdi className={classes.hint}>{choice.hint}</bdi>}
        {choice.checked && <Check size={16} className={classes.check} aria-hidden="true" />}
        {choice.keys && <Keys combo={choice.keys} />}
      </div>
    </>
  );
}
