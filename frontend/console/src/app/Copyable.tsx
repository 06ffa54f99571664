/** Words for a terminal or a page, with a button that copies them. */
import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./Copyable.module.css";

export function Copyable({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.root} dir="ltr">
      <pre>{text}</pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? "channels.copied" : "channels.copy")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={copy}
              aria-label={t(copied ? "channels.copied" : "channels.copy")}
            >
              {copied ? <Check size={16} /> : <Copy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
