/** Two soft tones, made here; off until the person turns them on, in this browser. */
export const SOUND_KEY = "frontdesk:sound";
const TONES = [
  { hertz: 659, after: 0 },
  { hertz: 880, after: 0.14 },
];
let context: AudioContext | null = null;

export function soundIsOn(): boolean {
  try {
    return localStorage.getItem(SOUND_KEY) === "on";
  } catch {
    return false;
  }
}

/** Browsers play nothing before the page was touched: called whenever it is. */
export function wakeSound(): void {
  if (!soundIsOn()) return;
  context ??= new AudioContext();
  void context.resume();
}

/** Play, in one tab of all that would. */
export async function chime(): Promise<void> {
  if (!soundIsOn() || context?.state !== "running") return;
  if (!navigator.locks) return play(context);
  const heard = context;
  await navigator.locks.request("frontdesk:chime", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    play(heard);
    await new Promise((done) => setTimeout(done, 1500));
  });
}

function play(output: AudioContext): void {
  for (const { hertz, after } of TONES) {
    const tone = output.createOscillator();
    const volume = output.createGain();
    const start = output.currentTime + after;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.09, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
    tone.connect(volume).connect(output.destination);
    tone.start(start);
    tone.stop(start + 0.45);
  }
}
