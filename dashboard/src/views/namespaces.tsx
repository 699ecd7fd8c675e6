import { Treemap } from "../charts/treemap.tsx";
import { count } from "../model/words.ts";
import { NamespaceTable, type Sort, type SortKey } from "../parts/namespace-table.tsx";
import { Pager, pageOf } from "../parts/pager.tsx";
import { filter, route } from "../state/route.ts";
import type { Shown, ShownNamespace } from "../state/shown.ts";
import { NamespacePage } from "./namespace-page.tsx";

/** Fewer are told at a glance by the table. */
const FOR_A_MAP = 6;

export function Namespaces({ of }: { of: Shown }) {
  const { of: name, filters } = route.value;
  if (name !== null) return <NamespacePage of={of} name={name} />;
  const sort = sortOf(filters.sort);
  const wanted = (filters.q ?? "").toLowerCase();
  const found = of.namespaces.filter((each) => each.namespace.toLowerCase().includes(wanted));
  const sorted = sort.key === "risk" && !sort.isUp ? found : [...found].sort(order(sort));
  const page = Number(filters.page ?? 0);
  const onSort = (key: SortKey) => {
    const isUp = sort.key === key ? !sort.isUp : key === "namespace" || key === "score";
    filter({ sort: `${isUp ? "" : "-"}${key}` });
  };
  return (
    <div class="namespaces-view">
      <h1>
        Namespaces <span class="quiet number">{count(found.length)}</span>
      </h1>
      {of.namespaces.length >= FOR_A_MAP && (
        <figure class="map">
          <Treemap of={of.namespaces} />
          <figcaption class="quiet small">
            <span>Area: points lost.</span>
            <span class="legend">
              Score of the namespace
              {["90–100", "75–89", "60–74", "40–59", "0–39"].map((range, place) => (
                <span key={range} class="legend-step">
                  <span class={`legend-box step-${place}`} aria-hidden="true" />
                  {range}
                </span>
              ))}
            </span>
          </figcaption>
        </figure>
      )}
      <search class="filters">
        <input
          type="search"
          placeholder="Search"
          aria-label="Search namespaces"
          value={filters.q ?? ""}
          onInput={(event) => filter({ q: event.currentTarget.value })}
        />
      </search>
      <NamespaceTable of={pageOf(sorted, page)} sort={sort} onSort={onSort} />
      <Pager
        total={sorted.length}
        page={page}
        noun="namespaces"
        turn={(next) => filter({ page: String(next) })}
      />
    </div>
  );
}

function sortOf(text = "-risk"): Sort {
  const isUp = !text.startsWith("-");
  return { key: text.replace(/^-/, "") as SortKey, isUp };
}

function order({ key, isUp }: Sort): (a: ShownNamespace, b: ShownNamespace) => number {
  const sign = isUp ? 1 : -1;
  if (key === "namespace") return (a, b) => sign * (a.namespace < b.namespace ? -1 : 1);
  const value = (of: ShownNamespace) => {
    if (key === "risk") return of.risk;
    if (key === "score") return of.score ?? 101;
    return of.types[key]?.share ?? 0;
  };
  return (a, b) => sign * (value(a) - value(b)) || (a.namespace < b.namespace ? -1 : 1);
}
