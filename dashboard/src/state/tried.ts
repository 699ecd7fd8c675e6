/** What the scenario makes of the assessment: asked anew whenever either changes. */

import { batch, effect, signal } from "@preact/signals";
import type { Moved, Outcome } from "../model/answers.ts";
import type { Head } from "../model/report.ts";
import { messageOf } from "../model/words.ts";
import { ask, Cancelled } from "../worker/client.ts";
import { actionsById, dismissedById, head, namespacesByName } from "./assessment.ts";
import { changeCount, changesOf, NOTHING, type Scenario, scenario } from "./scenario.ts";

export interface Tried {
  /** Of which scenario it is: the one that is asked for may be another already. */
  of: Scenario;
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
  let last: Head | null = null;
  effect(() => {
    const what = scenario.value;
    const is = head.value;
    const isNothing = changeCount.value === 0;
    const wasTried = tried.peek() !== null || isAsking;
    // what was tried of another input, or is not asked any more, says nothing here
    if (is !== last || isNothing) {
      last = is;
      tried.value = null;
      tryError.value = null;
    }
    isStale = isAsking;
    if (is === null || (isNothing && !wasTried)) return;
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
    const start = performance.now();
    // without a change there is nothing to list anew, but a plan starts from what was tried last
    const isNothing = what === NOTHING || changeCount.value === 0;
    const [outcome, lists] = [
      ask("tryOut", [changes, policies]),
      isSlow || isNothing ? null : ask("moved", []),
    ];
    lists?.catch(() => undefined);
    const scores = await outcome;
    unknownChanges.value = unknown;
    if (isSlow && !isNothing && !isStale) {
      show(what, scores, tried.value?.moved ?? null);
      // where lists take long, only those of the last of quick changes are asked for
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    if (!isNothing && !isStale) {
      const moved = await (lists ?? ask("moved", []));
      isSlow = performance.now() - start > SLOW + (isSlow ? PAUSE : 0);
      if (!isStale) show(what, scores, moved);
    }
  } catch (error) {
    if (!isStale && !(error instanceof Cancelled)) {
      tryError.value = messageOf(error);
    }
  }
  isAsking = false;
  if (isStale && head.value !== null) {
    isStale = false;
    void tryOut(scenario.value);
  }
}

/** Where nothing is different, what is is shown. */
function show(of: Scenario, outcome: Outcome, moved: Moved | null): void {
  batch(() => {
    tried.value = changeCount.value === 0 ? null : { of, outcome, moved };
    tryError.value = null;
  });
}
