//! Makes the JavaScript around a compiled posture-wasm: what `wasm-bindgen` does, of just the version in
//! `Cargo.lock`. The module itself lies there once, for Node.js and for pages.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [wasm, folder] = arguments.as_slice() else {
        return Err(
            "expected two arguments: posture_wasm.wasm, and a folder for what is made".into(),
        );
    };
    let folder = Path::new(folder);
    let mut for_node = Bindgen::new();
    for_node.input_path(wasm).nodejs(true)?.typescript(true);
    for_node.generate(folder)?;
    let mut for_pages = Bindgen::new();
    for_pages.input_path(wasm).web(true)?.typescript(true);
    let web = folder.join("web");
    for_pages.generate(&web)?;
    for same in ["posture_wasm_bg.wasm", "posture_wasm_bg.wasm.d.ts"] {
        fs::remove_file(web.join(same))?;
    }
    Ok(())
}
