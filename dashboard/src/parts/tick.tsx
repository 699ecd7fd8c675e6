/** The box that asks what would be if an action were done. */

import { scenario, toggleDone } from "../state/scenario.ts";

export function Tick({ action, title }: { action: string; title: string }) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={scenario.value.done.includes(action)}
        onChange={() => toggleDone(action)}
        aria-label={`What if done: ${title}`}
      />
      <span class="tick-text" aria-hidden="true">
        What if done
      </span>
    </label>
  );
}
