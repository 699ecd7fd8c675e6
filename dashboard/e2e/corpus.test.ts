/** Every case gives the expected bytes in the browser, and the page shows the same numbers. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type NamespaceType, type Report, RISK_TYPES } from "../src/model/report.ts";
import { count } from "../src/model/words.ts";
import { type Stage, stage } from "./browser.ts";
import { type Case, cases } from "./cases.ts";

let on: Stage;
before(async () => {
  on = await stage();
});
after(() => on.close());

test("every case gives the expected bytes", async () => {
  const page = await on.browser.newPage();
  await page.goto(`${on.address}blank`);
  const wrong: string[] = [];
  for (const { name, files, request, expected } of cases()) {
    const input = files.map((file) => [file.name, readFileSync(file.path).toString("base64")]);
    const result = await page.evaluate(
      async ({ input, request }) => {
        const glue = "/pkg/web/posture_wasm.js";
        const { default: init, score } = await import(glue);
        await init({ module_or_path: fetch("/pkg/posture_wasm_bg.wasm") });
        const bytes = input.map(([, text = ""]) =>
          Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
        );
        return score(
          input.map(([name]) => name),
          bytes,
          request,
        ) as string;
      },
      { input, request },
    );
    if (result !== expected) wrong.push(name);
  }
  assert.deepEqual(wrong, []);
  await page.close();
});

test("the page shows the numbers of the command line", async () => {
  const plain = cases().filter((each) => each.request === "{}" && each.files.length > 0);
  // a filter that lets nothing through would hold nothing to anything
  assert.ok(plain.length > 50, `${plain.length} cases`);
  const context = await on.browser.newContext();
  const page = await context.newPage();
  await page.goto(on.address);
  for (const each of plain) await holds(page, each);
  await context.close();
});

async function holds(page: Page, { name, files, expected }: Case): Promise<void> {
  const report: Report = JSON.parse(expected);
  await page.goto("about:blank");
  await page.goto(on.address);
  await page.locator(".file-input").setInputFiles(files.map((file) => file.path));
  await page.locator(".gauge").waitFor();
  const shown = await page.evaluate(() => {
    const values = (selector: string) =>
      [...document.querySelectorAll<HTMLDataElement>(selector)].map((each) => each.value);
    const numbers = document.querySelectorAll<HTMLElement>("[data-type]");
    return {
      score: values("#score"),
      types: [...numbers].map((each) => each.querySelector("data")?.value ?? null),
      gains: values(".card .gain"),
      shares: [...document.querySelectorAll("table.namespaces tbody tr")].map((row) =>
        [...row.querySelectorAll("td.share")].map((cell) => ({
          text: cell.textContent,
          lost: cell.querySelector<HTMLDataElement>(".share-cell data")?.value ?? null,
        })),
      ),
      namespaces: [...document.querySelectorAll("tbody tr")]
        .filter((row) => row.closest("table.namespaces") !== null)
        .map((row) => {
          const numbers = row.querySelectorAll<HTMLDataElement>(".right data");
          return [...numbers].map((each) => each.value);
        }),
    };
  });
  const text = (points: number | null) => (points === null ? null : decimal(points));
  assert.deepEqual(shown.score, report.score === null ? [] : [decimal(report.score)], name);
  assert.deepEqual(
    shown.types,
    report.types.map((of) => (of.status === "not_assessed" ? null : text(of.score))),
    name,
  );
  assert.deepEqual(
    shown.gains,
    report.actions.slice(0, 5).map((action) => decimal(action.gain)),
    name,
  );
  assert.deepEqual(
    shown.namespaces,
    report.namespaces
      .slice(0, 10)
      .map((of) => [text(of.score), decimal(of.risk)].filter((each) => each !== null)),
    name,
  );
  assert.deepEqual(
    shown.shares,
    report.namespaces.slice(0, 10).map(({ types }) => RISK_TYPES.map((type) => share(types[type]))),
    name,
  );
}

/** Part and whole of a type in a namespace, and what it costs. */
function share({ status, part, whole, contribution }: NamespaceType) {
  if (status === "not_assessed") return { text: "not assessed", lost: null };
  if (whole === 0) return { text: "–", lost: null };
  return { text: `${count(part)}/${count(whole)}`, lost: decimal(contribution) };
}

/** As the JSON text has it. */
function decimal(points: number): string {
  return points.toFixed(9).replace(/0+$/, "").replace(/\.$/, "");
}
