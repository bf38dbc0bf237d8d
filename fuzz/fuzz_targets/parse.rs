//! Any text is parsed and resolved without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| threadbare::survive::parse(text));
