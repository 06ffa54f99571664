/** A flow out of a file, under a key that is free here: what it needs of the business is told before it is stored. */
import { Button, TextInput } from "@mantine/core";
import { CircleCheck, CircleDashed } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Dialog } from "../../app/Dialog";
import { useTellProblem } from "../../app/Problem";
import { keyFor } from "../blank";
import type { FlowFile } from "../files";
import { useCreateFlow } from "../queries";
import classes from "./Begin.module.css";
import { type Need, useNeeds } from "./queries";

interface Props {
  from: FlowFile;
  taken: ReadonlySet<string>;
  onClose(): void;
}

export function ImportFlow({ from, taken, onClose }: Props) {
  const { t } = useTranslation("flows");
  const { t: say } = useTranslation("begin");
  const tell = useTellProblem();
  const [, navigate] = useLocation();
  const create = useCreateFlow();
  const [name, setName] = useState(from.name ?? "");
  const submit = () => {
    const file = { ...from, key: keyFor(from.key, taken), name: name.trim() };
    create.mutate(file, { onError: tell, onSuccess: ({ id }) => navigate(`/flows/${id}`) });
  };
  return (
    <Dialog opened onClose={onClose} title={t("list.import")} size="lg">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextInput
          label={t("list.name")}
          data-autofocus
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <p className={classes.quiet}>
          {t("list.importText", { n: Object.keys(from.nodes).length })} {from.tests && say("withTests")}
        </p>
        <Needs from={from} />
        <Button type="submit" loading={create.isPending}>
          {t("list.create")}
        </Button>
      </form>
    </Dialog>
  );
}

function Needs({ from }: { from: FlowFile }) {
  const { t } = useTranslation("begin");
  const needs = useNeeds(from);
  const named = ({ kind, name, of }: Need) => `${t(kind, { of: of ?? "" })} ${name}`;
  if (needs.isPending) return <p className={classes.quiet}>{t("checking")}</p>;
  if (needs.isError)
    return (
      <p className={classes.quiet} role="alert">
        {t("unread", { why: needs.error.message })}
      </p>
    );
  const lacking = needs.data.filter(({ present }) => !present);
  const here = needs.data.filter(({ present }) => present);
  return (
    <section className={classes.required} aria-label={t("needsTitle")}>
      <h3>{t("needsTitle")}</h3>
      {lacking.length === 0 && (
        <p>
          <CircleCheck size={16} aria-hidden="true" /> {t("allHere")}
        </p>
      )}
      {lacking.length > 0 && <p>{t("lacking")}</p>}
      <ul>
        {lacking.map((need) => (
          <li key={named(need)}>
            <CircleDashed size={16} aria-hidden="true" />
            <div>
              <span>
                {t(need.kind, { of: need.of ?? "" })} <code dir="ltr">{need.name}</code>
              </span>
              <details>
                <summary>{t("add")}</summary>
                <p dir="ltr" lang="en">
                  {need.fix}
                </p>
              </details>
            </div>
          </li>
        ))}
      </ul>
      {lacking.length > 0 && here.length > 0 && (
        <p className={classes.quiet}>{t("present", { names: here.map(named).join(" · ") })}</p>
      )}
    </section>
  );
}
