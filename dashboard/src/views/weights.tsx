import { type Method, RISK_TYPES, type RiskType } from "../model/report.ts";
import { TITLES } from "../model/words.ts";
import { Presets } from "../parts/presets.tsx";
import { change, scenario } from "../state/scenario.ts";

export function Weights({ method }: { method: Method }) {
  const { weights } = scenario.value;
  const set = (type: RiskType, value: number) => {
    const { [type]: _, ...others } = weights;
    change({ weights: value === method.weights[type] ? others : { ...others, [type]: value } });
  };
  const isMoved = Object.keys(weights).length > 0;
  return (
    <div class="weights">
      {RISK_TYPES.map((type) => {
        const value = weights[type] ?? method.weights[type];
        return (
          <label key={type} class={`slider ${type}`}>
            <span>{TITLES[type]}</span>
            <output class="number">{value}</output>
            <input
              type="range"
              min="0"
              max={Math.max(100, method.weights[type])}
              value={value}
              aria-label={`Weight of ${TITLES[type]}`}
              onInput={(event) => set(type, Number(event.currentTarget.value))}
            />
          </label>
        );
      })}
      <div class="tools">
        <button
          type="button"
          class="button"
          disabled={!isMoved}
          onClick={() => change({ weights: {} })}
        >
          As in the method
        </button>
        <Presets />
      </div>
    </div>
  );
}
