/** The page's end of its workers: a promise for each question. */

import AssessmentWorker from "#assessment";
import FilesWorker from "#files";
import type { CallName, Calls, FileCalls, Question, Reply } from "./protocol.ts";

type Progress = (read: number) => void;

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  progress: Progress | undefined;
}

const KINDS = { files: FilesWorker, assessment: AssessmentWorker };
type Kind = keyof typeof KINDS;

/** What one worker is asked; all else is asked of the other. */
const OF_FILES: Record<keyof FileCalls, true> = { give: true, send: true };

const workers = new Map<Kind, Worker>();
let whenStopped: (error: Error) => void = () => undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** Calls with the reason, when a worker stops of its own and all that it held is gone. */
export function onStop(then: (error: Error) => void): void {
  whenStopped = then;
}

/** Starts the workers, so that they are ready when files come. */
export function warmUp(): void {
  workerOf("assessment");
  workerOf("files");
}

export function ask<Name extends CallName>(
  name: Name,
  args: Parameters<Calls[Name]>,
  progress?: Progress,
): Promise<ReturnType<Calls[Name]>> {
  const worker = workerOf(name in OF_FILES ? "files" : "assessment");
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
  for (const worker of workers.values()) worker.terminate();
  workers.clear();
  for (const { reject } of waiting.values()) reject(new Cancelled());
  waiting.clear();
}

/** Ends the worker that gets files, once all were read or one cannot be. */
export function endFiles(): void {
  workers.get("files")?.terminate();
  workers.delete("files");
}

export class Cancelled extends Error {
  constructor() {
    super("cancelled");
  }
}

function workerOf(kind: Kind): Worker {
  const worker = workers.get(kind) ?? start(kind);
  workers.set(kind, worker);
  return worker;
}

function start(kind: Kind): Worker {
  const started = new KINDS[kind]();
  started.addEventListener("message", (event: MessageEvent<Reply>) => settle(event.data));
  started.addEventListener("error", (event) => {
    if (started !== workers.get(kind)) return;
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
    asked.progress?.(reply.read);
    return;
  }
  waiting.delete(reply.id);
  if ("error" in reply) asked.reject(new Error(reply.error));
  else asked.resolve(reply.value as never);
}
