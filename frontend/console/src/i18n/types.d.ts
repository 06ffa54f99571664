import "i18next";
import type { AnsweringWords } from "../answering/words";
import type { NewsWords } from "../channels/newsWords";
import type { BeginWords } from "../flows/begin/words";
import type { MovingWords } from "../flows/moving/words";
import type { flowPanels } from "../flows/panels/words/en";
import type { problems } from "../flows/problems/words/en";
import type { en as flows } from "../flows/words/en";
import type { AroundWords } from "../inbox/context/words";
import type { en } from "./en";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en;
      flows: typeof flows;
      flowPanels: typeof flowPanels;
      answering: AnsweringWords;
      begin: BeginWords;
      moving: MovingWords;
      news: NewsWords;
      around: AroundWords;
      flowProblems: typeof problems;
    };
  }
}
