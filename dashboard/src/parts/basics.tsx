/** Small parts that every view is made of. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { decimal, exact, gain, score, signed } from "../model/points.ts";
import type { ActionSeverity, Points } from "../model/report.ts";

/** A score as a person reads it; the exact one is its title. */
export function Score({ of }: { of: Points | null }) {
  if (of === null) return <span class="quiet">–</span>;
  return (
    <data class="number" value={exact(of)} title={`${exact(of)} points`}>
      {score(of)}
    </data>
  );
}

/** Points that are lost. */
export function Lost({ of }: { of: Points }) {
  return (
    <data class={of === 0 ? "number quiet" : "number"} value={exact(of)} title={exact(of)}>
      {of === 0 ? "0" : decimal(of)}
    </data>
  );
}

export function Gain({ least, most }: { least: Points; most: Points }) {
  return (
    <data class="number gain" value={exact(least)} title={`${exact(least)} to ${exact(most)}`}>
      {gain(least, most)}
    </data>
  );
}

/** A change: nothing where there is none. */
export function Change({ of }: { of: Points | null }) {
  if (of === null || of === 0) return null;
  return (
    <data class={`number change ${of > 0 ? "up" : "down"}`} value={exact(of)} title={exact(of)}>
      {signed(of)}
    </data>
  );
}

export function Severity({ of }: { of: ActionSeverity }) {
  return <span class={`chip severity ${of}`}>{of}</span>;
}

export function Section(props: {
  title: string;
  id: string;
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <section class={`section ${props.class ?? ""}`} aria-labelledby={props.id}>
      <div class="section-head">
        <h2 id={props.id}>{props.title}</h2>
        {props.aside !== undefined && <div class="section-aside">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}

/** A bar of a share, from 0 to 1. */
export function Bar({ share, tone }: { share: number; tone: string }) {
  const width = Math.max(0, Math.min(1, share)) * 100;
  return (
    <svg class={`bar ${tone}`} aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">
      <rect class="bar-track" width="100" height="1" />
      {share > 0 && <rect class="bar-fill" width={Math.max(1.5, width)} height="1" />}
    </svg>
  );
}

/** A bar of a score: what is kept is grey, what is lost has the colour. */
export function ScoreBar({ of, tone }: { of: Points; tone: string }) {
  const lost = 100 - of;
  return (
    <svg class={`bar ${tone}`} aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">
      <rect class="bar-kept" width="100" height="1" />
      {lost > 0 && (
        <rect class="bar-fill" x={100 - Math.max(1, lost)} width={Math.max(1, lost)} height="1" />
      )}
    </svg>
  );
}

/** What is wider than the screen scrolls by itself, by keyboard too. */
export function Frame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <section class="table-frame" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

/** One of a few. */
export function Switch<T extends string>(props: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  choose: (value: T) => void;
}) {
  return (
    <fieldset class="switch" aria-label={props.label}>
      {props.options.map(([value, title]) => (
        <button
          key={value}
          type="button"
          aria-pressed={props.value === value}
          onClick={() => props.choose(value)}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}

/** Copies text, and says so. */
export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await toClipboard(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <button type="button" class="button" onClick={copy}>
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </button>
  );
}

export function Download(props: { text: string; name: string; label: string }) {
  return (
    <button type="button" class="button" onClick={() => save(props.name, props.text)}>
      {props.label}
    </button>
  );
}

export function save(name: string, text: string): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A page from a file has no clipboard to write to: an older way does. */
export async function toClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
