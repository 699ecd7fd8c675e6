import assert from "node:assert/strict";
import { test } from "node:test";
import { squarify } from "../src/charts/squarify.ts";

const WITHIN = { x: 0, y: 0, width: 600, height: 400 };

test("areas are as the values", () => {
  const values = [6, 6, 4, 3, 2, 2, 1];
  const boxes = squarify(values, WITHIN);
  const total = values.reduce((all, value) => all + value, 0);
  boxes.forEach((box, place) => {
    const area = (box.width * box.height * total) / (WITHIN.width * WITHIN.height);
    assert.ok(Math.abs(area - (values[place] ?? 0)) < 1e-9);
  });
});

test("no box leaves the frame, and none lies on another", () => {
  const boxes = squarify(
    Array.from({ length: 300 }, (_, place) => 1 / (place + 1)),
    WITHIN,
  );
  const slack = 1e-6;
  for (const [place, a] of boxes.entries()) {
    assert.ok(a.x >= -slack && a.x + a.width <= WITHIN.width + slack);
    assert.ok(a.y >= -slack && a.y + a.height <= WITHIN.height + slack);
    for (const b of boxes.slice(place + 1)) {
      const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      assert.ok(across < slack || down < slack);
    }
  }
});

test("equal values make squares", () => {
  const boxes = squarify(Array<number>(24).fill(1), WITHIN);
  for (const { width, height } of boxes) assert.ok(Math.max(width / height, height / width) < 1.5);
});

test("nothing makes no box", () => {
  assert.deepEqual(squarify([], WITHIN), []);
});
