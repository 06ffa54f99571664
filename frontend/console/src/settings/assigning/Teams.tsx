import type { Team } from "@frontdesk/shared";
import { ActionIcon, Button, MultiSelect, Skeleton, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Pencil, Plus, Trash2, UsersRound } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useColleagues, useDropTeam, useSaveTeam, useTeams } from "../../api/assigning";
import { ProblemError } from "../../api/http";
import { Dialog } from "../../app/Dialog";
import { ProblemState, useTellProblem } from "../../app/Problem";
import { Block } from "../Block";
import classes from "../Settings.module.css";

interface Draft {
  key: string;
  name: string;
  members: string[];
  isNew: boolean;
}

export function Teams({ mayEdit }: { mayEdit: boolean }) {
  const { t } = useTranslation();
  const teams = useTeams();
  const [draft, setDraft] = useState<Draft | null>(null);
  const add = mayEdit && (
    <Button
      leftSection={<Plus size={16} />}
      variant="default"
      onClick={() => setDraft({ key: "", name: "", members: [], isNew: true })}
    >
      {t("assign.settings.add")}
    </Button>
  );
  return (
    <Block title={t("assign.settings.teams")} text={t("assign.settings.teamsText")} actions={add}>
      {teams.isPending && <Skeleton height={60} m={20} w="auto" />}
      {teams.isError && <ProblemState error={teams.error} onRetry={() => teams.refetch()} />}
      {teams.data?.length === 0 && (
        <div className={classes.body}>
          <span className={classes.note}>{t("assign.settings.noTeams")}</span>
        </div>
      )}
      <ul className={classes.rows}>
        {teams.data?.map((team) => (
          <Row
            key={team.key}
            team={team}
            onEdit={
              mayEdit ? () => setDraft({ ...team, members: team.members.map(({ id }) => id), isNew: false }) : undefined
            }
          />
        ))}
      </ul>
      {draft && <Editor draft={draft} onClose={() => setDraft(null)} />}
    </Block>
  );
}

function Row({ team, onEdit }: { team: Team; onEdit?: () => void }) {
  const { t } = useTranslation();
  const drop = useDropTeam();
  const tell = useTellProblem();
  const remove = () =>
    drop.mutate(team.key, {
      onError: (error) => {
        if (!(error instanceof ProblemError && error.problem.reason === "in_use")) return tell(error);
        notifications.show({ message: t("assign.settings.inUse"), color: "red", withBorder: true });
      },
    });
  const names = team.members.map(({ name }) => name).join(", ");
  return (
    <li>
      <span className={classes.icon}>
        <UsersRound size={16} aria-hidden="true" />
      </span>
      <div className={classes.who}>
        <strong>
          <bdi>{team.name}</bdi>
          <code dir="ltr">{team.key}</code>
        </strong>
        <span>{names || t("assign.settings.everyone")}</span>
      </div>
      {onEdit && (
        <>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`${t("assign.settings.edit")}: ${team.name}`}
            onClick={onEdit}
          >
            <Pencil size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            loading={drop.isPending}
            aria-label={`${t("assign.settings.remove")}: ${team.name}`}
            onClick={remove}
          >
            <Trash2 size={16} />
          </ActionIcon>
        </>
      )}
    </li>
  );
}

function Editor({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveTeam();
  const tell = useTellProblem();
  const colleagues = useColleagues();
  const [name, setName] = useState(draft.name);
  const [key, setKey] = useState(draft.key);
  const [members, setMembers] = useState(draft.members);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ key, name: name.trim(), members }, { onSuccess: onClose, onError: tell });
  };
  return (
    <Dialog opened onClose={onClose} title={t(draft.isNew ? "assign.settings.add" : "assign.settings.edit")}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t("assign.settings.name")}
          required
          withAsterisk={false}
          data-autofocus
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("assign.settings.key")}
          description={t("assign.settings.keyHint")}
          required
          withAsterisk={false}
          disabled={!draft.isNew}
          dir="ltr"
          maxLength={40}
          pattern="[a-z][a-z0-9_\-]*"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <MultiSelect
          label={t("assign.settings.members")}
          searchable
          data={(colleagues.data ?? []).map(({ id, name: label }) => ({ value: id, label }))}
          value={members}
          onChange={setMembers}
        />
        <Button type="submit" loading={save.isPending}>
          {t("settings.save")}
        </Button>
      </form>
    </Dialog>
  );
}
