import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const MODULE = new URL("../../posture-wasm/pkg/posture_wasm_bg.wasm", import.meta.url);

/** `#wasm`: the module beside the page, or within it; `#worker`: the worker likewise. */
export function wasm(isSingle: boolean): Plugin {
  return {
    name: "posture-wasm",
    enforce: "pre",
    resolveId: (id) => (id === "#wasm" || id === "#worker" ? `\0${id}` : undefined),
    async load(id) {
      if (id === "\0#worker") {
        const inline = isSingle ? "&inline" : "";
        return `export { default } from "/src/worker/main.ts?worker${inline}";`;
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
