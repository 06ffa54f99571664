/** Which flow answers on an account: those who may choose it here, others read it. */
import type { ChannelAccount, Page } from "@frontdesk/shared";
import { Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get, put } from "../api/http";
import { keys } from "../api/keys";
import { useTellProblem } from "../app/Problem";
import { type Choosable, flowIdOf } from "./where";
import "./words";

const DEFAULT = "";

export function AnswersWith({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation();
  const { t: say } = useTranslation("answering");
  const tell = useTellProblem();
  const flows = useChoosable();
  const choose = useChoose(account.id);
  const first = flows.find((flow) => flow.default);
  const current = flowIdOf(account);
  const offered = flows.filter(({ id, kind, published }) => (kind === "main" && published) || id === current);
  const unknown = current && !offered.some(({ id }) => id === current);
  return (
    <Select
      label={t("channels.flow")}
      size="sm"
      allowDeselect={false}
      data={[
        { value: DEFAULT, label: first ? say("default", { name: first.name }) : t("channels.noFlow") },
        ...offered.map(({ id, name }) => ({ value: id, label: name })),
        ...(unknown ? [{ value: current, label: nameOf(account) ?? current }] : []),
      ]}
      value={current ?? DEFAULT}
      disabled={choose.isPending}
      onChange={(value) =>
        choose.mutate(value || null, {
          onError: tell,
          onSuccess: () => notifications.show({ message: say("chosen"), color: "accent", withBorder: true }),
        })
      }
    />
  );
}

export function nameOf({ flow }: ChannelAccount): string | undefined {
  return typeof flow === "string" ? flow : flow?.name;
}

function useChoosable(): readonly Choosable[] {
  const query = useQuery({
    queryKey: keys.flows,
    queryFn: ({ signal }) => get<Page<Choosable>>("flows", signal),
    select: (page) => page.items,
  });
  return query.data ?? [];
}

function useChoose(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (flow: string | null) => put<unknown>(`channels/${id}/flow`, { flow_id: flow }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.channels }),
  });
}
