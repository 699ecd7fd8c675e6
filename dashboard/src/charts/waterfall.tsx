/** From 100 down to the score: what each type, or each namespace, takes. */

import { useState } from "preact/hooks";
import { decimal, exact, minus, score, sum } from "../model/points.ts";
import { type Points, RISK_TYPES } from "../model/report.ts";
import { band, counted, TITLES } from "../model/words.ts";
import { Switch } from "../parts/basics.tsx";
import { href } from "../state/route.ts";
import type { Shown } from "../state/shown.ts";

interface Step {
  label: string;
  detail: string;
  points: Points;
  /** What it is made of: of one colour for a type, of up to four for a namespace. */
  parts: readonly Part[];
  link: string | null;
}

interface Part {
  tone: string;
  points: Points;
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
      <Row label="All secured" value="100" bars={[{ tone: "whole", from: place(0), to: 100 }]} />
      {steps.map((step) => {
        const bars = step.parts.map(({ tone, points }) => {
          const to = place(at);
          at = minus(at, points);
          return { tone, from: place(at), to };
        });
        return (
          <Row
            key={step.label}
            label={step.label}
            detail={step.detail}
            value={`−${decimal(step.points)}`}
            exact={exact(step.points)}
            bars={bars}
            link={step.link}
          />
        );
      })}
      <Row
        label="Cluster Security Score"
        detail={floor === 0 ? "" : `the axis begins at ${floor}`}
        value={score(end)}
        exact={exact(end)}
        bars={[{ tone: band(end), from: 0, to: place(end) }]}
        isTotal
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

interface Bar {
  tone: string;
  from: number;
  to: number;
}

function Row(props: {
  label: string;
  detail?: string;
  value: string;
  exact?: string;
  bars: readonly Bar[];
  link?: string | null;
  isTotal?: boolean;
}) {
  const content = (
    <>
      <span class="waterfall-label">
        <span class="clip">{props.label}</span>
        {props.detail && <span class="quiet small clip">{props.detail}</span>}
      </span>
      <svg class="waterfall-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        {props.bars.map(({ tone, from, to }) => {
          const start = Math.max(0, from);
          return (
            <rect key={tone} class={tone} x={start} width={Math.max(0.4, to - start)} height="1" />
          );
        })}
      </svg>
      <data class="number" value={props.exact ?? props.value} title={props.exact}>
        {props.value}
      </data>
    </>
  );
  const tone = props.isTotal ? "waterfall-row total" : "waterfall-row";
  return (
    <li>
      {props.link == null ? (
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
        parts: [{ tone: type.type, points: type.contribution }],
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
    parts: RISK_TYPES.map((type) => ({ tone: type, points: each.types[type].contribution })).filter(
      (part) => part.points > 0,
    ),
    link: href("namespaces", each.namespace),
  }));
  const rest = hit.slice(NAMED);
  if (rest.length > 0) {
    const points = sum(rest.map((each) => each.risk));
    steps.push({
      label: counted(rest.length, "other namespace"),
      detail: "",
      points,
      parts: [{ tone: "others", points }],
      link: href("namespaces"),
    });
  }
  return steps;
}
