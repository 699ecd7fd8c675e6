import type { InitInput, InitOutput } from "./posture_wasm.js";

export * from "./posture_wasm.js";

/** Loads the module, once, before anything else is called: the one of the package, or another copy of it. */
export default function load(module?: InitInput | Promise<InitInput>): Promise<InitOutput>;
