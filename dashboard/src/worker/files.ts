/** The worker that gets files from the browser, while those before are read. */

import { messageOf } from "../model/words.ts";
import type { Coming, Given, Question } from "./protocol.ts";
import { serve } from "./serve.ts";
import { waker } from "./waker.ts";

/** So many may be on their way, or wait to be read: each is a message to the browser and back. */
const FILES_AHEAD = 64;

/** No more are asked for while those have so many bytes. */
const BYTES_AHEAD = 2 ** 27;

let given: Given[] = [];

serve(async (question: Question): Promise<unknown> => {
  switch (question.name) {
    case "give": {
      const [files] = question.args;
      given.push(...files);
      return files.map(({ content }) => content.size);
    }
    case "send": {
      const files = given;
      given = [];
      return send(files, ...question.args);
    }
    default:
      throw new Error(`\`${question.name}\` cannot be asked`);
  }
});

/** In their order; whoever gets them sends a message for each that was read. */
async function send(files: readonly Given[], to: MessagePort): Promise<void> {
  const ahead: number[] = [];
  const isFull = () =>
    ahead.length >= FILES_AHEAD || ahead.reduce((all, size) => all + size, 0) >= BYTES_AHEAD;
  const { wake, sleep } = waker();
  to.onmessage = () => {
    ahead.shift();
    wake();
  };
  let before = Promise.resolve();
  for (const file of files) {
    while (isFull()) await sleep();
    ahead.push(file.content.size);
    const coming = fetched(file);
    before = before.then(async () => post(await coming, to));
  }
  await before;
  post(null, to);
}

function post(coming: Coming, to: MessagePort): void {
  to.postMessage(coming, coming !== null && "bytes" in coming ? [coming.bytes.buffer] : []);
}

/** A file may be gone since it was chosen, and an error of the browser does not name it. */
async function fetched({ name, content }: Given): Promise<Coming> {
  try {
    return { name, bytes: new Uint8Array(await content.arrayBuffer()) };
  } catch (error) {
    return { error: `${name}: ${messageOf(error)}` };
  }
}
