/** The page as one file: opened from disk, without a network, with and without an input in it. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import init, { Assessment } from "../../posture-wasm/pkg/web/posture_wasm.js";
import { CLUSTERS, complaints, SINGLE, type Stage, stage } from "./browser.ts";
import { filesOf } from "./cases.ts";

const MODULE = new URL("../../posture-wasm/pkg/posture_wasm_bg.wasm", import.meta.url);
const PLACE = '<script type="application/octet-stream" id="posture-input">';
const HISTORY = '<script type="application/octet-stream" id="posture-history">';

let on: Stage;
const folder = mkdtempSync(join(tmpdir(), "posture-"));
before(async () => {
  on = await stage();
});
after(async () => {
  await on.close();
  rmSync(folder, { recursive: true });
});

test("it loads the example from disk, offline, and asks for nothing", async () => {
  const context = await on.browser.newContext({ offline: true });
  const page = await context.newPage();
  const found = complaints(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url().slice(0, 60)));
  await page.goto(SINGLE);
  await page.getByRole("button", { name: "Load the example" }).click();
  await page.locator("#score[value='73.209064327']").waitFor();
  assert.deepEqual(found, []);
  assert.deepEqual(
    asked.filter((url) => !/^(file|blob|data):/.test(url)),
    [],
  );
  await context.close();
});

test("workers of a file on disk read large flow logs, too", async () => {
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.goto(SINGLE);
  const example = (name: string) => join(CLUSTERS, "boutique", name);
  const flows = join(folder, "flows.jsonl");
  writeFileSync(flows, readFileSync(example("flows.jsonl"), "utf8") + " \n".repeat(2 ** 21));
  const names = ["objects.json", "networkpolicies.json"];
  await page.locator(".file-input").setInputFiles([flows, ...names.map(example)]);
  await page.locator("#score[value='82.236842105']").waitFor();
  assert.deepEqual(found, []);
  await page.close();
});

test("it opens with the input that was put into it", async () => {
  const assessment = await exampleAt({});
  const packed = gzipSync(savedOf(assessment)).toString("base64");
  const html = readFileSync(fileURLToPath(SINGLE), "utf8");
  assert.equal(html.split(PLACE).length, 2);
  const report = join(folder, "report.html");
  const [first, second] = ["2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z"].map((at) => ({
    ...JSON.parse(assessment.point()),
    at,
    score: 70,
  }));
  const earlier = gzipSync(JSON.stringify([first, second])).toString("base64");
  writeFileSync(
    report,
    html.replace(PLACE, () => PLACE + packed).replace(HISTORY, () => HISTORY + earlier),
  );
  const context = await on.browser.newContext({ offline: true });
  const page = await context.newPage();
  const found = complaints(page);
  await page.goto(pathToFileURL(report).href);
  await page.locator("#score[value='73.209064327']").waitFor();
  await page.getByRole("button", { name: "Earlier point" }).click();
  await page.locator(".history-told").filter({ hasText: "2026-11-19 10:00 UTC" }).waitFor();
  await page.locator(".card input").first().click();
  await page.locator("#score[value='79.459064327']").waitFor();

  // it has no files to read more beside
  assert.equal(await page.getByRole("button", { name: "Add files" }).count(), 0);
  const isTaken = await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["{}"], "other.json"));
    const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
    return !document.body.dispatchEvent(new DragEvent("drop", init));
  });
  assert.ok(isTaken, "the browser would open the file in the place of the report");
  await page.waitForTimeout(500);
  assert.equal(await page.locator("#score").getAttribute("value"), "79.459064327");
  assert.deepEqual(found, []);
  await context.close();
});

test("a report is shown by another preset, and as reported again", async () => {
  const assessment = await exampleAt({ method: { weights: { egress_access: 50 } } });
  const [reported, preview] = [null, "calico-preview"].map((preset) => {
    const bytes = savedOf(assessment);
    return String(JSON.parse(Assessment.from_bytes(bytes, preset).report()).score);
  });
  assert.notEqual(reported, preview);
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.goto(reportOf(assessment));
  await page.locator(`#score[value='${reported}']`).waitFor();
  await page.getByRole("link", { name: "What if" }).click();
  await page.getByRole("button", { name: "as reported", pressed: true }).waitFor();
  await page.getByRole("button", { name: "calico-preview" }).click();
  await page.getByRole("button", { name: "calico-preview", pressed: true }).waitFor();
  await page.waitForURL(/preset=calico-preview/);
  await page.getByRole("link", { name: "Overview" }).click();
  await page.locator(`#score[value='${preview}']`).waitFor();

  // the link holds it
  await page.reload();
  await page.locator(`#score[value='${preview}']`).waitFor();
  await page.getByRole("link", { name: "Input" }).click();
  await page.getByRole("button", { name: "as reported" }).click();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.locator(`#score[value='${reported}']`).waitFor();
  assert.deepEqual(found, []);
  await page.close();
});

test("a preset that judges traffic otherwise is refused, and the report is there again", async () => {
  const assessment = await exampleAt({ method: { evidence: "current" } });
  const { score } = JSON.parse(assessment.report());
  const page = await on.browser.newPage();
  await page.goto(`${reportOf(assessment)}#/overview?preset=calico-preview`);
  await page.getByText("the input of a result holds no flow logs").waitFor();
  await page.getByRole("button", { name: "Open the report again" }).click();
  await page.locator(`#score[value='${score}']`).waitFor();
  await page.close();
});

async function exampleAt(request: object): Promise<Assessment> {
  await init({ module_or_path: readFileSync(MODULE) });
  const files = filesOf(join(CLUSTERS, "boutique"));
  return new Assessment(
    files.map((file) => file.name),
    files.map((file) => new Uint8Array(readFileSync(file.path))),
    JSON.stringify(request),
  );
}

function savedOf(assessment: Assessment): Uint8Array {
  const saved = assessment.to_bytes();
  assert.ok(saved);
  return saved;
}

/** Writes the page with an input in it, and gives its address. */
function reportOf(assessment: Assessment): string {
  const packed = gzipSync(savedOf(assessment)).toString("base64");
  const html = readFileSync(fileURLToPath(SINGLE), "utf8");
  const report = join(mkdtempSync(join(folder, "report-")), "report.html");
  const filled = html.replace(PLACE, () => PLACE + packed);
  writeFileSync(report, filled);
  return pathToFileURL(report).href;
}
