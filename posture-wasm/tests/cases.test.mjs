// Every case of the conformance corpus gives the expected bytes; a bad call throws.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { score } from "../pkg/posture_wasm.js";

const corpus = join(import.meta.dirname, "../../cases");
const folders = existsSync(corpus) ? readdirSync(corpus, { withFileTypes: true }) : [];
const cases = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();

test("the corpus has cases", () => {
  assert.ok(cases.length > 0, `expected case folders in \`${corpus}\``);
});

for (const name of cases) {
  test(`case ${name}`, () => {
    const { names, contents, request } = inputOf(join(corpus, name));
    const expected = readFileSync(join(corpus, name, "expected.json"), "utf8");
    assert.equal(score(names, contents, request), expected);
  });
}

test("an unusable request throws an Error that names it", () => {
  assert.throws(() => score([], [], '{"no_such_setting": 1}'), /^Error: .*no_such_setting/);
});

test("every name needs a content", () => {
  assert.throws(() => score(["a.json"], [], "{}"), {
    message: "expected as many contents as names, got 0 contents and 1 names",
  });
});

/** The files of a case by their paths below `input/`, sorted, and its request. */
function inputOf(folder) {
  const root = join(folder, "input");
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .map((path) => path.split(sep).join("/"))
    .sort();
  const request = join(folder, "request.json");
  return {
    names,
    contents: names.map((name) => new Uint8Array(readFileSync(join(root, name)))),
    request: existsSync(request) ? readFileSync(request, "utf8") : "{}",
  };
}
