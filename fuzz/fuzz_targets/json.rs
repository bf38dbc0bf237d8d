//! Every JSON report can be read back.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| threadbare::survive::json(text));
