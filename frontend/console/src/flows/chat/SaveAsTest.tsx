/** Keeps the chat as a test. */
import { ActionIcon, Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemWords } from "../../app/Problem";
import classes from "./Chat.module.css";
import { draftTest, useSaveTests } from "./queries";

/** The server writes the chat as a test, and keeps it with the others. */
export function SaveAsTest({ flowId, session }: { flowId: string; session: string | null }) {
  const { t } = useTranslation("flowPanels");
  const save = useSaveTests(flowId);
  const words = useProblemWords();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const submit = async () => {
    if (!session || !name.trim()) return;
    setProblem(null);
    try {
      await save.mutateAsync(await draftTest(flowId, session, name.trim()));
      setOpen(false);
      setName("");
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Popover opened={open} onChange={setOpen} width={300} position="bottom-end" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label={t("chat.saveTest")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("chat.saveTest")}
            aria-expanded={open}
            disabled={session === null}
            onClick={() => setOpen(!open)}
          >
            <FlaskConical size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("chat.saveTest")}>
        <form
          className={classes.start}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextInput
            label={t("chat.testName")}
            description={t("chat.testNote")}
            data-autofocus
            maxLength={200}
            value={name}
            error={problem ? [words(problem).title, words(problem).hint].filter(Boolean).join(" ") : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
            {t("chat.saveTest")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
