/** Long lists come in pages: quick to draw, and easy to find a place in. */

import { count } from "../model/words.ts";

export const PAGE = 50;

export function pageOf<T>(list: readonly T[], page: number, size = PAGE): readonly T[] {
  const start = placeOf(page, list.length, size) * size;
  return list.slice(start, start + size);
}

/** A page that there is, whatever an address says. */
function placeOf(page: number, total: number, size: number): number {
  const last = Math.max(0, Math.ceil(total / size) - 1);
  return Math.max(0, Math.min(Math.trunc(page) || 0, last));
}

export function Pager(props: {
  total: number;
  page: number;
  noun: string;
  turn: (page: number) => void;
  size?: number;
}) {
  const size = props.size ?? PAGE;
  if (props.total <= size) return null;
  const last = Math.ceil(props.total / size) - 1;
  const page = placeOf(props.page, props.total, size);
  const first = page * size + 1;
  return (
    <nav class="pager" aria-label={`Pages of ${props.noun}`}>
      <button
        type="button"
        class="button"
        disabled={page === 0}
        onClick={() => props.turn(page - 1)}
      >
        Previous
      </button>
      <span class="number" aria-live="polite">
        {count(first)}–{count(Math.min(first + size - 1, props.total))} of {count(props.total)}
      </span>
      <button
        type="button"
        class="button"
        disabled={page === last}
        onClick={() => props.turn(page + 1)}
      >
        Next
      </button>
    </nav>
  );
}
