/** What a score rests on, and what is missing: sentences, the same as the command line's. */

import type { Head } from "./report.ts";
import { duration, span } from "./times.ts";
import { count, counted, isAssessed } from "./words.ts";

export interface Line {
  about: string;
  text: string;
}

/** Something that is missing, and the command whose output gives it. */
export interface Missing {
  what: string;
  how: string;
  command: string | null;
}

const UNKNOWN: Record<string, string> = {
  only_staged: "with staged verdicts only",
  unreadable_trace: "with an unreadable trace",
  ends_in_pass: "whose trace ends in a pass",
  unknown_rule: "decided by an unknown rule",
  no_policies: "without trace or policies",
  unread_policy: "that a policy of another kind may govern",
  labels_unknown: "of ends with unknown labels",
  peer_unknown: "with an unknown peer or address",
  port_unknown: "with an unknown protocol or port",
  service_unknown: "to a Service with unknown endpoints",
  above_layer_four: "that depend on domain names or HTTP",
  not_policed: "within a pod or from its own node",
};

export function coverageLines(head: Head): Line[] {
  return [
    { about: "Traffic", text: traffic(head) },
    { about: "Images", text: images(head) },
    { about: "Objects", text: objects(head) },
  ];
}

export function missing(head: Head): Missing[] {
  if (head.status === "no_data") return [noData(head)];
  const found: Missing[] = [];
  if (!isAssessed(head, "high_risk_images")) found.push(noImages(head));
  if (!isAssessed(head, "egress_access")) found.push(noNetwork(head));
  return found;
}

function traffic(head: Head): string {
  const { records, newest_record_age: age } = head.coverage;
  if (records.total === 0) {
    const judged = head.types.some((of) => of.type === "egress_access" && of.evidence === "static");
    return judged ? "no flow records, judged from the policies alone" : "no flow records";
  }
  const unknown = Object.values(records.unknown).reduce((all, each) => all + each, 0);
  const known = records.secured + records.unsecured;
  const parts = [`${count(known)} of ${counted(known + unknown, "flow record")} of known state`];
  if (head.window !== null) parts.push(span(head.window.start, head.window.end));
  if (age !== null && age >= 3600) parts.push(`the newest ${duration(age)} old`);
  for (const [why, number] of Object.entries(records.unknown)) {
    parts.push(`${count(number)} ${UNKNOWN[why] ?? why}`);
  }
  if ((records.direction_unknown ?? 0) > 0) {
    parts.push(`${count(records.direction_unknown ?? 0)} of unknown direction`);
  }
  if (records.awaiting_reconnect > 0) {
    parts.push(`${count(records.awaiting_reconnect)} awaiting reconnect`);
  }
  if (records.secured_if_staged_enforced > 0) {
    parts.push(`${count(records.secured_if_staged_enforced)} would be secured by staged policies`);
  }
  return parts.join(", ");
}

function images(head: Head): string {
  const of = head.coverage.images;
  const parts = [`${count(of.scanned)} of ${counted(of.running, "running image")} scanned`];
  const weak = of.joins.name ?? 0;
  if (weak > 0) parts.push(`${count(weak)} by name and tag only`);
  if (of.unmatched_scans > 0) {
    parts.push(`${counted(of.unmatched_scans, "scan fits", "scans fit")} no running image`);
  }
  if (of.findings_without_severity > 0) {
    parts.push(`${counted(of.findings_without_severity, "finding")} without severity`);
  }
  if (of.suppressed_findings > 0) {
    parts.push(`${counted(of.suppressed_findings, "finding")} suppressed`);
  }
  return parts.join(", ");
}

function objects(head: Head): string {
  const { pods, policies, staged_policies, unread_policies, uncovered_workloads } = head.coverage;
  const parts: string[] = [];
  if (pods.declared === 0) {
    parts.push(`${count(pods.running)} of ${counted(pods.total, "pod")} running`);
  } else if (pods.running === pods.declared) {
    parts.push(`${counted(pods.declared, "pod")} declared in manifests`);
  } else {
    parts.push(
      `${count(pods.running)} of ${counted(pods.total, "pod")} running or declared in manifests (${count(pods.declared)} declared)`,
    );
  }
  parts.push(counted(policies, "network policy", "network policies"));
  if (unread_policies > 0) {
    const noun = counted(
      unread_policies,
      "policy of another kind is",
      "policies of other kinds are",
    );
    parts.push(`${noun} not evaluated`);
  }
  if (staged_policies > 0) parts.push(counted(staged_policies, "staged policy", "staged policies"));
  if (uncovered_workloads > 0) {
    const one = "workload shares its node's network and is";
    const many = "workloads share their nodes' network and are";
    parts.push(`${counted(uncovered_workloads, one, many)} not judged by traffic`);
  }
  return parts.join(", ");
}

function noData(head: Head): Missing {
  const { pods } = head.coverage;
  if (pods.total > 0 && pods.running === 0) {
    return {
      what: "No score",
      how: `None of ${counted(pods.total, "pod")} is running.`,
      command: null,
    };
  }
  if (pods.running > 0) {
    return {
      what: "No score",
      how: "No running workload is in the method's scope.",
      command: null,
    };
  }
  return {
    what: "No score",
    how: "No namespace was found. Add the cluster's pods.",
    command: "kubectl get ns,no,po,rs,job,svc,netpol -A -o json > cluster.json",
  };
}

function noImages(head: Head): Missing {
  if (head.coverage.pods.total === 0) {
    return {
      what: "Images are not assessed",
      how: "Add the cluster's pods.",
      command: "kubectl get pods -A -o json > pods.json",
    };
  }
  return {
    what: "Images are not assessed",
    how: "Add image scans, or the reports of the trivy-operator.",
    command: "trivy image --format json IMAGE > scan.json",
  };
}

function noNetwork(head: Head): Missing {
  const { records, pods, policies_known: known } = head.coverage;
  if (records.total === 0 && pods.total === 0) {
    return {
      what: "Traffic is not assessed",
      how: "Add the cluster's pods and network policies.",
      command: "kubectl get pods,networkpolicies -A -o json > cluster.json",
    };
  }
  if (known) {
    return {
      what: "Traffic is not assessed",
      how: "Nothing that was read has a known state. Add flow logs.",
      command: null,
    };
  }
  return {
    what: "Traffic is not assessed",
    how: "Add the network policies; a list without any says that there are none.",
    command: "kubectl get networkpolicies -A -o json > policies.json",
  };
}
