/** Words written where they stand: Enter or leaving keeps them, Escape does not. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import classes from "./Card.module.css";

interface Props {
  label: string;
  value: string;
  placeholder?: string;
  lang?: string;
  single?: boolean;
  /** null: nothing changes. */
  onDone: (text: string | null) => void;
}

export function Inline({ label, value, placeholder, lang, single, onDone }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const over = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const finish = (text: string | null) => {
    if (over.current) return;
    over.current = true;
    onDone(text === value ? null : text);
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") finish(null);
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      finish(event.currentTarget.value.trim());
    }
  };
  return (
    <textarea
      ref={field}
      className={`${classes.inline} nodrag nopan nowheel`}
      data-single={single || undefined}
      rows={single ? 1 : 3}
      dir="auto"
      lang={lang}
      aria-label={label}
      placeholder={placeholder}
      defaultValue={value}
      onKeyDown={press}
      onBlur={(event) => finish(event.currentTarget.value.trim())}
    />
  );
}
