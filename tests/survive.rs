//! The promises that the fuzz targets test for hours, on the library and on
//! damaged copies of it, for a moment.

use proptest::prelude::*;
use std::path::Path;
use threadbare::survive;

fn library() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the library can be read") {
            let path = entry.expect("the library can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "tb") {
                texts.push(std::fs::read_to_string(path).expect("scenarios are text"));
            }
        }
    }
    texts.sort();
    texts
}

#[test]
fn the_library_survives() {
    for text in library().iter().step_by(7) {
        survive::parse(text);
        survive::format(text);
        survive::check(text);
        survive::json(text);
        survive::reduction(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A piece of the library with another piece pasted over it.
    #[test]
    fn damaged_scenarios_survive(
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        paste in any::<prop::sample::Index>(),
        len in 0usize..40,
    ) {
        let texts = library();
        let text = which.get(&texts);
        let donor = other.get(&texts);
        let at = floor(text, cut.index(text.len()));
        let to = floor(text, (at + len).min(text.len()));
        let from = floor(donor, paste.index(donor.len()));
        let until = floor(donor, (from + len / 2).min(donor.len()));
        let damaged = format!("{}{}{}", &text[..at], &donor[from..until], &text[to..]);
        survive::parse(&damaged);
        survive::format(&damaged);
        survive::check(&damaged);
        survive::json(&damaged);
        survive::reduction(&damaged);
    }

    #[test]
    fn any_token_survives(token in "[0-9.,*a-f-]{0,24}") {
        survive::replay(&token);
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}
