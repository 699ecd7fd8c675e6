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

/** In milliseconds. */
const [SLOW, PAUSE] = [60, 120];

let isSlow = false;
let isAsking = false;
let isStale = false;

/** Tries the scenario from now on. */
export function keepTrying(): void {
  effect(() => {
    const what = scenario.value;
    const is = head.value;
    if (is === null || (changeCount.value === 0 && tried.peek() === null && !isAsking)) return;
    isStale = isAsking;
    if (!isAsking) void tryOut(what);
  });
}

/** Asks one after the other; what was overtaken while it was asked is not shown. */
async function tryOut(what: Scenario): Promise<void> {
  isAsking = true;
  try {
    const { changes, unknown } = changesOf(
      what,
      (id) => actionsById.value.has(id),
      (id) => dismissedById.value.has(id),
      (name) => namespacesByName.value.has(name),
    );
    const policies = what.policies === "" ? null : what.policies;
    const scores = await ask("tryOut", [changes, policies]);
    unknownChanges.value = unknown;
    if (!isStale) show(scores, tried.value?.moved ?? null);
    // where the lists take long, only those of the last of quick changes are asked for
    if (isSlow) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (!isStale) {
      const start = performance.now();
      const moved = await ask("moved", []);
      isSlow = performance.now() - start > SLOW;
      if (!isStale) show(scores, moved);
    }
  } catch (error) {
    if (!isStale) tryError.value = error instanceof Error ? error.message : String(error);
  }
  isAsking = false;
  if (isStale && head.value !== null) {
    isStale = false;
    void tryOut(scenario.value);
  }
}

/** Where nothing is different, what is is shown. */
function show(outcome: Outcome, moved: Moved | null): void {
  batch(() => {
    tried.value = changeCount.value === 0 ? null : { outcome, moved };
    tryError.value = null;
  });
}
