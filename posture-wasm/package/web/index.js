import init from "./posture_wasm.js";

export * from "./posture_wasm.js";

export default function load(module = new URL("../posture_wasm_bg.wasm", import.meta.url)) {
  return init({ module_or_path: module });
}
