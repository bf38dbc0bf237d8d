//! The guide: what each code means, and the book.
//!
//! Everything here is Markdown beside the code, so that it is read in the
//! repository, in these pages and in the terminal (`threadbare explain CODE`),
//! and so that the tests can run every scenario in it.
//!
//! - [`tutorial`]: from the first race to the first test of one's own
//! - [`language`]: everything one can write in a scenario
//! - [`semantics`]: what a step is, and what each primitive does exactly
//! - [`reading`]: how to read a report
//! - [`search`]: how all runs are searched, and what may be left out
//! - [`large`]: what to do when there are too many runs
//! - [`codes`]: one page for each code
//! - [`rust`]: scenarios in Rust tests
//! - [`daily`]: `watch`, settings, `init`, `--bless`, the build server, hooks
//! - [`exports`]: scenarios as Rust tests for loom and shuttle, and as models for SPIN
//! - [`witnesses`]: the same scenario on the threads of loom and shuttle
//! - [`believe`]: why one can believe a report
//!
//! For those who come from Python's tutorials:
//!
//! - [`threads`], [`locks`], [`pools`], [`processes`], [`asyncio`]: each with Python's
//!   words beside ours
//! - [`choosing`]: which of them for what
//! - [`tutorials`]: each topic of the tutorials, with its scenarios
//!
//! **Invariant:** every code that a report can show has a page, and every page
//! has the same headings in the same order ([`HEADINGS`]).
//!
//! **Deliberately absent:** the terminal. A page gives out its text; who prints
//! it decides how.

pub mod codes;
mod page;

pub use page::{Block, HEADINGS, Page, Section, blocks};

macro_rules! chapters {
    ($($name:ident)*) => {
        $(
            #[doc = include_str!("links.md")]
            #[doc = include_str!(concat!(stringify!($name), ".md"))]
            pub mod $name {
                /// The chapter as it was written.
                pub const MARKDOWN: &str = include_str!(concat!(stringify!($name), ".md"));
            }
        )*

        /// The chapters of the book: name and Markdown.
        pub const CHAPTERS: &[(&str, &str)] = &[$((stringify!($name), $name::MARKDOWN)),*];
    };
}

chapters! {
    tutorial language semantics reading search large rust daily exports witnesses believe
    threads locks pools processes asyncio choosing tutorials
}

/// All pages about codes, in the order in which reports list findings.
pub fn pages() -> &'static [&'static Page] {
    codes::ALL
}

/// The page about a code, in upper or lower case.
///
/// ```
/// use threadbare::guide::explain;
///
/// let page = explain("r001").unwrap();
/// assert_eq!((page.code(), page.title()), ("R001", "data race"));
/// assert!(explain("R999").is_none());
/// ```
pub fn explain(code: &str) -> Option<&'static Page> {
    let code = code.trim();
    let mut pages = pages().iter().copied();
    pages.find(|page| page.code().eq_ignore_ascii_case(code))
}

/// The page and the topic with a name such as `lock-order`.
///
/// ```
/// use threadbare::guide::topic;
///
/// let (page, section) = topic("lock-order").unwrap();
/// assert_eq!(page.code(), "D001");
/// assert!(section.heading.starts_with("lock-order"));
/// ```
pub fn topic(name: &str) -> Option<(&'static Page, Section<'static>)> {
    let name = name.trim().to_lowercase();
    let mut pages = pages().iter().copied();
    pages.find_map(|page| {
        let known = page.topics().contains(&name.as_str());
        known.then(|| page.section(&name).map(|section| (page, section)))?
    })
}

/// Codes and topics that look like what was asked for, best first; at most three.
///
/// ```
/// use threadbare::guide::similar;
///
/// assert_eq!(similar("R01")[0], "R001");
/// assert_eq!(similar("lockorder")[0], "lock-order");
/// assert!(similar("a question").is_empty());
/// ```
pub fn similar(name: &str) -> Vec<&'static str> {
    let name = name.trim().to_lowercase();
    let known = pages().iter().flat_map(|page| {
        let topics = page.topics().into_iter();
        std::iter::once(page.code()).chain(topics)
    });
    let mut near: Vec<(usize, &'static str)> = known
        .map(|known| {
            (
                strsim::damerau_levenshtein(&name, &known.to_lowercase()),
                known,
            )
        })
        .filter(|&(distance, known)| distance <= 1 + known.len() / 6)
        .collect();
    near.sort_unstable();
    near.truncate(3);
    near.into_iter().map(|(_, known)| known).collect()
}
