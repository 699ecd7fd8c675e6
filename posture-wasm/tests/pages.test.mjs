// The JavaScript of every page works as it stands: README.md, docs/ and examples/.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);

const below = (folder) =>
    readdirSync(new URL(folder, root), { recursive: true }).map((name) => `${folder}/${name}`);
const pages = ["README.md", ...below("docs"), ...below("examples")].filter((name) => name.endsWith(".md"));

let blocks = 0;
for (const page of pages.sort()) {
    const text = readFileSync(new URL(page, root), "utf8");
    for (const [, block] of text.matchAll(/^```js\n(.*?)^```$/gms)) {
        blocks += 1;
        test(`block ${blocks}, of ${page}`, () => {
            const checked = new Set();
            const console = { assert: (condition) => checked.add(condition) };
            new Function("require", "console", block)(createRequire(new URL("README.md", root)), console);
            assert.deepEqual(checked, new Set([true]));
        });
    }
}

test("there are blocks", () => assert.ok(blocks >= 3));
