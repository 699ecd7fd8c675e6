/** The score as a ring: what is kept, and what each type takes from it. */

import { decimal, exact, score } from "../model/points.ts";
import type { Points } from "../model/report.ts";
import { band, TITLES } from "../model/words.ts";
import type { ShownType } from "../state/shown.ts";

const SIZE = 220;
const RADIUS = 98;
const ROUND = 2 * Math.PI * RADIUS;
/** Between two arcs, in points. */
const GAP = 0.7;

export function Gauge(props: {
  score: Points | null;
  before: Points | null;
  types: readonly ShownType[];
}) {
  const kept = props.score;
  let at = kept ?? 0;
  const lost =
    kept === null
      ? []
      : props.types
          .filter((of) => of.contribution > 0)
          .map((of) => {
            const start = at;
            at += of.contribution;
            return { type: of.type, start, length: of.contribution };
          });
  return (
    <div class={`gauge ${band(kept)}`}>
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
        <circle class="gauge-track" cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} />
        {lost.map(({ type, start, length }) => (
          <Arc key={type} tone={`gauge-lost ${type}`} start={start} length={length} />
        ))}
        {kept !== null && <Arc tone="gauge-kept" start={0} length={kept} />}
      </svg>
      <div class="gauge-text" aria-live="polite" aria-atomic="true">
        <span class="gauge-label">Cluster Security Score</span>
        {kept === null ? (
          <span class="gauge-number none">–</span>
        ) : (
          <data class="gauge-number" id="score" value={exact(kept)} title={`${exact(kept)} points`}>
            {score(kept)}
          </data>
        )}
        <span class="gauge-of">{kept === null ? "no score" : "of 100"}</span>
      </div>
      <span class="hidden">
        {lost.map(({ type, length }) => `${TITLES[type]} loses ${decimal(length)} points. `)}
      </span>
    </div>
  );
}

function Arc({ tone, start, length }: { tone: string; start: number; length: number }) {
  const drawn = Math.max(0.25, length - GAP);
  return (
    <circle
      class={tone}
      cx={SIZE / 2}
      cy={SIZE / 2}
      r={RADIUS}
      stroke-dasharray={`${(drawn / 100) * ROUND} ${ROUND}`}
      stroke-dashoffset={-((start + GAP / 2) / 100) * ROUND}
      transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`}
    />
  );
}
