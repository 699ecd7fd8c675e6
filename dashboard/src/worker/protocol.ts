/** What the page asks of its workers, and what it gets: one reply for each question. */

import type {
  Changes,
  Delta,
  Goal,
  Moment,
  Moved,
  Outcome,
  Plan,
  Wanted,
  WithYaml,
} from "../model/answers.ts";
import type { Snapshot } from "../model/dismissals.ts";
import type { Action, Head, Item, NamespaceReport } from "../model/report.ts";

/** A file that was given, and where it lay below what was given. */
export interface Given {
  name: string;
  content: Blob;
}

export const PRESETS = ["default", "calico-preview"] as const;
export type Preset = (typeof PRESETS)[number];

/** What is asked of an assessment, apart from its files. */
export interface Request {
  /** Null for `default`. */
  preset: Preset | null;
  /** The present; null for a result that is the same at any time. */
  now: string | null;
}

export interface Opened {
  /** All but the two long lists, which come in pieces. */
  head: Omit<Head, "namespaces" | "actions">;
  namespaceCount: number;
  actionCount: number;
  /** Points of the history, in order; the last is this result. */
  history: Moment[];
}

/** The module, as each worker needs it. */
export type Code = WebAssembly.Module | BufferSource;

export type Bytes = Uint8Array<ArrayBuffer>;

/** A file on its way from one worker to the other. */
export interface Named {
  name: string;
  /** Its content; of a flow log what it says, for `Listening.hear`. */
  bytes: Bytes;
}

/** A file of scans that was read already. */
export interface OfScans {
  size: number;
  /** What they say, for `Reading.join`. */
  scans: Bytes;
}

/** A file that cannot be read. */
export interface Failed {
  error: string;
}

/** Null ends the files, and then what flow logs say. */
export type Coming = Named | OfScans | Failed | null;

/** Asked of the worker that gets files. */
export interface FileCalls {
  /** Adds files to what is sent next, a few at a time, since each takes the page a moment. Returns their sizes. */
  give(files: Given[]): number[];
  /** Sends all that was given; of flow logs that it reads itself it tells how far it is. */
  send(to: MessagePort): void;
}

/** Asked of the worker that holds the assessment. */
interface AssessmentCalls {
  /** Reads all that comes, of so many bytes at most. */
  read(request: Request, size: number, from: MessagePort): Opened;
  /**
   * What `Assessment.to_bytes()` gave, and a list of earlier points in JSON or nothing: gzipped, as base64.
   * By the method of a preset, or its own.
   */
  open(input: string, history: string, preset: Preset | null): Opened;
  namespaces(start: number, end: number): NamespaceReport[];
  actions(start: number, end: number): Action[];
  /** Makes ready what the first change needs. */
  prepare(): void;
  tryOut(changes: Changes, policies: string | null): Outcome;
  moved(): Moved;
  /** Items of an action, by their places in the list that has the heaviest first. */
  items(action: string, start: number, end: number): Item[];
  /** The items that a dismissal of an action is about; null where it gains nothing. */
  snapshot(action: string): Snapshot | null;
  plan(goal: Goal): Plan;
  /** For one namespace; null where nothing can be recommended. */
  recommend(wanted: Wanted, namespace: string): WithYaml | null;
  /** Of two points of the history, by their places in it. */
  explain(before: number, after: number): Delta;
}

export type Calls = FileCalls & AssessmentCalls;

export type CallName = keyof Calls;

export type Question = {
  [Name in CallName]: { id: number; name: Name; args: Parameters<Calls[Name]> };
}[CallName];

export type Reply =
  | { id: number; value: unknown }
  | { id: number; error: string }
  | { id: number; read: number };
