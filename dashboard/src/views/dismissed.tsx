/** What was dismissed in the input, and in the page. */

import { decimal, exact } from "../model/points.ts";
import type { Dismissed, Head } from "../model/report.ts";
import { dateAndTime } from "../model/times.ts";
import { counted } from "../model/words.ts";
import { scenario, takeBack, toggleRevert } from "../state/scenario.ts";

export function DismissedList({ of }: { of: Head }) {
  const own = scenario.value.dismiss;
  const { active, expired, orphaned } = of.dismissals;
  if (own.length + active.length + expired.length + orphaned.length === 0) return null;
  return (
    <section class="dismissed" aria-labelledby="dismissed-title">
      <h2 id="dismissed-title">Dismissed</h2>
      <ul>
        {own.map((one) => (
          <li key={one.action}>
            <span>
              <strong>{one.action}</strong>
              <span class="block quiet">
                {one.reason} · {one.by}
              </span>
            </span>
            <button type="button" class="button" onClick={() => takeBack(one.action)}>
              Revert
            </button>
          </li>
        ))}
        {active.map((one) => (
          <Given key={`${one.action} ${one.at}`} of={one} state="active" />
        ))}
        {expired.map((one) => (
          <Given key={`${one.action} ${one.at}`} of={one} state="expired" />
        ))}
        {orphaned.map((one) => (
          <Given key={`${one.action} ${one.at}`} of={one} state="not at risk any more" />
        ))}
      </ul>
    </section>
  );
}

function Given({ of, state }: { of: Dismissed; state: string }) {
  const isReverted = scenario.value.revert.includes(of.action);
  return (
    <li>
      <span>
        <strong>{of.action}</strong>
        <span class="block quiet">
          {of.reason} · {of.by}, {dateAndTime(of.at)}
          {of.until !== null && ` until ${dateAndTime(of.until)}`}
        </span>
        <span class="block quiet">
          {state === "active" ? (
            <data value={exact(of.points)}>
              {counted(of.item_count, "item")}, {decimal(of.points)} points
            </data>
          ) : (
            state
          )}
        </span>
      </span>
      {state === "active" && (
        <button type="button" class="button" onClick={() => toggleRevert(of.action)}>
          {isReverted ? "Dismiss again" : "Revert"}
        </button>
      )}
    </li>
  );
}
