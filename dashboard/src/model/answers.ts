/** What the open assessment answers when it is asked. */

import type { Moves } from "./merge.ts";
import type { PerType, Points, RiskType, Status } from "./report.ts";

/** What would be different, as `try_out` reads it. */
export interface Changes {
  done: string[];
  dismiss: string[];
  revert: string[];
  weights: Partial<PerType<number>>;
  left_out: string[];
}

/** What the scores would be. */
export interface Outcome {
  status: Status;
  score: Points | null;
  assessed_score: Points | null;
  score_at_worst: Points | null;
  score_without_dismissals: Points | null;
  types: PerType<Points | null>;
}

export interface NamespaceTried {
  namespace: string;
  score: Points | null;
  risk: Points;
  types: PerType<Points>;
}

/** What is left to do. */
export interface Left {
  action: string;
  item_count: number;
  gain: Points;
  gain_max: Points;
}

/** What moves with a scenario, apart from the scores. */
export interface Moved {
  namespaces: Moves<NamespaceTried>;
  left: Moves<Left>;
}

export type Goal = { target: string } | { steps: number };

export interface Plan {
  score: Points | null;
  steps: PlanStep[];
}

export interface PlanStep {
  action: string;
  item_count: number;
  gain: Points;
  gain_max: Points;
  score: Points;
  score_max: Points;
}

export type PolicyForm = "staged-calico" | "staged-kubernetes" | "calico" | "kubernetes";

export interface Wanted {
  form: PolicyForm;
  granularity: "namespace" | "workload";
  /** Which directions are isolated: those with unsecured traffic, or both. */
  isolate: "unsecured" | "both";
}

export interface Recommendations {
  recommendations: Recommended[];
  score: Points | null;
  score_with_all: Points | null;
}

/** A recommendation, and the text of its policies. */
export type WithYaml = Recommended & { yaml: string };

export interface Recommended {
  namespace: string;
  status: string | null;
  /** None where they would deny what went through: then `withheld` says what. */
  policies: object[];
  proof: {
    covered: number;
    targets: number;
    would_deny: string[];
    unknown: number;
    score_before: Points | null;
    score_after: Points | null;
  };
  withheld: string[];
  warnings: string[];
}

/** A point of the history, as far as it is drawn. */
export interface Moment {
  at: string | null;
  score: Points | null;
  types: { type: RiskType; score: Points | null }[];
}

export interface Delta {
  delta: Points | null;
  method_changes: string[];
  kinds: Record<string, Points>;
  parts: DeltaPart[];
}

export interface DeltaPart {
  kind: string;
  type: RiskType;
  namespace: string;
  points: Points;
  count: number;
}
