/** What a person does with the page: every view, by mouse and by keyboard, wide and narrow. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { complaints, loadExample, type Stage, stage } from "./browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = [
  "overview",
  "actions",
  "actions/isolate-namespace%2Fstorefront",
  "actions/remediate-images%2Ftraffic",
  "namespaces",
  "namespaces/storefront",
  "what-if",
  "input",
];

let on: Stage;
before(async () => {
  on = await stage();
});
after(() => on.close());

async function opened(options = {}): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await on.browser.newContext({
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  const page = await context.newPage();
  const found = complaints(page);
  await loadExample(page, on.address);
  return {
    page,
    close: async () => {
      await context.close();
      assert.deepEqual(found, []);
    },
  };
}

const go = (page: Page, view: string) =>
  page.evaluate((to) => {
    location.hash = `#/${to}`;
  }, view);
const scoreOf = (page: Page) => page.locator("#score").getAttribute("value");

test("a tick moves score, bar and order, and a reset brings the same number back", async () => {
  const { page, close } = await opened();
  assert.equal(await scoreOf(page), "73.209064327");
  const first = page.locator(".card").first();
  const title = await first.locator(".card-title").textContent();
  await first.locator("input").click();
  await page.locator("#score[value='79.459064327']").waitFor();
  assert.equal(await page.locator("#score-tried data").getAttribute("value"), "79.459064327");
  assert.notEqual(await first.locator(".card-title").textContent(), title);
  await page.getByRole("button", { name: "Reset" }).click();
  await page.locator("#score[value='73.209064327']").waitFor();
  assert.equal(await page.locator(".what-if-bar").count(), 0);
  await close();
});

test("an action is dismissed with a reason, told, and reverted", async () => {
  const { page, close } = await opened();
  await go(page, "actions/remediate-images%2Ftraffic");
  await page.getByLabel("Reason").fill("a <b>test</b>");
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await page.locator("#score-tried data[value='75.292397661']").waitFor();
  assert.ok((await page.locator(".detail").textContent())?.includes("a <b>test</b>"));
  await page.getByRole("link", { name: "1 change" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download them as YAML" }).click();
  const file = readFileSync(await (await download).path(), "utf8");
  const kept =
    '  - action: "remediate-images/traffic"\n    reason: "a <b>test</b>"\n    by: "Ada"\n';
  assert.ok(file.includes(kept), file);
  assert.match(file, /^ {4}items:\n {6}- "sha256:/m);
  await page.goBack();
  await page.locator(".detail").getByRole("button", { name: "Revert" }).click();
  await page.locator(".what-if-bar").waitFor({ state: "detached" });
  await close();
});

test("weights and policies are tried, and a link brings both along", async () => {
  const { page, close } = await opened();
  await go(page, "what-if");
  await page.getByLabel("Weight of Egress access").fill("0");
  await page.locator("#score-tried data").waitFor();
  await page.waitForTimeout(300);
  const weighed = Number(await page.locator("#score-tried data").getAttribute("value"));
  const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: storefront}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}`;
  await page.getByLabel("Policies as YAML").fill(policy);
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("button", { name: "Tried" }).waitFor();
  await page.getByText("2 changes").waitFor();
  await page.waitForTimeout(300);
  const tried = await page.locator("#score-tried data").getAttribute("value");
  // the namespace is not isolated without it, and isolation has kept its weight
  assert.ok(Number(tried) > weighed, `${weighed} to ${tried}`);
  const link = await page.evaluate(() => location.href);

  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByRole("button", { name: "Load the example" }).click();
  await other.locator(`#score-tried data[value='${tried}']`).waitFor();
  await page.getByLabel("Policies as YAML").fill("no: policy");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await close();
});

test("a preset is in the link, and the input is read again for it", async () => {
  const { page, close } = await opened();
  await go(page, "what-if");
  await page.getByRole("button", { name: "calico-preview" }).click();
  await page.locator("button[aria-pressed='true']", { hasText: "calico-preview" }).waitFor();
  await page.waitForURL(/preset=calico-preview/);
  await go(page, "overview?preset=calico-preview");
  const preview = await scoreOf(page);
  assert.notEqual(preview, "73.209064327");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("button", { name: "Load the example" }).click();
  await other.locator(`#score[value='${preview}']`).waitFor();
  await go(page, "overview");
  await page.locator("#score[value='73.209064327']").waitFor();
  await close();
});

test("a plan reaches what it says, and is taken along", async () => {
  const { page, close } = await opened();
  await go(page, "what-if");
  await page.getByLabel("Score to reach").fill("90");
  await page.locator(".steps li").nth(2).waitFor();
  for (const [label, start] of [
    ["Markdown", "# From 73 to 91"],
    ["JSON", '{\n  "score": 73.209064327'],
  ] as const) {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: label }).click();
    assert.ok(readFileSync(await (await download).path(), "utf8").startsWith(start));
  }
  await page.getByRole("button", { name: "Tick all" }).click();
  await page.locator("#score-tried data[value='90.972222222']").waitFor();
  await close();
});

test("a recommended policy is shown, in other kinds too, and tried", async () => {
  const { page, close } = await opened();
  await go(page, "actions/isolate-namespace%2Fstorefront");
  await page.locator("pre").filter({ hasText: "kind: StagedNetworkPolicy" }).waitFor();
  await page.getByLabel("Kind of policy").selectOption("calico");
  await page
    .locator("pre")
    .filter({ hasText: /kind: NetworkPolicy/ })
    .waitFor();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.locator("#score-tried data").waitFor();
  await close();
});

test("the history tells why", async () => {
  const { page, close } = await opened();
  await page.getByRole("button", { name: "Earlier point" }).click();
  await page.locator(".history-told").filter({ hasText: "2026-11-19 11:00 UTC" }).waitFor();
  await page.locator(".delta li").first().waitFor();
  await close();
});

test("all can be done by keyboard", async () => {
  const context = await on.browser.newContext();
  const page = await context.newPage();
  await page.goto(on.address);
  const focus = async (name: string) => {
    for (let press = 0; press < 40; press += 1) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
      });
      if (found.startsWith(name)) return;
    }
    assert.fail(`expected to come to ${name}`);
  };
  await focus("Load the example");
  await page.keyboard.press("Enter");
  await page.locator("#score").waitFor();
  await focus("What if done");
  await page.keyboard.press("Space");
  await page.locator("#score[value='79.459064327']").waitFor();
  await focus("Reset");
  await page.keyboard.press("Enter");
  await page.locator("#score[value='73.209064327']").waitFor();
  await context.close();
});

test("the focus stays where a tick was made, and the title names the view", async () => {
  const { page, close } = await opened({ viewport: { width: 1280, height: 900 } });
  await page.getByRole("link", { name: /^Actions/ }).click();
  const title = (await page.locator("#detail-title").textContent()) ?? "";
  assert.equal(await page.title(), "Actions · Security Posture Overview");
  await page.locator(".detail .tick input").focus();
  await page.keyboard.press("Space");
  await page.locator("#score-tried data[value='79.459064327']").waitFor();
  // the lists come after the score
  await page.locator(".rows .row.is-done").waitFor();
  assert.equal(await page.locator("#detail-title").textContent(), title);
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.equal(focused, `What if done: ${title}`);
  await page.locator(".rows a", { hasText: title }).click();
  await page.waitForFunction(
    (wanted) => document.title === wanted,
    `${title} · Actions · Security Posture Overview`,
  );
  await close();
});

test("nothing is wider than the screen, from 360 px to 4K", async () => {
  for (const width of [360, 768, 1280, 3840]) {
    const { page, close } = await opened({ viewport: { width, height: 900 } });
    for (const view of VIEWS) {
      await go(page, `${view}?done=scan-images%2Ftraffic`);
      await page.waitForTimeout(150);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${view} at ${width}: ${over} px`);
    }
    await close();
  }
});

test("axe finds nothing serious, in light and dark", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    // axe is not the page's own: the page's policy would not let it in
    const { page, close } = await opened({ colorScheme, bypassCSP: true });
    await page.evaluate(AXE);
    for (const view of VIEWS) {
      await go(page, `${view}?done=scan-images%2Ftraffic`);
      await page.waitForTimeout(400);
      const found = await page.evaluate(async () => {
        const axe = (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe;
        const { violations } = await axe.run();
        return violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      });
      assert.deepEqual(found, [], `${view}, ${colorScheme}`);
    }
    await close();
  }
});

test("the overview prints on one page", async () => {
  const { page, close } = await opened();
  const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
  assert.equal(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length, 1);
  await close();
});

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}
