import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { dismissalFile, dismissalScript } from "../src/model/dismissals.ts";
import { farEnd } from "../src/model/evidence.ts";
import { planMarkdown } from "../src/model/plan.ts";
import { dateAndTime, duration, span } from "../src/model/times.ts";
import { band, bytes, counted, issueText, noteText } from "../src/model/words.ts";

test("dismissals are commands that a shell reads as they were meant", () => {
  const reason = `it's "fine"; $(rm) \`x\` & <b> \\`;
  const script = dismissalScript([{ action: "isolate-namespace/shop", reason, by: "Ada" }]);
  const spoken = `posture() { printf '%s\\n' "$@"; }\n${script}`;
  const words = execFileSync("sh", ["-c", spoken, "sh", "dump dir"], { encoding: "utf8" });
  assert.deepEqual(words.split("\n").slice(0, -1), [
    "dismiss",
    "isolate-namespace/shop",
    `--reason=${reason}`,
    "--by=Ada",
    "dump dir",
  ]);
});

test("dismissals are a file as the command line writes it", () => {
  const [by, at] = ["Ada", "2026-11-20T10:00:00Z"];
  const text = dismissalFile([
    { action: "scan-images/a", reason: 'it\'s "fine": # no', by, at, items: ["x:1", "- y"] },
    { action: "isolate-namespace/b", reason: "two", by, at, items: "00ff 11ee\n22dd\n" },
  ]);
  assert.equal(
    text,
    `# Risk that was accepted. \`posture score --dismissals\` reads it.
dismissals:
  - action: "scan-images/a"
    reason: "it's \\"fine\\": # no"
    by: "Ada"
    at: "2026-11-20T10:00:00Z"
    items:
      - "x:1"
      - "- y"
  - action: "isolate-namespace/b"
    reason: "two"
    by: "Ada"
    at: "2026-11-20T10:00:00Z"
    items: "00ff 11ee\\n22dd\\n"
`,
  );
});

test("a plan in Markdown keeps names as text", () => {
  const step = { item_count: 1, gain: 6.25, gain_max: 7, score: 79.5, score_max: 80.25 };
  const plan = { score: 73.2, steps: [{ action: "a", ...step }] };
  const text = planMarkdown(plan, () => "Isolate <b>a|b</b>");
  assert.ok(text.startsWith("# From 73 to 80\n"));
  const hostile = planMarkdown(plan, () => "![a](b)\n*c* \\|");
  assert.ok(hostile.includes("| 1 | !\\[a](b) \\*c\\* \\\\\\| |"));
  assert.ok(text.includes("| 1 | Isolate &lt;b>a\\|b&lt;/b> | +6.3 to +7.0 | 80 |"));
});

test("times are UTC", () => {
  assert.equal(dateAndTime("2026-11-20T11:00:00+01:00"), "2026-11-20 10:00 UTC");
  assert.equal(
    span("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"),
    "2026-11-20 10:00 to 11:00 UTC",
  );
  assert.equal(duration(90_000), "1 day");
});

test("words follow numbers", () => {
  assert.equal(counted(1, "item"), "1 item");
  assert.equal(counted(2_000, "policy", "policies"), "2,000 policies");
  assert.equal(bytes(999), "999 B");
  assert.equal(bytes(1_234_567), "1.2 MB");
  assert.equal(band(59.5), "fair");
  assert.equal(band(59.4), "poor");
});

test("an issue says how often", () => {
  const issue = { severity: "info", kind: "unused_kind", file: "a", at: "", count: 3 } as const;
  assert.equal(issueText({ ...issue, message: "not used" }), "not used (3 times)");
  assert.equal(issueText({ ...issue, message: "3 objects" }), "3 objects");
});

test("the far end of an edge", () => {
  const edge = {
    workload: { namespace: "shop", name: "web", kind: "Deployment" },
    direction: "egress",
    peer: { type: "public" },
    protocol: "tcp",
    port: { number: 443 },
    last_unsecured: null,
    connections: 1,
    bytes: 1,
    addresses: [],
    more_addresses: false,
    domains: [],
    more_domains: false,
    awaiting_reconnect: false,
  } as const;
  assert.equal(farEnd({ ...edge, addresses: [], domains: [] }), "the Internet tcp/443");
});

test("a note names the page's own controls", () => {
  const note = "holds for a, too: `--granularity workload` leaves these alone, not `b`";
  const shown = "holds for a, too: “one for each workload” leaves these alone, not b";
  assert.equal(noteText(note), shown);
});
