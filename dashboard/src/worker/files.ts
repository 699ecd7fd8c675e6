/**
 * The worker that gets files from the browser, while those before are read. Large files of scans and flow logs it reads
 * itself, while others are read and made a cluster of.
 */

import init, {
  apart,
  head_size as headSize,
  scans,
  traffic,
} from "../../../posture-wasm/pkg/web/posture_wasm.js";
import { messageOf } from "../model/words.ts";
import type { Bytes, Code, Coming, Failed, Given, Named, OfScans, Question } from "./protocol.ts";
import { reply, serve } from "./serve.ts";
import { waker } from "./waker.ts";

/** So many may be on their way, or wait to be read: each is a message to the browser and back. */
const FILES_AHEAD = 64;

/** No more are asked for while those have so many bytes; what is read here is not among them. */
const BYTES_AHEAD = 2 ** 27;

/** From so many bytes on they are read here: what a file is costs a message to the browser, too. */
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
 * Files in their order, and then those of scans; whoever gets them sends the module, and a message for each that was
 * read. Then what flow logs say.
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
  let isReady: Promise<unknown> | null = null;
  const ready = () => {
    isReady ??= code.then((code) => init({ module_or_path: code }));
    return isReady;
  };
  let before = 0;
  const progress = (read: number) => reply({ id, read: before + read });
  const ofScans: Given[] = [];
  const logs: Given[] = [];
  const read: Coming[] = [];
  let posted = Promise.resolve();
  for (const file of files) {
    const how = file.content.size < LARGE ? "not" : await howToRead(file, ready);
    if (how === "scans") {
      ofScans.push(file);
    } else if (how === "traffic") {
      logs.push(file);
    } else {
      while (isFull()) {
        const next = ofScans.shift();
        if (next === undefined) await sleep();
        else read.push(await scansOf(next));
      }
      ahead.push(file.content.size);
      const coming = fetched(file);
      posted = posted.then(async () => post(await coming, to));
    }
  }
  await posted;
  for (const coming of read) post(coming, to);
  for (const file of ofScans) post(await scansOf(file), to);
  post(null, to);
  for (const log of logs) {
    post(await trafficOf(log, progress), to);
    before += log.content.size;
  }
  post(null, to);
}

/** By its first bytes. A file that cannot be read is told of when it is asked for. */
async function howToRead(
  { name, content }: Given,
  ready: () => Promise<unknown>,
): Promise<ReturnType<typeof apart>> {
  await ready();
  const head = await fetched({ name, content: content.slice(0, headSize()) });
  return "bytes" in head ? apart(head.bytes) : "not";
}

/** The file itself where there is more in it than scans. */
async function scansOf(file: Given): Promise<OfScans | Named | Failed> {
  const coming = await fetched(file);
  if ("error" in coming) return coming;
  const said = scans(file.name, coming.bytes) as Bytes | undefined;
  return said === undefined ? coming : { size: file.content.size, scans: said };
}

async function trafficOf(log: Given, progress: (read: number) => void): Promise<Named | Failed> {
  const coming = await fetched(log);
  if ("error" in coming) return coming;
  const said = traffic(log.name, coming.bytes, progress) as Bytes | undefined;
  return said === undefined
    ? { error: `${log.name}: is no flow log any more` }
    : { ...coming, bytes: said };
}

function post(coming: Coming, to: MessagePort): void {
  to.postMessage(
    coming,
    movedWith(coming).map(({ buffer }) => buffer),
  );
}

function movedWith(coming: Coming): Bytes[] {
  if (coming === null || "error" in coming) return [];
  return ["scans" in coming ? coming.scans : coming.bytes];
}

/** A file may be gone since it was chosen, and an error of the browser does not name it. */
async function fetched({ name, content }: Given): Promise<Named | Failed> {
  try {
    return { name, bytes: new Uint8Array(await content.arrayBuffer()) };
  } catch (error) {
    return { error: `${name}: ${messageOf(error)}` };
  }
}
