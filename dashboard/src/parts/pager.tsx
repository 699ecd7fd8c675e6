/** Long lists come in pages: quick to draw, and easy to find a place in. */

import { count } from "../model/words.ts";

export const PAGE = 50;

export function pageOf<T>(list: readonly T[], page: number, size = PAGE): readonly T[] {
  const last = Math.max(0, Math.ceil(list.length / size) - 1);
  const start = Math.min(page, last) * size;
  return list.slice(start, start + size);
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
  const page = Math.min(props.page, last);
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
