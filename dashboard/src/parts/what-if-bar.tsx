/** Always there once anything is different: what was, what would be, and the way back. */

import { useState } from "preact/hooks";
import { minus, score } from "../model/points.ts";
import { counted } from "../model/words.ts";
import { head, phase } from "../state/assessment.ts";
import { address, href, route } from "../state/route.ts";
import { changeCount, NOTHING, scenario } from "../state/scenario.ts";
import { tried, tryError, unknownChanges } from "../state/tried.ts";
import { Change, Score, toClipboard } from "./basics.tsx";

export function WhatIfBar() {
  const is = head.value;
  const number = changeCount.value;
  if (is === null || phase.value.name !== "ready" || number === 0) return null;
  const then = tried.value?.outcome ?? null;
  const before = is.score;
  const after = then?.score ?? null;
  const worst = then?.score_at_worst ?? null;
  const change = before === null || after === null ? null : minus(after, before);
  return (
    <aside class="what-if-bar" aria-label="What if">
      <div class="what-if-inner">
        <p class="what-if-scores" aria-live="polite" aria-atomic="true">
          <span class="what-if-word">What if</span>
          <span class="what-if-before">
            <Score of={before} />
          </span>
          <span class="arrow">
            <span aria-hidden="true">→</span>
            <span class="hidden">to</span>
          </span>
          <span class="what-if-after" id="score-tried">
            <Score of={after} />
          </span>
          <Change of={change} />
          {worst !== null && after !== null && worst !== after && (
            <span class="quiet small">at least {score(worst)}, when scans find the worst</span>
          )}
          {tryError.value !== null && <span class="what-if-error">{tryError.value}</span>}
        </p>
        <div class="what-if-tools">
          <a class="quiet" href={href("what-if")}>
            {counted(number, "change")}
            {unknownChanges.value > 0 && `, ${unknownChanges.value} not in this cluster`}
          </a>
          <Share />
          <button
            type="button"
            class="button"
            onClick={() => {
              scenario.value = NOTHING;
            }}
          >
            Reset
          </button>
        </div>
      </div>
    </aside>
  );
}

/** The address holds the scenario, not the input: whoever opens the link brings that along. */
export function Share() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const link = new URL(address(route.value, scenario.value), location.href);
    await toClipboard(link.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <button
      type="button"
      class="button"
      onClick={copy}
      title="The link holds the scenario, not the input"
    >
      <span aria-live="polite">{isCopied ? "Copied" : "Copy link"}</span>
    </button>
  );
}
