/** To accept the risk of an action, with a reason and a name: in the page, until it is exported. */

import { useState } from "preact/hooks";
import { decimal } from "../model/points.ts";
import { dateAndTime } from "../model/times.ts";
import { dismissedById } from "../state/assessment.ts";
import { dismiss, scenario, takeBack, toggleRevert } from "../state/scenario.ts";
import type { ShownAction } from "../state/shown.ts";

export function DismissForm({ of }: { of: ShownAction }) {
  const [reason, setReason] = useState("");
  const [by, setBy] = useState("");
  const own = scenario.value.dismiss.find((dismissal) => dismissal.action === of.id);
  const given = dismissedById.value.get(of.id);
  const isReverted = scenario.value.revert.includes(of.id);
  const submit = (event: Event) => {
    event.preventDefault();
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    dismiss({ action: of.id, reason: reason.trim(), by: by.trim(), at });
  };
  return (
    <section aria-labelledby="dismiss-title" class="detail-part">
      <h3 id="dismiss-title">Accept the risk</h3>
      {given !== undefined && (
        <p>
          Some of it was dismissed by {given.by} on {dateAndTime(given.at)}: {given.reason}{" "}
          <button type="button" class="button" onClick={() => toggleRevert(of.id)}>
            {isReverted ? "Dismiss again" : "Revert"}
          </button>
        </p>
      )}
      {own !== undefined ? (
        <p>
          Dismissed by {own.by}: {own.reason}{" "}
          <button type="button" class="button" onClick={() => takeBack(of.id)}>
            Revert
          </button>
        </p>
      ) : (
        <form class="dismiss" onSubmit={submit}>
          <label>
            <span>Reason</span>
            <input
              required
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
              pattern=".*\S.*"
            />
          </label>
          <label>
            <span>Your name</span>
            <input
              required
              value={by}
              onInput={(event) => setBy(event.currentTarget.value)}
              pattern=".*\S.*"
              autocomplete="name"
            />
          </label>
          <button type="submit" class="button">
            Dismiss
          </button>
          <p class="quiet small">
            Its {decimal(of.gain_max)} points no longer affect the score, in this page. What if
            gives the commands that keep it: <code>posture dismiss</code>.
          </p>
        </form>
      )}
    </section>
  );
}
