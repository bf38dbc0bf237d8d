//! Any text is checked within tiny limits, and every schedule replays.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| threadbare::survive::check(text));
