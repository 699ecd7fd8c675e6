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
  const { at = null, score = null, types = [] }: Partial<Moment> = JSON.parse(point);
  return {
    at,
    score,
    types: types.map(({ type, score: of }) => ({ type, score: of ?? null })),
  };
}
