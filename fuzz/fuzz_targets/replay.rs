//! Any token is replayed, or refused, on a fixed scenario.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|token: &str| threadbare::survive::replay(token));
