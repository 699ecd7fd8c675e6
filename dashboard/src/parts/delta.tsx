/** Why a score changed: exact parts, the largest first. */

import type { Delta, DeltaPart } from "../model/answers.ts";
import { counted, TITLES } from "../model/words.ts";
import { Change } from "./basics.tsx";

const NAMED = 4;

const KINDS: Record<string, string> = {
  method: "Method changed",
  scope: "Scope changed",
  fixed: "Fixed",
  new: "New",
  dismissed: "Dismissed",
  reverted: "Dismissal taken back",
  expired: "Dismissal expired",
  resized: "Sizes changed",
};

export function DeltaWords({ of }: { of: Delta }) {
  const parts = [...of.parts].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  if (parts.length === 0) return <p class="quiet small">Nothing changed.</p>;
  const rest = parts.length - NAMED;
  return (
    <ul class="delta">
      {parts.slice(0, NAMED).map((part) => (
        <li key={`${part.kind} ${part.type} ${part.namespace}`}>
          <Change of={part.points} />
          <span>{words(part)}</span>
        </li>
      ))}
      {rest > 0 && <li class="quiet rest">and {counted(rest, "smaller change")}</li>}
    </ul>
  );
}

function words(part: DeltaPart): string {
  const what = KINDS[part.kind] ?? part.kind;
  const items = part.count > 0 ? `, ${counted(part.count, "item")}` : "";
  const where = part.namespace === "" ? "" : ` in ${part.namespace}`;
  return `${what}: ${TITLES[part.type].toLowerCase()}${where}${items}`;
}
