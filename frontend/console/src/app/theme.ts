/** Mantine's half of the tokens; colours by role are in tokens.css. */
import { type CSSVariablesResolver, createTheme, Notification, Tooltip } from "@mantine/core";
import i18next from "i18next";

const FONT =
  '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif';

export const theme = createTheme({
  fontFamily: FONT,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontFamily: FONT, fontWeight: "650" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: 8,
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  respectReducedMotion: true,
  cursorType: "pointer",
  colors: {
    accent: [
      "#e9f5f9",
      "#d3e9f1",
      "#a6d3e2",
      "#75bbd3",
      "#5cb0cc",
      "#3a9dbd",
      "#14789a",
      "#0e6f8c",
      "#0a5c75",
      "#064a5f",
    ],
    dark: [
      "#e8edf4",
      "#c5cfdb",
      "#9aa9bc",
      "#6d7c90",
      "#3a4656",
      "#26303c",
      "#1a222c",
      "#11161d",
      "#0c1016",
      "#070a0e",
    ],
  },
  components: {
    Notification: Notification.extend({
      defaultProps: {
        closeButtonProps: {
          // Read whenever a notice is drawn: the language may have changed.
          get "aria-label"() {
            return i18next.t("nav2.close");
          },
        },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false, fz: 12 } }),
  },
});

export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--fd-surface)",
    "--mantine-color-text": "var(--fd-text)",
    "--mantine-color-dimmed": "var(--fd-muted)",
    "--mantine-color-default-border": "var(--fd-line)",
    "--mantine-color-placeholder": "var(--fd-muted)",
    "--mantine-color-accent-light": "var(--fd-accent-soft)",
    "--mantine-color-accent-light-hover": "var(--fd-selected)",
    "--mantine-color-accent-light-color": "var(--fd-accent-text)",
  };
  const dark = { ...shared, "--mantine-color-default": "var(--fd-raised)", "--mantine-color-default-hover": "#232d39" };
  return { variables: {}, light: shared, dark };
};
