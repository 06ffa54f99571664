import "i18next";
import type { flowPanels } from "../flows/panels/words/en";
import type { en } from "./en";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en; flowPanels: typeof flowPanels };
  }
}
