/** A message: its words, other wordings, other words for single channels. */
import { useTranslation } from "react-i18next";
import { useField } from "../form/context";
import { Fold } from "../form/Fold";
import { ChannelPreview } from "../form/Preview";
import { ChannelSays, SayField, SayList } from "../form/Say";

export function MessageForm({ node }: { node: string }) {
  const { t } = useTranslation("flowPanels");
  const path = ["nodes", node];
  const variants = useField<unknown[]>([...path, "variants"]).value ?? [];
  const channels = useField<Record<string, unknown>>([...path, "channels"]).value ?? {};
  return (
    <>
      <SayField path={[...path, "say"]} label={t("field.message_say")} />
      <ChannelPreview path={path} />
      <Fold title={t("field.variants")} note={count(variants.length)} path={path} names={["variants"]}>
        <SayList
          path={[...path, "variants"]}
          label={t("field.variants")}
          description={t("help.variants")}
          add={t("addVariant")}
        />
      </Fold>
      <Fold title={t("perChannel")} note={count(Object.keys(channels).length)} path={path} names={["channels"]}>
        <ChannelSays path={[...path, "channels"]} />
      </Fold>
    </>
  );
}

export const count = (n: number): string | undefined => (n > 0 ? String(n) : undefined);
