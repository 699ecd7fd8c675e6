import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const MODULE = new URL("../../posture-wasm/pkg/posture_wasm_bg.wasm", import.meta.url);

const WORKERS = new Map([
  ["#assessment", "/src/worker/assessment.ts"],
  ["#files", "/src/worker/files.ts"],
]);

/** `#wasm`: the module beside the page, or within it; `#assessment` and `#files`: the workers likewise. */
export function wasm(isSingle: boolean): Plugin {
  return {
    name: "posture-wasm",
    enforce: "pre",
    resolveId: (id) => (id === "#wasm" || WORKERS.has(id) ? `\0${id}` : undefined),
    async load(id) {
      const worker = WORKERS.get(id.slice(1));
      if (worker !== undefined) {
        const inline = isSingle ? "&inline" : "";
        return `export { default } from "${worker}?worker${inline}";`;
      }
      if (id !== "\0#wasm") return undefined;
      if (!isSingle) {
        return `import url from ${JSON.stringify(`${MODULE.pathname}?url`)};
          export const wasm = async () => new URL(url, self.location.href);`;
      }
      const packed = gzipSync(await readFile(MODULE), { level: 9 }).toString("base64");
      return `import { unpack } from "/src/model/packed.ts";
        export const wasm = () => unpack("${packed}");`;
    },
  };
}
