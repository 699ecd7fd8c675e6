/** Ends of traffic in words. */

import type { EdgeEvidence, Peer, ScanEvidence, WorkloadId } from "./report.ts";

export const JOINS: Record<ScanEvidence["join"], string> = {
  manifest_digest: "manifest digest",
  config_digest: "image id",
  operator_labels: "the operator's labels",
  name: "name and tag only",
};

const PLACES: Record<string, string> = {
  public: "the Internet",
  private: "private addresses",
  metadata: "cloud metadata",
  cluster: "the cluster",
  local: "the node itself",
  unknown: "an unknown end",
};

export function named(of: WorkloadId): string {
  return [of.namespace, of.kind, of.name].filter(Boolean).join("/");
}

export function peerName(of: Peer): string {
  if (of.type === undefined) return [of.namespace, of.kind, of.name].filter(Boolean).join("/");
  const place = PLACES[of.type];
  if (place !== undefined) return place;
  const name = [of.namespace, of.name].filter(Boolean).join("/");
  return of.type === "workload"
    ? [of.namespace, of.kind, of.name].filter(Boolean).join("/")
    : `${of.type.replace("_", " ")} ${name}`;
}

/** `the Internet tcp/443` */
export function farEnd(of: EdgeEvidence): string {
  const protocol = typeof of.protocol === "string" ? of.protocol : `protocol ${of.protocol.number}`;
  const port = of.port === "none" ? "" : of.port === "aggregated" ? "/any" : `/${of.port.number}`;
  return `${peerName(of.peer)} ${protocol}${port}`;
}
