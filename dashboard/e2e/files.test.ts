/** Files that people drop: good ones, bad ones, and names that would like to be code. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
  const scores: (string | null)[] = [];
  const [objects, policies] = [example("objects.json"), example("networkpolicies.json")];
  for (const lists of [[[objects, policies]], [[objects], [policies]]]) {
    await page.goto("about:blank");
    await page.goto(on.address);
    await drop(page, ...lists);
    await page.locator(".gauge").waitFor();
    await page.getByRole("link", { name: /^Input/ }).click();
    const names = await page.locator(".files li > :first-child").allTextContents();
    assert.deepEqual(names, ["objects.json", "networkpolicies.json"]);
    await page.getByRole("link", { name: /^Overview/ }).click();
    scores.push(await page.locator(".gauge").textContent());
  }
  assert.equal(scores[0], scores[1]);
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
  assert.equal(await page.title(), "Security Posture Overview");
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
