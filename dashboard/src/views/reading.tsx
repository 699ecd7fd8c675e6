import { bytes } from "../model/words.ts";
import { giveUp } from "../state/assessment.ts";

export function Reading({ read, total }: { read: number; total: number }) {
  const isScoring = total > 0 && read >= total;
  return (
    <div class="reading" role="status">
      <h1>{isScoring ? "Scoring" : "Reading"}</h1>
      <progress
        aria-label="Read so far"
        max={Math.max(1, total)}
        {...(isScoring || total === 0 ? {} : { value: read })}
      />
      <p class="quiet number">
        {total === 0 ? " " : `${bytes(Math.min(read, total))} of ${bytes(total)}`}
      </p>
      <button type="button" class="button" onClick={giveUp}>
        Cancel
      </button>
    </div>
  );
}
