/** The score over time; a point tells what it was, how it changed, and why. */

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Delta, Moment } from "../model/answers.ts";
import { minus, score } from "../model/points.ts";
import { dateAndTime } from "../model/times.ts";
import { Change } from "../parts/basics.tsx";
import { DeltaWords } from "../parts/delta.tsx";
import { takesFiles } from "../state/assessment.ts";
import { repaint } from "../state/theme.ts";
import { ask } from "../worker/client.ts";

type Dated = Moment & { at: string; score: number; place: number };

export function History({ of }: { of: readonly Moment[] }) {
  const dated = of.flatMap((moment, place): Dated[] =>
    moment.at === null || moment.score === null
      ? []
      : [{ ...moment, at: moment.at, score: moment.score, place }],
  );
  const [told, setTold] = useState(dated.length - 1);
  const place = Math.min(told, dated.length - 1);
  if (dated.length === 0) return <p class="quiet">No point of the history has a time.</p>;
  return (
    <>
      <Line of={dated} onPoint={setTold} />
      <Told of={dated} place={place} tell={setTold} />
    </>
  );
}

function Told(props: { of: readonly Dated[]; place: number; tell: (place: number) => void }) {
  const { of, place, tell } = props;
  const [point, before] = [of[place], of[place - 1]];
  const [delta, setDelta] = useState<Delta | null>(null);
  useEffect(() => {
    setDelta(null);
    if (point === undefined || before === undefined) return;
    let isCurrent = true;
    ask("explain", [before.place, point.place]).then(
      (explained) => isCurrent && setDelta(explained),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [point?.place, before?.place]);
  if (point === undefined) return null;
  return (
    <div class="history-told" aria-live="polite">
      {of.length > 1 && (
        <span class="history-steps">
          <Step label="Earlier point" sign="‹" isOff={place <= 0} go={() => tell(place - 1)} />
          <Step
            label="Later point"
            sign="›"
            isOff={place >= of.length - 1}
            go={() => tell(place + 1)}
          />
        </span>
      )}
      <p class="history-point">
        <strong class="number history-score">{score(point.score)}</strong>{" "}
        {before !== undefined && <Change of={minus(point.score, before.score)} />}{" "}
        <span class="quiet">{dateAndTime(point.at)}</span>
      </p>
      {before === undefined ? (
        <p class="quiet small">
          {of.length > 1 && "The first point."}
          {of.length === 1 && "One point so far. "}
          {of.length === 1 &&
            takesFiles.value &&
            "Drop the output of posture history --format json for those before it."}
        </p>
      ) : (
        delta !== null && <DeltaWords of={delta} />
      )}
    </div>
  );
}

function Step(props: { label: string; sign: string; isOff: boolean; go: () => void }) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      disabled={props.isOff}
      onClick={props.go}
    >
      {props.sign}
    </button>
  );
}

function Line({ of, onPoint }: { of: readonly Dated[]; onPoint: (place: number) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const colours = repaint.value;
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const plot = new uPlot(options(element, of, onPoint), data(of), element);
    const watch = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [of.length, of[0]?.at, of.at(-1)?.at, of.at(-1)?.score, colours]);
  const first = of[0];
  const last = of.at(-1);
  const label =
    first === undefined || last === undefined
      ? "History"
      : `Score from ${score(first.score)} on ${dateAndTime(first.at)} to ${score(last.score)} on ${dateAndTime(last.at)}`;
  return <div class="history-line" ref={frame} role="img" aria-label={label} />;
}

function data(of: readonly Dated[]): uPlot.AlignedData {
  return [of.map((point) => Date.parse(point.at) / 1000), of.map((point) => point.score)];
}

function options(
  element: HTMLElement,
  of: readonly Dated[],
  onPoint: (place: number) => void,
): uPlot.Options {
  const css = getComputedStyle(element);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const font = `${Math.round(Number.parseFloat(css.fontSize) * 0.8)}px ${css.fontFamily}`;
  const [ink, quiet, grid] = [css.color, colour("--quiet-solid"), colour("--line-solid")];
  const axis = { stroke: quiet, font, ticks: { show: false }, gap: 8 };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { y: false, points: { size: 9 }, drag: { x: false, y: false } },
    padding: [12, 16, 0, 0],
    scales: {
      x: { range: () => reach(of) },
      y: { range: (_, least, most) => heights(least, most) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, splits) => splits.map(dayOf),
        space: 56,
        incrs: [1, 2, 7, 14, 30, 91, 365].map((days) => days * 86_400),
      },
      {
        ...axis,
        grid: { stroke: grid, width: 1 },
        size: 40,
        splits: (_u, _a, least, most) => ticks(least, most),
      },
    ],
    series: [
      {},
      {
        stroke: ink,
        width: 2,
        points: { show: true, size: of.length === 1 ? 10 : 6, fill: ink, stroke: ink },
      },
    ],
    hooks: {
      setCursor: [(plot) => typeof plot.cursor.idx === "number" && onPoint(plot.cursor.idx)],
    },
  };
}

/** One point alone stands in the middle of two days. */
function reach(of: readonly Dated[]): uPlot.Range.MinMax {
  const [least = 0] = data(of)[0];
  const most = data(of)[0].at(-1) ?? least;
  return least === most ? [least - 86_400, most + 86_400] : [least, most];
}

function heights(least: number, most: number): uPlot.Range.MinMax {
  return [
    Math.max(0, Math.floor((least - 4) / 10) * 10),
    Math.min(100, Math.ceil((most + 4) / 10) * 10),
  ];
}

function ticks(least: number, most: number): number[] {
  const step = most - least > 50 ? 25 : 10;
  const all: number[] = [];
  for (let at = Math.ceil(least / step) * step; at <= most; at += step) all.push(at);
  return all;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}
