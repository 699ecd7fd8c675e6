/** Where the page is: the address holds the view, its filters and the scenario. */

import { effect, signal } from "@preact/signals";
import type { Preset } from "../worker/protocol.ts";
import { preset, presetOf } from "./preset.ts";
import { fromParams, type Scenario, scenario, toParams } from "./scenario.ts";

export const VIEWS = ["overview", "actions", "namespaces", "what-if", "input"] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_TITLES: Record<View, string> = {
  overview: "Overview",
  actions: "Actions",
  namespaces: "Namespaces",
  "what-if": "What if",
  input: "Input",
};

export interface Route {
  view: View;
  /** The action or namespace that is open. */
  of: string | null;
  filters: Readonly<Record<string, string>>;
}

const FILTERS = ["type", "severity", "namespace", "q", "page", "sort"];

/** In milliseconds. */
const SETTLED = 150;

export const route = signal<Route>(parse(location.hash).route);

export function parse(hash: string): { route: Route; scenario: Scenario; preset: Preset | null } {
  const [path = "", ...queries] = hash.replace(/^#\/?/, "").split("?");
  const [name = "", ...parts] = path.split("/");
  const [query, of] = [queries.join("?"), parts.join("/")];
  const params = new URLSearchParams(query);
  const filters: Record<string, string> = {};
  for (const key of FILTERS) {
    const value = params.get(key);
    if (value !== null && value !== "") filters[key] = value;
  }
  const view = VIEWS.find((known) => known === name) ?? "overview";
  return {
    route: { view, of: of === "" ? null : decode(of), filters },
    scenario: fromParams(params),
    preset: presetOf(params.get("preset")),
  };
}

/** The address of a view, with the scenario as it stands. */
export function href(
  view: View,
  of: string | null = null,
  filters: Record<string, string> = {},
): string {
  return address({ view, of, filters }, scenario.value);
}

export function address(to: Route, of: Scenario): string {
  const params = new URLSearchParams();
  for (const key of FILTERS) {
    const value = to.filters[key];
    if (value !== undefined && value !== "") params.set(key, value);
  }
  if (preset.value !== null) params.set("preset", preset.value);
  const query = [params.toString(), scenarioText(of)].filter(Boolean).join("&");
  const path = to.of === null ? to.view : `${to.view}/${encodeURIComponent(to.of)}`;
  return `#/${path}${query === "" ? "" : `?${query}`}`;
}

/** Every link holds the scenario, which may be long: its text is made once. */
const texts = new WeakMap<Scenario, string>();

function scenarioText(of: Scenario): string {
  let text = texts.get(of);
  if (text === undefined) {
    const params = new URLSearchParams();
    toParams(of, params);
    text = params.toString();
    texts.set(of, text);
  }
  return text;
}

/** Changes a filter without a step in the browser's history. */
export function filter(changes: Record<string, string>): void {
  const { page: _, ...others } = route.value.filters;
  const filters = { ...others, ...changes };
  route.value = { ...route.value, filters };
}

/** Keeps the address and the state in step, both ways. */
export function follow(): void {
  const take = () => {
    const read = parse(location.hash);
    const turned = read.route.view !== route.value.view || read.route.of !== route.value.of;
    route.value = read.route;
    scenario.value = read.scenario;
    preset.value = read.preset;
    if (turned) scrollTo(0, 0);
  };
  take();
  addEventListener("hashchange", take);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let next = location.hash;
  const write = () => {
    clearTimeout(pause);
    if (next !== location.hash && !(location.hash === "" && next === "#/overview")) {
      history.replaceState(null, "", next);
    }
  };
  effect(() => {
    next = address(route.value, scenario.value);
    clearTimeout(pause);
    // a browser takes its time for it: the page need not wait
    pause = setTimeout(write, SETTLED);
  });
  // a link leads away: the way back must know the scenario
  addEventListener("click", write, { capture: true });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
