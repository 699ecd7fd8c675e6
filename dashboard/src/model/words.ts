/** What is shown, in words: the same as the command line's. */

import type { Wanted } from "./answers.ts";
import { score } from "./points.ts";
import type {
  ActionSeverity,
  EvidenceKind,
  Head,
  Issue,
  Method,
  RiskType,
  TypeReport,
} from "./report.ts";

export const TITLES: Record<RiskType, string> = {
  high_risk_images: "High-risk images",
  unscanned_images: "Unscanned images",
  egress_access: "Egress access",
  namespace_isolation: "Namespace isolation",
};

/** For the heads of narrow columns. */
export const SHORT_TITLES: Record<RiskType, string> = {
  high_risk_images: "High-risk",
  unscanned_images: "Unscanned",
  egress_access: "Egress",
  namespace_isolation: "Isolation",
};

export const MEANINGS: Record<RiskType, string> = {
  high_risk_images:
    "Running images with a High or Critical vulnerability, and those without a scan",
  unscanned_images: "Running images without a usable scan",
  egress_access: "Workloads whose traffic to outside the cluster no policy addresses",
  namespace_isolation: "Traffic across namespace boundaries that no policy addresses",
};

export const SEVERITIES: readonly ActionSeverity[] = ["critical", "high", "medium", "low"];

export const GRANULARITIES: Record<Wanted["granularity"], string> = {
  namespace: "one for the namespace",
  workload: "one for each workload",
};

export const BOTH_DIRECTIONS = "Isolate both directions";

const EVIDENCE: Record<EvidenceKind, string> = {
  scans: "scans",
  traffic: "traffic",
  static: "policies",
};

const numbers = new Intl.NumberFormat("en-US");

export function count(number: number): string {
  return numbers.format(number);
}

export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** What a type counts. */
export function noun(
  of: { type: RiskType; evidence: EvidenceKind | null },
  method: Method,
): string {
  if (of.type === "high_risk_images" || of.type === "unscanned_images") return "images";
  if (of.type === "egress_access") return "workloads";
  return of.evidence === "static" ? "directions" : method.traffic_unit;
}

export function atRisk(of: TypeReport, method: Method): string {
  if (of.status === "not_assessed") return "not assessed";
  if (of.status === "not_applicable") return "nothing it could be about";
  return `${count(of.part)} of ${count(of.whole)} ${noun(of, method)}`;
}

export function evidence(of: TypeReport): string {
  return of.evidence === null ? "" : EVIDENCE[of.evidence];
}

/** The colour of a score; the number says the rest, and the method knows no grades. */
export function band(of: number | null): "none" | "good" | "fair" | "poor" {
  if (of === null) return "none";
  // of the number that is shown: 59.5 is shown as 60
  const shown = Number(score(of));
  if (shown >= 80) return "good";
  return shown >= 60 ? "fair" : "poor";
}

export function isAssessed(head: Head, type: RiskType): boolean {
  return head.types.some((of) => of.type === type && of.status !== "not_assessed");
}

export function coverageWord(head: Head): string {
  if (head.status === "no_data") return "No data";
  if (head.status === "not_assessed") return "Not assessed";
  return head.types.every((of) => of.status !== "not_assessed") ? "Complete" : "Incomplete";
}

export function issuePlace(issue: Issue): string {
  if (issue.file === "") return issue.at;
  return issue.at === "" ? issue.file : `${issue.file}, ${issue.at}`;
}

export function issueText(issue: Issue): string {
  const more = issue.at === "" && issue.message.startsWith(String(issue.count));
  const times = issue.count === 1 || more ? "" : ` (${count(issue.count)} times)`;
  return issue.message + times;
}

/** A note as the page tells it: by the names of its own controls, and without marks of code. */
export function noteText(note: string): string {
  return note
    .replaceAll("`--granularity workload`", `“${GRANULARITIES.workload}”`)
    .replaceAll("`--default-deny`", `“${BOTH_DIRECTIONS}”`)
    .replaceAll("`", "");
}

/** `isolate-namespace/shop` in the two parts that it is made of. */
export function actionParts(id: string): { kind: string; namespace: string } {
  const slash = id.indexOf("/");
  return { kind: id.slice(0, slash), namespace: id.slice(slash + 1) };
}

export function bytes(number: number): string {
  if (number < 1000) return `${number} B`;
  const names = ["kB", "MB", "GB", "TB", "PB"];
  let value = number;
  let name = "B";
  for (const next of names) {
    if (value < 1000) break;
    value /= 1000;
    name = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${name}`;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
