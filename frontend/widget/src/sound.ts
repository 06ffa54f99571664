/** A short soft tone, made here; off unless the visitor turns it on. */
import { keep, recall } from "./storage";

const KEY = "frontdesk:sound";

export function soundIsOn(): boolean {
  return recall(KEY) === "on";
}

export function setSound(on: boolean): void {
  keep(KEY, on ? "on" : null);
}

export function chime(): void {
  if (!soundIsOn()) return;
  try {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.0001, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.08, context.currentTime + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.4);
    tone.onended = () => void context.close();
  } catch {
    // No audio here: silence is fine.
  }
}
