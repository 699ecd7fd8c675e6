/** The policy that would secure a namespace, and the proof that nothing breaks. */

import { useEffect, useState } from "preact/hooks";
import type { PolicyForm, Wanted, WithYaml } from "../model/answers.ts";
import { score } from "../model/points.ts";
import { BOTH_DIRECTIONS, count, counted, GRANULARITIES, noteText } from "../model/words.ts";
import { Copy, Download } from "../parts/basics.tsx";
import { head } from "../state/assessment.ts";
import { change } from "../state/scenario.ts";
import { ask } from "../worker/client.ts";

const FORMS: readonly [PolicyForm, string][] = [
  ["staged-calico", "StagedNetworkPolicy (Calico)"],
  ["staged-kubernetes", "StagedKubernetesNetworkPolicy (Calico)"],
  ["calico", "NetworkPolicy (Calico)"],
  ["kubernetes", "NetworkPolicy (Kubernetes)"],
];

const NOTES = 5;

/** With more edges it takes seconds to ask them all, which nobody waits for unasked. */
const MANY_EDGES = 20_000;

type Answer = { of: WithYaml | null } | { error: string } | null;

export function Recommendation({ namespace }: { namespace: string }) {
  const [form, setForm] = useState<PolicyForm>("staged-calico");
  const [granularity, setGranularity] = useState<Wanted["granularity"]>("namespace");
  const [isDenying, setDenying] = useState(false);
  const [answer, setAnswer] = useState<Answer>(null);
  const [isWanted, setWanted] = useState((head.value?.coverage.edges ?? 0) < MANY_EDGES);
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    setAnswer(null);
    const isolate = isDenying ? "both" : "unsecured";
    ask("recommend", [{ form, granularity, isolate }, namespace]).then(
      (of) => isCurrent && setAnswer({ of }),
      (error: Error) => isCurrent && setAnswer({ error: error.message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [namespace, form, granularity, isDenying, isWanted]);
  return (
    <section aria-labelledby="policy-title" class="detail-part">
      <h3 id="policy-title">Recommended policy</h3>
      <div class="filters">
        <select
          aria-label="Kind of policy"
          value={form}
          onChange={(event) => setForm(event.currentTarget.value as PolicyForm)}
        >
          {FORMS.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
        <select
          aria-label="One policy for each"
          value={granularity}
          onChange={(event) => setGranularity(event.currentTarget.value as Wanted["granularity"])}
        >
          <option value="namespace">{GRANULARITIES.namespace}</option>
          <option value="workload">{GRANULARITIES.workload}</option>
        </select>
        <label class="check">
          <input
            type="checkbox"
            checked={isDenying}
            onChange={(event) => setDenying(event.currentTarget.checked)}
          />
          {BOTH_DIRECTIONS}
        </label>
      </div>
      {isWanted ? (
        <Shown of={answer} namespace={namespace} />
      ) : (
        <button type="button" class="button" onClick={() => setWanted(true)}>
          Recommend a policy
        </button>
      )}
    </section>
  );
}

function Shown({ of, namespace }: { of: Answer; namespace: string }) {
  if (of === null) return <p class="quiet">Asking every edge that was seen…</p>;
  if ("error" in of) return <p class="failure">{of.error}</p>;
  const found = of.of;
  if (found === null) {
    return <p class="quiet">No policy can be made from the traffic that was seen.</p>;
  }
  const { proof } = found;
  if (found.policies.length === 0) {
    return (
      <>
        <p>Such a policy would deny what went through, so it is withheld:</p>
        <Notes of={found.withheld} />
      </>
    );
  }
  return (
    <>
      <p>
        Secures <strong class="number">{count(proof.covered)}</strong> of{" "}
        <strong class="number">{count(proof.targets)}</strong> at risk, would deny{" "}
        <strong class="number">{count(proof.would_deny.length)}</strong> of what went through
        {proof.unknown > 0 && `, ${counted(proof.unknown, "edge")} not known`}
        {proof.score_before !== null && proof.score_after !== null && (
          <>
            ; score <strong class="number">{score(proof.score_before)}</strong> →{" "}
            <strong class="number">{score(proof.score_after)}</strong>
          </>
        )}
        .
      </p>
      <Notes of={[...found.warnings, ...found.withheld]} />
      <div class="code-frame">
        <pre tabIndex={0}>{found.yaml}</pre>
      </div>
      <div class="tools">
        <Copy text={found.yaml} label="Copy YAML" />
        <Download text={found.yaml} name={`posture-${namespace}.yaml`} label="Download" />
        <button type="button" class="button" onClick={() => change({ policies: found.yaml })}>
          Try it
        </button>
      </div>
    </>
  );
}

function Notes({ of }: { of: readonly string[] }) {
  return (
    <ul class="notes">
      {of.slice(0, NOTES).map((note) => (
        <li key={note}>{noteText(note)}</li>
      ))}
      {of.length > NOTES && <li>and {count(of.length - NOTES)} more</li>}
    </ul>
  );
}
