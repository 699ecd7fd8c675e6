// The package as npm packs it: installed elsewhere, called from Node.js both ways, and in a page that Vite builds.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";

const root = join(import.meta.dirname, "../..");
// Vite and the browser are those of the dashboard
const tools = createRequire(join(root, "dashboard/package.json"));

const objects = JSON.stringify({
  kind: "List",
  items: [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: "shop", name: "web" },
      spec: { containers: [{ name: "web", image: "nginx:1.29" }] },
      status: { phase: "Running" },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "shop", name: "deny-ingress" },
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    },
  ],
});
const call = `JSON.parse(score(["a.json"], [new TextEncoder().encode(${JSON.stringify(objects)})], "{}")).score`;
// one pod, of whose two directions one is governed: 25 for its egress, half of 25 for its isolation
const expected = 100 - 25 - 12.5;

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "posture-package-"));
  npm("pack", join(root, "posture-wasm/pkg"));
  const [packed] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  npm("install", "--offline", "--no-audit", "--no-fund", `./${packed}`);
});
after(() => rmSync(folder, { recursive: true }));

function npm(...args) {
  return execFileSync("npm", [...args, "--silent"], { cwd: folder, encoding: "utf8" });
}

test("it has the version of the workspace", () => {
  const { version, license } = JSON.parse(readFileSync(installed("package.json"), "utf8"));
  const workspace = readFileSync(join(root, "Cargo.toml"), "utf8");
  assert.ok(workspace.includes(`\n[workspace.package]\nversion = "${version}"\n`), version);
  assert.ok(workspace.includes(`\nlicense = "${license}"\n`), license);
});

test("it has all that it needs, and the module once", () => {
  const files = readdirSync(installed(""), { recursive: true }).map(String).sort();
  assert.deepEqual(files, [
    "LICENSE",
    "README.md",
    "package.json",
    "posture_wasm.d.ts",
    "posture_wasm.js",
    "posture_wasm_bg.wasm",
    "posture_wasm_bg.wasm.d.ts",
    "web",
    "web/index.d.ts",
    "web/index.js",
    "web/package.json",
    "web/posture_wasm.d.ts",
    "web/posture_wasm.js",
  ]);
});

test("Node.js requires it", () => {
  assert.equal(node("--eval", `const { score } = require("posture-wasm"); console.log(${call})`), expected);
});

test("Node.js imports it", () => {
  writeFileSync(join(folder, "call.mjs"), `import { score } from "posture-wasm"; console.log(${call})`);
  assert.equal(node("call.mjs"), expected);
});

test("the example of its README", () => {
  const [, rest] = readFileSync(installed("README.md"), "utf8").split("```js\n");
  const [example] = rest.split("```");
  assert.equal(node("--eval", example), expected);
});

test("a page that Vite builds calls it", async () => {
  writeFileSync(join(folder, "index.html"), '<script type="module" src="./main.js"></script>');
  writeFileSync(
    join(folder, "main.js"),
    `import load, { score } from "posture-wasm"; await load(); document.title = ${call};`,
  );
  const { build } = await import(tools.resolve("vite"));
  await build({ root: folder, base: "./", logLevel: "error", build: { target: "es2023" } });
  const server = createServer((asked, answer) => {
    const path = join(folder, "dist", asked.url === "/" ? "index.html" : asked.url);
    if (!existsSync(path)) {
      answer.writeHead(404).end();
      return;
    }
    answer.setHeader("content-type", TYPES[extname(path)] ?? "text/plain");
    answer.end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { chromium } = tools("playwright-core");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  server.unref();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction((score) => document.title === score, String(expected));
  } finally {
    await browser.close();
    server.close();
  }
});

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

function installed(name) {
  return join(folder, "node_modules/posture-wasm", name);
}

/** The number that a program prints. */
function node(...args) {
  return Number(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }));
}
