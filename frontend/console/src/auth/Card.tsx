/** The card that every page before sign-in is, with the languages below. */
import { TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "../app/Mark";
import { useProblemWords } from "../app/Problem";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import classes from "./SignIn.module.css";

interface Props {
  title: string;
  text: ReactNode;
  children?: ReactNode;
  onSubmit?: (event: SubmitEvent<HTMLFormElement>) => void;
}

export function Card({ title, text, children, onSubmit }: Props) {
  const { t, i18n } = useTranslation();
  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={onSubmit ?? ((event) => event.preventDefault())}>
        <Mark size={40} />
        <h1>{title}</h1>
        <p>{text}</p>
        {children}
      </form>
      <nav className={classes.languages} aria-label={t("menu.language")}>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <button
            key={language}
            type="button"
            lang={language}
            aria-pressed={i18n.language === language}
            onClick={() => void chooseLanguage(language)}
          >
            {LANGUAGES[language]}
          </button>
        ))}
      </nav>
    </main>
  );
}

/** The address that somebody signs in with. */
export function EmailField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("auth.email")}
      type="email"
      autoComplete="username"
      required
      withAsterisk={false}
      autoFocus
      size="md"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Sends a form once: while it is under way, and what the server says against it. */
export function useSending(wordsFor: (cause: unknown) => string | null) {
  const words = useProblemWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const send = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (cause) {
      const { title, hint } = words(cause);
      setError(wordsFor(cause) ?? `${title}. ${hint}`);
    }
    setBusy(false);
  };
  return { busy, error, send };
}

export function Refusal({ children }: { children: ReactNode }) {
  return children ? (
    <p className={classes.error} role="alert">
      {children}
    </p>
  ) : null;
}
