/** What moved in a list, when most of it did not: little to send, and little to draw anew. */

/** A list as it became: what is new or changed, at its place, and which of the old is not in it. */
export interface Moves<T> {
  total: number;
  changed: readonly (readonly [place: number, row: T])[];
  gone: readonly string[];
}

export function movesOf<Old, New>(
  old: ReadonlyMap<string, Old>,
  now: readonly New[],
  key: (row: New) => string,
  isSame: (old: Old, now: New) => boolean,
): Moves<New> {
  const changed: [number, New][] = [];
  const seen = new Set<string>();
  now.forEach((row, place) => {
    const id = key(row);
    seen.add(id);
    const before = old.get(id);
    if (before === undefined || !isSame(before, row)) changed.push([place, row]);
  });
  const gone = [...old.keys()].filter((id) => !seen.has(id));
  return { total: now.length, changed, gone };
}

/** The list as it became. What did not change keeps its order, and is the same object. */
export function merged<T, Row>(
  old: readonly T[],
  key: (row: T) => string,
  moves: Moves<Row>,
  keyOfRow: (row: Row) => string,
  made: (row: Row, place: number) => T,
): T[] {
  const at = new Map(moves.changed);
  const left = new Set([...moves.gone, ...moves.changed.map(([, row]) => keyOfRow(row))]);
  const list: T[] = [];
  let next = 0;
  for (let place = 0; place < moves.total; place += 1) {
    const row = at.get(place);
    if (row !== undefined) {
      list.push(made(row, place));
      continue;
    }
    let same = old[next];
    while (same !== undefined && left.has(key(same))) {
      next += 1;
      same = old[next];
    }
    next += 1;
    if (same !== undefined) list.push(same);
  }
  return list;
}
