/**
 * How fast the page is: told, not judged, since machines differ. `POSTURE_LARGE=folder` measures that
 * input (see the generator in `benches/`), else the example is measured.
 */

import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type Stage, stage } from "./browser.ts";
import { filesOf } from "./cases.ts";

const LARGE = process.env.POSTURE_LARGE;
const TOGGLES = 40;

let on: Stage;
before(async () => {
  on = await stage();
});
after(() => on.close());

test("speed", async (t) => {
  const page = await on.browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(on.address);
  await watch(page);
  const files = LARGE === undefined ? null : filesOf(LARGE).map((file) => file.path);
  if (files === null) await page.getByRole("button", { name: "Load the example" }).click();
  else await page.locator(".file-input").setInputFiles(files);
  await page.locator(".gauge").waitFor({ timeout: 300_000 });
  // tasks are told of after they have ended
  await page.waitForTimeout(1_000);
  const [first, longest] = await page.evaluate(() => {
    const { start, shown, tasks } = (globalThis as unknown as { measured: Measured }).measured;
    return [shown - start, Math.max(0, ...tasks)];
  });
  t.diagnostic(`first result after ${Math.round(first ?? 0)} ms`);
  t.diagnostic(`longest task on the main thread ${Math.round(longest ?? 0)} ms`);
  for (const view of ["overview", "actions"]) {
    const times = (await toggles(page, view)).sort((a, b) => a - b);
    const [median, p95] = [0.5, 0.95].map((part) => times[Math.ceil(times.length * part) - 1] ?? 0);
    t.diagnostic(
      `${view}: toggle to painted frame ${median?.toFixed(1)} ms, p95 ${p95?.toFixed(1)} ms`,
    );
  }
  await page.close();
});

interface Measured {
  start: number;
  shown: number;
  tasks: number[];
}

/** Notes when reading starts, when the score is there, and how long tasks take meanwhile. */
function watch(page: Page): Promise<void> {
  return page.evaluate(() => {
    const measured: Measured = { start: 0, shown: 0, tasks: [] };
    (globalThis as unknown as { measured: Measured }).measured = measured;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) measured.tasks.push(entry.duration);
    }).observe({ entryTypes: ["longtask"] });
    new MutationObserver(() => {
      if (measured.start === 0 && document.querySelector(".reading")) {
        measured.start = performance.now();
        measured.tasks.length = 0;
      }
      if (measured.shown === 0 && document.querySelector(".gauge")) {
        measured.shown = performance.now();
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
}

/** Ticks the best action and resets, in turns, and waits for the score to be painted. */
async function toggles(page: Page, view: string): Promise<number[]> {
  await page.evaluate((to) => {
    location.hash = `#/${to}`;
  }, view);
  await page.waitForTimeout(500);
  return page.evaluate(async (times) => {
    const painted = () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(null);
        }),
      );
    const tried = () => document.querySelector<HTMLDataElement>("#score-tried data")?.value ?? "";
    const all: number[] = [];
    for (let turn = 0; turn < times; turn += 1) {
      const box = document.querySelector<HTMLElement>(
        turn % 2 === 0 ? ".tick input" : ".what-if-tools button:last-child",
      );
      const before = tried();
      const start = performance.now();
      box?.click();
      for (let wait = 0; wait < 5_000 && tried() === before; wait += 1) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      all.push((await painted()) - start);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return all;
  }, TOGGLES);
}
