/** Points of the history: what `posture history --format json` writes, dropped beside the input. */

import type { Moment } from "../model/answers.ts";
import { messageOf } from "../model/words.ts";

const HEAD = /^\s*\{\s*"series"\s*:/;

/** Told by its content, as all files are. */
export function isHistory(bytes: Uint8Array): boolean {
  return HEAD.test(new TextDecoder().decode(bytes.subarray(0, 100)));
}

/** Its points, oldest first, each as JSON text; or why it cannot be read. */
export function historyOf(bytes: Uint8Array): { points: string[] } | { error: string } {
  try {
    const { points }: { points?: unknown } = JSON.parse(new TextDecoder().decode(bytes));
    if (!Array.isArray(points)) return { error: "a history without its list of points" };
    const bad = points.findIndex((moment) => !isPoint(moment?.point));
    if (bad >= 0) return { error: `points[${bad}] of the history is no point` };
    return { points: points.map((moment) => JSON.stringify(moment.point)) };
  } catch (error) {
    return { error: `the history is not well-formed JSON: ${messageOf(error)}` };
  }
}

/** The points that the command line has put into a report, oldest first, each as JSON text. */
export function earlierOf(bytes: ArrayBuffer): string[] {
  const points: object[] = JSON.parse(new TextDecoder().decode(bytes));
  return points.map((point) => JSON.stringify(point));
}

/** Of what is read here: `explain_delta` says itself what it cannot read. */
function isPoint(of: unknown): boolean {
  if (typeof of !== "object" || of === null) return false;
  const { types = [] } = of as { types?: unknown };
  return Array.isArray(types) && types.every((one) => typeof one === "object" && one !== null);
}

/** What is drawn of a point. */
export function momentOf(point: string): Moment {
  const { at, score, types = [] }: Partial<Moment> = JSON.parse(point);
  return {
    at: typeof at === "string" && !Number.isNaN(Date.parse(at)) ? at : null,
    score: typeof score === "number" ? score : null,
    types: types.map(({ type, score: of }) => ({ type, score: of ?? null })),
  };
}

/** The last point with a score, as a request names an earlier result. */
export function previousOf(points: readonly string[]): object | null {
  const read = points.map((point): Previous => JSON.parse(point));
  const last = read.findLast(
    ({ scoring_version: version, score, at }) =>
      typeof score === "number" &&
      Number.isInteger(version) &&
      (typeof at === "string" || at === null),
  );
  if (last === undefined) return null;
  const { scoring_version, score, at } = last;
  return { scoring_version, score, at };
}

interface Previous {
  scoring_version: number;
  score: number | null;
  at: string | null;
}
