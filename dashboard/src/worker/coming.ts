/** What comes from the worker that gets files. */

import type { Coming, Named, OfScans } from "./protocol.ts";
import { waker } from "./waker.ts";

/** All that comes before the next end. */
export function comingFrom(port: MessagePort): () => AsyncGenerator<Named | OfScans> {
  const there: Coming[] = [];
  const { wake, sleep } = waker();
  port.onmessage = ({ data }: MessageEvent<Coming>) => {
    there.push(data);
    wake();
  };
  return async function* () {
    for (;;) {
      const next = there.shift();
      if (next === undefined) {
        await sleep();
      } else if (next === null) {
        return;
      } else if ("error" in next) {
        throw new Error(next.error);
      } else {
        yield next;
        // it was read: another may come
        port.postMessage(null);
      }
    }
  };
}
