/** What the views show: what is, or what would be, each with what it was before. */

import { computed } from "@preact/signals";
import type { Left, NamespaceTried } from "../model/answers.ts";
import { merged } from "../model/merge.ts";
import { sum } from "../model/points.ts";
import {
  type Action,
  type ActionSeverity,
  type Head,
  type Method,
  type NamespaceReport,
  type NamespaceType,
  type PerType,
  type Points,
  RISK_TYPES,
  type RiskType,
  type TypeReport,
} from "../model/report.ts";
import { actionParts } from "../model/words.ts";
import { actionsById, head, namespacesByName } from "./assessment.ts";
import { NOTHING } from "./scenario.ts";
import { tried } from "./tried.ts";

export interface Shown {
  head: Head;
  /** Whether a scenario is shown. */
  isTried: boolean;
  score: Points | null;
  /** The score that is. */
  before: Points | null;
  types: readonly ShownType[];
  namespaces: readonly ShownNamespace[];
  /** What is left to do, best first, then what is ticked or dismissed. */
  actions: readonly ShownAction[];
}

export type ShownType = TypeReport & { before: Points | null };

export interface ShownNamespace {
  namespace: string;
  score: Points | null;
  risk: Points;
  before: Points;
  types: PerType<ShownShare>;
}

export interface ShownShare {
  status: TypeReport["status"];
  part: number;
  whole: number;
  contribution: Points;
  /** From 0 to 1. */
  share: number;
}

export type ActionState = "open" | "done" | "dismissed";
export type ShownAction = Action & { state: ActionState };

const outcome = computed(() => tried.value?.outcome ?? null);
/** The scenario that is shown: it follows the one that is asked for. */
const triedScenario = computed(() => tried.value?.of ?? NOTHING);
const moved = computed(() => tried.value?.moved ?? null);

/** What is, made once: what a scenario does not move stays the same object. */
const isNow = computed(() => {
  const is = head.value;
  if (is === null) return null;
  const namespaces = is.namespaces.map((of) => asIs(of, is.method));
  const actions = is.actions.map((action): ShownAction => ({ ...action, state: "open" }));
  return { is, namespaces, actions };
});

const namespaces = computed<readonly ShownNamespace[]>(() => {
  const now = isNow.value;
  if (now === null || moved.value === null) return now?.namespaces ?? [];
  const cap = caps(now.is);
  const made = (then: NamespaceTried): ShownNamespace => {
    const was = namespacesByName.value.get(then.namespace);
    const types = perType((type) => {
      const contribution = then.types[type];
      const most = cap(type, then.namespace);
      const { status = "ok", part = 0, whole = 0 } = was?.types[type] ?? {};
      // what has no weight costs nothing, and is at risk all the same
      const share =
        most === 0 ? shareOf(was?.types[type], type, now.is.method) : contribution / most;
      return { status, part, whole, contribution, share };
    });
    const { namespace, score, risk } = then;
    return { namespace, score, risk, before: was?.risk ?? 0, types };
  };
  const name = (of: { namespace: string }) => of.namespace;
  return merged(now.namespaces, name, moved.value.namespaces, name, made);
});

const types = computed<readonly ShownType[]>(() => {
  const is = head.value;
  const then = outcome.value;
  if (is === null) return [];
  if (then === null) return is.types.map((of) => ({ ...of, before: of.score }));
  const { weights } = triedScenario.value;
  return is.types.map((of) => ({
    ...of,
    before: of.score,
    weight: weights[of.type] ?? of.weight,
    score: of.status === "not_assessed" ? null : (then.types[of.type] ?? null),
    contribution: sum(namespaces.value.map((each) => each.types[of.type].contribution)),
  }));
});

const actions = computed<readonly ShownAction[]>(() => {
  const now = isNow.value;
  if (now === null) return [];
  const { done, dismiss } = triedScenario.value;
  const left =
    moved.value === null
      ? now.actions
      : merged(
          now.actions,
          (of) => of.id,
          moved.value.left,
          (of) => of.action,
          leftAction,
        );
  if (done.length + dismiss.length === 0) return left;
  const states = new Map<string, ActionState>(done.map((id) => [id, "done"]));
  for (const { action } of dismiss) states.set(action, "dismissed");
  const closed = now.actions.flatMap((of): ShownAction[] => {
    const state = states.get(of.id);
    return state === undefined ? [] : [{ ...of, state }];
  });
  return [...left.filter((of) => !states.has(of.id)), ...closed];
});

export const shown = computed<Shown | null>(() => {
  const is = head.value;
  if (is === null) return null;
  const then = outcome.value;
  return {
    head: is,
    isTried: then !== null,
    score: then === null ? is.score : then.score,
    before: is.score,
    types: types.value,
    namespaces: namespaces.value,
    actions: actions.value,
  };
});

/** What is left of an action; one whose dismissal is taken back was none before. */
function leftAction({ action: id, item_count, gain, gain_max }: Left): ShownAction {
  const was = actionsById.value.get(id) ?? reopened(id, item_count);
  return { ...was, item_count, gain, gain_max, severity: severityOf(gain_max), state: "open" };
}

function reopened(id: string, item_count: number): Action {
  const { kind, namespace } = actionParts(id);
  const type = KINDS[kind] ?? "namespace_isolation";
  const of = namespacesByName.value.get(namespace)?.types[type];
  return {
    id,
    namespace,
    type,
    title: `${id}, no longer dismissed`,
    rank: 0,
    severity: "low",
    gain: 0,
    gain_max: 0,
    part: of === undefined ? item_count : of.part + of.dismissed,
    whole: of?.whole ?? item_count,
    item_count,
    staged: [],
  };
}

const KINDS: Record<string, RiskType> = {
  "remediate-images": "high_risk_images",
  "scan-images": "unscanned_images",
  "secure-egress": "egress_access",
  "isolate-namespace": "namespace_isolation",
};

function asIs(of: NamespaceReport, method: Method): ShownNamespace {
  const types = perType((type) => {
    const { status, part, whole, contribution } = of.types[type];
    return { status, part, whole, contribution, share: shareOf(of.types[type], type, method) };
  });
  return { namespace: of.namespace, score: of.score, risk: of.risk, before: of.risk, types };
}

/** "`any`: share is 1 as soon as one image is bad" (scoring, section 5). */
function shareOf(of: NamespaceType | undefined, type: RiskType, method: Method): number {
  // what was dismissed is not in the part any more
  const { part, whole } = of ?? { part: 0, whole: 0 };
  if (whole === 0 || part === 0) return 0;
  const isImages = type === "high_risk_images" || type === "unscanned_images";
  return isImages && method.image_share === "any" ? 1 : part / whole;
}

/** The points that a type can cost in a namespace: "100 * w / W * c / C". */
function caps(is: Head): (type: RiskType, namespace: string) => number {
  const { weights, leftOut } = triedScenario.value;
  const all = { ...is.method.weights, ...weights };
  const total = RISK_TYPES.reduce((sum, type) => sum + all[type], 0);
  const out = new Set(leftOut);
  const own = (name: string) => (out.has(name) ? 0 : (is.method.namespace_weights[name] ?? 1));
  const spaces = is.namespaces.reduce((sum, of) => sum + own(of.namespace), 0);
  return (type, namespace) =>
    total === 0 || spaces === 0 ? 0 : ((100 * all[type]) / total) * (own(namespace) / spaces);
}

/** "gain_max >= 8 critical, >= 5 high, >= 2 medium, else low" (scoring, section 7). */
export function severityOf(most: Points): ActionSeverity {
  if (most >= 8) return "critical";
  if (most >= 5) return "high";
  return most >= 2 ? "medium" : "low";
}

function perType<T>(of: (type: RiskType) => T): PerType<T> {
  return {
    high_risk_images: of("high_risk_images"),
    unscanned_images: of("unscanned_images"),
    egress_access: of("egress_access"),
    namespace_isolation: of("namespace_isolation"),
  };
}
