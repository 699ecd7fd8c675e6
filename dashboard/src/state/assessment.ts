/** What was read, and what it says. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { Moment } from "../model/answers.ts";
import { unpack } from "../model/packed.ts";
import type { Head } from "../model/report.ts";
import { messageOf } from "../model/words.ts";
import { ask, Cancelled, cancel, endFiles, onStop } from "../worker/client.ts";
import type { Calls, Given, Opened, Request } from "../worker/protocol.ts";
import { preset } from "./preset.ts";

export type Phase =
  | { name: "empty" }
  | { name: "reading"; read: number; total: number }
  | { name: "ready" }
  | { name: "failed"; message: string };

/** A file as it is listed. */
export interface Listed {
  name: string;
  size: number;
}

/** So much is handed over at once: the page stays quick meanwhile. */
const PIECE = 500;
const FILES = 50;

export const phase = signal<Phase>({ name: "empty" });
export const head = signal<Head | null>(null);
export const history = signal<Moment[]>([]);
export const given = signal<readonly Given[]>([]);
export const request = signal<Request>({ preset: null, now: null });
/** A report that brought its input along has no files to read again. */
export const isReport = signal(false);

/** A report cannot take more files; one that did not open has nothing to lose. */
export const takesFiles = computed(() => !isReport.value || phase.value.name === "failed");

/** What the command line has put into the page: the input, and earlier points. */
let packed: [input: string, history: string] = ["", ""];

/** What is being read: more may come meanwhile. */
let coming: readonly Given[] | null = null;

/** Whether a worker was asked to read, and may hold an assessment. */
let isHeld = false;

onStop((error) => {
  coming = null;
  isHeld = false;
  head.value = null;
  fail(error);
});

/** Sizes as a worker has seen them: to ask a file for its own takes the page a moment. */
const sizes = signal<readonly number[]>([]);

export const files = computed<Listed[]>(() =>
  given.value.map(({ name }, place) => ({ name, size: sizes.value[place] ?? 0 })),
);

export const actionsById = computed(
  () => new Map((head.value?.actions ?? []).map((action) => [action.id, action])),
);
export const dismissedById = computed(
  () => new Map((head.value?.dismissals.active ?? []).map((one) => [one.action, one])),
);
export const namespacesByName = computed(
  () => new Map((head.value?.namespaces ?? []).map((one) => [one.namespace, one])),
);

/** Reads files beside those that were read before; one of the same name takes its place. */
export async function add(files: readonly Given[]): Promise<void> {
  if (files.length === 0) return;
  const names = new Set(files.map((file) => file.name));
  const others = (coming ?? given.value).filter((file) => !names.has(file.name));
  await read([...others, ...files], { preset: preset.value, now: new Date().toISOString() });
}

export async function loadExample(): Promise<void> {
  phase.value = { name: "reading", read: 0, total: 0 };
  try {
    const { default: packed } = await import("#example");
    const files: Record<string, string> = JSON.parse(
      new TextDecoder().decode(await unpack(packed)),
    );
    // cancelled meanwhile, or files were dropped
    if (phase.value.name !== "reading" || coming !== null) return;
    const example = Object.entries(files).map(([name, text]) => ({
      name,
      content: new Blob([text]),
    }));
    // the example has its own time: it is the same at any other
    await read(example, { preset: preset.value, now: null });
  } catch (error) {
    fail(error);
  }
}

/** The same input, asked otherwise. */
async function again(): Promise<void> {
  const next = { ...request.value, preset: preset.value };
  if (isReport.value) await reopen(next);
  else await read(given.value, next);
}

async function reopen(next: Request): Promise<void> {
  await begin(
    given.value,
    () => ask("open", [...packed, next.preset]),
    () => {
      request.value = next;
    },
  );
}

/** Opens the input again from now on when another preset is wanted: it is another method. */
export function keepPreset(): void {
  effect(() => {
    const isOther = preset.value !== request.value.preset;
    if (phase.value.name === "ready" && isOther) void again();
  });
}

/** Opens what the command line has put into the page. */
export async function openReport(input: string, history: string): Promise<void> {
  packed = [input, history];
  isReport.value = true;
  await again();
}

/** From a failure to what was shown before it, which is read again where it is not held any more. */
export async function goBack(): Promise<void> {
  if (head.value !== null) {
    phase.value = { name: "ready" };
    return;
  }
  preset.value = request.value.preset;
  await again();
}

/** Gives up what is being read. What was shown before is read again, as it was. */
export function giveUp(): void {
  const isOther = coming !== given.value || preset.value !== request.value.preset;
  if (coming === null || history.value.length === 0 || !isOther) {
    stop();
    return;
  }
  cancel();
  isHeld = false;
  coming = null;
  preset.value = request.value.preset;
  void again();
}

export function stop(): void {
  cancel();
  isHeld = false;
  clear();
}

function clear(): void {
  batch(() => {
    head.value = null;
    history.value = [];
    given.value = [];
    isReport.value = false;
    preset.value = null;
    request.value = { preset: null, now: null };
    phase.value = { name: "empty" };
  });
}

async function read(files: readonly Given[], next: Request): Promise<void> {
  const found: number[] = [];
  // files that fail are not kept beside those that were read before
  await begin(
    files,
    async () => {
      for (let start = 0; start < files.length; start += FILES) {
        found.push(...(await ask("give", [files.slice(start, start + FILES)])));
      }
      const total = found.reduce((all, size) => all + size, 0);
      const { port1, port2 } = new MessageChannel();
      // both read some of the files
      const read = [0, 0];
      const progress = (which: number) => (bytes: number) => {
        read[which] = bytes;
        phase.value = { name: "reading", read: read.reduce((all, size) => all + size), total };
      };
      const reading = ask("read", [next, total, port1], progress(0));
      try {
        const [opened] = await Promise.all([reading, ask("send", [port2], progress(1))]);
        return opened;
      } finally {
        // after a file that cannot be read, it holds others
        if (coming === files) endFiles();
      }
    },
    () => {
      given.value = files;
      sizes.value = found;
      request.value = next;
      isReport.value = false;
    },
  );
}

/** One at a time, the last has all the files; and each in new workers: there is room for one. */
async function begin(
  files: readonly Given[],
  open: () => Promise<Opened>,
  then: (opened: Opened) => void,
): Promise<void> {
  if (coming !== null || isHeld) cancel();
  coming = files;
  isHeld = true;
  batch(() => {
    head.value = null;
    phase.value = { name: "reading", read: 0, total: 0 };
  });
  await settle(open(), then);
  if (coming === files) coming = null;
}

/** A long list, a piece at a time: the page stays quick meanwhile. */
async function inPieces<Name extends "namespaces" | "actions">(
  name: Name,
  count: number,
): Promise<ReturnType<Calls[Name]>[number][]> {
  const list: ReturnType<Calls[Name]>[number][] = [];
  for (let start = 0; start < count; start += PIECE) {
    list.push(...(await ask(name, [start, start + PIECE] as Parameters<Calls[Name]>)));
  }
  return list;
}

async function settle(opening: Promise<Opened>, then: (opened: Opened) => void): Promise<void> {
  try {
    const opened = await opening;
    const namespaces = await inPieces("namespaces", opened.namespaceCount);
    const actions = await inPieces("actions", opened.actionCount);
    batch(() => {
      then(opened);
      head.value = { ...opened.head, namespaces, actions };
      history.value = opened.history;
      phase.value = { name: "ready" };
    });
    // while the result is looked at
    await ask("prepare", []);
  } catch (error) {
    if (!(error instanceof Cancelled)) fail(error);
  }
}

export function fail(error: unknown): void {
  phase.value = { name: "failed", message: messageOf(error) };
}
