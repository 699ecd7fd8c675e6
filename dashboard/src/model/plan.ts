/** A plan to take along. */

import type { Plan } from "./answers.ts";
import { gain, score } from "./points.ts";

export function planMarkdown(plan: Plan, title: (action: string) => string): string {
  const rows = plan.steps.map((step, place) => {
    const [least, most] = [score(step.score), score(step.score_max)];
    const after = least === most ? least : `${least} to ${most}`;
    return `| ${place + 1} | ${cell(title(step.action))} | ${gain(step.gain, step.gain_max)} | ${after} |`;
  });
  const end = plan.steps.at(-1)?.score ?? plan.score;
  return [
    `# From ${number(plan.score)} to ${number(end)}`,
    "",
    "| | Action | Gain | Score after |",
    "| --: | :-- | --: | --: |",
    ...rows,
    "",
  ].join("\n");
}

export function planJson(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

function number(of: number | null): string {
  return of === null ? "-" : score(of);
}

/** Names are text: nothing in them ends a cell or a row, or means markup. */
function cell(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\|*[`]/g, "\\$&")
    .replace(/\p{Cc}/gu, " ");
}
