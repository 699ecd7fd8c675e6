import { counted } from "../model/words.ts";
import { Copy } from "../parts/basics.tsx";
import { AddFiles } from "../parts/header.tsx";
import { files, goBack, isReport, loadExample, stop } from "../state/assessment.ts";

const COMMAND = "kubectl get ns,no,po,rs,job,svc,netpol -A -o json > cluster.json";

const READS: readonly [string, string][] = [
  ["Objects", "Kubernetes objects as JSON or YAML: a dump of the cluster, or manifests"],
  ["Flow logs", "of Calico (Goldmane, Whisker, Cloud) and Cilium (Hubble)"],
  ["Image scans", "of Trivy, Grype, or as CycloneDX; VEX"],
  ["Archives", "of any of these: tar, zip, gzip, zstd"],
];

export function Empty({ failure }: { failure: string | null }) {
  return (
    <div class="empty">
      <h1>Cluster Security Score</h1>
      <p class="lead">
        From 0 to 100, exactly, with a reason for every lost point. Drop files anywhere on this
        page.
      </p>
      {failure !== null && <Failure of={failure} />}
      <div class="empty-tools">
        <AddFiles label="Choose files" isMain />
        <button type="button" class="button large" onClick={() => void loadExample()}>
          Load the example
        </button>
      </div>
      <p class="promise">
        <Lock /> Nothing leaves this page: files are read and scored in your browser.
      </p>
      <dl class="reads">
        {READS.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div class="begin">
        <span class="quiet">To begin with:</span>
        <code>{COMMAND}</code>
        <Copy text={COMMAND} />
      </div>
    </div>
  );
}

/** What was shown before is a step away: what failed has not taken its place. */
function Failure({ of }: { of: string }) {
  const kept = files.value.length;
  return (
    <>
      <p class="failure" role="alert">
        {of}
      </p>
      {(isReport.value || kept > 0) && (
        <div class="kept">
          <p class="quiet">
            {isReport.value
              ? "The report is still here."
              : `${counted(kept, "file")} read before ${kept === 1 ? "is" : "are"} kept: what you choose is added.`}
          </p>
          <div class="empty-tools">
            <button type="button" class="button large" onClick={() => void goBack()}>
              {isReport.value ? "Open the report again" : "Go back to before"}
            </button>
            {!isReport.value && (
              <button type="button" class="button large" onClick={stop}>
                Start anew
              </button>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function Lock() {
  return (
    <svg class="lock" viewBox="0 0 16 16" aria-hidden="true">
      <rect x="3" y="7" width="10" height="7" rx="1.5" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </svg>
  );
}
