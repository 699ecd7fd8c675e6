// The README's JavaScript example works as it stands.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const readme = new URL("../../README.md", import.meta.url);

test("the example of the README", () => {
    const [, rest] = readFileSync(readme, "utf8").split("```js\n");
    const [example] = rest.split("```");
    const checked = new Set();
    const console = { assert: (condition) => checked.add(condition) };
    new Function("require", "console", example)(createRequire(readme), console);
    assert.deepEqual(checked, new Set([true]));
});
