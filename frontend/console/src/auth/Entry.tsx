/** The pages that mailed links lead to, and the one that asks for such a link. */
import type { Ticket } from "@frontdesk/shared";
import { Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError, post, setCsrf } from "../api/http";
import { useProblemWords } from "../app/Problem";
import { Card, EmailField, Refusal, useSending } from "./Card";
import type { EntryPage } from "./entryOf";

export const SHORTEST = 10;

interface Joined {
  email: string;
  signed_in: boolean;
  csrf_token: string;
}

/** `onDone`: somebody is signed in now; `onLeave`: to the sign-in page. */
export function Entry({ entry, onDone, onLeave }: { entry: EntryPage; onDone: () => void; onLeave: () => void }) {
  const ticket = useQuery({
    queryKey: ["ticket", entry.ticket],
    queryFn: () => post<Ticket>("auth/ticket", { ticket: entry.ticket }),
    enabled: entry.ticket !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (entry.page === "forgot") return <Forgot onLeave={onLeave} />;
  if (ticket.isError) return <Over kind={entry.page} error={ticket.error} />;
  if (!ticket.data) return null;
  if (ticket.data.kind === "invitation") {
    return <Join ticket={ticket.data} secret={entry.ticket} onDone={onDone} onLeave={onLeave} />;
  }
  return <NewPassword ticket={ticket.data} secret={entry.ticket} onDone={onDone} />;
}

function Forgot({ onLeave }: { onLeave: () => void }) {
  const { t, i18n } = useTranslation();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, error, send } = useSending(() => null);
  const back = (
    <Button variant="subtle" onClick={onLeave}>
      {t("entry.back")}
    </Button>
  );
  if (sent) {
    return (
      <Card title={t("entry.forgotSent")} text={t("entry.forgotSentText", { email: email.trim() })}>
        {back}
      </Card>
    );
  }
  return (
    <Card
      title={t("entry.forgotTitle")}
      text={t("entry.forgotText")}
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => {
          await post("auth/forgot", { email: email.trim(), locale: i18n.language });
          setSent(true);
        });
      }}
    >
      <EmailField value={email} onChange={setEmail} />
      <Refusal>{error}</Refusal>
      <Button type="submit" size="md" loading={busy} fullWidth>
        {t("entry.forgotSend")}
      </Button>
      {back}
    </Card>
  );
}

function NewPassword({ ticket, secret, onDone }: { ticket: Ticket; secret: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const { busy, error, send } = useSending((cause) => refusal(cause, t("entry.tooShort"), t("entry.overText")));
  return (
    <Card
      title={t("entry.passwordTitle")}
      text={t("entry.passwordText", { email: ticket.email })}
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => {
          const joined = await post<Joined>("auth/password", { ticket: secret, password });
          setCsrf(joined.csrf_token);
          onDone();
        });
      }}
    >
      <Secret value={password} onChange={setPassword} email={ticket.email} />
      <Refusal>{error}</Refusal>
      <Button type="submit" size="md" loading={busy} fullWidth>
        {t("entry.save")}
      </Button>
    </Card>
  );
}

interface JoinProps {
  ticket: Ticket;
  secret: string;
  onDone: () => void;
  onLeave: () => void;
}

function Join({ ticket, secret, onDone, onLeave }: JoinProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [joined, setJoined] = useState(false);
  const { busy, error, send } = useSending((cause) => refusal(cause, t("entry.tooShort"), t("entry.overText")));
  const title = t("entry.joinTitle", { business: ticket.business ?? "" });
  if (joined) {
    return (
      <Card title={title} text={t("entry.joined")}>
        <Button onClick={onLeave}>{t("auth.submit")}</Button>
      </Card>
    );
  }
  const role = ticket.role ? t(`role.${ticket.role}`) : "";
  return (
    <Card
      title={title}
      text={t("entry.joinText", { role, email: ticket.email })}
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => {
          const body = ticket.has_password ? {} : { name: name.trim(), password };
          const done = await post<Joined>("auth/join", { ticket: secret, ...body });
          if (!done.signed_in) return setJoined(true);
          setCsrf(done.csrf_token);
          onDone();
        });
      }}
    >
      {ticket.has_password ? (
        <p style={{ margin: 0 }}>{t("entry.joinKnown")}</p>
      ) : (
        <>
          <TextInput
            label={t("entry.name")}
            description={t("entry.nameHint")}
            autoComplete="name"
            required
            withAsterisk={false}
            autoFocus
            size="md"
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Secret value={password} onChange={setPassword} email={ticket.email} />
        </>
      )}
      <Refusal>{error}</Refusal>
      <Button type="submit" size="md" loading={busy} fullWidth>
        {t(ticket.has_password ? "entry.accept" : "entry.join")}
      </Button>
    </Card>
  );
}

function Secret({ value, onChange, email }: { value: string; onChange: (value: string) => void; email: string }) {
  const { t } = useTranslation();
  return (
    <>
      {/* Password stores file the new one under this address. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordInput
        label={t("entry.newPassword")}
        description={t("entry.passwordHint")}
        autoComplete="new-password"
        required
        withAsterisk={false}
        size="md"
        minLength={SHORTEST}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  );
}

function Over({ kind, error }: { kind: EntryPage["page"]; error: unknown }) {
  const { t } = useTranslation();
  const { title, hint } = useProblemWords()(error);
  if (!(error instanceof ProblemError && error.status === 404)) {
    return (
      <Card title={title} text={hint}>
        <Button onClick={() => location.reload()}>{t("problem.reload")}</Button>
      </Card>
    );
  }
  return (
    <Card title={t("entry.overTitle")} text={t("entry.overText")}>
      {kind === "password" && (
        <Button component="a" href="#/forgot">
          {t("entry.ask")}
        </Button>
      )}
      <Anchor href="#/" size="sm" ta="center" py={4}>
        {t("entry.back")}
      </Anchor>
    </Card>
  );
}

function refusal(cause: unknown, tooShort: string, over: string): string | null {
  if (!(cause instanceof ProblemError)) return null;
  if (cause.status === 422) return tooShort;
  return cause.status === 404 ? over : null;
}
