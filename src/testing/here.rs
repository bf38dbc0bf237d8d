//! From the place of a macro call to the text between its braces, in the Rust
//! file, so that what is found there has lines and columns of that file.

use super::Scenario;
use super::body::body;
use crate::base::Source;
use std::path::Path;

/// Where [`scenario!`](crate::scenario) was called, as the compiler tells.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// The folder of the package.
    pub package: &'static str,
    /// The file, relative to the folder of the package or of its workspace.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The tokens of the call, for when the file is not there.
    pub text: &'static str,
}

impl Here {
    /// The scenarios between the braces.
    pub fn scenario(self) -> Scenario {
        Scenario::from_source(self.source())
    }

    /// The Rust file with the braces' content as its body; the tokens alone if
    /// the file is not there or has changed since.
    fn source(self) -> Source {
        let folders = Path::new(self.package).ancestors();
        let found = folders.filter_map(|folder| {
            let text = std::fs::read_to_string(folder.join(self.file)).ok()?;
            let range = body(&text, self.line, self.column)?;
            let is_same = same(&text[range.clone()], self.text);
            is_same.then_some((text, range))
        });
        match { found }.next() {
            Some((text, range)) => Source::with_body(self.file, text, range),
            None => Source::new(format!("{}:{}", self.file, self.line), self.text),
        }
    }
}

/// Whether tokens as the compiler prints them stand in the text. The compiler
/// drops comments and writes documentation in another way, so it is enough that
/// the text has all else in the same order.
fn same(text: &str, tokens: &str) -> bool {
    let mut left = text.chars().filter(|c| !c.is_whitespace());
    let tokens = without_docs(tokens);
    let mut wanted = tokens.chars().filter(|c| !c.is_whitespace());
    wanted.all(|c| left.any(|other| other == c))
}

/// Drops `#[doc = "…"]`.
fn without_docs(tokens: &str) -> String {
    let mut kept = String::new();
    let mut rest = tokens;
    while let Some(at) = rest.find('#') {
        kept += &rest[..at];
        // Nothing else in the language begins with this sign.
        let quoted = rest[at..].find('"').map(|from| at + from + 1);
        let end = quoted.and_then(|from| Some(from + closing_quote(&rest[from..])?));
        let end = end.and_then(|end| Some(end + rest[end..].find(']')? + 1));
        match end {
            Some(end) => rest = &rest[end..],
            None => return kept,
        }
    }
    kept + rest
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_documentation_do_not_matter() {
        assert!(same("a /* x */ b // c\n d", "a b d"));
        assert!(same(
            "/// says \"hi\"\n a",
            "#[doc = \" says \\\"hi\\\"\"] a"
        ));
        assert!(!same("a b", "a c"));
        assert!(!same("a", "a b"));
    }

    #[test]
    fn without_the_file_the_tokens_remain() {
        let here = Here {
            package: "/nowhere",
            file: "tests/none.rs",
            line: 3,
            column: 5,
            text: "scenario \"s\" { var x = 0 thread t { x = 1 } }",
        };
        let source = here.source();
        assert_eq!(source.name(), "tests/none.rs:3");
        here.scenario().assert_passed();
    }

    #[test]
    fn the_place_of_a_mistake_is_a_place_of_this_file() {
        let (scenario, line) = (
            crate::unchecked! { scenario "s" { var x = 0 thread t { y = 1 } } },
            line!() - 1,
        );
        let report = scenario.check();
        let mistake = &report.scenarios[0].diagnostics[0];
        let source = &report.scenarios[0].source;
        let at = source.position(mistake.span.start);
        assert_eq!((source.name(), at.line), (file!(), line));
        assert_eq!(source.slice(mistake.span), "y");
    }
}
