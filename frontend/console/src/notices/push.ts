/** This browser and its push service: subscribing, and coming back to it after signing in anew. */
import { put, remove } from "../api/http";

const KEY = "frontdesk:push";
export type PushSupport = "ready" | "denied" | "insecure" | "missing";

export function pushSupport(): PushSupport {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return "missing";
  return Notification.permission === "denied" ? "denied" : "ready";
}

/** Ask the person, subscribe, tell the server; false where they said no. */
export async function switchPushOn(key: string, staff: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const { endpoint, keys } = (await subscribe(key)).toJSON();
  await put("me/push", { endpoint, keys: { p256dh: keys?.p256dh, auth: keys?.auth } });
  remember(staff);
  return true;
}

export async function switchPushOff(): Promise<void> {
  remember(null);
  await remove("me/push");
  const worker = await navigator.serviceWorker.getRegistration("/");
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

/** Tell whether this person wanted it here when they were signed in before. */
export function wantedHere(staff: string): boolean {
  try {
    return localStorage.getItem(KEY) === staff && pushSupport() === "ready" && Notification.permission === "granted";
  } catch {
    return false;
  }
}

async function subscribe(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(options);
  } catch (cause) {
    // Subscribed with another installation's key: that one is given up.
    const before = await pushManager.getSubscription();
    if (!before) throw cause;
    await before.unsubscribe();
    return pushManager.subscribe(options);
  }
}

function remember(staff: string | null): void {
  try {
    if (staff) localStorage.setItem(KEY, staff);
    else localStorage.removeItem(KEY);
  } catch {
    // Not remembered then.
  }
}
