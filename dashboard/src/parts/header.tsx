import { useRef } from "preact/hooks";
import { count } from "../model/words.ts";
import { add, head, phase, takesFiles } from "../state/assessment.ts";
import { chosen } from "../state/drop.ts";
import { href, route, VIEW_TITLES, VIEWS, type View } from "../state/route.ts";
import { changeCount } from "../state/scenario.ts";
import { nextTheme } from "../state/theme.ts";

export function Header() {
  const isReady = head.value !== null && phase.value.name === "ready";
  return (
    <header class="header">
      <div class="header-inner">
        <a class="brand" href={href("overview")}>
          <Mark />
          posture
        </a>
        {isReady && (
          <nav class="tabs" aria-label="Views">
            {VIEWS.map((view) => (
              <a
                key={view}
                href={href(view)}
                aria-current={route.value.view === view ? "page" : undefined}
              >
                {VIEW_TITLES[view]}
                <Badge view={view} />
              </a>
            ))}
          </nav>
        )}
        <div class="header-tools">
          {isReady && takesFiles.value && <AddFiles label="Add files" />}
          <button type="button" class="icon-button" onClick={nextTheme} aria-label="Dark or light">
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <circle cx="10" cy="10" r="7" class="half-ring" />
              <path d="M10 3a7 7 0 0 1 0 14z" class="half-fill" />
            </svg>
          </button>
        </div>
      </div>
    </header>
  );
}

function Badge({ view }: { view: View }) {
  if (view === "actions") {
    return <span class="tab-count number">{count(head.value?.actions.length ?? 0)}</span>;
  }
  if (view === "namespaces") {
    return <span class="tab-count number">{count(head.value?.namespaces.length ?? 0)}</span>;
  }
  if (view === "what-if" && changeCount.value > 0) {
    return <span class="tab-count number accent">{count(changeCount.value)}</span>;
  }
  if (view === "input") {
    const warnings = head.value?.issues.filter((issue) => issue.severity === "warning") ?? [];
    const total = warnings.reduce((all, issue) => all + issue.count, 0);
    return total === 0 ? null : <span class="tab-count number warn">{count(total)}</span>;
  }
  return null;
}

export function AddFiles({ label, isMain = false }: { label: string; isMain?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const choose = () => {
    const element = input.current;
    if (element === null) return;
    void add(chosen(element.files));
    element.value = "";
  };
  return (
    <>
      <button
        type="button"
        class={isMain ? "button main" : "button"}
        onClick={() => input.current?.click()}
      >
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        class="file-input"
        aria-label={label}
        onChange={choose}
      />
    </>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="7.5" class="mark-track" />
      <path d="M10 2.5a7.5 7.5 0 1 1-7.13 5.18" class="mark-arc" />
    </svg>
  );
}
