/** What the scenario makes of the assessment: asked of the worker whenever either changes. */

import { batch, effect, signal } from "@preact/signals";
import type { Moved, Outcome } from "../model/answers.ts";
import { ask } from "../worker/client.ts";
import { actionsById, dismissedById, head, namespacesByName } from "./assessment.ts";
import { changeCount, changesOf, type Scenario, scenario } from "./scenario.ts";

export interface Tried {
  outcome: Outcome;
  /** Comes after the scores, which never wait for it. */
  moved: Moved | null;
}

export const tried = signal<Tried | null>(null);
export const tryError = signal<string | null>(null);
/** How much of the scenario is not in this cluster: a link may come from another. */
export const unknownChanges = signal(0);

let isAsking = false;
let isStale = false;

/** Tries the scenario from now on. */
export function keepTrying(): void {
  effect(() => {
    const what = scenario.value;
    if (head.value === null || changeCount.value === 0) {
      batch(() => {
        tried.value = null;
        tryError.value = null;
        unknownChanges.value = 0;
      });
      isStale = isAsking;
      return;
    }
    isStale = isAsking;
    if (!isAsking) void tryOut(what);
  });
}

async function tryOut(what: Scenario): Promise<void> {
  isAsking = true;
  try {
    const { changes, unknown } = changesOf(
      what,
      (id) => actionsById.value.has(id),
      (id) => dismissedById.value.has(id),
      (name) => namespacesByName.value.has(name),
    );
    unknownChanges.value = unknown;
    const policies = what.policies === "" ? null : what.policies;
    const [outcome, moved] = [ask("tryOut", [changes, policies]), ask("moved", [])];
    moved.catch(() => undefined);
    const before = tried.value?.moved ?? null;
    const scores = await outcome;
    if (!isStale) set({ outcome: scores, moved: before });
    const rest = await moved;
    if (!isStale) set({ outcome: scores, moved: rest });
  } catch (error) {
    if (!isStale) tryError.value = error instanceof Error ? error.message : String(error);
  } finally {
    isAsking = false;
    if (isStale && head.value !== null && changeCount.value > 0) {
      isStale = false;
      void tryOut(scenario.value);
    } else {
      isStale = false;
    }
  }
}

function set(value: Tried): void {
  batch(() => {
    tried.value = value;
    tryError.value = null;
  });
}
