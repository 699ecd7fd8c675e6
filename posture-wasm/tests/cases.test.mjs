// Every case of the conformance corpus gives the expected bytes; a bad call throws.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import {
  Assessment,
  Reading,
  apart,
  explain_delta,
  head_size,
  scans,
  score,
  traffic,
} from "../pkg/posture_wasm.js";

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
    assert.equal(new Assessment(names, contents, request).report(), expected);
    assert.equal(oneByOne(names, contents, request).report(), expected);
    assert.equal(apartly(names, contents, request).assessment.report(), expected);
  });
}

test("an assessment is the same after it was bytes", () => {
  for (const name of cases) {
    const { names, contents, request } = inputOf(join(corpus, name));
    const opened = new Assessment(names, contents, request);
    assert.equal(Assessment.from_bytes(opened.to_bytes()).report(), opened.report());
  }
});

test("what nothing changes is the result", () => {
  for (const name of cases) {
    const { names, contents, request } = inputOf(join(corpus, name));
    const opened = new Assessment(names, contents, request);
    const report = JSON.parse(opened.report());
    const outcome = JSON.parse(opened.try_out("{}"));
    assert.equal(outcome.score, report.score);
    const names_and_risks = (all) => all.map(({ namespace, risk }) => ({ namespace, risk }));
    const namespaces = JSON.parse(opened.namespaces());
    assert.deepEqual(names_and_risks(namespaces), names_and_risks(report.namespaces));
    const gains = report.actions.map(({ id, gain }) => ({ action: id, gain }));
    const left = JSON.parse(opened.left()).map(({ action, gain }) => ({ action, gain }));
    assert.deepEqual(left, gains);
  }
});

test("recommended policies that are tried give the score that was promised", () => {
  let tried = 0;
  for (const name of cases) {
    const { names, contents, request } = inputOf(join(corpus, name));
    const opened = new Assessment(names, contents, request);
    const [all, ...manifests] = opened.recommend("{}", []);
    const { score_with_all } = JSON.parse(all);
    const policies = manifests.join("");
    if (policies.includes("kind:")) {
      assert.equal(JSON.parse(opened.try_out("{}", policies)).score, score_with_all, name);
      tried += 1;
    }
  }
  assert.ok(tried > 20, `${tried} cases`);
});

test("what is done raises the score by its gain, and policies are tried", () => {
  const { names, contents, request } = inputOf(join(corpus, "example-b"));
  const opened = new Assessment(names, contents, request);
  const [first] = JSON.parse(opened.report()).actions;
  const before = JSON.parse(opened.try_out("{}"));
  const done = JSON.stringify({ done: [first.id] });
  const after = JSON.parse(opened.try_out(done));
  assert.equal(after.score_at_worst, before.score + first.gain);
  const [step] = JSON.parse(new Assessment(names, contents, request).plan(undefined, 1)).steps;
  assert.equal(step.action, first.id);
  const [, ...manifests] = opened.recommend("{}", []);
  assert.ok(manifests.length > 0);
  const governed = JSON.parse(opened.try_out("{}", manifests.join("")));
  assert.ok(governed.score > before.score);
  assert.equal(JSON.parse(opened.try_out("{}")).score, before.score);
  assert.throws(() => opened.try_out("{}", "kind: Pod"), /^Error: /);
});

test("a difference between points is explained", () => {
  const point = (name) => {
    const { names, contents, request } = inputOf(join(corpus, name));
    return new Assessment(names, contents, request).point();
  };
  const delta = JSON.parse(explain_delta(point("example-a"), point("example-b")));
  const sum = delta.parts.reduce((sum, part) => sum + units(part.points), 0);
  assert.equal(sum, units(delta.delta));
  assert.throws(() => explain_delta("{}", "{}"), /^Error: /);
});

test("progress is told to the last byte", () => {
  const { names, contents, request } = inputOf(join(corpus, "example-a"));
  let read = 0;
  new Assessment(names, contents, request, (bytes) => (read = bytes));
  const size = contents.reduce((sum, bytes) => sum + bytes.length, 0);
  assert.equal(read, size);
  read = 0;
  oneByOne(names, contents, request, (bytes) => (read = bytes));
  assert.equal(read, size);
});

test("files of each kind are read apart", () => {
  const all = cases.flatMap((name) => {
    const { names, contents, request } = inputOf(join(corpus, name));
    return apartly(names, contents, request).how;
  });
  for (const how of ["not", "traffic", "scans"]) {
    assert.ok(all.filter((each) => each === how).length > 10, how);
  }
});

test("what comes one by one is not kept", () => {
  const { names, contents, request } = inputOf(join(corpus, "example-a"));
  assert.ok(new Assessment(names, contents, request).to_bytes().length > 0);
  assert.equal(oneByOne(names, contents, request).to_bytes(), undefined);
});

test("what was not read apart is refused", () => {
  const reading = new Reading(0);
  assert.throws(() => reading.join(0, new Uint8Array(10)), /^Error: /);
  const listening = reading.listen("{}");
  assert.throws(() => listening.hear(new Uint8Array([9, 0, 0, 0])), /version 9, expected version/);
});

/** The assessment of files that come one after the other. */
function oneByOne(names, contents, request, progress) {
  const reading = new Reading(0);
  let before = 0;
  for (const [place, name] of names.entries()) {
    const read = reading.add(name, contents[place]);
    assert.ok([before, before + contents[place].length].includes(read), name);
    before = read;
  }
  return reading.listen(request).finish(progress);
}

/** The same of files that are read apart where they can be, and how each was read. */
function apartly(names, contents, request) {
  const [reading, heard] = [new Reading(0), []];
  const how = names.map((name, place) => {
    const content = contents[place];
    const how = apart(content.subarray(0, head_size()));
    const said = how === "scans" ? scans(name, content) : undefined;
    if (how === "traffic") {
      let read = 0;
      heard.push(traffic(name, content, (bytes) => (read = bytes)));
      assert.equal(read, content.length, name);
    } else if (said === undefined) {
      reading.add(name, content);
    } else {
      reading.join(content.length, said);
    }
    return how;
  });
  const listening = reading.listen(request);
  for (const traffic of heard) listening.hear(traffic);
  return { assessment: listening.finish(), how };
}

/** Points in units of 10^-9. */
function units(points) {
  return Math.round(points * 1e9);
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
