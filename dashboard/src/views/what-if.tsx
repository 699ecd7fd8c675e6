/** What would be: weights, policies, a plan, and all that is ticked. */

import { minus, score } from "../model/points.ts";
import { TITLES } from "../model/words.ts";
import { Change, Score, Section } from "../parts/basics.tsx";
import type { Shown } from "../state/shown.ts";
import { tried } from "../state/tried.ts";
import { ChangeList } from "./change-list.tsx";
import { PlanToReach } from "./plan.tsx";
import { TryPolicy } from "./try-policy.tsx";
import { Weights } from "./weights.tsx";

export function WhatIf({ of }: { of: Shown }) {
  return (
    <div class="what-if">
      <h1>What if</h1>
      <div class="pair">
        <Section title="Before and after" id="outcome">
          <Outcome of={of} />
          <ChangeList />
        </Section>
        <Section title="Weights" id="weights">
          <Weights method={of.head.method} />
        </Section>
      </div>
      <div class="pair">
        <Section title="Plan" id="plan">
          <PlanToReach of={of} />
        </Section>
        <Section title="Policies, as if enforced" id="policies">
          <TryPolicy />
        </Section>
      </div>
    </div>
  );
}

/** What it is of, what it is, and what it would be. */
type Row = [string, number | null, number | null];

function Outcome({ of }: { of: Shown }) {
  const then = tried.value?.outcome ?? null;
  const rows: Row[] = [["Cluster Security Score", of.before, of.score]];
  if (then !== null && then.score_at_worst !== then.score) {
    rows.push(["when scans find the worst", of.before, then.score_at_worst]);
  }
  const isDismissed =
    then !== null &&
    (then.score_without_dismissals !== then.score ||
      of.head.score_without_dismissals !== of.head.score);
  if (isDismissed) {
    rows.push([
      "without dismissals",
      of.head.score_without_dismissals,
      then.score_without_dismissals,
    ]);
  }
  rows.push(...of.types.map((type): Row => [TITLES[type.type], type.before, type.score]));
  return (
    <table class="outcome">
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">Score</span>
          </th>
          <th scope="col" class="right">
            Now
          </th>
          <th scope="col" class="right">
            Then
          </th>
          <th scope="col" class="right">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([title, now, after], place) => (
          <tr key={title} class={place === 0 ? "total" : ""}>
            <th scope="row">{title}</th>
            <td class="right">
              <Score of={now} />
            </td>
            <td class="right">
              {after === null ? (
                <span class="quiet">–</span>
              ) : (
                <strong title={String(after)} class="number">
                  {score(after)}
                </strong>
              )}
            </td>
            <td class="right">
              <Change of={now === null || after === null ? null : minus(after, now)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
