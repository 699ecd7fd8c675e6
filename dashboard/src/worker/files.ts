/**
 * The worker that gets files from the browser, while those before are read. Large flow logs it reads itself, while the
 * others are made a cluster of.
 */

import init, {
  head_size as headSize,
  is_flow_log as isFlowLog,
  traffic,
} from "../../../posture-wasm/pkg/web/posture_wasm.js";
import { messageOf } from "../model/words.ts";
import type { Code, Coming, Failed, Given, Named, Question } from "./protocol.ts";
import { reply, serve } from "./serve.ts";
import { waker } from "./waker.ts";

/** So many may be on their way, or wait to be read: each is a message to the browser and back. */
const FILES_AHEAD = 64;

/** No more are asked for while those have so many bytes. */
const BYTES_AHEAD = 2 ** 27;

/** From so many bytes on a flow log is read here: what others are costs a message to the browser, too. */
const LARGE = 2 ** 22;

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
      return send(question.id, files, ...question.args);
    }
    default:
      throw new Error(`\`${question.name}\` cannot be asked`);
  }
});

/**
 * Files in their order, but for large flow logs; whoever gets them sends the module, and a message for each that was
 * read. Then what the logs say.
 */
async function send(id: number, files: readonly Given[], to: MessagePort): Promise<void> {
  const ahead: number[] = [];
  const isFull = () =>
    ahead.length >= FILES_AHEAD || ahead.reduce((all, size) => all + size, 0) >= BYTES_AHEAD;
  const { wake, sleep } = waker();
  const code = new Promise<Code>((then) => {
    to.onmessage = ({ data }: MessageEvent<Code | null>) => {
      if (data !== null) return then(data);
      ahead.shift();
      wake();
    };
  });
  const ready = code.then((code) => init({ module_or_path: code }));
  const logs: Given[] = [];
  let before = Promise.resolve();
  for (const file of files) {
    if (file.content.size >= LARGE && (await isLog(file, ready))) {
      logs.push(file);
      continue;
    }
    while (isFull()) await sleep();
    ahead.push(file.content.size);
    const coming = fetched(file);
    before = before.then(async () => post(await coming, to));
  }
  await before;
  post(null, to);
  let done = 0;
  for (const log of logs) {
    const coming = await fetched(log);
    post(
      "error" in coming ? coming : heard(coming, (read) => reply({ id, read: done + read })),
      to,
    );
    done += log.content.size;
  }
  post(null, to);
}

/** By its first bytes. A file that cannot be read is told of when it is asked for. */
async function isLog({ name, content }: Given, ready: Promise<unknown>): Promise<boolean> {
  await ready;
  const head = await fetched({ name, content: content.slice(0, headSize()) });
  return "bytes" in head && isFlowLog(head.bytes);
}

/** What a flow log says. */
function heard({ name, bytes }: Named, progress: (read: number) => void): Named {
  return { name, bytes: traffic(name, bytes, progress) as Named["bytes"] };
}

function post(coming: Coming, to: MessagePort): void {
  to.postMessage(coming, coming !== null && "bytes" in coming ? [coming.bytes.buffer] : []);
}

/** A file may be gone since it was chosen, and an error of the browser does not name it. */
async function fetched({ name, content }: Given): Promise<Named | Failed> {
  try {
    return { name, bytes: new Uint8Array(await content.arrayBuffer()) };
  } catch (error) {
    return { error: `${name}: ${messageOf(error)}` };
  }
}
