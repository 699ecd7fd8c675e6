/** From 100 down to the score: what each type, or each namespace, takes. */

import { useState } from "preact/hooks";
import { decimal, exact, minus, score, sum } from "../model/points.ts";
import type { Points, RiskType } from "../model/report.ts";
import { band, counted, TITLES } from "../model/words.ts";
import { Switch } from "../parts/basics.tsx";
import { href } from "../state/route.ts";
import type { Shown } from "../state/shown.ts";

interface Step {
  label: string;
  detail: string;
  points: Points;
  tone: string;
  link: string | null;
}

type By = "type" | "namespace";
const BY: readonly [By, string][] = [
  ["type", "By type"],
  ["namespace", "By namespace"],
];

/** Namespaces that are named; the rest are one step. */
const NAMED = 8;

export function Waterfall({ of }: { of: Shown }) {
  const [by, setBy] = useState<By>("type");
  if (of.score === null) return <p class="quiet">There is no score to explain.</p>;
  const steps = by === "type" ? byType(of) : byNamespace(of);
  return (
    <>
      <Switch label="What the lost points are told by" options={BY} value={by} choose={setBy} />
      <Steps steps={steps} end={of.score} />
    </>
  );
}

function Steps({ steps, end }: { steps: readonly Step[]; end: Points }) {
  // the axis starts below the score, at a round number: small losses stay visible
  const floor = Math.max(0, Math.floor((end - (100 - end) * 0.25) / 10) * 10);
  const place = (points: Points) => ((points - floor) / (100 - floor)) * 100;
  let at = 100;
  return (
    <ol class="waterfall">
      <Row
        label="All secured"
        detail=""
        value="100"
        start={place(0)}
        end={100}
        tone="whole"
        link={null}
      />
      {steps.map((step) => {
        const before = at;
        at = minus(at, step.points);
        return (
          <Row
            key={step.label}
            label={step.label}
            detail={step.detail}
            value={`−${decimal(step.points)}`}
            exact={exact(step.points)}
            start={place(at)}
            end={place(before)}
            tone={step.tone}
            link={step.link}
          />
        );
      })}
      <Row
        label="Cluster Security Score"
        detail=""
        value={score(end)}
        exact={exact(end)}
        start={0}
        end={place(end)}
        tone={`score ${band(end)}`}
        link={null}
      />
      <li class="waterfall-axis quiet" aria-hidden="true">
        <span />
        <span class="axis">
          <span>{floor}</span>
          <span>{floor + (100 - floor) / 2}</span>
          <span>100</span>
        </span>
        <span />
      </li>
    </ol>
  );
}

function Row(props: {
  label: string;
  detail: string;
  value: string;
  exact?: string;
  start: number;
  end: number;
  tone: string;
  link: string | null;
}) {
  const start = Math.max(0, props.start);
  const content = (
    <>
      <span class="waterfall-label">
        <span class="clip">{props.label}</span>
        {props.detail !== "" && <span class="quiet small clip">{props.detail}</span>}
      </span>
      <svg class="waterfall-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class={props.tone} x={start} width={Math.max(0.5, props.end - start)} height="1" />
      </svg>
      <data class="number" value={props.exact ?? props.value} title={props.exact}>
        {props.value}
      </data>
    </>
  );
  const tone = props.tone.startsWith("score") ? "waterfall-row total" : "waterfall-row";
  return (
    <li>
      {props.link === null ? (
        <div class={tone}>{content}</div>
      ) : (
        <a class={tone} href={props.link}>
          {content}
        </a>
      )}
    </li>
  );
}

function byType(of: Shown): Step[] {
  return of.types
    .filter((type) => type.contribution > 0)
    .map((type) => {
      const hit = of.namespaces.filter((each) => each.types[type.type].contribution > 0);
      return {
        label: TITLES[type.type],
        detail: `in ${counted(hit.length, "namespace")}`,
        points: type.contribution,
        tone: type.type,
        link: href("actions", null, { type: type.type }),
      };
    });
}

function byNamespace(of: Shown): Step[] {
  const hit = of.namespaces.filter((each) => each.risk > 0);
  const steps: Step[] = hit.slice(0, NAMED).map((each) => ({
    label: each.namespace,
    detail: "",
    points: each.risk,
    tone: worst(each.types),
    link: href("namespaces", each.namespace),
  }));
  const rest = hit.slice(NAMED);
  if (rest.length > 0) {
    steps.push({
      label: counted(rest.length, "other namespace"),
      detail: "",
      points: sum(rest.map((each) => each.risk)),
      tone: "others",
      link: href("namespaces"),
    });
  }
  return steps;
}

/** The type that costs the most, whose colour a namespace's step has. */
function worst(types: Record<RiskType, { contribution: Points }>): RiskType {
  const all = Object.entries(types) as [RiskType, { contribution: Points }][];
  return all.reduce((a, b) => (b[1].contribution > a[1].contribution ? b : a))[0];
}
