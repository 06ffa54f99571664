/** What is called so in a flow, in the reader's words where everybody means the same by it. */
import { useTranslation } from "react-i18next";

const WORDS = {
  name: "leads.name",
  phone: "leads.phone",
  email: "leads.email",
  consent: "contacts.consents",
  wa_phone: "fieldNames.wa_phone",
  data_processing: "fieldNames.data_processing",
} as const;

export function useFieldName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => (Object.hasOwn(WORDS, name) ? t(WORDS[name as keyof typeof WORDS]) : name.replaceAll("_", " "));
}
