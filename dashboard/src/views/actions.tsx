/** All that there is to do: filtered, searched, each with its detail beside it. */

import { useRef } from "preact/hooks";
import type { ActionSeverity, RiskType } from "../model/report.ts";
import { RISK_TYPES } from "../model/report.ts";
import { count, SEVERITIES, TITLES } from "../model/words.ts";
import { Bar, Gain, Severity } from "../parts/basics.tsx";
import { Pager, pageOf } from "../parts/pager.tsx";
import { Tick } from "../parts/tick.tsx";
import { filter, href, type Route, route } from "../state/route.ts";
import type { Shown, ShownAction } from "../state/shown.ts";
import { ActionDetail } from "./action-detail.tsx";
import { DismissedList } from "./dismissed.tsx";

export function Actions({ of }: { of: Shown }) {
  const { of: id, filters } = route.value;
  const found = of.actions.filter(matches(filters));
  const page = Number(filters.page ?? 0);
  const first = useFirst(found);
  const opened = id === null ? first : of.actions.find((action) => action.id === id);
  return (
    <div class={id === null ? "actions" : "actions opened"}>
      <div class="actions-list">
        <h1>
          Actions <span class="quiet number">{count(found.length)}</span>
        </h1>
        <Filters />
        {found.length === 0 ? (
          <p class="quiet">
            {of.actions.length === 0 ? "There is nothing to do." : "No action fits the filter."}
          </p>
        ) : (
          <ol class="rows">
            {pageOf(found, page).map((action) => (
              <ActionRow
                key={action.id}
                of={action}
                rank={of.actions.indexOf(action) + 1}
                isOpen={action.id === opened?.id}
              />
            ))}
          </ol>
        )}
        <Pager
          total={found.length}
          page={page}
          noun="actions"
          turn={(next) => filter({ page: String(next) })}
        />
        <DismissedList of={of.head} />
      </div>
      <div class="actions-detail">
        {opened !== undefined ? (
          <ActionDetail key={opened.id} of={opened} method={of.head.method} />
        ) : (
          id !== null && (
            <p class="quiet actions-hint">
              {id} is not at risk here: there is nothing to do.{" "}
              <a href={href("actions")}>All actions</a>
            </p>
          )
        )}
      </div>
    </div>
  );
}

/**
 * Where there is room, the first is open before one is chosen. It stays so when a tick gives it another
 * place, or the focus would be lost with it.
 */
function useFirst(found: readonly ShownAction[]): ShownAction | undefined {
  const { filters } = route.value;
  const kept = useRef<{ id: string | undefined; filters: Route["filters"] } | null>(null);
  const last = kept.current?.filters === filters ? kept.current.id : undefined;
  const first = found.find((action) => action.id === last) ?? found[0];
  kept.current = { id: first?.id, filters };
  return first;
}

function ActionRow(props: { of: ShownAction; rank: number; isOpen: boolean }) {
  const { of, rank, isOpen } = props;
  return (
    <li class={`row is-${of.state}${isOpen ? " current" : ""}`}>
      <span class="rank number">{of.state === "open" ? rank : "·"}</span>
      <div class="row-main">
        <a
          class="row-title"
          href={href("actions", of.id, route.value.filters)}
          aria-current={isOpen ? "true" : undefined}
        >
          {of.title}
        </a>
        <div class="row-line">
          {of.state === "open" ? (
            <Severity of={of.severity} />
          ) : (
            <span class="chip hollow">{of.state === "done" ? "what if done" : "dismissed"}</span>
          )}
          <span class="row-bar">
            <Bar share={of.whole === 0 ? 0 : of.part / of.whole} tone={of.type} />
          </span>
          <span class="quiet small number">
            {count(of.part)} of {count(of.whole)}
          </span>
        </div>
      </div>
      <Gain least={of.gain} most={of.gain_max} />
      <Tick action={of.id} title={of.title} />
    </li>
  );
}

function Filters() {
  const { filters } = route.value;
  const set = (key: string) => (event: Event) => {
    filter({ [key]: (event.currentTarget as HTMLInputElement | HTMLSelectElement).value });
  };
  return (
    <search class="filters">
      <input
        type="search"
        placeholder="Search"
        aria-label="Search actions"
        value={filters.q ?? ""}
        onInput={set("q")}
      />
      <select aria-label="Risk type" value={filters.type ?? ""} onChange={set("type")}>
        <option value="">All types</option>
        {RISK_TYPES.map((type) => (
          <option key={type} value={type}>
            {TITLES[type]}
          </option>
        ))}
      </select>
      <select aria-label="Severity" value={filters.severity ?? ""} onChange={set("severity")}>
        <option value="">All severities</option>
        {SEVERITIES.map((severity) => (
          <option key={severity} value={severity}>
            {severity}
          </option>
        ))}
      </select>
      {filters.namespace !== undefined && filters.namespace !== "" && (
        <button type="button" class="button" onClick={() => filter({ namespace: "" })}>
          in {filters.namespace} ×
        </button>
      )}
    </search>
  );
}

function matches(filters: Readonly<Record<string, string>>): (action: ShownAction) => boolean {
  const { type, severity, namespace, q } = filters as Partial<{
    type: RiskType;
    severity: ActionSeverity;
    namespace: string;
    q: string;
  }>;
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (action) => {
    if (type && action.type !== type) return false;
    if (severity && action.severity !== severity) return false;
    if (namespace && action.namespace !== namespace) return false;
    const text = `${action.title} ${action.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
