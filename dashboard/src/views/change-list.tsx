/** All that is different, each with its way back; dismissals as a file. */

import { useEffect, useState } from "preact/hooks";
import { dismissalsFile } from "../model/dismissals.ts";
import { Download } from "../parts/basics.tsx";
import { Share } from "../parts/what-if-bar.tsx";
import { actionsById } from "../state/assessment.ts";
import { changeCount, scenario, takeBack, toggleDone, toggleLeftOut, toggleRevert } from "../state/scenario.ts";
import type { Shown } from "../state/shown.ts";
import { ask } from "../worker/client.ts";

export function ChangeList({ of }: { of: Shown }) {
  const { done, dismiss, revert, leftOut } = scenario.value;
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
      </ul>
      <div class="tools">
        <Share />
        {dismiss.length > 0 && <ExportDismissals key={of.head.at} />}
      </div>
    </div>
  );
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

function ExportDismissals() {
  const { dismiss } = scenario.value;
  const [text, setText] = useState("");
  useEffect(() => {
    let isCurrent = true;
    const asked = dismiss.map(async (dismissal) => {
      const items = await ask("items", [dismissal.action]);
      const all = actionsById.value.get(dismissal.action)?.item_count ?? 0;
      return { ...dismissal, items: items.length < all ? null : items.map((item) => item.key) };
    });
    Promise.all(asked).then(
      (all) => isCurrent && setText(dismissalsFile(all)),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [dismiss]);
  return <Download text={text} name="posture-dismissals.yaml" label="Export dismissals" />;
}
