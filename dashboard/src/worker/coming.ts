/** Files as they come from the worker that gets them. */

import type { Coming } from "./protocol.ts";
import { waker } from "./waker.ts";

export async function* filesFrom(
  port: MessagePort,
): AsyncGenerator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const there: Coming[] = [];
  const { wake, sleep } = waker();
  port.onmessage = ({ data }: MessageEvent<Coming>) => {
    there.push(data);
    wake();
  };
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
}
