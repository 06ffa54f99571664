/** Choosing files for a reply. */
import type { FileLimit } from "@frontdesk/shared";
import { ActionIcon } from "@mantine/core";
import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { acceptOf } from "./attaching";

interface Props {
  limits: readonly FileLimit[];
  disabled: boolean;
  onChoose: (files: readonly File[]) => void;
}

export function AttachButton({ limits, disabled, onChoose }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={acceptOf(limits)}
        onChange={(event) => {
          onChoose([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <ActionIcon
        size={36}
        radius="xl"
        variant="subtle"
        color="gray"
        disabled={disabled || !limits.length}
        onClick={() => input.current?.click()}
        aria-label={t("attach.add")}
        title={t("attach.add")}
      >
        <Paperclip size={18} />
      </ActionIcon>
    </>
  );
}
