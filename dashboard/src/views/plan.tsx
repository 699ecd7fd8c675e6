/** The shortest way to a score. */

import { useEffect, useState } from "preact/hooks";
import type { Plan } from "../model/answers.ts";
import { planJson, planMarkdown } from "../model/plan.ts";
import { score } from "../model/points.ts";
import { counted } from "../model/words.ts";
import { Download, Gain, Score } from "../parts/basics.tsx";
import { actionsById, head } from "../state/assessment.ts";
import { href } from "../state/route.ts";
import { change, scenario } from "../state/scenario.ts";
import type { Shown } from "../state/shown.ts";
import { tried } from "../state/tried.ts";
import { ask } from "../worker/client.ts";

const LISTED = 50;

/** In milliseconds. */
const PAUSE = 80;

export function PlanToReach({ of }: { of: Shown }) {
  const from = of.score === null ? null : Math.min(100, Math.ceil(of.score));
  const [target, setTarget] = useState(from === null ? 0 : Math.min(100, Math.max(80, from + 5)));
  const plan = usePlan(from === null ? null : target);
  if (from === null) return <p class="quiet">There is no score to start from.</p>;
  const title = (id: string) => actionsById.value.get(id)?.title ?? id;
  const steps = plan?.steps ?? [];
  const end = steps.at(-1)?.score ?? plan?.score ?? null;
  return (
    <div class="plan">
      <label class="slider">
        <span>Reach</span>
        <output class="number">{target}</output>
        <input
          type="range"
          min={Math.min(from, target)}
          max="100"
          value={target}
          aria-label="Score to reach"
          onInput={(event) => setTarget(Number(event.currentTarget.value))}
        />
      </label>
      {plan !== null && (
        <>
          <p aria-live="polite">
            {steps.length === 0 ? (
              "That is reached already."
            ) : (
              <>
                <strong>{counted(steps.length, "action")}</strong> to{" "}
                {end === null ? "–" : score(end)}
                {end !== null && end < target && ": what is left is not sure to gain more"}.
              </>
            )}
          </p>
          <ol class="steps">
            {steps.slice(0, LISTED).map((step) => (
              <li key={step.action}>
                <a href={href("actions", step.action)}>{title(step.action)}</a>
                <Gain least={step.gain} most={step.gain_max} />
                <span class="step-score">
                  <Score of={step.score} />
                </span>
              </li>
            ))}
          </ol>
          {steps.length > LISTED && (
            <p class="quiet">and {counted(steps.length - LISTED, "action")} more</p>
          )}
          <div class="tools">
            <button
              type="button"
              class="button"
              disabled={steps.length === 0}
              onClick={() => {
                const ids = steps.map((step) => step.action);
                change({ done: [...new Set([...scenario.value.done, ...ids])] });
              }}
            >
              Tick all
            </button>
            <Download text={planMarkdown(plan, title)} name="plan.md" label="Markdown" />
            <Download text={planJson(plan)} name="plan.json" label="JSON" />
          </div>
        </>
      )}
    </div>
  );
}

function usePlan(target: number | null): Plan | null {
  const [plan, setPlan] = useState<Plan | null>(null);
  useEffect(() => {
    if (target === null) return;
    let isCurrent = true;
    // a slider passes many scores on its way
    const pause = setTimeout(() => {
      ask("plan", [{ target: String(target) }]).then(
        (found) => isCurrent && setPlan(found),
        () => isCurrent && setPlan(null),
      );
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(pause);
    };
  }, [target, head.value, tried.value]);
  return plan;
}
