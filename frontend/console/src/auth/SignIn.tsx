import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError, post, setCsrf } from "../api/http";
import { useHint } from "../api/queries";
import { Mark } from "../app/Mark";
import { useProblemWords } from "../app/Problem";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import classes from "./SignIn.module.css";

export function SignIn({ onDone }: { onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const hint = useHint();
  const words = useProblemWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { csrf_token } = await post<{ csrf_token: string }>("auth/login", { email: email.trim(), password });
      setCsrf(csrf_token);
      onDone();
    } catch (cause) {
      const { title, hint: advice } = words(cause);
      const known = cause instanceof ProblemError && cause.status === 401;
      setError(known ? t("auth.wrong") : `${title}. ${advice}`);
      setBusy(false);
    }
  };
  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={submit}>
        <Mark size={40} />
        <h1>{t("auth.title")}</h1>
        <p>{t("auth.intro")}</p>
        <TextInput
          label={t("auth.email")}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          size="md"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("auth.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {error && (
          <p className={classes.error} role="alert">
            {error}
          </p>
        )}
        <Button type="submit" size="md" loading={busy} fullWidth>
          {t("auth.submit")}
        </Button>
        {hint.data && (
          <div className={classes.hint}>
            <span>{t("auth.demo")}</span>
            <code>{hint.data.email}</code>
            <code>{hint.data.password}</code>
            <Button
              variant="default"
              size="xs"
              onClick={() => {
                setEmail(hint.data?.email ?? "");
                setPassword(hint.data?.password ?? "");
              }}
            >
              {t("auth.fill")}
            </Button>
          </div>
        )}
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
