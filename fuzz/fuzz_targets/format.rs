//! Formatting is idempotent and changes no meaning.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| threadbare::survive::format(text));
