import { Anchor, Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError, post, setCsrf } from "../api/http";
import { useHint } from "../api/queries";
import { Card, EmailField, Refusal, useSending } from "./Card";
import classes from "./SignIn.module.css";

export function SignIn({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const hint = useHint();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { busy, error, send } = useSending((cause) =>
    cause instanceof ProblemError && cause.status === 401 ? t("auth.wrong") : null,
  );
  const submit = () =>
    send(async () => {
      const { csrf_token } = await post<{ csrf_token: string }>("auth/login", { email: email.trim(), password });
      setCsrf(csrf_token);
      onDone();
    });
  return (
    <Card
      title={t("auth.title")}
      text={t("auth.intro")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <EmailField value={email} onChange={setEmail} />
      <PasswordInput
        label={t("auth.password")}
        autoComplete="current-password"
        required
        withAsterisk={false}
        size="md"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Refusal>{error}</Refusal>
      <Button type="submit" size="md" loading={busy} fullWidth>
        {t("auth.submit")}
      </Button>
      <Anchor href="#/forgot" size="sm" ta="center" py={4}>
        {t("entry.forgot")}
      </Anchor>
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
    </Card>
  );
}
