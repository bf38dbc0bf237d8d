//! The page to step through: its bytes, and what it does in a real browser,
//! where one is installed.

mod browser;
mod digest;
mod stepping;

use std::collections::BTreeSet;
use std::path::Path;
use threadbare::checker::Checker;
use threadbare::report::Report;
use threadbare::report::html;
use threadbare::report::human::{Level, Style};

/// A lesson is at most so large.
const BYTES_MAX: usize = 100_000;

/// Everything an author can write, as markup that would show.
const MARKUP: &str = r#"/// <script>document.title = "script"</script> & <b>bold</b>
scenario "</title></h2><img src=x onerror='document.title=1'><script>document.title=2</script>" {
    // </pre></div><script>document.title = 3</script><!-- ]]> `"'
    var count = 0
    thread worker * 2 { count += 1 }
    thread third { raise "</code><img src=y>" }
    finally assert count == 2
}
"#;

fn check(scenario: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{scenario}.tb"));
    let text = std::fs::read_to_string(&path).expect("the library has this scenario");
    let name = path.file_name().expect("it has a name").to_string_lossy();
    Checker::new().check_str(name, text)
}

fn page(report: &Report) -> String {
    html::render(report, &Style::default())
}

/// The text of all attributes with a name.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    let parts = page.split(begin.as_str()).skip(1);
    parts.filter_map(|it| it.split('"').next()).collect()
}

#[test]
fn a_lesson_fits_into_one_small_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/lessons");
    let mut n_lessons = 0;
    for lesson in std::fs::read_dir(folder).expect("there are lessons") {
        let path = lesson.expect("it can be read").path();
        let report = Checker::new().check_path(&path);
        for level in [Level::Beginner, Level::Normal, Level::Expert] {
            let style = Style {
                level,
                ..Style::default()
            };
            let page = html::render(&report, &style);
            let n = page.len();
            assert!(n < BYTES_MAX, "{}: {n} bytes", path.display());
        }
        n_lessons += 1;
    }
    assert!(n_lessons >= 5);
}

/// A scenario with 2,772 outcomes.
#[test]
fn a_page_shows_the_first_of_very_many_outcomes() {
    let page = page(&check("tutorials/s003_print_numbers_no_join"));
    assert!(page.contains("and 2572 more"), "{} bytes", page.len());
    assert!(page.len() < BYTES_MAX, "{} bytes", page.len());
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let page = page(&check("deadlock/philosophers"));
    for name in ["src", "href"] {
        let targets = attributes(&page, name);
        let far = targets
            .iter()
            .find(|it| !it.starts_with(['#']) && **it != "data:,");
        assert_eq!(far, None);
    }
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("@import"));
    assert!(page.contains("default-src 'none'"));
}

/// Whatever markup might still get in: no browser applies its style, no browser runs it.
#[test]
fn the_policy_knows_our_style_and_our_script() {
    let page = page(&check("deadlock/philosophers"));
    for name in ["style", "script"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let inside = page
            .split(&open)
            .nth(1)
            .and_then(|it| it.split(&close).next());
        let hash = digest::sha256(inside.expect("the page has one"));
        let policy = format!("{name}-src 'sha256-{hash}';");
        assert!(page.contains(&policy), "the policy needs {policy}");
    }
    assert!(!page.contains("unsafe-inline") && attributes(&page, "style").is_empty());
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    let mut report = check("deadlock/philosophers");
    report.scenarios.extend(check("race/lost_update").scenarios);
    let page = page(&report);
    let ids = attributes(&page, "id");
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(set.len(), ids.len());
    for link in attributes(&page, "href") {
        let target = link.strip_prefix('#');
        assert!(target.is_none_or(|it| set.contains(it)), "{link}");
    }
}

#[test]
fn the_same_report_gives_the_same_page() {
    let pages = [0; 2].map(|_| page(&check("assert/wait_with_if")));
    assert_eq!(pages[0], pages[1]);
}

#[test]
fn markup_of_the_author_is_text() {
    let report = Checker::new().check_str("<u>&amp;.tb", MARKUP);
    let page = page(&report);
    assert!(!page.contains("<img") && !page.contains("<b>bold") && !page.contains("<u>&"));
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(page.contains("&lt;img src=x onerror=&#39;"));
}

/// Where a swap of two steps repairs it, both executions are shown.
#[test]
fn a_failing_and_a_passing_execution_stand_side_by_side() {
    let page = page(&check("lessons/1_first_race"));
    assert!(page.contains("as it should be: step "));
}
