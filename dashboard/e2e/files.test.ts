/** Files that people drop: good ones, bad ones, and names that would like to be code. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { CLUSTERS, complaints, type Stage, stage } from "./browser.ts";
import { cases } from "./cases.ts";

let on: Stage;
before(async () => {
  on = await stage();
});
after(() => on.close());

interface Dropped {
  name: string;
  /** A letter for each byte. */
  text: string;
}

/** Each list is a drop of its own, one right after the other. */
async function drop(page: Page, ...lists: Dropped[][]): Promise<void> {
  await page.evaluate((lists) => {
    for (const files of lists) {
      const transfer = new DataTransfer();
      for (const { name, text } of files) {
        const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      document.body.dispatchEvent(
        new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    }
  }, lists);
}

function example(name: string): Dropped {
  return { name, text: readFileSync(join(CLUSTERS, "boutique", name), "latin1") };
}

const SCRIPT = "<script>document.title='run'</script><img src=x onerror=document.title='run'>";

test("dropped files are scored, and their issues shown", async () => {
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.goto(on.address);
  const bad = cases().find((each) => each.name === "bad-input");
  assert.ok(bad !== undefined);
  const input = bad.files.map(({ name, path }) => ({ name, text: readFileSync(path, "latin1") }));
  await drop(page, input);
  await page.locator(".gauge").waitFor();
  await page.getByRole("link", { name: /^Input/ }).click();
  const { issues } = JSON.parse(bad.expected);
  assert.equal(await page.locator(".issues tbody tr").count(), issues.length);
  const shown = (await page.locator(".issues").textContent()) ?? "";
  for (const issue of issues) assert.ok(shown.includes(issue.message), issue.message);
  assert.deepEqual(found, []);
  await page.close();
});

test("two drops in a row give one result of both", async () => {
  const page = await on.browser.newPage();
  const [objects, policies] = [example("objects.json"), example("networkpolicies.json")];
  for (const lists of [[[objects, policies]], [[objects], [policies]]]) {
    await page.goto("about:blank");
    await page.goto(on.address);
    await drop(page, ...lists);
    // neither has a score alone
    await page.locator("#score[value='78.819444444']").waitFor();
    await page.getByRole("link", { name: /^Input/ }).click();
    const names = await page.locator(".files li > :first-child").allTextContents();
    assert.deepEqual(names, ["objects.json", "networkpolicies.json"]);
  }
  await page.close();
});

/** The first lines and the rest. */
function halves(text: string): [string, string] {
  const middle = text.indexOf("\n", text.length / 2) + 1;
  return [text.slice(0, middle), text.slice(middle)];
}

/** Larger than what is read by the worker that holds the assessment: space between lines says nothing. */
function large({ name, text }: Dropped): Dropped {
  return { name, text: `${text}\n${" \n".repeat(2 ** 21)}` };
}

test("large flow logs and scans are read by another worker, with the same result", async () => {
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.addInitScript(holdWorkers);
  await page.goto(on.address);
  const scans = readdirSync(join(CLUSTERS, "boutique/scans")).map((name) => `scans/${name}`);
  const small = ["objects.json", "networkpolicies.json", "staged.yaml", ...scans.slice(2)];
  const flows = example("flows.jsonl");
  const [first, rest] = halves(flows.text);
  const logs = [
    { name: "first.jsonl", text: first },
    { name: "rest.jsonl", text: rest },
  ].map(large);
  const files = [...logs, ...scans.slice(0, 2).map(example).map(large)];
  // one that begins as a scan and is none alone goes the way of all others
  const mixed = { name: "mixed.json", text: `${example(scans[0] ?? "").text}{"kind": "Pod"}` };
  await drop(page, [...files, large(mixed), ...small.map(example)]);
  await page.locator("#score[value='73.209064327']").waitFor();
  // what is read of a log is told while it is read
  const told = await page.evaluate(() => (globalThis as unknown as { told: number[] }).told);
  assert.equal(
    Math.max(...told),
    logs.reduce((all, { text }) => all + text.length, 0),
  );
  await page.getByRole("link", { name: /^Input/ }).click();
  const issues = await page.locator(".issues tbody tr").allTextContents();
  assert.equal(issues.filter((row) => row.includes("mixed.json")).length, 1, issues.join("\n"));
  assert.deepEqual(found, []);
  await page.close();
});

/** The names of all files that are listed, page by page. */
async function listed(page: Page): Promise<string[]> {
  const names: string[] = [];
  const next = page.getByRole("button", { name: "Next" });
  for (;;) {
    names.push(...(await page.locator(".files li > :first-child").allTextContents()));
    if (await next.isDisabled()) return names;
    await next.click();
  }
}

/** More than are fetched at once, and than are handed over at once. */
const MANY = Array.from({ length: 150 }, (_, place) => ({
  name: `note-${String(place).padStart(3, "0")}.txt`,
  text: "note",
}));

test("many files are read in their order, and one among them that cannot be is told", async () => {
  const page = await on.browser.newPage();
  await page.addInitScript(holdWorkers);
  await page.goto(on.address);
  const files = [example("objects.json"), ...MANY, example("networkpolicies.json")];
  await drop(page, files);
  await page.locator("#score[value='78.819444444']").waitFor();
  await page.getByRole("link", { name: /^Input/ }).click();
  const expected = files.map((file) => file.name);
  assert.deepEqual(await listed(page), expected);

  const others = MANY.map(({ name, text }) => ({ name: `other-${name}`, text }));
  await drop(page, [
    ...others.slice(0, 100),
    { name: "gone.json", text: "{}" },
    ...others.slice(100),
  ]);
  await page.getByRole("alert").filter({ hasText: "gone.json" }).waitFor();
  await page.getByRole("button", { name: "Go back to before" }).click();
  await page.getByRole("link", { name: /^Input/ }).click();
  await page.locator(".files li").first().waitFor();
  assert.deepEqual(await listed(page), expected);
  await page.close();
});

test("a broken history is an issue of its file, and costs the score nothing", async () => {
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.goto(on.address);
  const history = { name: "history.json", text: '{"series": "default", "points": [{"point": 1}' };
  const other = { name: "other.json", text: '{"series": "default", "points": [{"point": 1}]}' };
  await drop(page, [example("objects.json"), example("networkpolicies.json"), history, other]);
  await page.locator("#score[value='78.819444444']").waitFor();
  await page.getByRole("link", { name: /^Input/ }).click();
  const shown = await page.locator(".issues tbody tr").allTextContents();
  assert.ok(shown.some((row) => row.includes("history.json") && row.includes("well-formed")));
  assert.ok(shown.some((row) => row.includes("other.json") && row.includes("points[0]")));
  assert.deepEqual(found, []);
  await page.close();
});

/**
 * Puts the workers of the page where a test can stop them, and what the one that gets files tells of its reading;
 * takes `gone.json` away from it.
 */
function holdWorkers(): void {
  const Real = Worker;
  const held: Worker[] = [];
  const told: number[] = [];
  Object.assign(globalThis, { held, told });
  globalThis.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      held.push(this);
      this.addEventListener("message", ({ data }) => {
        if (String(url).includes("files") && "read" in data) told.push(data.read);
      });
    }
    override postMessage(
      message: { name: string; args: [{ name: string }[]] },
      ports?: Transferable[] | StructuredSerializeOptions,
    ): void {
      const isGiven = message.name === "give";
      if (isGiven) for (const file of message.args[0]) if (file.name === "gone.json") hide(file);
      super.postMessage(message, ports as Transferable[]);
    }
  };
  const hide = (file: { name: string }) => Object.assign(file, { content: { size: 2 } });
}

test("what was read outlives a file that cannot be, and a worker that stops", async () => {
  const page = await on.browser.newPage();
  await page.addInitScript(holdWorkers);
  await page.goto(on.address);
  await drop(page, [example("objects.json"), example("networkpolicies.json")]);
  await page.locator("#score[value='78.819444444']").waitFor();
  const failed = page.getByRole("alert");

  await drop(page, [{ name: "gone.json", text: "{}" }]);
  await failed.filter({ hasText: "gone.json" }).waitFor();
  await page.getByRole("button", { name: "Go back to before" }).click();
  await page.locator("#score[value='78.819444444']").waitFor();

  await page.evaluate(() => {
    const { held } = globalThis as unknown as { held: Worker[] };
    held.at(-1)?.dispatchEvent(new ErrorEvent("error", { message: "Uncaught unreachable" }));
  });
  await failed.filter({ hasText: "unreachable" }).waitFor();
  // the next files are added to those that are kept, without those that failed
  await drop(page, [example("flows.jsonl")]);
  await page.locator("#score[value='82.236842105']").waitFor();
  await page.getByRole("link", { name: /^Input/ }).click();
  const names = await page.locator(".files li > :first-child").allTextContents();
  assert.deepEqual(names, ["objects.json", "networkpolicies.json", "flows.jsonl"]);
  await page.close();
});

test("names with tags in them are text", async () => {
  const page = await on.browser.newPage();
  const found = complaints(page);
  await page.goto(on.address);
  const pod = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name: SCRIPT, namespace: SCRIPT },
    spec: { containers: [{ name: "a", image: SCRIPT }] },
    status: { phase: "Running", containerStatuses: [{ name: "a", image: SCRIPT, imageID: "" }] },
  };
  const policies = { kind: "NetworkPolicyList", apiVersion: "networking.k8s.io/v1", items: [] };
  const file = (name: string, content: unknown) => ({
    name,
    mimeType: "application/json",
    buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
  });
  await page
    .locator(".file-input")
    .setInputFiles([
      file("pods.json", { kind: "List", items: [pod] }),
      file("policies.json", policies),
      file(`${SCRIPT.replaceAll("/", "_")}.json`, "{"),
    ]);
  await page.locator(".gauge").waitFor();
  for (const view of ["overview", "actions", "namespaces", "input"]) {
    await page.evaluate((to) => {
      location.hash = `#/${to}`;
    }, view);
    await page.waitForTimeout(200);
    assert.ok((await page.locator("main").textContent())?.includes("<script>"), view);
  }
  await page.evaluate((name) => {
    location.hash = `#/namespaces/${encodeURIComponent(name)}`;
  }, SCRIPT);
  await page.locator("h1").filter({ hasText: "<script>" }).waitFor();
  assert.equal(await page.title(), `${SCRIPT} · Namespaces · Security Posture Overview`);
  assert.deepEqual(found, []);
  await page.close();
});

test("what is not assessed is said to be so, with what would help", async () => {
  const page = await on.browser.newPage();
  await page.goto(on.address);
  const folder = join(CLUSTERS, "no-scans");
  await page
    .locator(".file-input")
    .setInputFiles([join(folder, "objects.json"), join(folder, "networkpolicies.json")]);
  await page.locator(".gauge").waitFor();
  assert.equal((await page.getByText("not assessed", { exact: true }).count()) > 0, true);
  assert.equal(await page.locator("[data-type='high_risk_images'] data").count(), 0);
  await page.getByRole("link", { name: "Incomplete" }).click();
  await page.getByText("Images are not assessed.").waitFor();
  await page.close();
});

test("an addition that is given up leaves what was read before", async () => {
  const page = await on.browser.newPage();
  await page.goto(on.address);
  await page.getByRole("button", { name: "Load the example" }).click();
  await page.locator("#score[value='73.209064327']").waitFor();
  const line = readFileSync(join(CLUSTERS, "boutique/flows.jsonl"), "utf8");
  await page
    .locator(".file-input")
    .first()
    .setInputFiles({
      name: "more.jsonl",
      mimeType: "text/plain",
      buffer: Buffer.from(line.repeat(100)),
    });
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#score[value='73.209064327']").waitFor();
  await page.getByRole("link", { name: /^Input/ }).click();
  const names = await page.locator(".files li > :first-child").allTextContents();
  assert.ok(names.includes("flows.jsonl") && !names.includes("more.jsonl"), names.join());
  await page.close();
});

test("reading can be given up", async () => {
  const page = await on.browser.newPage();
  await page.goto(on.address);
  const line = readFileSync(join(CLUSTERS, "boutique/flows.jsonl"), "utf8");
  await page.locator(".file-input").setInputFiles({
    name: "flows.jsonl",
    mimeType: "text/plain",
    buffer: Buffer.from(line.repeat(100)),
  });
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Load the example" }).click();
  await page.locator("#score[value='73.209064327']").waitFor();
  await page.close();
});
