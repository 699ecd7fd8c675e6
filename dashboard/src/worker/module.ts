/** The module, for all workers. */

import { wasm } from "#wasm";
import type { Code } from "./protocol.ts";

/**
 * Compiled once, where it lies beside the page. A page that has it within it hands on its bytes: workers of a file on
 * disk cannot share what is compiled.
 */
export async function module(): Promise<Code> {
  const from = await wasm();
  if (!(from instanceof URL)) return from;
  const response = await fetch(from);
  if (!response.ok) throw new Error(`the module cannot be loaded: ${response.status} ${from}`);
  const type = response.headers.get("content-type");
  // compiled while it comes, where the server says what it is
  if (type === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
