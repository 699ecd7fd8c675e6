/** What the page asks of the worker, and what it gets: one reply for each question. */

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
  preset: Preset;
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

export interface Calls {
  read(files: Given[], request: Request): Opened;
  /** What `Assessment.to_bytes()` gave, gzipped, as base64. */
  open(packed: string): Opened;
  namespaces(start: number, end: number): NamespaceReport[];
  actions(start: number, end: number): Action[];
  tryOut(changes: Changes, policies: string | null): Outcome;
  moved(): Moved;
  items(action: string): Item[];
  plan(goal: Goal): Plan;
  /** For one namespace; null where nothing can be recommended. */
  recommend(wanted: Wanted, namespace: string): WithYaml | null;
  /** Of two points of the history, by their places in it. */
  explain(before: number, after: number): Delta;
}

export type CallName = keyof Calls;

export type Question = {
  [Name in CallName]: { id: number; name: Name; args: Parameters<Calls[Name]> };
}[CallName];

export type Reply =
  | { id: number; value: unknown }
  | { id: number; error: string }
  | { id: number; read: number; total: number };
