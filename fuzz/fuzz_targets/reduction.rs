//! The search that leaves out orders of steps finds what the search of all finds.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| threadbare::survive::reduction(text));
