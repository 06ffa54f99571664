/** Text with what was looked for in it marked; rendered as text, whatever stands in it. */
import type { Piece } from "@frontdesk/shared";
import { Fragment } from "react";
import classes from "./SearchResults.module.css";

export function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <bdi>
      {pieces.map(({ text, hit }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
        <Fragment key={at}>{hit ? <mark className={classes.hit}>{text}</mark> : text}</Fragment>
      ))}
    </bdi>
  );
}
