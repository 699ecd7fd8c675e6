/** Points for people, computed from integers: the same digits as the command line writes. */

const UNIT = 1_000_000_000;
const HUNDREDTH = 10_000_000;

/** Whole units of 10⁻⁹: what a point value of a result is exactly. */
export function units(points: number): number {
  return Math.round(points * UNIT);
}

/** The sum or difference of points, exact. */
export function minus(a: number, b: number): number {
  return (units(a) - units(b)) / UNIT;
}

export function sum(points: Iterable<number>): number {
  let total = 0;
  for (const each of points) total += units(each);
  return total / UNIT;
}

/** The exact decimal, as it stands in JSON: never an exponent. */
export function exact(points: number): string {
  const [whole = "0", fraction = ""] = (units(points) / UNIT).toFixed(9).split(".");
  const digits = fraction.replace(/0+$/, "");
  return digits === "" ? whole : `${whole}.${digits}`;
}

/** A score: a whole number, rounded half up, never 100 while points are lost, never 0 while some are left. */
export function score(points: number): string {
  const of = units(points);
  const rounded = Math.floor((of + UNIT / 2) / UNIT);
  if (rounded === 100 && of < 100 * UNIT) return "99";
  if (rounded === 0 && of > 0) return "1";
  return String(rounded);
}

/** One decimal, or two below a tenth, rounded half up; never `0.00` for something. */
export function decimal(points: number): string {
  const of = units(points);
  return (of < 0 ? "−" : "") + magnitude(Math.abs(of));
}

/** {@link decimal}, with a sign also for gains; nothing gained is `0`. */
export function signed(points: number): string {
  const of = units(points);
  if (of === 0) return "0";
  return (of < 0 ? "−" : "+") + magnitude(Math.abs(of));
}

/** A gain, or the range of it: `+3.2`, `+1.1 to +2.3`. */
export function gain(least: number, most: number): string {
  const [from, to] = [signed(least), signed(most)];
  return from === to ? to : `${from} to ${to}`;
}

function magnitude(of: number): string {
  const hundredths = Math.floor((of + HUNDREDTH / 2) / HUNDREDTH);
  if (of === 0) return "0";
  if (hundredths === 0) return "<0.01";
  if (hundredths < 10) return `0.0${hundredths}`;
  const tenths = Math.floor((of + 5 * HUNDREDTH) / (10 * HUNDREDTH));
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}
