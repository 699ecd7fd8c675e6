import { render } from "preact";
import { App } from "./app.tsx";
import { keepPreset, openReport } from "./state/assessment.ts";
import { follow } from "./state/route.ts";
import { keepTheme } from "./state/theme.ts";
import { keepTitle } from "./state/title.ts";
import { keepTrying } from "./state/tried.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/charts.css";
import "./styles/empty.css";
import "./styles/overview.css";
import "./styles/namespaces.css";
import "./styles/actions.css";
import "./styles/input.css";
import "./styles/what-if.css";
import "./styles/narrow.css";
import "./styles/print.css";
import { warmUp } from "./worker/client.ts";

follow();
keepTheme();
keepTrying();
keepPreset();
keepTitle();

const root = document.getElementById("app");
if (root !== null) render(<App />, root);

// the command line puts an input and its history here: then the page is a report
const placed = (id: string) => document.getElementById(id)?.textContent?.trim() ?? "";
const packed = placed("posture-input");
if (packed === "") warmUp();
else void openReport(packed, placed("posture-history"));
