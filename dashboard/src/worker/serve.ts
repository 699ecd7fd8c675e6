/** A worker's end: one reply for each question of the page. */

import { messageOf } from "../model/words.ts";
import type { Question, Reply } from "./protocol.ts";

export function serve(answer: (question: Question) => Promise<unknown>): void {
  addEventListener("message", (event: MessageEvent<Question>) => {
    const { id } = event.data;
    answer(event.data).then(
      (value) => reply({ id, value }),
      (error: unknown) => {
        // a module that has trapped cannot go on: the page hears it as an error of the worker
        if (error instanceof WebAssembly.RuntimeError) reportError(error);
        else reply({ id, error: messageOf(error) });
      },
    );
  });
}

export function reply(message: Reply): void {
  postMessage(message);
}
