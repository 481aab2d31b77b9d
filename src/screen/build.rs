//! Compiles the `.slint` files with their fonts and translations into the binary, and writes the
//! function that reads the words of `ui/words.slint` by their keys.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use slint_build::{CompilerConfiguration, EmbedResourcesKind, compile_with_config};

fn main() -> Result<(), Box<dyn Error>> {
    let config = CompilerConfiguration::new()
        .with_style("fluent".into())
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("../../ui/lang")
        // Without it tests cannot walk through the elements of a page; a release has no use for it.
        .with_debug_info(std::env::var("PROFILE").is_ok_and(|profile| profile == "debug"));
    compile_with_config("../../ui/app.slint", config)?;
    write_words_reader()
}

fn write_words_reader() -> Result<(), Box<dyn Error>> {
    let source = "../../ui/words.slint";
    println!("cargo::rerun-if-changed={source}");
    let mut code = String::from(
        "/// The words of pages, as the selected language says them.\n\
         fn read_words(words: &ui::Words<'_>) -> Words {\n    Words::from_fn(|key| match key {\n",
    );
    for line in std::fs::read_to_string(source)?.lines() {
        if let Some(declared) = line.trim().strip_prefix("out property <string> ") {
            let key = declared
                .split(':')
                .next()
                .unwrap_or_default()
                .trim()
                .replace('-', "_");
            writeln!(code, "        {key:?} => words.get_{key}().into(),")?;
        }
    }
    code.push_str("        _ => String::new(),\n    })\n}\n");
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("words.rs");
    Ok(std::fs::write(out, code)?)
}
