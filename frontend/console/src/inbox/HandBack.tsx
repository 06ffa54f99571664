/** Give the conversation back: at once, or with a word to the agent that it keeps in mind. */
import { ActionIcon, Button, Popover, Textarea } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "../keys/registry";
import classes from "./HandBack.module.css";
import type { Hands } from "./useHands";

export function HandBack({ hands }: { hands: Hands }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  useCommands({ backWith: () => setOpen(true) });
  const give = () => {
    hands.handBack(note.trim() || undefined);
    setNote("");
    setOpen(false);
  };
  return (
    <Button.Group>
      <Button
        variant="default"
        size="sm"
        h={32}
        onClick={() => hands.handBack()}
        disabled={hands.busy}
        rightSection={<kbd>B</kbd>}
      >
        {t("owner.handBack")}
      </Button>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus shadow="md">
        <Popover.Target>
          <ActionIcon
            className={classes.more}
            variant="default"
            size={32}
            disabled={hands.busy}
            onClick={() => setOpen((shown) => !shown)}
            aria-label={t("handBack.with")}
            title={`${t("handBack.with")} (Shift+B)`}
          >
            <ChevronDown size={14} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Textarea
            data-autofocus
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2000}
            label={t("handBack.label")}
            description={t("handBack.hint")}
            placeholder={t("handBack.example")}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) give();
            }}
          />
          <Button size="sm" mt={12} fullWidth onClick={give}>
            {t("owner.handBack")}
          </Button>
        </Popover.Dropdown>
      </Popover>
    </Button.Group>
  );
}
