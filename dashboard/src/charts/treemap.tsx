/** Namespaces as areas: as large as the points they cost, as strong in colour as their own score is low. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { decimal, score, sum } from "../model/points.ts";
import { counted } from "../model/words.ts";
import { href } from "../state/route.ts";
import type { ShownNamespace } from "../state/shown.ts";
import { type Box, squarify } from "./squarify.ts";

/** Smaller areas cannot be told apart: the rest is one. */
const MOST = 4_000;

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
  const [told, setTold] = useState<ShownNamespace | null>(null);
  // thousands of areas share one listener
  const find = (event: Event) => {
    const name = (event.target as Element).getAttribute("data-name");
    return name === null ? null : (named.find((each) => each.namespace === name) ?? null);
  };
  const open = (event: Event) => {
    const each = find(event);
    if (each !== null) location.hash = href("namespaces", each.namespace);
  };
  return (
    <div class="treemap" ref={frame}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table below has the same links */}
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={label(hit)}
        onClick={open}
        onPointerMove={(event) => setTold(find(event))}
        onPointerLeave={() => setTold(null)}
      >
        {boxes.map((box, place) => {
          const each = named[place];
          return each === undefined ? (
            <Cell
              key="rest"
              box={box}
              name={counted(rest.length, "other")}
              detail=""
              tone="step-0"
            />
          ) : (
            <Cell
              key={each.namespace}
              box={box}
              name={each.namespace}
              detail={`−${decimal(each.risk)}`}
              tone={`step-${step(each.score)}`}
            />
          );
        })}
      </svg>
      <p class="treemap-told" aria-hidden="true">
        {told !== null &&
          `${told.namespace}: score ${told.score === null ? "–" : score(told.score)}, ${decimal(told.risk)} points lost`}
      </p>
    </div>
  );
}

interface CellProps {
  box: Box;
  name: string;
  tone: string;
  detail: string;
}

function Cell({ box, name, tone, detail }: CellProps) {
  const { x, y, width, height } = box;
  const gap = Math.min(1.5, width / 10, height / 10);
  const letters = Math.floor((width - 14) / 7.4);
  const fits = letters >= 4 && height >= 24;
  const short = name.length <= letters ? name : `${name.slice(0, Math.max(0, letters - 1))}…`;
  return (
    <>
      <rect
        class={`cell ${tone}`}
        data-name={name}
        x={x + gap / 2}
        y={y + gap / 2}
        width={Math.max(0.5, width - gap)}
        height={Math.max(0.5, height - gap)}
        rx={Math.min(3, width / 8)}
      />
      {fits && (
        <text class={tone} x={x + 8} y={y + 19}>
          {short}
        </text>
      )}
      {fits && height >= 44 && (
        <text class={`cell-detail ${tone}`} x={x + 8} y={y + 36}>
          {detail}
        </text>
      )}
    </>
  );
}

/** Five steps, so that the scale can be read off. */
export function step(of: number | null): number {
  if (of === null) return 0;
  const shown = Number(score(of));
  return [90, 75, 60, 40, 0].findIndex((least) => shown >= least);
}

function label(hit: readonly ShownNamespace[]): string {
  const worst = hit
    .slice(0, 3)
    .map((each) => each.namespace)
    .join(", ");
  return `${counted(hit.length, "namespace")} that cost points, the largest areas first: ${worst}. The table holds the same.`;
}
