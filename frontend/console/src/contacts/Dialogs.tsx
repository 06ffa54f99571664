/** Who is the same person; and forgetting a person, which cannot be undone. */
import type { Profile } from "@frontdesk/shared";
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Avatar } from "../app/Avatar";
import { useContactName } from "../app/contact";
import { Dialog } from "../app/Dialog";
import { useTellProblem } from "../app/Problem";
import classes from "./Contacts.module.css";
import { useContacts, useErase } from "./queries";

interface Props {
  opened: boolean;
  onClose: () => void;
  profile: Profile;
}

export function MergeModal({ opened, onClose, profile, onPick }: Props & { onPick: (id: string) => void }) {
  const { t } = useTranslation();
  const pick = (id: string) => {
    onPick(id);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={t("contacts.join")}>
      <Candidates profile={profile} onPick={pick} />
    </Dialog>
  );
}

function Candidates({ profile, onPick }: { profile: Profile; onPick: (id: string) => void }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const [q, setQ] = useState("");
  const [words] = useDebouncedValue(q.trim(), 250);
  const found = useContacts(words);
  const others = (found.data?.pages[0]?.items ?? []).filter(({ id }) => id !== profile.id).slice(0, 8);
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t("contacts.joinText")}
      </Text>
      <TextInput
        aria-label={t("contacts.search")}
        placeholder={t("contacts.search")}
        data-autofocus
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
      />
      <ul className={classes.rows}>
        {others.map((other) => (
          <li key={other.id}>
            <Avatar name={other.name} size={28} />
            <div>
              <bdi>{nameOf(other, other.channels[0] ?? "widget")}</bdi>
              <small>{other.channels.map((channel) => t(`kind.${channel}`)).join(", ")}</small>
            </div>
            <Button size="xs" variant="default" onClick={() => onPick(other.id)}>
              {t("contacts.joinThem")}
            </Button>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

export function EraseModal({ opened, onClose, profile, name }: Props & { name: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const tell = useTellProblem();
  const erase = useErase();
  const [typed, setTyped] = useState("");
  return (
    <Dialog opened={opened} onClose={onClose} title={t("contacts.eraseTitle", { name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          erase.mutate(profile.id, {
            onError: tell,
            onSuccess: () => {
              notifications.show({ message: t("contacts.erased") });
              navigate("/contacts");
            },
          });
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t("contacts.eraseText")}</Text>
          <TextInput
            aria-label={t("leads.name")}
            placeholder={name}
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" color="red" loading={erase.isPending} disabled={typed.trim() !== name}>
            {t("contacts.erase")}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}
