/** The worker that holds the assessment, so that the page never waits for it. */

import init, {
  Assessment,
  explain_delta as explainDelta,
  Reading,
} from "../../../posture-wasm/pkg/web/posture_wasm.js";
import type {
  Left,
  Moved,
  NamespaceTried,
  Recommended,
  Wanted,
  WithYaml,
} from "../model/answers.ts";
import { movesOf } from "../model/merge.ts";
import { unpack } from "../model/packed.ts";
import {
  type Action,
  type Issue,
  type NamespaceReport,
  type Report,
  RISK_TYPES,
} from "../model/report.ts";
import { comingFrom } from "./coming.ts";
import { earlierOf, historyOf, isHistory, momentOf, previousOf } from "./history.ts";
import { module } from "./module.ts";
import type { Calls, Opened, Question, Request } from "./protocol.ts";
import { reply, serve } from "./serve.ts";

interface Held {
  assessment: Assessment;
  namespaces: Map<string, NamespaceReport>;
  actions: Map<string, Action>;
  /** Earlier points as JSON text, as `explain_delta` reads them. */
  points: string[];
  /** The point of this result, once it was asked for. */
  point: string | null;
}

let held: Held | null = null;
const code = module();
const ready = code.then((code) => init({ module_or_path: code }));

serve(answer);

async function answer(question: Question): Promise<unknown> {
  await ready;
  switch (question.name) {
    case "read":
      return read(question.id, ...question.args);
    case "open": {
      const [input, history, preset] = question.args;
      const bytes = await unpack(input);
      const earlier = history === "" ? [] : earlierOf(await unpack(history));
      return open(Assessment.from_bytes(new Uint8Array(bytes), preset), earlier);
    }
    case "explain": {
      const [before, after] = question.args;
      return JSON.parse(explainDelta(pointAt(before), pointAt(after)));
    }
    default:
      return ask(question);
  }
}

/** What is asked of the assessment that is open. */
function ask(question: Question): ReturnType<Calls[keyof Calls]> {
  const { assessment, namespaces, actions } = now();
  switch (question.name) {
    case "tryOut": {
      const [changes, policies] = question.args;
      return JSON.parse(assessment.try_out(JSON.stringify(changes), policies));
    }
    case "moved":
      return moved();
    case "namespaces":
      return [...namespaces.values()].slice(...question.args);
    case "actions":
      return [...actions.values()].slice(...question.args);
    case "items":
      return JSON.parse(assessment.items(...question.args)) ?? [];
    case "snapshot":
      return JSON.parse(assessment.snapshot(...question.args));
    case "prepare":
      return assessment.warm_up();
    case "plan": {
      const [goal] = question.args;
      return JSON.parse(
        "target" in goal ? assessment.plan(goal.target) : assessment.plan(null, goal.steps),
      );
    }
    case "recommend":
      return recommend(...question.args);
    default:
      throw new Error(`\`${question.name}\` cannot be asked`);
  }
}

function moved(): Moved {
  const { assessment, namespaces, actions } = now();
  const spaces: NamespaceTried[] = JSON.parse(assessment.namespaces());
  const left: Left[] = JSON.parse(assessment.left());
  return {
    namespaces: movesOf(
      namespaces,
      spaces,
      (of) => of.namespace,
      (was, is) =>
        was.risk === is.risk &&
        was.score === is.score &&
        RISK_TYPES.every((type) => was.types[type].contribution === is.types[type]),
    ),
    left: movesOf(
      actions,
      left,
      (of) => of.action,
      (was, is) =>
        was.gain === is.gain && was.gain_max === is.gain_max && was.item_count === is.item_count,
    ),
  };
}

/** The last point is of this result: it is made when somebody asks. */
function pointAt(place: number): string {
  const held = now();
  const earlier = held.points[place];
  if (earlier !== undefined) return earlier;
  held.point ??= held.assessment.point();
  return held.point;
}

function recommend(wanted: Wanted, namespace: string): WithYaml | null {
  const [text = "{}", ...yaml] = now().assessment.recommend(JSON.stringify(wanted), [namespace]);
  const { recommendations }: { recommendations: Recommended[] } = JSON.parse(text);
  const place = recommendations.findIndex((each) => each.namespace === namespace);
  const found = recommendations[place];
  return found === undefined ? null : { ...found, yaml: yaml[place] ?? "" };
}

function now(): Held {
  if (held === null) throw new Error("nothing was read yet");
  return held;
}

async function read(
  id: number,
  request: Request,
  size: number,
  from: MessagePort,
): Promise<Opened> {
  const points: string[] = [];
  const issues: Issue[] = [];
  // what `reading` has not read itself, and it
  let [beside, read] = [0, 0];
  const progress = (bytes: number) => {
    read = bytes;
    reply({ id, read: beside + read });
  };
  const coming = comingFrom(from);
  from.postMessage(await code);
  progress(0);
  const reading = new Reading(size);
  for await (const file of coming()) {
    if ("scans" in file) {
      progress(reading.join(file.size, file.scans));
    } else if (isHistory(file.bytes)) {
      const found = historyOf(file.bytes);
      if ("points" in found) points.push(...found.points);
      else issues.push(lost(file.name, found.error));
      beside += file.bytes.length;
      progress(read);
    } else {
      progress(reading.add(file.name, file.bytes));
    }
  }
  const previous = previousOf(points);
  const form = {
    preset: request.preset ?? "default",
    // items are asked for by pages
    max_items: 0,
    ...(request.now === null ? {} : { now: request.now }),
    ...(previous === null ? {} : { previous }),
  };
  const listening = reading.listen(JSON.stringify(form));
  for await (const log of coming()) if ("bytes" in log) listening.hear(log.bytes);
  return open(listening.finish(progress), points, issues);
}

/** A history that cannot be read costs the score nothing: it is told beside the other issues. */
function lost(file: string, message: string): Issue {
  return { severity: "warning", kind: "syntax", file, at: "", message, count: 1 };
}

function open(assessment: Assessment, before: string[], issues: Issue[] = []): Opened {
  const report: Report = JSON.parse(assessment.report());
  const actions = report.actions.map(({ items: _, ...action }): Action => action);
  held = {
    assessment,
    namespaces: new Map(report.namespaces.map((of) => [of.namespace, of])),
    actions: new Map(actions.map((of) => [of.id, of])),
    points: before,
    point: null,
  };
  const { namespaces, actions: _, ...head } = report;
  const last = { at: head.at, score: head.score, types: head.types };
  return {
    head: { ...head, issues: [...issues, ...head.issues] },
    namespaceCount: namespaces.length,
    actionCount: actions.length,
    history: [...before.map(momentOf), last],
  };
}
