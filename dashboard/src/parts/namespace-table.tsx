/** Namespaces in a table: the score of each, what it costs, and its four shares. */

import { decimal, exact } from "../model/points.ts";
import { RISK_TYPES, type RiskType } from "../model/report.ts";
import { count, SHORT_TITLES, TITLES } from "../model/words.ts";
import { href } from "../state/route.ts";
import type { ShownNamespace, ShownShare } from "../state/shown.ts";
import { Bar, Frame, Lost, Score } from "./basics.tsx";

export type SortKey = "risk" | "namespace" | "score" | RiskType;
export interface Sort {
  key: SortKey;
  isUp: boolean;
}

export function NamespaceTable(props: {
  of: readonly ShownNamespace[];
  isTop?: boolean;
  sort?: Sort;
  onSort?: (key: SortKey) => void;
}) {
  const { sort, onSort } = props;
  const head = (key: SortKey, title: string, tone: string, full = title) => (
    <th scope="col" class={tone} aria-sort={ariaSort(sort, key)}>
      {onSort === undefined ? (
        <abbr title={full}>{title}</abbr>
      ) : (
        <button type="button" class="sort" title={full} onClick={() => onSort(key)}>
          {title}
          <span class="sort-mark" aria-hidden="true">
            {sort?.key === key ? (sort.isUp ? "↑" : "↓") : ""}
          </span>
        </button>
      )}
    </th>
  );
  return (
    <>
      <Frame label="Namespaces">
        <table class="namespaces">
          <thead>
            <tr>
              {head("namespace", "Namespace", "")}
              {head("score", "Score", "right")}
              {head("risk", "Lost", "right", "Points of the cluster's score")}
              {RISK_TYPES.map((type) =>
                head(type, SHORT_TITLES[type], `share ${type}`, TITLES[type]),
              )}
            </tr>
          </thead>
          <tbody>
            {props.of.map((each) => (
              <tr key={each.namespace}>
                <th scope="row">
                  <a class="clip" href={href("namespaces", each.namespace)}>
                    {each.namespace}
                  </a>
                </th>
                <td class="right">
                  <Score of={each.score} />
                </td>
                <td class="right">
                  <Lost of={each.risk} />
                </td>
                {RISK_TYPES.map((type) => (
                  <td key={type} class="share">
                    <Share type={type} of={each.types[type]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Frame>
      <p class="share-legend quiet small" aria-hidden="true">
        {RISK_TYPES.map((type) => (
          <span key={type}>
            <span class={`swatch ${type}`} />
            {SHORT_TITLES[type]}
          </span>
        ))}
      </p>
    </>
  );
}

function Share({ type, of }: { type: RiskType; of: ShownShare }) {
  if (of.status === "not_assessed") return <span class="quiet small">not assessed</span>;
  if (of.whole === 0) return <span class="quiet">–</span>;
  return (
    <span
      class="share-cell"
      title={`${TITLES[type]}: ${count(of.part)} of ${count(of.whole)}, ${decimal(of.contribution)} points lost`}
    >
      <Bar share={of.share} tone={type} />
      <data
        class={of.contribution === 0 ? "number small quiet" : "number small"}
        value={exact(of.contribution)}
      >
        {of.share === 0 ? "0" : count(of.part)}/{count(of.whole)}
      </data>
    </span>
  );
}

function ariaSort(sort: Sort | undefined, key: SortKey) {
  if (sort === undefined) return undefined;
  if (sort.key !== key) return "none" as const;
  return sort.isUp ? ("ascending" as const) : ("descending" as const);
}
