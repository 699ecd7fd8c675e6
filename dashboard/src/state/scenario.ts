/** What would be different, and its form in the address: a link holds the whole scenario. */

import { computed, signal } from "@preact/signals";
import type { Changes } from "../model/answers.ts";
import { type PerType, RISK_TYPES } from "../model/report.ts";

export interface Dismissal {
  action: string;
  reason: string;
  by: string;
  at: string;
}

export interface Scenario {
  done: readonly string[];
  dismiss: readonly Dismissal[];
  revert: readonly string[];
  weights: Readonly<Partial<PerType<number>>>;
  leftOut: readonly string[];
  policies: string;
}

export const NOTHING: Scenario = {
  done: [],
  dismiss: [],
  revert: [],
  weights: {},
  leftOut: [],
  policies: "",
};

export const scenario = signal<Scenario>(NOTHING);

/** How many things are different. */
export const changeCount = computed(() => {
  const { done, dismiss, revert, weights, leftOut, policies } = scenario.value;
  const lists = done.length + dismiss.length + revert.length + leftOut.length;
  return lists + (Object.keys(weights).length > 0 ? 1 : 0) + (policies === "" ? 0 : 1);
});

export function change(part: Partial<Scenario>): void {
  scenario.value = { ...scenario.value, ...part };
}

export function toggleDone(action: string): void {
  const { done } = scenario.value;
  change({ done: toggled(done, action) });
}

export function toggleLeftOut(namespace: string): void {
  change({ leftOut: toggled(scenario.value.leftOut, namespace) });
}

export function toggleRevert(action: string): void {
  change({ revert: toggled(scenario.value.revert, action) });
}

export function dismiss(dismissal: Dismissal): void {
  const others = scenario.value.dismiss.filter((other) => other.action !== dismissal.action);
  const done = scenario.value.done.filter((action) => action !== dismissal.action);
  change({ dismiss: [...others, dismissal], done });
}

export function takeBack(action: string): void {
  change({ dismiss: scenario.value.dismiss.filter((other) => other.action !== action) });
}

function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

/** As the assessment reads it, of what there is in it: a link may come from another cluster. */
export function changesOf(
  of: Scenario,
  isAction: (id: string) => boolean,
  isDismissed: (id: string) => boolean,
  isNamespace: (name: string) => boolean,
): { changes: Changes; unknown: number } {
  const known = (list: readonly string[], is: (one: string) => boolean) => list.filter(is);
  const dismissed = of.dismiss.map((dismissal) => dismissal.action);
  const any = (id: string) => isAction(id) || isDismissed(id);
  const changes: Changes = {
    done: known(of.done, any),
    dismiss: known(dismissed, any),
    revert: known(of.revert, isDismissed),
    weights: { ...of.weights },
    left_out: known(of.leftOut, isNamespace),
  };
  const lists = [of.done, dismissed, of.revert, of.leftOut];
  const kept = [changes.done, changes.dismiss, changes.revert, changes.left_out];
  const length = (all: readonly (readonly string[])[]) => all.flat().length;
  return { changes, unknown: length(lists) - length(kept) };
}

export function toParams(from: Scenario, into: URLSearchParams): void {
  for (const action of from.done) into.append("done", action);
  for (const { action, reason, by, at } of from.dismiss) {
    into.append("dismiss", JSON.stringify([action, reason, by, at]));
  }
  for (const action of from.revert) into.append("revert", action);
  const weights = RISK_TYPES.map((type) => from.weights[type] ?? "");
  if (weights.some((weight) => weight !== "")) into.set("weights", weights.join("."));
  for (const namespace of from.leftOut) into.append("without", namespace);
  if (from.policies !== "") into.set("policies", from.policies);
}

export function fromParams(params: URLSearchParams): Scenario {
  const weights: Partial<PerType<number>> = {};
  const given = params.get("weights")?.split(".") ?? [];
  RISK_TYPES.forEach((type, place) => {
    const text = given[place] ?? "";
    if (/^\d{1,5}$/.test(text)) weights[type] = Number(text);
  });
  return {
    done: params.getAll("done"),
    dismiss: params.getAll("dismiss").flatMap(dismissalOf),
    revert: params.getAll("revert"),
    weights,
    leftOut: params.getAll("without"),
    policies: params.get("policies") ?? "",
  };
}

function dismissalOf(text: string): Dismissal[] {
  try {
    const [action, reason, by, at]: unknown[] = JSON.parse(text);
    const parts = [action, reason, by, at].map((part) => (typeof part === "string" ? part : ""));
    return [
      { action: parts[0] ?? "", reason: parts[1] ?? "", by: parts[2] ?? "", at: parts[3] ?? "" },
    ];
  } catch {
    return [];
  }
}
