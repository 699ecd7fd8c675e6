/** Files as they come from the worker that gets them. */

import type { Coming } from "./protocol.ts";

export async function* filesFrom(
  port: MessagePort,
): AsyncGenerator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const there: Coming[] = [];
  let wake = () => {};
  port.onmessage = ({ data }: MessageEvent<Coming>) => {
    there.push(data);
    wake();
  };
  for (;;) {
    const next = there.shift();
    if (next === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    } else if (next === null) {
      port.close();
      return;
    } else if ("error" in next) {
      throw new Error(next.error);
    } else {
      yield next;
      port.postMessage(null);
    }
  }
}
