/** Connecting happens on the server for now; this says exactly how. */
import type { ChannelType } from "@frontdesk/shared";
import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Copyable } from "../app/Copyable";
import { Dialog } from "../app/Dialog";
import { useSignedIn } from "../app/me";

const ORDER: ChannelType[] = ["whatsapp", "instagram", "messenger", "widget"];

export function connectCommand(channel: ChannelType, tenantId: string, origin: string): string {
  const flags = {
    whatsapp: "--phone-number-id PHONE_NUMBER_ID --waba-id WABA_ID --access-token TOKEN",
    instagram: "--account-id ACCOUNT_ID --access-token TOKEN",
    messenger: "--page-id PAGE_ID --access-token TOKEN",
    widget: `--origin ${origin}`,
  }[channel];
  return `frontdesk channel connect ${channel} --tenant ${tenantId} ${flags}`;
}

export function ConnectModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { tenant } = useSignedIn();
  const [channel, setChannel] = useState<ChannelType>("whatsapp");
  return (
    <Dialog opened={opened} onClose={onClose} title={t("channels.connect")} centered size="lg">
      <Stack gap="md">
        <SegmentedControl
          fullWidth
          size="xs"
          value={channel}
          onChange={(value) => setChannel(value as ChannelType)}
          data={ORDER.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <Text size="sm">{t("channels.connectText")}</Text>
        <Copyable text={connectCommand(channel, tenant.id, "https://www.example.com")} />
        <Text size="sm" c="dimmed">
          {t("channels.connectThen")}
        </Text>
      </Stack>
    </Dialog>
  );
}
