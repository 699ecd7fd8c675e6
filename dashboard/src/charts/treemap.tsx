/** Namespaces as areas: as large as the points they cost, as dark as their own score is low. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { decimal, score, sum } from "../model/points.ts";
import { counted } from "../model/words.ts";
import { href } from "../state/route.ts";
import type { ShownNamespace } from "../state/shown.ts";
import { squarify } from "./squarify.ts";

/** Smaller areas cannot be told apart: the rest is one. */
const MOST = 600;

export function Treemap({ of }: { of: readonly ShownNamespace[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 1000, height: 420 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const hit = of.filter((each) => each.risk > 0);
  const named = hit.slice(0, MOST);
  const rest = hit.slice(MOST);
  const boxes = useMemo(() => {
    const values = named.map((each) => each.risk);
    if (rest.length > 0) values.push(sum(rest.map((each) => each.risk)));
    return squarify(values, { x: 0, y: 0, ...size });
  }, [of, size]);
  return (
    <div class="treemap" ref={frame}>
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={label(hit)}>
        {boxes.map((box, place) => {
          const each = named[place];
          if (each === undefined) {
            return <Cell key="rest" box={box} name={counted(rest.length, "other")} tone="step-0" detail="" />;
          }
          return (
            <a key={each.namespace} href={href("namespaces", each.namespace)} tabIndex={-1}>
              <Cell
                box={box}
                name={each.namespace}
                tone={`step-${step(each.score)}`}
                detail={`−${decimal(each.risk)}`}
                title={`${each.namespace}: score ${each.score === null ? "–" : score(each.score)}, ${decimal(each.risk)} points lost`}
              />
            </a>
          );
        })}
      </svg>
    </div>
  );
}

function Cell(props: {
  box: { x: number; y: number; width: number; height: number };
  name: string;
  tone: string;
  detail: string;
  title?: string;
}) {
  const { x, y, width, height } = props.box;
  const letters = Math.floor((width - 14) / 7.4);
  const fits = letters >= 4 && height >= 24;
  const name =
    props.name.length <= letters ? props.name : `${props.name.slice(0, Math.max(0, letters - 1))}…`;
  return (
    <g class={`cell ${props.tone}`}>
      <title>{props.title ?? props.name}</title>
      <rect
        x={x + 0.75}
        y={y + 0.75}
        width={Math.max(0.5, width - 1.5)}
        height={Math.max(0.5, height - 1.5)}
        rx={Math.min(3, width / 8)}
      />
      {fits && (
        <text x={x + 8} y={y + 19}>
          {name}
        </text>
      )}
      {fits && height >= 44 && (
        <text class="cell-detail" x={x + 8} y={y + 36}>
          {props.detail}
        </text>
      )}
    </g>
  );
}

/** Five steps, so that the scale can be read off. */
export function step(of: number | null): number {
  if (of === null) return 0;
  return of >= 90 ? 0 : of >= 75 ? 1 : of >= 60 ? 2 : of >= 40 ? 3 : 4;
}

function label(hit: readonly ShownNamespace[]): string {
  const worst = hit
    .slice(0, 3)
    .map((each) => each.namespace)
    .join(", ");
  return `${counted(hit.length, "namespace")} that cost points, the largest areas first: ${worst}. The table holds the same.`;
}
