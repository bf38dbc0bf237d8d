//! Keys, slider, marks and pictures, seen by a browser.

use crate::browser::{Browser, END, HOME, LEFT, RIGHT};
use crate::{MARKUP, check, page};
use std::path::PathBuf;
use threadbare::checker::Checker;
use threadbare::report::Report;

/// A browser that shows the report, and the folder of the page.
fn show(report: &Report) -> Option<(Browser, tempfile::TempDir)> {
    let browser = Browser::new()?;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path: PathBuf = folder.path().join("page.html");
    std::fs::write(&path, page(report)).expect("it can be written");
    browser.open(&path);
    Some((browser, folder))
}

/// The position of the first player.
#[track_caller]
fn assert_at(browser: &Browser, position: u64) {
    let rows = browser.eval("[...document.querySelectorAll('tr.on')].map(r => +r.dataset.i)[0]");
    assert_eq!(rows, position);
    let slider = browser.eval("+document.querySelector('.pl input').value");
    assert_eq!(slider, position);
}

#[test]
fn keys_step_through_a_deadlock() {
    let Some((browser, _folder)) = show(&check("deadlock/philosophers")) else {
        return;
    };
    assert_at(&browser, 0);
    browser.press(RIGHT);
    assert_at(&browser, 1);
    let said = browser.eval("document.querySelector('output').textContent");
    let said = said.as_str().expect("a text");
    assert!(
        said.starts_with("step 1 of 3. philosopher(0): lock fork[0]."),
        "{said}"
    );
    assert!(said.contains("fork[0] is philosopher(0)"), "{said}");
    let marked =
        browser.eval("[...document.querySelectorAll('i.on')].map(m => m.textContent).join('')");
    assert_eq!(marked, "with fork[i]");
    let state = browser.eval("document.querySelector('.now dd').textContent");
    assert_eq!(state, "philosopher(0)");
    browser.press(END);
    assert_at(&browser, 4);
    // The last row says nothing about the shared state, so it is as it was.
    let states = "[...document.querySelectorAll('.now dd')].map(d => d.textContent).join()";
    let states = browser.eval(states);
    assert_eq!(states, "philosopher(0),philosopher(1),philosopher(2)");
    let drawn = "document.querySelector('figure.on svg').textContent";
    let drawn = browser.eval(drawn);
    let drawn = drawn.as_str().expect("a text");
    assert!(
        drawn.contains("waits for") && drawn.contains("held by"),
        "{drawn}"
    );
    browser.press(RIGHT);
    assert_at(&browser, 4);
    browser.press(LEFT);
    assert_at(&browser, 3);
    browser.press(HOME);
    browser.press(LEFT);
    assert_at(&browser, 0);
    // The slider has keys of its own, and they count once.
    browser.eval("document.querySelector('.pl input').focus()");
    browser.press(RIGHT);
    assert_at(&browser, 1);
    browser.eval("document.querySelector('[data-k=ArrowRight]').click()");
    assert_at(&browser, 2);
    browser.eval("document.querySelectorAll('tr[data-i]')[3].click()");
    assert_at(&browser, 3);
    // One picture of a kind at a time, and always the one of the step.
    let n = browser.eval("document.querySelectorAll('figure.on').length");
    assert_eq!(
        n,
        browser
            .eval("new Set([...document.querySelectorAll('figure')].map(f => f.parentNode)).size")
    );
    let live = browser.eval("document.querySelector('output').getAttribute('aria-live')");
    assert_eq!(live, "polite");
    assert_eq!(browser.console(), serde_json::json!([]));
}

#[test]
fn the_player_with_the_focus_gets_the_keys() {
    let mut report = check("deadlock/philosophers");
    report.scenarios.extend(check("race/lost_update").scenarios);
    let Some((browser, _folder)) = show(&report) else {
        return;
    };
    browser.eval("document.querySelectorAll('.pl')[1].focus()");
    browser.press(RIGHT);
    browser.press(RIGHT);
    assert_at(&browser, 0);
    let second = "+document.querySelectorAll('.pl')[1].querySelector('input').value";
    assert_eq!(browser.eval(second), 2);
    assert_eq!(browser.console(), serde_json::json!([]));
}

#[test]
fn names_and_messages_made_of_markup_are_shown_as_text() {
    let report = Checker::new().check_str("<u>&amp;.tb", MARKUP);
    let Some((browser, _folder)) = show(&report) else {
        return;
    };
    let heading = browser.eval("document.querySelector('h2').textContent");
    let heading = heading.as_str().expect("a text");
    assert!(
        heading.contains("</title></h2><img src=x onerror='document.title=1'>"),
        "{heading}"
    );
    assert!(heading.contains("<u>&amp;.tb"), "{heading}");
    let source = browser.eval("document.querySelector('.src').textContent");
    let source = source.as_str().expect("a text");
    assert!(
        source.contains("<script>document.title = 3</script><!-- ]]> `\"'"),
        "{source}"
    );
    browser.press(END);
    for wrong in ["img", "main script", "b b", "h2 ~ title"] {
        let n = format!("document.querySelectorAll(\"{wrong}\").length");
        assert_eq!(browser.eval(&n), 0, "{wrong}");
    }
    let title = browser.eval("document.title");
    let title = title.as_str().expect("a text");
    assert!(title.starts_with("threadbare: </title>"), "{title}");
    let loaded = browser.eval("performance.getEntriesByType('resource').length");
    assert_eq!(loaded, 0);
    assert_eq!(browser.console(), serde_json::json!([]));
}
