/** Keys of the editor, for canvas and outline alike; none is taken from somebody who writes. */
import { useEffect } from "react";
import { clipOf, duplicate, freeExit, groupChosen, paste, removeChosen } from "./actions";
import type { Place } from "./change";
import { readClip } from "./clip";
import type { Session } from "./session";

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type))
  );
}

const isCovered = () => document.querySelector("[role=dialog], [role=menu]") !== null;

/**
 * Undo inside a field in which something was written stays the browser's, word by word with the caret where it was:
 * what it changes arrives as writing does. In a field that was not touched, and everywhere else, it undoes the document.
 */
export function useKeys(session: Session, centre: () => Place): void {
  useEffect(() => {
    let touched: EventTarget | null = null;
    const { history, ui, saver } = session;
    const run = (event: KeyboardEvent): boolean => {
      const mod = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (mod && key === "s") void saver.flush();
      else if (mod && key === "f") ui.setState({ searching: true });
      else if (mod && (key === "z" || key === "y")) {
        if (isWriting(event.target) && event.target === touched) return false;
        if (key === "y" || event.shiftKey) history.redo();
        else history.undo();
      } else if (isWriting(event.target)) return false;
      else if (mod && key === "d") duplicate(session);
      else if (mod && key === "a")
        ui.setState(({ view }) =>
          view === "canvas" ? { selected: Object.keys(history.store.getState().flow.nodes) } : {},
        );
      else if (mod || event.altKey) return false;
      else if (key === "delete" || key === "backspace") removeChosen(session);
      else if (key === "g" && ui.getState().view === "canvas") groupChosen(session);
      else if (key === "/") ui.setState({ picking: { exit: freeExit(session) } });
      else if (event.key === "?") ui.setState({ dialog: "keys" });
      else return false;
      return true;
    };
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || isCovered()) return;
      if (!run(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const wrote = (event: Event) => {
      touched = event.target;
    };
    const left = () => {
      touched = null;
      history.seal();
    };
    const copy = (event: ClipboardEvent) => {
      if (isWriting(event.target) || isCovered() || !getSelection()?.isCollapsed) return;
      const clip = clipOf(session);
      if (!clip) return;
      event.clipboardData?.setData("text/plain", JSON.stringify(clip));
      event.preventDefault();
      if (event.type === "cut") removeChosen(session);
    };
    const put = (event: ClipboardEvent) => {
      if (isWriting(event.target) || isCovered()) return;
      const clip = readClip(event.clipboardData?.getData("text/plain") ?? "");
      if (!clip) return;
      event.preventDefault();
      paste(session, clip, centre());
    };
    // Before the console's own keys, of which some are the same.
    window.addEventListener("keydown", press, true);
    window.addEventListener("input", wrote, true);
    window.addEventListener("focusout", left);
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", put);
    return () => {
      window.removeEventListener("keydown", press, true);
      window.removeEventListener("input", wrote, true);
      window.removeEventListener("focusout", left);
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", put);
    };
  }, [session, centre]);
}
