/** What is called so in a flow, in the reader's words where everybody means the same by it. */
import { useTranslation } from "react-i18next";

const KNOWN = [
  "name",
  "first_name",
  "last_name",
  "phone",
  "wa_phone",
  "email",
  "consent",
  "data_processing",
  "marketing",
] as const;

export function useFieldName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => {
    const known = KNOWN.find((one) => one === name);
    return known ? t(`fieldNames.${known}`) : name.replaceAll("_", " ");
  };
}
