import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, movesOf } from "../src/model/merge.ts";

interface Row {
  id: string;
  value: number;
}

const OLD: Row[] = ["a", "b", "c", "d", "e"].map((id, place) => ({ id, value: 9 - place }));
const key = (row: Row) => row.id;

function roundTrip(now: readonly Row[]): Row[] {
  const moves = movesOf(
    new Map(OLD.map((row) => [row.id, row])),
    now,
    key,
    (a, b) => a.value === b.value,
  );
  return merged(OLD, key, moves, key, (row) => row);
}

test("a list comes out as it became", () => {
  const [a, b, c, d, e] = OLD as [Row, Row, Row, Row, Row];
  const lists: Row[][] = [
    OLD,
    [],
    [b, c, d, e],
    [a, b, c, d],
    [a, c, { id: "b", value: 6.5 }, e],
    [{ id: "new", value: 99 }, a, b, c, d, e],
    [
      { id: "e", value: 50 },
      { id: "d", value: 40 },
      { id: "a", value: 1 },
    ],
  ];
  for (const list of lists) assert.deepEqual(roundTrip(list), list);
});

test("what did not change is the same object", () => {
  assert.equal(roundTrip(OLD.slice(1))[0], OLD[1]);
});
