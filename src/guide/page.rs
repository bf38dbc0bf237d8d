//! A page about one code: Markdown with a fixed set of headings, taken apart.
//!
//! Pages are read by three readers: people on a forge (Markdown), people in the
//! terminal (`explain`), and the tests, which run every scenario in them.

/// The headings that every page has, in this order; topics stand between the
/// last two.
pub const HEADINGS: [&str; 6] = [
    "What it finds",
    "Why it is bad",
    "A wrong scenario",
    "Repaired",
    "How to read the report",
    "See also",
];

/// What a code means, why it matters, a wrong scenario and a repaired one.
#[derive(Debug)]
pub struct Page {
    code: &'static str,
    markdown: &'static str,
}

/// A part of a page: its heading and what stands below.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section<'a> {
    /// Without the `## `.
    pub heading: &'a str,
    /// Without the heading.
    pub body: &'a str,
}

/// A fenced block of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block<'a> {
    /// The heading it stands under.
    pub heading: &'a str,
    /// What stands behind the opening fence, such as `scenario` or `scenario,later`.
    pub info: &'a str,
    /// The lines between the fences.
    pub text: &'a str,
}

impl Page {
    pub(super) const fn new(code: &'static str, markdown: &'static str) -> Self {
        Self { code, markdown }
    }

    /// The code, such as `R001`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What the code means in a few words, such as `data race`.
    pub fn title(&self) -> &'static str {
        let line = self.markdown.lines().next().unwrap_or_default();
        line.split_once(": ").map_or(line, |(_, title)| title)
    }

    /// The page as it was written, with the targets of its links at the end.
    pub fn markdown(&self) -> &'static str {
        self.markdown
    }

    /// The page without the targets of its links: for a terminal.
    pub fn text(&self) -> &'static str {
        let mut end = self.markdown.len();
        for line in self.markdown.lines().rev() {
            let is_target = line.starts_with('[') && line.contains("]: ");
            if !is_target && !line.is_empty() {
                break;
            }
            end = end.saturating_sub(line.len() + 1);
        }
        self.markdown[..end].trim_end()
    }

    /// All parts of the page in order.
    pub fn sections(&self) -> Vec<Section<'static>> {
        let parts = self.text().split("\n## ").skip(1);
        parts
            .map(|part| {
                let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
                Section {
                    heading,
                    body: body.trim(),
                }
            })
            .collect()
    }

    /// The part whose heading is, or begins with, a name: `what it finds`, or a
    /// topic such as `stolen-wakeup`.
    pub fn section(&self, name: &str) -> Option<Section<'static>> {
        let name = name.to_lowercase();
        let mut sections = self.sections().into_iter();
        sections.find(|section| {
            let heading = section.heading.to_lowercase();
            heading == name || heading.split_once(": ").is_some_and(|(t, _)| t == name)
        })
    }

    /// Names of the parts that only this page has, such as `stolen-wakeup`.
    pub fn topics(&self) -> Vec<&'static str> {
        self.sections()
            .iter()
            .filter_map(|section| section.heading.split_once(": "))
            .map(|(topic, _)| topic)
            .collect()
    }

    /// All fenced blocks in order.
    pub fn blocks(&self) -> Vec<Block<'static>> {
        let mut found = Vec::new();
        for section in self.sections() {
            let of_section = blocks(section.body).into_iter();
            found.extend(of_section.map(|(info, text)| Block {
                heading: section.heading,
                info,
                text,
            }));
        }
        found
    }
}

/// The fenced blocks of a Markdown text: what stands behind the opening fence,
/// and the lines up to the closing one.
pub fn blocks(markdown: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        let next = at + line.len();
        if let Some(info) = line.trim_end().strip_prefix("```") {
            match open.take() {
                Some((info, start)) => found.push((info, &markdown[start..at])),
                None => open = Some((info, next)),
            }
        }
        at = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Page = Page::new(
        "R000",
        "# R000: an example\n\n## What it finds\n\nNothing.\n\n## a-topic: of its own\n\n```scenario\nscenario \"a\" { }\n```\n\n## See also\n\n- [R001], data race\n\n[R001]: R001.md\n",
    );

    #[test]
    fn the_title_is_what_follows_the_code() {
        assert_eq!(PAGE.title(), "an example");
    }

    #[test]
    fn a_terminal_shows_no_targets_of_links() {
        assert!(PAGE.text().ends_with("- [R001], data race"));
    }

    #[test]
    fn parts_are_found_by_heading_and_by_topic() {
        assert_eq!(PAGE.section("What It Finds").unwrap().body, "Nothing.");
        assert_eq!(PAGE.topics(), ["a-topic"]);
        assert!(PAGE.section("A-Topic").unwrap().body.starts_with("```"));
        assert_eq!(PAGE.section("an-other"), None);
    }

    #[test]
    fn blocks_know_where_they_stand() {
        let block = Block {
            heading: "a-topic: of its own",
            info: "scenario",
            text: "scenario \"a\" { }\n",
        };
        assert_eq!(PAGE.blocks(), [block]);
    }
}
