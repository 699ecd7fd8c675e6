/** All that is different, each with its way back; dismissals as commands and as a file. */

import { dismissalFile, dismissalScript } from "../model/dismissals.ts";
import { RISK_TYPES } from "../model/report.ts";
import { TITLES } from "../model/words.ts";
import { Copy, save } from "../parts/basics.tsx";
import { Share } from "../parts/what-if-bar.tsx";
import { actionsById } from "../state/assessment.ts";
import {
  change,
  changeCount,
  type Dismissal,
  scenario,
  takeBack,
  toggleDone,
  toggleLeftOut,
  toggleRevert,
} from "../state/scenario.ts";
import { ask } from "../worker/client.ts";

export function ChangeList() {
  const { done, dismiss, revert, weights, leftOut, policies } = scenario.value;
  const weighed = RISK_TYPES.flatMap((type) =>
    weights[type] === undefined ? [] : [`${TITLES[type]} ${weights[type]}`],
  );
  const title = (id: string) => actionsById.value.get(id)?.title ?? id;
  if (changeCount.value === 0) {
    return (
      <p class="quiet">
        Tick actions, dismiss or revert them, move weights, or paste a policy: the score, types,
        namespaces and the order of actions move at once.
      </p>
    );
  }
  return (
    <div class="changes">
      <ul>
        {done.map((id) => (
          <Entry key={id} word="done" text={title(id)} undo={() => toggleDone(id)} />
        ))}
        {dismiss.map(({ action, reason, by }) => (
          <Entry
            key={action}
            word="dismissed"
            text={`${title(action)} (${reason}, ${by})`}
            undo={() => takeBack(action)}
          />
        ))}
        {revert.map((id) => (
          <Entry key={id} word="reverted" text={title(id)} undo={() => toggleRevert(id)} />
        ))}
        {leftOut.map((name) => (
          <Entry key={name} word="out of scope" text={name} undo={() => toggleLeftOut(name)} />
        ))}
        {weighed.length > 0 && (
          <Entry word="weighed" text={weighed.join(", ")} undo={() => change({ weights: {} })} />
        )}
        {policies !== "" && (
          <Entry word="tried" text="Policies" undo={() => change({ policies: "" })} />
        )}
      </ul>
      <div class="tools">
        <Share />
        {dismiss.length > 0 && (
          <>
            <Copy text={dismissalScript(dismiss)} label="Copy dismissals as commands" />
            <button type="button" class="button" onClick={() => void download(dismiss)}>
              Download them as YAML
            </button>
          </>
        )}
      </div>
    </div>
  );
}

async function download(dismiss: readonly Dismissal[]): Promise<void> {
  const kept = dismiss.map(async (one) => ({
    ...one,
    items: (await ask("snapshot", [one.action])) ?? [],
  }));
  save("posture-dismissals.yaml", dismissalFile(await Promise.all(kept)));
}

function Entry({ word, text, undo }: { word: string; text: string; undo: () => void }) {
  return (
    <li>
      <span class="chip hollow">{word}</span>
      <span class="wrap">{text}</span>
      <button type="button" class="icon-button" onClick={undo} aria-label={`Take back: ${text}`}>
        ×
      </button>
    </li>
  );
}
