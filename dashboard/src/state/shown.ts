/** What the views show: what is, or what would be, each with what it was before. */

import { computed } from "@preact/signals";
import { sum } from "../model/points.ts";
import {
  type Action,
  type ActionSeverity,
  type Head,
  type NamespaceReport,
  type PerType,
  type Points,
  RISK_TYPES,
  type RiskType,
  type TypeReport,
} from "../model/report.ts";
import { head } from "./assessment.ts";
import { scenario } from "./scenario.ts";
import { tried } from "./tried.ts";

export interface Shown {
  head: Head;
  /** Whether a scenario is shown. */
  isTried: boolean;
  score: Points | null;
  /** The score that is. */
  before: Points | null;
  types: ShownType[];
  namespaces: ShownNamespace[];
  /** What is left to do, best first, then what is ticked or dismissed. */
  actions: ShownAction[];
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

export const shown = computed<Shown | null>(() => {
  const is = head.value;
  if (is === null) return null;
  const then = tried.value;
  const namespaces = namespacesOf(is);
  return {
    head: is,
    isTried: then !== null,
    score: then === null ? is.score : then.outcome.score,
    before: is.score,
    types: typesOf(is, namespaces),
    namespaces,
    actions: actionsOf(is),
  };
});

function typesOf(is: Head, namespaces: readonly ShownNamespace[]): ShownType[] {
  const then = tried.value;
  if (then === null) return is.types.map((of) => ({ ...of, before: of.score }));
  const weights = { ...scenario.value.weights };
  return is.types.map((of) => ({
    ...of,
    before: of.score,
    weight: weights[of.type] ?? of.weight,
    score: of.status === "not_assessed" ? null : (then.outcome.types[of.type] ?? null),
    contribution:
      then.moved === null
        ? of.contribution
        : sum(namespaces.map((each) => each.types[of.type].contribution)),
  }));
}

function namespacesOf(is: Head): ShownNamespace[] {
  const moved = tried.value?.moved ?? null;
  if (moved === null) return is.namespaces.map((of) => asIs(of));
  const cap = caps(is);
  const known = new Map(is.namespaces.map((of) => [of.namespace, of]));
  return moved.namespaces.flatMap((then) => {
    const of = known.get(then.namespace);
    if (of === undefined) return [];
    const types = perType((type) => {
      const contribution = then.types[type];
      const most = cap(type, of.namespace);
      return { ...asIs(of).types[type], contribution, share: most === 0 ? 0 : contribution / most };
    });
    return [
      { namespace: of.namespace, score: then.score, risk: then.risk, before: of.risk, types },
    ];
  });
}

function asIs(of: NamespaceReport): ShownNamespace {
  const types = perType((type) => {
    const { status, part, whole, dismissed, contribution } = of.types[type];
    const share = whole === 0 ? 0 : (part - dismissed) / whole;
    return { status, part, whole, contribution, share: contribution === 0 ? 0 : share };
  });
  return { namespace: of.namespace, score: of.score, risk: of.risk, before: of.risk, types };
}

/** The points that a type can cost in a namespace: "100 * w / W * c / C". */
function caps(is: Head): (type: RiskType, namespace: string) => number {
  const { weights, leftOut } = { ...scenario.value };
  const all = { ...is.method.weights, ...weights };
  const total = RISK_TYPES.reduce((sum, type) => sum + all[type], 0);
  const own = (namespace: string) =>
    leftOut.includes(namespace) ? 0 : (is.method.namespace_weights[namespace] ?? 1);
  const spaces = is.namespaces.reduce((sum, of) => sum + own(of.namespace), 0);
  return (type, namespace) =>
    total === 0 || spaces === 0 ? 0 : ((100 * all[type]) / total) * (own(namespace) / spaces);
}

function actionsOf(is: Head): ShownAction[] {
  const { done, dismiss, leftOut } = scenario.value;
  const isDone = new Set(done);
  const isDismissed = new Set(dismiss.map((of) => of.action));
  const isOut = new Set(leftOut);
  const lefts = new Map(
    tried.value?.moved?.left.map((left, place) => [left.action, { ...left, place }]),
  );
  const open: (ShownAction & { place: number })[] = [];
  const closed: ShownAction[] = [];
  is.actions.forEach((action, rank) => {
    if (isDone.has(action.id)) closed.push({ ...action, state: "done" });
    else if (isDismissed.has(action.id)) closed.push({ ...action, state: "dismissed" });
    else if (!isOut.has(action.namespace)) {
      const then = lefts.get(action.id);
      // what another action has fixed on its way is not left to do
      if (tried.value?.moved != null && then === undefined) return;
      const gain = then?.gain ?? action.gain;
      const most = then?.gain_max ?? action.gain_max;
      const severity = then === undefined ? action.severity : severityOf(most);
      const place = then?.place ?? rank;
      const item_count = then?.item_count ?? action.item_count;
      open.push({ ...action, gain, gain_max: most, severity, item_count, place, state: "open" });
    }
  });
  open.sort((a, b) => a.place - b.place);
  return [...open.map(({ place, ...action }) => ({ ...action, rank: place + 1 })), ...closed];
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
