import { defineConfig } from "vite";
import { example } from "./build/example.ts";
import { policy } from "./build/policy.ts";
import { single } from "./build/single.ts";
import { wasm } from "./build/wasm.ts";

/** Two builds: `dist/index.html` to be served, and `dist/posture.html`, which is all in one file. */
export default defineConfig(({ mode }) => {
  const isSingle = mode === "single";
  return {
    base: "./",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [wasm(isSingle), example(), ...(isSingle ? [single()] : [policy()])],
    worker: { format: isSingle ? "iife" : "es", plugins: () => [wasm(isSingle)] },
    build: {
      target: "es2023",
      emptyOutDir: !isSingle,
      assetsInlineLimit: isSingle ? 100_000_000 : 0,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 5_000,
    },
  };
});
