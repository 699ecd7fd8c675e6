/** The frame of the page: what stands around every view. */

import { useEffect, useState } from "preact/hooks";
import { Header } from "./parts/header.tsx";
import { WhatIfBar } from "./parts/what-if-bar.tsx";
import { add, fail, phase, takesFiles } from "./state/assessment.ts";
import { dropped } from "./state/drop.ts";
import { route } from "./state/route.ts";
import { shown } from "./state/shown.ts";
import { Actions } from "./views/actions.tsx";
import { Empty } from "./views/empty.tsx";
import { Input } from "./views/input.tsx";
import { Namespaces } from "./views/namespaces.tsx";
import { Overview } from "./views/overview.tsx";
import { Reading } from "./views/reading.tsx";
import { WhatIf } from "./views/what-if.tsx";

export function App() {
  const isOver = useDropAnywhere();
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <Header />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <WhatIfBar />
      {isOver && (
        <div class="drop-veil" aria-hidden="true">
          <p>Drop to score</p>
        </div>
      )}
    </>
  );
}

function Page() {
  const now = phase.value;
  const of = shown.value;
  if (now.name === "reading") return <Reading read={now.read} total={now.total} />;
  if (now.name === "failed") return <Empty failure={now.message} />;
  if (of === null) return <Empty failure={null} />;
  switch (route.value.view) {
    case "overview":
      return <Overview of={of} />;
    case "actions":
      return <Actions of={of} />;
    case "namespaces":
      return <Namespaces of={of} />;
    case "what-if":
      return <WhatIf of={of} />;
    case "input":
      return <Input of={of} />;
  }
}

function useDropAnywhere(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const on = (
      name: "dragenter" | "dragleave" | "dragover" | "drop",
      of: (e: DragEvent) => void,
    ) => {
      const listener = (event: DragEvent) => {
        if (!holdsFiles(event)) return;
        // or the browser opens the file in the place of the page
        event.preventDefault();
        if (takesFiles.peek()) of(event);
        else if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
      };
      addEventListener(name, listener);
      return () => removeEventListener(name, listener);
    };
    const over = (by: number) => {
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const off = [
      on("dragenter", () => over(1)),
      on("dragleave", () => over(-1)),
      on("dragover", () => undefined),
      on("drop", (event) => {
        over(-depth);
        const { dataTransfer } = event;
        if (dataTransfer !== null) void dropped(dataTransfer).then(add, fail);
      }),
    ];
    return () => {
      for (const each of off) each();
    };
  }, []);
  return isOver;
}
