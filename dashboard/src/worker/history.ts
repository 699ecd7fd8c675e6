/** Points of the history: what `posture history --format json` writes, dropped beside the input. */

import type { Moment } from "../model/answers.ts";

const HEAD = /^\s*\{\s*"series"\s*:/;

/** Told by its content, as all files are. */
export function isHistory(bytes: Uint8Array): boolean {
  return HEAD.test(new TextDecoder().decode(bytes.subarray(0, 100)));
}

/** Its points, oldest first, each as JSON text. */
export function historyOf(bytes: Uint8Array): string[] {
  const { points }: { points: { point: unknown }[] } = JSON.parse(new TextDecoder().decode(bytes));
  return points.map((moment) => JSON.stringify(moment.point));
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
  const last = read.findLast((point) => point.score !== null);
  if (last === undefined) return null;
  const { scoring_version, score, at } = last;
  return { scoring_version, score, at };
}

interface Previous {
  scoring_version: number;
  score: number | null;
  at: string | null;
}
