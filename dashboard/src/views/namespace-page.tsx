/** One namespace: its score, its four shares, and what is to do. */

import { decimal, exact, minus } from "../model/points.ts";
import { RISK_TYPES } from "../model/report.ts";
import { count, noun, TITLES } from "../model/words.ts";
import { Bar, Change, Gain, Score, Section, Severity } from "../parts/basics.tsx";
import { Tick } from "../parts/tick.tsx";
import { href } from "../state/route.ts";
import { scenario, toggleLeftOut } from "../state/scenario.ts";
import type { Shown } from "../state/shown.ts";

export function NamespacePage({ of, name }: { of: Shown; name: string }) {
  const space = of.namespaces.find((each) => each.namespace === name);
  const isOut = scenario.value.leftOut.includes(name);
  const actions = of.actions.filter((action) => action.namespace === name);
  return (
    <div class="namespace-page">
      <a class="back" href={href("namespaces")}>
        ← All namespaces
      </a>
      <div class="page-head">
        <h1 class="wrap">{name}</h1>
        {space !== undefined && (
          <p class="page-score">
            <Score of={space.score} />
            <span class="quiet">
              costs <data value={exact(space.risk)}>{decimal(space.risk)}</data> points of the
              cluster's score
            </span>
            <Change of={space.risk === space.before ? null : minus(space.before, space.risk)} />
          </p>
        )}
        <label class="check">
          <input type="checkbox" checked={isOut} onChange={() => toggleLeftOut(name)} />
          What if it were out of scope
        </label>
      </div>
      {space === undefined ? (
        <p class="quiet">
          {isOut ? "It is out of scope in this scenario." : "There is no such namespace."}
        </p>
      ) : (
        <dl class="shares">
          {RISK_TYPES.map((type) => {
            const share = space.types[type];
            const evidence = of.head.types.find((each) => each.type === type)?.evidence ?? null;
            return (
              <div key={type}>
                <dt>{TITLES[type]}</dt>
                <dd>
                  <Bar share={share.share} tone={type} />
                  <span class="number">
                    {share.status === "not_assessed"
                      ? "not assessed"
                      : share.whole === 0
                        ? "nothing it could be about"
                        : `${count(share.part)} of ${count(share.whole)} ${noun({ type, evidence }, of.head.method)}`}
                  </span>
                  <data class="number quiet" value={exact(share.contribution)}>
                    {share.contribution === 0 ? "" : `−${decimal(share.contribution)}`}
                  </data>
                </dd>
              </div>
            );
          })}
        </dl>
      )}
      <Section title="Actions" id="namespace-actions">
        {actions.length === 0 ? (
          <p class="quiet">There is nothing to do.</p>
        ) : (
          <ol class="rows">
            {actions.map((action) => (
              <li key={action.id} class={`row is-${action.state}`}>
                <span class="rank number">
                  {action.state === "open" ? of.actions.indexOf(action) + 1 : "·"}
                </span>
                <div class="row-main">
                  <a class="row-title" href={href("actions", action.id)}>
                    {action.title}
                  </a>
                  <div class="row-line">
                    <Severity of={action.severity} />
                    <span class="quiet small number">
                      {count(action.part)} of {count(action.whole)}
                    </span>
                  </div>
                </div>
                <Gain least={action.gain} most={action.gain_max} />
                <Tick action={action.id} title={action.title} />
              </li>
            ))}
          </ol>
        )}
      </Section>
    </div>
  );
}
