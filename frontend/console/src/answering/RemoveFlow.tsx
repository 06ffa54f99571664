/** Asks before a flow goes for good; where it is still needed the server says by what. */
import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { remove } from "../api/http";
import { keys } from "../api/keys";
import { Dialog } from "../app/Dialog";
import { useTellProblem } from "../app/Problem";
import "./words";

export function RemoveFlow({
  flow: { id, name },
  onClose,
}: {
  flow: { id: string; name: string };
  onClose: () => void;
}) {
  const { t } = useTranslation("answering");
  const { t: say } = useTranslation("flows");
  const tell = useTellProblem();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: () => remove<unknown>(`flows/${id}`),
    onError: tell,
    onSettled: () => {
      onClose();
      return client.invalidateQueries({ queryKey: keys.flows });
    },
  });
  return (
    <Dialog opened onClose={onClose} title={t("remove")}>
      <p dir="auto">{t("removeText", { name })}</p>
      <Group justify="end">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t("keep")}
        </Button>
        <Button color="red" loading={act.isPending} onClick={() => act.mutate()}>
          {say("act.delete")}
        </Button>
      </Group>
    </Dialog>
  );
}
