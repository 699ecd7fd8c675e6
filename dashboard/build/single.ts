import { createHash } from "node:crypto";
import type { Plugin, Rolldown } from "vite";

/** Puts script, style and worker into the page, which is then `posture.html` and needs nothing else. */
export function single(): Plugin {
  return {
    name: "posture-single",
    enforce: "post",
    config: () => ({ build: { rolldownOptions: { output: { codeSplitting: false } } } }),
    // after Vite has put its own marks in scripts right
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const page = take(bundle, "index.html");
        const script = safe(texts(bundle, ".js"));
        const style = texts(bundle, ".css");
        const policy = [
          "default-src 'none'",
          `script-src '${hash(script)}' 'wasm-unsafe-eval'`,
          `style-src '${hash(style)}'`,
          "worker-src blob:",
          "img-src data:",
          "base-uri 'none'",
          "form-action 'none'",
        ].join("; ");
        const html = page
          .replace(/<script type="module"[^>]*><\/script>/, "")
          .replace(/<link rel="stylesheet"[^>]*>/, "")
          .replace(
            "<head>",
            () =>
              `<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
          )
          .replace("</head>", () => `<style>${style}</style></head>`)
          .replace("</body>", () => `<script type="module">${script}</script></body>`);
        this.emitFile({ type: "asset", fileName: "posture.html", source: html });
      },
    },
  };
}

function texts(bundle: Rolldown.OutputBundle, ending: string): string {
  const names = Object.keys(bundle).filter((name) => name.endsWith(ending));
  return names.map((name) => take(bundle, name)).join("\n");
}

function take(bundle: Rolldown.OutputBundle, name: string): string {
  const found = bundle[name];
  if (found === undefined) throw new Error(`expected ${name} in the build`);
  delete bundle[name];
  return found.type === "chunk" ? found.code : String(found.source);
}

/** A script that holds the end of a script would end there. */
function safe(script: string): string {
  return script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
