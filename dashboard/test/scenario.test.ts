import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, fromParams, NOTHING, type Scenario, toParams } from "../src/state/scenario.ts";

const FULL: Scenario = {
  done: ["isolate-namespace/shop", "scan-images/a&b=c"],
  dismiss: [
    {
      action: "secure-egress/shop",
      reason: 'not "now" & <b>',
      by: "Ada",
      at: "2026-11-20T10:00:00Z",
    },
  ],
  revert: ["remediate-images/shop"],
  weights: { egress_access: 50, unscanned_images: 0 },
  leftOut: ["kube-system"],
  policies: "kind: NetworkPolicy\n# 50% + more\n",
};

test("an address holds the whole scenario", () => {
  for (const scenario of [FULL, NOTHING]) {
    const params = new URLSearchParams();
    toParams(scenario, params);
    assert.deepEqual(fromParams(new URLSearchParams(params.toString())), scenario);
  }
});

test("nothing different leaves no trace in the address", () => {
  const params = new URLSearchParams();
  toParams(NOTHING, params);
  assert.equal(params.toString(), "");
});

test("what an address says wrongly is left out", () => {
  const read = fromParams(new URLSearchParams("dismiss=nonsense&weights=x.-1.999999.7"));
  assert.deepEqual(read, { ...NOTHING, weights: { namespace_isolation: 7 } });
});

test("what another cluster has is counted, and not asked for", () => {
  const { changes, unknown } = changesOf(
    FULL,
    (id) => id === "isolate-namespace/shop",
    () => false,
    () => false,
  );
  assert.deepEqual(changes.done, ["isolate-namespace/shop"]);
  assert.deepEqual(changes.dismiss, []);
  assert.equal(unknown, 4);
});
