import { useState } from "preact/hooks";
import { change, scenario } from "../state/scenario.ts";
import { tryError } from "../state/tried.ts";

/** Longer ones make an address that programs cut off. */
const LONGEST_LINK = 8_000;

export function TryPolicy() {
  const { policies } = scenario.value;
  const [text, setText] = useState(policies);
  const isTried = policies !== "" && policies === text;
  return (
    <form
      class="try-policy"
      onSubmit={(event) => {
        event.preventDefault();
        change({ policies: text.trim() === "" ? "" : text });
      }}
    >
      <textarea
        aria-label="Policies as YAML"
        spellcheck={false}
        rows={12}
        placeholder={"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n…"}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {tryError.value !== null && (
        <p class="failure" role="alert">
          {tryError.value}
        </p>
      )}
      <div class="tools">
        <button type="submit" class="button" disabled={text === policies}>
          {isTried ? "Tried" : "Try"}
        </button>
        <button
          type="button"
          class="button"
          disabled={policies === "" && text === ""}
          onClick={() => {
            setText("");
            change({ policies: "" });
          }}
        >
          Clear
        </button>
      </div>
      <p class="quiet small">
        All traffic that was seen is asked of them and of the cluster's own policies; staged ones
        count as enforced.
        {policies.length > LONGEST_LINK && " These are too long for a link that all programs take."}
      </p>
    </form>
  );
}
