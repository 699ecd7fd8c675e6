import type { Plugin } from "vite";

/** What the served page may do: load what lies beside it, and no more. */
export const SERVED = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Puts the Content-Security-Policy into the served page. */
export function policy(): Plugin {
  return {
    name: "posture-policy",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: () => [meta(SERVED)],
    },
  };
}

export function meta(content: string) {
  return {
    tag: "meta",
    attrs: { "http-equiv": "Content-Security-Policy", content },
    injectTo: "head-prepend" as const,
  };
}
