/** The page's end of its workers: a promise for each question. */

import FilesWorker from "#files";
import PostureWorker from "#worker";
import type { CallName, Calls, Question, Reply } from "./protocol.ts";

type Progress = (read: number, total: number) => void;

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  progress: Progress | undefined;
}

interface Workers {
  files: Worker;
  assessment: Worker;
}

let workers: Workers | null = null;
let whenStopped: (error: Error) => void = () => undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** Calls with the reason, when a worker stops of its own and all that it held is gone. */
export function onStop(then: (error: Error) => void): void {
  whenStopped = then;
}

/** Starts the workers, so that they are ready when files come. */
export function warmUp(): Workers {
  workers ??= { files: start(FilesWorker), assessment: start(PostureWorker) };
  return workers;
}

export function ask<Name extends CallName>(
  name: Name,
  args: Parameters<Calls[Name]>,
  progress?: Progress,
): Promise<ReturnType<Calls[Name]>> {
  const { files, assessment } = warmUp();
  const worker = name === "give" || name === "send" ? files : assessment;
  const ports = args.filter((arg) => arg instanceof MessagePort);
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (value: never) => void, reject, progress });
    worker.postMessage({ id, name, args } as Question, ports);
  });
}

/** Ends whatever is being read, and all that was held: the next question starts anew. */
export function cancel(): void {
  workers?.files.terminate();
  workers?.assessment.terminate();
  workers = null;
  for (const { reject } of waiting.values()) reject(new Cancelled());
  waiting.clear();
}

export class Cancelled extends Error {
  constructor() {
    super("cancelled");
  }
}

function start(Kind: new () => Worker): Worker {
  const started = new Kind();
  started.addEventListener("message", (event: MessageEvent<Reply>) => settle(event.data));
  started.addEventListener("error", (event) => {
    if (started !== workers?.files && started !== workers?.assessment) return;
    // a worker that cannot go on answers nothing any more
    const reason = event.message ? ` (${event.message.replace(/^Uncaught /, "")})` : "";
    cancel();
    whenStopped(new Error(`the assessment stopped${reason}; the input may need more memory`));
  });
  return started;
}

function settle(reply: Reply): void {
  const asked = waiting.get(reply.id);
  if (asked === undefined) return;
  if ("read" in reply) {
    asked.progress?.(reply.read, reply.total);
    return;
  }
  waiting.delete(reply.id);
  if ("error" in reply) asked.reject(new Error(reply.error));
  else asked.resolve(reply.value as never);
}
