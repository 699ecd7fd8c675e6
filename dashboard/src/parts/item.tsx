/** One item at risk, and the evidence behind it. */

import type { ComponentChildren } from "preact";
import { farEnd, JOINS, named } from "../model/evidence.ts";
import { decimal, exact } from "../model/points.ts";
import type { CveSeverity, EdgeEvidence, Evidence, Item, Method } from "../model/report.ts";
import { dateAndTime } from "../model/times.ts";
import { bytes, count, counted } from "../model/words.ts";

export function ItemEntry({ of, method }: { of: Item; method: Method }) {
  return (
    <li>
      <details class="item">
        <summary>
          <span class="item-name">{title(of, method)}</span>
          <data class="number" value={exact(of.points)} title={exact(of.points)}>
            {decimal(of.points)}
          </data>
        </summary>
        <dl class="facts">
          <EvidenceFacts of={of.evidence} itemKey={of.key} />
        </dl>
      </details>
    </li>
  );
}

function title(of: Item, method: Method): string {
  if ("image" in of.evidence) return of.evidence.image.names[0] ?? of.key;
  const isWeighed = "edge" in of.evidence && method.traffic_unit !== "edges";
  return isWeighed ? `${of.key}, ${counted(of.units, method.traffic_unit.slice(0, -1))}` : of.key;
}

function EvidenceFacts({ of, itemKey }: { of: Evidence; itemKey: string }) {
  if ("image" in of) {
    const { names, scan, workloads } = of.image;
    return (
      <>
        <Fact about="Image">{itemKey}</Fact>
        {names.length > 1 && <Fact about="Names">{names.join(", ")}</Fact>}
        <Fact about="Workloads">{workloads.map(named).join(", ")}</Fact>
        {scan === null ? (
          <Fact about="Scan">none that can be used</Fact>
        ) : (
          <>
            <Fact about="Scan">
              {[scan.file, scan.place].filter(Boolean).join(", ")}, by {JOINS[scan.join]}
              {scan.at !== null && `, of ${dateAndTime(scan.at)}`}
            </Fact>
            <Vulnerabilities of={scan.vulnerabilities} total={scan.vulnerability_count} />
          </>
        )}
      </>
    );
  }
  if ("workload" in of) {
    const { edges, edge_count: total } = of.workload;
    return (
      <>
        {edges.map((edge) => (
          <EdgeFacts key={`${farEnd(edge)} ${edge.direction}`} of={edge} about={farEnd(edge)} />
        ))}
        {total > edges.length && (
          <Fact about="More">{counted(total - edges.length, "other edge")}</Fact>
        )}
      </>
    );
  }
  if ("edge" in of) return <EdgeFacts of={of.edge} about="Unsecured" />;
  return (
    <Fact about="Why">
      no policy decides the {of.ungoverned.direction} of {named(of.ungoverned.workload)}
    </Fact>
  );
}

function EdgeFacts({ of, about }: { of: EdgeEvidence; about: string }) {
  const names = [...of.domains, ...of.addresses].join(", ");
  const others = of.more_addresses || of.more_domains ? " and others" : "";
  return (
    <Fact about={about}>
      <span class="number">
        {counted(of.connections, "connection")}, {bytes(of.bytes)}
      </span>
      {of.last_unsecured !== null && <span>, last {dateAndTime(of.last_unsecured)}</span>}
      {names !== "" && <span class="block quiet">{names + others}</span>}
      {of.awaiting_reconnect && (
        <span class="block quiet">
          awaiting reconnect: today's policies would secure it, once its connections are made anew
        </span>
      )}
    </Fact>
  );
}

function Vulnerabilities(props: {
  of: readonly { id: string; severity: CveSeverity }[];
  total: number;
}) {
  const bySeverity = Map.groupBy(props.of, (found) => found.severity);
  const rest = props.total - props.of.length;
  return (
    <>
      {[...bySeverity].map(([severity, found]) => (
        <Fact key={severity} about={`${severity[0]?.toUpperCase()}${severity.slice(1)}`}>
          {count(found.length)}: {found.map((each) => each.id).join(", ")}
        </Fact>
      ))}
      {rest > 0 && (
        <Fact about="More">{counted(rest, "other vulnerability", "other vulnerabilities")}</Fact>
      )}
    </>
  );
}

function Fact({ about, children }: { about: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{about}</dt>
      <dd>{children}</dd>
    </div>
  );
}
