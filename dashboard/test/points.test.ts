import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, exact, gain, minus, score, signed, sum } from "../src/model/points.ts";

test("one decimal, or two below a tenth, as the command line writes them", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.000000001, "<0.01"],
    [0.004999999, "<0.01"],
    [0.005, "0.01"],
    [0.094999999, "0.09"],
    [0.095, "0.1"],
    [0.149999999, "0.1"],
    [0.15, "0.2"],
    [3.249999999, "3.2"],
    [-3.25, "−3.3"],
    [100, "100.0"],
  ];
  for (const [points, text] of cases) assert.equal(decimal(points), text);
});

test("a score is 100 only when nothing is lost, and 0 only when nothing is left", () => {
  const cases: [number, string][] = [
    [100, "100"],
    [99.999999999, "99"],
    [99.4, "99"],
    [59.5, "60"],
    [0.000000001, "1"],
    [0, "0"],
  ];
  for (const [points, text] of cases) assert.equal(score(points), text);
});

test("sums and differences are exact", () => {
  assert.equal(minus(79.459064327, 73.209064327), 6.25);
  assert.equal(sum([0.1, 0.2, 6.944444445]), 7.244444445);
  assert.equal(minus(0.3, 0.1), 0.2);
});

test("the exact number is the one of the JSON text", () => {
  for (const text of ["73.209064327", "0.000000001", "-12.294407895", "100", "6.25", "0"]) {
    assert.equal(exact(JSON.parse(text)), text);
  }
});

test("gains have signs, and ranges both ends", () => {
  assert.equal(signed(0), "0");
  assert.equal(signed(-0.5), "−0.5");
  assert.equal(gain(6.25, 6.25), "+6.3");
  assert.equal(gain(2.083333333, 4.166666666), "+2.1 to +4.2");
});
