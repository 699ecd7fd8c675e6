/** One action: what it covers, why, and what would fix it. */

import { useEffect, useState } from "preact/hooks";
import { decimal, signed } from "../model/points.ts";
import type { Item, Method, StagedCoverage } from "../model/report.ts";
import { count, counted, TITLES } from "../model/words.ts";
import { Gain, Severity } from "../parts/basics.tsx";
import { ItemEntry } from "../parts/item.tsx";
import { Pager } from "../parts/pager.tsx";
import { Tick } from "../parts/tick.tsx";
import { actionsById } from "../state/assessment.ts";
import { href, route } from "../state/route.ts";
import type { ShownAction } from "../state/shown.ts";
import { ask } from "../worker/client.ts";
import { DismissForm } from "./dismiss-form.tsx";
import { Recommendation } from "./recommendation.tsx";

const ITEMS = 20;

export function ActionDetail({ of, method }: { of: ShownAction; method: Method }) {
  const isNetwork = of.type === "egress_access" || of.type === "namespace_isolation";
  return (
    <article class="detail" aria-labelledby="detail-title">
      <a class="back" href={href("actions", null, route.value.filters)}>
        ← All actions
      </a>
      <p class="detail-type">
        <span class={`swatch ${of.type}`} aria-hidden="true" />
        {TITLES[of.type]} in <a href={href("namespaces", of.namespace)}>{of.namespace}</a>
      </p>
      <h2 id="detail-title">{of.title}</h2>
      <div class="detail-facts">
        <Severity of={of.severity} />
        <span>
          <Gain least={of.gain} most={of.gain_max} /> <span class="quiet">points</span>
        </span>
        <span class="quiet number">
          {count(of.part)} of {count(of.whole)} at risk
        </span>
        <Tick action={of.id} title={of.title} />
      </div>
      {of.gain !== of.gain_max && (
        <p class="quiet">
          What a scan finds is not known before: {signed(of.gain)} when it finds the worst,{" "}
          {signed(of.gain_max)} when it finds nothing.
        </p>
      )}
      <Staged of={of.staged} items={of.item_count} />
      {isNetwork && <Recommendation namespace={of.namespace} />}
      <Items of={of} method={method} />
      <DismissForm of={of} />
    </article>
  );
}

function Staged({ of, items }: { of: readonly StagedCoverage[]; items: number }) {
  if (of.length === 0) return null;
  return (
    <section aria-labelledby="staged-title" class="detail-part">
      <h3 id="staged-title">Staged policies that cover it</h3>
      <ul class="staged">
        {of.map((staged) => (
          <li key={staged.policy}>
            <strong>{staged.policy ?? "Staged policies that are not in the input"}</strong>
            <span class="quiet">
              covers {count(staged.items)} of {counted(items, "item")}; enforcing it gains{" "}
              {decimal(staged.gain)} points
              {staged.by === "pending_traces" && ", as the flow logs tell"}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Items({ of, method }: { of: ShownAction; method: Method }) {
  // those of the input as it is: what is tried takes none of them away
  const total = actionsById.value.get(of.id)?.item_count ?? 0;
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [page, setPage] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    ask("items", [of.id, page * ITEMS, (page + 1) * ITEMS]).then(
      (found) => isCurrent && setItems(found),
      () => isCurrent && setItems([]),
    );
    return () => {
      isCurrent = false;
    };
  }, [of.id, page]);
  return (
    <section aria-labelledby="items-title" class="detail-part">
      <h3 id="items-title">
        {counted(of.item_count, "item")}
        {of.item_count > 1 && <span class="quiet"> the heaviest first</span>}
      </h3>
      {items !== null && (
        <>
          <ul class="items">
            {items.map((item) => (
              <ItemEntry key={item.key} of={item} method={method} />
            ))}
          </ul>
          <Pager total={total} page={page} size={ITEMS} noun="items" turn={setPage} />
        </>
      )}
    </section>
  );
}
