/** A small drawing of what a flow is for: a talk on the left, its subject on the right. */
import { CalendarCheck, type LucideIcon, PenLine, ShoppingBag, Stethoscope, UtensilsCrossed } from "lucide-react";
import classes from "./Begin.module.css";

const SUBJECTS: Record<string, LucideIcon> = {
  blank: PenLine,
  clinic_lead: Stethoscope,
  shop_support: ShoppingBag,
  restaurant_booking: UtensilsCrossed,
};

export function Picture({ of }: { of: string }) {
  const Subject = SUBJECTS[of] ?? CalendarCheck;
  return (
    <span className={classes.picture} data-blank={of === "blank" || undefined} aria-hidden="true">
      <svg width="52" height="44" viewBox="0 0 52 44" fill="currentColor">
        <title>·</title>
        <rect x="0" y="2" width="34" height="9" rx="4.5" opacity="0.3" />
        <rect x="18" y="17" width="34" height="9" rx="4.5" opacity="0.75" />
        <rect x="0" y="32" width="26" height="9" rx="4.5" opacity="0.3" />
      </svg>
      <Subject size={24} strokeWidth={1.6} />
    </span>
  );
}
