import { count } from "../model/words.ts";
import { href } from "../state/route.ts";
import type { ShownAction } from "../state/shown.ts";
import { Bar, Gain, Severity } from "./basics.tsx";
import { Tick } from "./tick.tsx";

export function ActionCard({ of, rank }: { of: ShownAction; rank: number }) {
  return (
    <li class="card">
      <div class="card-head">
        <span class="rank number">
          <span class="hidden">Rank </span>
          {rank}
        </span>
        <Severity of={of.severity} />
        <Gain least={of.gain} most={of.gain_max} />
      </div>
      <a class="card-title" href={href("actions", of.id)}>
        {of.title}
      </a>
      <div class="card-foot">
        <Bar share={of.whole === 0 ? 0 : of.part / of.whole} tone={of.type} />
        <div class="card-line">
          <span class="quiet small number">
            {count(of.part)} of {count(of.whole)} at risk
          </span>
          <Tick action={of.id} title={of.title} />
        </div>
      </div>
    </li>
  );
}
