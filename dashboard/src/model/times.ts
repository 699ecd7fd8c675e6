/** Times in UTC, as the command line writes them. */

const dayName = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** `2026-11-20 10:00 UTC` */
export function dateAndTime(at: string): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

export function day(at: string): string {
  return dayName.format(new Date(at));
}

/** `2026-11-20 10:00 to 11:00 UTC` */
export function span(start: string, end: string): string {
  const [from, to] = [dateAndTime(start), dateAndTime(end)];
  const sameDay = from.slice(0, 10) === to.slice(0, 10);
  return `${from.slice(0, 16)} to ${sameDay ? to.slice(11) : to}`;
}

/** `3 hours`, `12 days`: the largest whole unit. */
export function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ];
  for (const [size, name] of units) {
    const whole = Math.floor(seconds / size);
    if (whole > 0) return `${whole} ${name}${whole === 1 ? "" : "s"}`;
  }
  return `${seconds} seconds`;
}
