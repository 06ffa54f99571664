/** The cheat sheet. */
import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

const KEYS = [
  ["J", "next"],
  ["K", "previous"],
  ["Enter", "open"],
  ["T", "take"],
  ["B", "back"],
  ["E", "resolve"],
  ["R", "reply"],
  ["N", "note"],
  ["W", "why"],
  ["/", "search"],
  ["Esc", "leave"],
  ["?", "help"],
] as const;

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("keys.title")} centered size="sm">
      <dl style={{ margin: 0 }}>
        {KEYS.map(([key, name]) => (
          <div key={key} style={{ display: "flex", justifyContent: "space-between", padding: "6px 0" }}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd style={{ margin: 0 }}>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
