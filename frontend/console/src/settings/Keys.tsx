import type { ApiKey, Role } from "@frontdesk/shared";
import { Button, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Copyable } from "../app/Copyable";
import { Dialog } from "../app/Dialog";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { ProblemState, useTellProblem } from "../app/Problem";
import { regionOf } from "../app/time";
import { Block } from "./Block";
import { mayGrant, ROLES } from "./may";
import { useApiKeys, useEndKey, useMakeKey } from "./queries";
import classes from "./Settings.module.css";

export function Keys() {
  const { t } = useTranslation();
  const found = useApiKeys();
  const [making, { open, close }] = useDisclosure(false);
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const create = (
    <Button leftSection={<Plus size={16} />} onClick={open}>
      {t("apiKeys.create")}
    </Button>
  );
  return (
    <Block title={t("settings.keys")} text={t("apiKeys.text")} actions={create}>
      {found.isPending && <Skeleton height={120} m={20} w="auto" />}
      {found.isError && <ProblemState error={found.error} onRetry={() => found.refetch()} />}
      {found.data?.length === 0 && (
        <EmptyState icon={KeyRound} title={t("apiKeys.none")} text={t("apiKeys.noneText")} />
      )}
      <ul className={classes.rows}>
        {found.data?.map((key) => (
          <Row key={key.id} apiKey={key} onEnd={() => setEnding(key)} />
        ))}
      </ul>
      <Dialog opened={making} onClose={close} title={t("apiKeys.create")} centered closeOnClickOutside={false}>
        <Make onClose={close} />
      </Dialog>
      <Dialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={t("apiKeys.revokeTitle", { name: ending?.name })}
        centered
      >
        {ending && <End apiKey={ending} onClose={() => setEnding(null)} />}
      </Dialog>
    </Block>
  );
}

function Row({ apiKey, onEnd }: { apiKey: ApiKey; onEnd: () => void }) {
  const { t, i18n } = useTranslation();
  const date = new Date(apiKey.created_at).toLocaleDateString(regionOf(i18n.language), { dateStyle: "medium" });
  return (
    <li>
      <span className={classes.icon}>
        <KeyRound size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <div className={classes.who}>
        <strong>
          <bdi>{apiKey.name}</bdi>
        </strong>
        <span>
          {t(`role.${apiKey.role}`)} · {t("apiKeys.created", { date })}
        </span>
      </div>
      <Button variant="default" size="xs" aria-label={`${t("apiKeys.revoke")}: ${apiKey.name}`} onClick={onEnd}>
        {t("apiKeys.revoke")}
      </Button>
    </li>
  );
}

function Make({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const make = useMakeKey();
  const tell = useTellProblem();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("staff");
  if (make.data) {
    return (
      <Stack gap="md">
        <Text size="sm">{t("apiKeys.shownOnce")}</Text>
        <Copyable text={make.data.api_key} />
        <Button onClick={onClose}>{t("apiKeys.done")}</Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate({ name: name.trim(), role }, { onError: tell });
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("apiKeys.name")}
          placeholder={t("apiKeys.namePlaceholder")}
          required
          withAsterisk={false}
          maxLength={120}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
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
        <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
          {t("apiKeys.create")}
        </Button>
      </Stack>
    </form>
  );
}

function End({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const end = useEndKey();
  const tell = useTellProblem();
  const [typed, setTyped] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        end.mutate(apiKey.id, {
          onError: tell,
          onSuccess: () => {
            notifications.show({ message: t("apiKeys.revoked", { name: apiKey.name }) });
            onClose();
          },
        });
      }}
    >
      <Stack gap="md">
        <Text size="sm">{t("apiKeys.revokeText")}</Text>
        <TextInput
          aria-label={t("apiKeys.name")}
          placeholder={apiKey.name}
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" color="red" loading={end.isPending} disabled={typed.trim() !== apiKey.name}>
          {t("apiKeys.revoke")}
        </Button>
      </Stack>
    </form>
  );
}
