/** What was read, what was lost on the way, and what is missing. */

import { useState } from "preact/hooks";
import { coverageLines, missing } from "../model/coverage.ts";
import { bytes, count, counted, issuePlace, issueText } from "../model/words.ts";
import { Copy, Frame, Section } from "../parts/basics.tsx";
import { AddFiles } from "../parts/header.tsx";
import { Pager, pageOf } from "../parts/pager.tsx";
import { Presets } from "../parts/presets.tsx";
import { files, isReport, stop } from "../state/assessment.ts";
import { change, NOTHING } from "../state/scenario.ts";
import type { Shown } from "../state/shown.ts";

export function Input({ of }: { of: Shown }) {
  const lacks = missing(of.head);
  return (
    <div class="input-view">
      <h1>Input</h1>
      <dl class="coverage-lines">
        {coverageLines(of.head).map((line) => (
          <div key={line.about}>
            <dt>{line.about}</dt>
            <dd>{line.text}</dd>
          </div>
        ))}
      </dl>
      {lacks.length > 0 && (
        <Section title="What is missing" id="missing">
          <ul class="missing">
            {lacks.map((one) => (
              <li key={one.what}>
                <p>
                  <strong>{one.what}.</strong> {one.how}
                </p>
                {one.command !== null && (
                  <div class="begin">
                    <code>{one.command}</code>
                    <Copy text={one.command} />
                  </div>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Issues of={of} />
      <Files />
      <MethodUsed of={of} />
    </div>
  );
}

function Issues({ of }: { of: Shown }) {
  const [page, setPage] = useState(0);
  const { issues } = of.head;
  const total = issues.reduce((all, issue) => all + issue.count, 0);
  return (
    <Section title={total === 0 ? "No issues" : counted(total, "issue")} id="issues">
      {issues.length === 0 ? (
        <p class="quiet">Everything that was read could be used.</p>
      ) : (
        <Frame label="Issues">
          <table class="issues">
            <thead>
              <tr>
                <th scope="col">Severity</th>
                <th scope="col">Where</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {pageOf(issues, page).map((issue) => (
                <tr key={`${issue.file} ${issue.at} ${issue.message}`}>
                  <td>
                    <span
                      class={`chip ${issue.severity === "warning" ? "severity medium" : "hollow"}`}
                    >
                      {issue.severity}
                    </span>
                  </td>
                  <td class="quiet wrap">{issuePlace(issue)}</td>
                  <td class="wrap">{issueText(issue)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Frame>
      )}
      <Pager total={issues.length} page={page} noun="issues" turn={setPage} />
    </Section>
  );
}

function Files() {
  const [page, setPage] = useState(0);
  const all = files.value;
  if (isReport.value) {
    return (
      <Section title="Files" id="files">
        <p class="quiet">
          This report brings its input along: of flow logs the edges that were counted, of all else
          the files as they came. Whoever has the report has what is in them, secrets too.
        </p>
      </Section>
    );
  }
  const size = all.reduce((sum, file) => sum + file.size, 0);
  return (
    <Section
      title={`${counted(all.length, "file")}, ${bytes(size)}`}
      id="files"
      aside={
        <span class="tools">
          <AddFiles label="Add files" />
          <button
            type="button"
            class="button"
            onClick={() => {
              change(NOTHING);
              stop();
            }}
          >
            Start anew
          </button>
        </span>
      }
    >
      <ul class="files">
        {pageOf(all, page, 60).map((file) => (
          <li key={file.name}>
            <span class="wrap">{file.name}</span>
            <span class="quiet number">{bytes(file.size)}</span>
          </li>
        ))}
      </ul>
      <Pager total={all.length} page={page} size={60} noun="files" turn={setPage} />
    </Section>
  );
}

function MethodUsed({ of }: { of: Shown }) {
  return (
    <Section title="Method" id="method">
      <div class="tools">
        <span class="quiet">Scoring version {count(of.head.scoring_version)}, by the preset</span>
        <Presets />
      </div>
    </Section>
  );
}
