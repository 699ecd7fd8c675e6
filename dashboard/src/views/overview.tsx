import { Gauge } from "../charts/gauge.tsx";
import { History } from "../charts/history.tsx";
import { Waterfall } from "../charts/waterfall.tsx";
import { coverageLines, missing } from "../model/coverage.ts";
import { decimal, exact, minus, score, signed } from "../model/points.ts";
import { dateAndTime } from "../model/times.ts";
import { atRisk, coverageWord, evidence, MEANINGS, TITLES } from "../model/words.ts";
import { ActionCard } from "../parts/action-card.tsx";
import { Change, Score, ScoreBar, Section } from "../parts/basics.tsx";
import { NamespaceTable } from "../parts/namespace-table.tsx";
import { history } from "../state/assessment.ts";
import { href } from "../state/route.ts";
import type { Shown, ShownType } from "../state/shown.ts";

const TOP_ACTIONS = 5;
const TOP_NAMESPACES = 10;

export function Overview({ of }: { of: Shown }) {
  const open = of.actions.filter((action) => action.state === "open");
  const lost = of.namespaces.filter((each) => each.risk > 0);
  return (
    <div class="overview">
      <h1 class="hidden">Security Posture Overview</h1>
      <div class="hero">
        <div class="hero-score">
          <Gauge score={of.score} before={of.before} types={of.types} />
          <Trend of={of} />
        </div>
        <div class="hero-types">
          <Types of={of} />
          <Coverage of={of} />
        </div>
      </div>

      <Section
        title="Recommended actions"
        id="top-actions"
        aside={<a href={href("actions")}>All {of.actions.length.toLocaleString("en-US")}</a>}
      >
        {open.length === 0 ? (
          <p class="quiet">Nothing is left to do.</p>
        ) : (
          <ol class="cards">
            {open.slice(0, TOP_ACTIONS).map((action, place) => (
              <ActionCard key={action.id} of={action} rank={place + 1} />
            ))}
          </ol>
        )}
      </Section>

      <div class="pair">
        <Section title="Where the points go" id="waterfall">
          <Waterfall of={of} />
        </Section>
        <Section title="History" id="history">
          <History of={history.value} />
        </Section>
      </div>

      <Section
        title="Namespaces by risk"
        id="top-namespaces"
        aside={<a href={href("namespaces")}>All {of.namespaces.length.toLocaleString("en-US")}</a>}
      >
        <NamespaceTable of={of.namespaces.slice(0, TOP_NAMESPACES)} isTop />
        {lost.length > TOP_NAMESPACES && (
          <p class="quiet small">
            The ten that cost the most of {lost.length.toLocaleString("en-US")} that cost points.
          </p>
        )}
      </Section>
    </div>
  );
}

function Trend({ of }: { of: Shown }) {
  const { previous, delta, at, score_without_dismissals: without } = of.head;
  const since = previous?.at == null ? "the previous result" : dateAndTime(previous.at);
  return (
    <p class="trend">
      {of.isTried && of.score !== null && of.before !== null ? (
        <>
          <Change of={minus(of.score, of.before)} /> <span class="quiet">what if, from</span>{" "}
          <Score of={of.before} />
        </>
      ) : delta !== null && previous?.score != null ? (
        <>
          {delta === 0 ? (
            "unchanged"
          ) : (
            <data class={`number change ${delta > 0 ? "up" : "down"}`} value={exact(delta)}>
              <span aria-hidden="true">{delta > 0 ? "▲ " : "▼ "}</span>
              {signed(delta)}
            </data>
          )}{" "}
          <span class="quiet">
            since {since} ({score(previous.score)})
          </span>
        </>
      ) : (
        <span class="quiet">{at === null ? "" : `as of ${dateAndTime(at)}`}</span>
      )}
      {!of.isTried && without !== null && of.score !== null && without !== of.score && (
        <span class="quiet block">{score(without)} without dismissals</span>
      )}
    </p>
  );
}

function Types({ of }: { of: Shown }) {
  return (
    <table class="types">
      <caption class="hidden">The four risk types</caption>
      <thead>
        <tr>
          <th scope="col">Risk</th>
          <th scope="col" class="right">
            Score
          </th>
          <th scope="col" class="types-bar">
            <span class="hidden">Bar</span>
          </th>
          <th scope="col" class="right">
            Lost
          </th>
          <th scope="col" class="right weight">
            Weight
          </th>
          <th scope="col" class="at-risk">
            At risk
          </th>
        </tr>
      </thead>
      <tbody>
        {of.types.map((type) => (
          <TypeRow key={type.type} type={type} of={of} />
        ))}
      </tbody>
    </table>
  );
}

function TypeRow({ type, of }: { type: ShownType; of: Shown }) {
  const isAssessed = type.status !== "not_assessed";
  const change =
    type.score === null || type.before === null ? null : minus(type.score, type.before);
  return (
    <tr class={isAssessed ? "" : "unassessed"}>
      <th scope="row">
        <a
          class="type-name"
          href={href("actions", null, { type: type.type })}
          title={MEANINGS[type.type]}
        >
          <span class={`swatch ${type.type}`} aria-hidden="true" />
          {TITLES[type.type]}
        </a>
      </th>
      <td class="right type-score" data-type={type.type}>
        {isAssessed ? <Score of={type.score} /> : <span class="dash">–</span>}
      </td>
      <td class="types-bar">
        {isAssessed && type.score !== null ? (
          <ScoreBar of={type.score} tone={type.type} />
        ) : (
          <span class="chip hollow">not assessed</span>
        )}
      </td>
      <td class="right">
        {isAssessed ? (
          <data
            class={type.contribution === 0 ? "number quiet" : "number"}
            value={exact(type.contribution)}
          >
            {type.contribution === 0 ? "0" : decimal(type.contribution)}
          </data>
        ) : (
          <span class="dash">–</span>
        )}
      </td>
      <td class="right number quiet weight">{type.weight}</td>
      <td class="quiet at-risk">
        {of.isTried && change !== null && change !== 0 ? (
          <>
            <Change of={change} /> <span class="quiet">from</span> <Score of={type.before} />
          </>
        ) : (
          <>
            {isAssessed && <span class="piece">{atRisk(type, of.head.method)}</span>}{" "}
            {isAssessed && evidence(type) !== "" && (
              <span class="piece evidence">by {evidence(type)}</span>
            )}
          </>
        )}
      </td>
    </tr>
  );
}

function Coverage({ of }: { of: Shown }) {
  const word = coverageWord(of.head);
  const lacks = missing(of.head);
  const assessed = of.head.assessed_score;
  return (
    <div class="coverage">
      <a
        class={`chip coverage-chip ${word === "Complete" ? "complete" : "lacking"}`}
        href={href("input")}
      >
        {word}
      </a>
      {lacks.length > 0 ? (
        <p>
          {lacks.map((one) => (
            <span key={one.what}>
              <strong>{one.what}.</strong> {one.how}{" "}
            </span>
          ))}
          {assessed !== null && <span>The assessed types alone score {score(assessed)}.</span>}
        </p>
      ) : (
        <p class="quiet">
          {coverageLines(of.head)
            .slice(0, 2)
            .map((line) => `${line.about}: ${line.text}`)
            .join(". ")}
          .
        </p>
      )}
    </div>
  );
}
