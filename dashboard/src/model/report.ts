/**
 * What `posture` gives, as far as the page shows it; `posture schema result` is the whole.
 * Points are decimal numbers with at most nine fraction digits: a double holds each exactly.
 */

export const RISK_TYPES = [
  "high_risk_images",
  "unscanned_images",
  "egress_access",
  "namespace_isolation",
] as const;

export type RiskType = (typeof RISK_TYPES)[number];
export type PerType<T> = Record<RiskType, T>;
export type Points = number;
export type Status = "ok" | "no_data" | "not_assessed";
export type TypeStatus = "ok" | "not_applicable" | "not_assessed";
export type EvidenceKind = "scans" | "traffic" | "static";
export type ActionSeverity = "critical" | "high" | "medium" | "low";

export interface Report {
  scoring_version: number;
  method: Method;
  at: string | null;
  window: { start: string; end: string } | null;
  score: Points | null;
  status: Status;
  assessed_score: Points | null;
  score_without_dismissals: Points | null;
  previous: { at: string | null; score: Points | null } | null;
  delta: Points | null;
  types: TypeReport[];
  namespaces: NamespaceReport[];
  actions: ActionReport[];
  dismissals: { active: Dismissed[]; expired: Dismissed[]; orphaned: Dismissed[] };
  coverage: Coverage;
  issues: Issue[];
}

/** A report whose actions and dismissals come without their items: the assessment keeps these. */
export type Head = Omit<Report, "actions"> & { actions: Action[] };

export interface Method {
  weights: PerType<number>;
  namespace_weights: Record<string, number>;
  image_share: "proportional" | "any";
  traffic_unit: "edges" | "connections" | "bytes";
  scope: { include: string[]; exclude: string[] };
}

export interface TypeReport {
  type: RiskType;
  status: TypeStatus;
  evidence: EvidenceKind | null;
  weight: number;
  score: Points | null;
  contribution: Points;
  part: number;
  whole: number;
}

export interface NamespaceReport {
  namespace: string;
  score: Points | null;
  risk: Points;
  types: PerType<NamespaceType>;
}

export interface NamespaceType {
  status: TypeStatus;
  part: number;
  whole: number;
  dismissed: number;
  contribution: Points;
}

export interface Action {
  rank: number;
  id: string;
  type: RiskType;
  namespace: string;
  title: string;
  severity: ActionSeverity;
  gain: Points;
  gain_max: Points;
  part: number;
  whole: number;
  item_count: number;
  staged: StagedCoverage[];
}

export type ActionReport = Action & { items: Item[] };

export interface StagedCoverage {
  policy: string | null;
  items: number;
  gain: Points;
  by: "evaluation" | "pending_traces";
}

export interface Dismissed {
  action: string;
  reason: string;
  by: string;
  at: string;
  until: string | null;
  covers: "items" | "action";
  points: Points;
  item_count: number;
}

export interface Item {
  key: string;
  units: number;
  points: Points;
  evidence: Evidence;
}

export type Evidence =
  | { image: ImageEvidence }
  | { workload: { workload: WorkloadId; edge_count: number; edges: EdgeEvidence[] } }
  | { edge: EdgeEvidence }
  | { ungoverned: { direction: Direction; workload: WorkloadId } };

export type Direction = "egress" | "ingress";
export interface WorkloadId {
  namespace: string;
  name: string;
  kind: string;
}

export interface ImageEvidence {
  names: string[];
  scan: ScanEvidence | null;
  workloads: WorkloadId[];
}

export interface ScanEvidence {
  at: string | null;
  file: string;
  place: string;
  join: "manifest_digest" | "config_digest" | "operator_labels" | "name";
  vulnerabilities: { id: string; severity: CveSeverity }[];
  vulnerability_count: number;
}

export type CveSeverity = "critical" | "high" | "medium" | "low" | "negligible";

export interface EdgeEvidence {
  workload: WorkloadId;
  direction: Direction;
  peer: Peer;
  protocol: string | { number: number };
  port: "none" | "aggregated" | { number: number };
  last_unsecured: string | null;
  connections: number;
  bytes: number;
  addresses: string[];
  more_addresses: boolean;
  domains: string[];
  more_domains: boolean;
  awaiting_reconnect: boolean;
}

export interface Peer {
  type?: string;
  kind?: string;
  name?: string;
  namespace?: string;
}

export interface Coverage {
  records: {
    total: number;
    secured: number;
    unsecured: number;
    unknown: Record<string, number>;
    direction_unknown?: number;
    awaiting_reconnect: number;
    secured_if_staged_enforced: number;
  };
  newest_record_age: number | null;
  edges: number;
  pods: { total: number; running: number; declared: number };
  uncovered_workloads: number;
  images: {
    running: number;
    scanned: number;
    joins: Record<string, number>;
    scans: number;
    unmatched_scans: number;
    findings_without_severity: number;
    suppressed_findings: number;
    vex_statements: number;
    unmatched_vex_statements: number;
  };
  policies: number;
  unread_policies: number;
  staged_policies: number;
  policies_known: boolean;
}

export interface Issue {
  severity: "warning" | "info";
  kind: string;
  file: string;
  at: string;
  message: string;
  count: number;
}
