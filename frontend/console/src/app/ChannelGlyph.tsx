/** A channel's sign: own drawings, no trademarks; the word is always beside it or in its label. */
import type { ChannelType } from "@frontdesk/shared";
import { Camera, Globe, type LucideIcon, MessageCircle, Zap } from "lucide-react";
import { useTranslation } from "react-i18next";

const LOOK: Record<ChannelType, { icon: LucideIcon; color: string }> = {
  whatsapp: { icon: MessageCircle, color: "#128c4b" },
  instagram: { icon: Camera, color: "#c13584" },
  messenger: { icon: Zap, color: "#1f6feb" },
  widget: { icon: Globe, color: "#5b6b80" },
};

export function ChannelGlyph({ channel, size = 16 }: { channel: ChannelType; size?: number }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOK[channel] ?? LOOK.widget;
  const box = {
    display: "inline-grid",
    placeItems: "center",
    width: size,
    height: size,
    borderRadius: size * 0.3,
    background: color,
  };
  return (
    <span
      role="img"
      aria-label={t(`kind.${channel}`)}
      title={t(`kind.${channel}`)}
      style={{ ...box, color: "#fff", flex: "none" }}
    >
      <Icon size={Math.round(size * 0.64)} strokeWidth={2.25} aria-hidden="true" />
    </span>
  );
}
