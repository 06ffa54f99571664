import type { Role } from "@frontdesk/shared";
import { Button, Select, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { Dialog } from "../app/Dialog";
import { useSignedIn } from "../app/me";
import { useProblemWords } from "../app/Problem";
import { LANGUAGES } from "../i18n";
import { mayGrant, ROLES } from "./may";
import { useInvite } from "./queries";
import classes from "./Settings.module.css";

export function InviteModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("team.invite")} centered>
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useSignedIn();
  const invite = useInvite();
  const words = useProblemWords();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("staff");
  const [locale, setLocale] = useState(i18n.language);
  const submit = () =>
    invite.mutate(
      { email: email.trim(), role, locale },
      {
        onSuccess: ({ sent, connected }) => {
          const message = sent ? (connected ? "" : t("team.noServer")) : t("team.notSent");
          const title = sent ? t("team.sent", { email: email.trim() }) : undefined;
          notifications.show({ title, message, color: sent ? undefined : "red", autoClose: message ? 12_000 : 4000 });
          onClose();
        },
      },
    );
  const problem = invite.error instanceof ProblemError ? invite.error.problem : null;
  const { title, hint } = words(invite.error);
  const error = problem?.reason === "is_member" ? t("team.isMember") : invite.error && `${title}. ${hint}`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("team.email")}
          type="email"
          required
          withAsterisk={false}
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t("team.role")}
          description={t(`role.${role}Text`)}
          allowDeselect={false}
          data={ROLES.filter((each) => mayGrant(me.role, each)).map((each) => ({
            value: each,
            label: t(`role.${each}`),
          }))}
          value={role}
          onChange={(value) => value && setRole(value as Role)}
        />
        <Select
          label={t("team.letterLanguage")}
          allowDeselect={false}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          value={locale}
          onChange={(value) => value && setLocale(value)}
        />
        {error && (
          <p className={classes.error} role="alert">
            {error}
          </p>
        )}
        <Button type="submit" loading={invite.isPending}>
          {t("team.send")}
        </Button>
      </Stack>
    </form>
  );
}
