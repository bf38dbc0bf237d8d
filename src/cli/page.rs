//! A page of the guide in the terminal: headings stand out, scenarios are
//! indented, links are their text.

use super::terminal::Looks;
use crate::report::escape;
use anstyle::{AnsiColor, Style};

/// Markdown as text for reading.
pub fn page(markdown: &str, looks: Looks) -> String {
    let mut text = String::new();
    let mut is_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        let shown = match line {
            _ if is_code => paint(&indented(line), AnsiColor::Cyan.on_default(), looks),
            _ if line.starts_with('#') => {
                let heading = line.trim_start_matches('#').trim_start();
                paint(heading, Style::new().bold(), looks)
            }
            _ => without_links(line),
        };
        let shown = if looks.ascii { ascii(&shown) } else { shown };
        text += shown.trim_end();
        text.push('\n');
    }
    text
}

fn indented(line: &str) -> String {
    match line {
        "" => String::new(),
        _ => format!("    {line}"),
    }
}

fn paint(text: &str, style: Style, looks: Looks) -> String {
    if looks.color && !text.is_empty() {
        format!("{}{text}{}", style.render(), style.render_reset())
    } else {
        text.to_owned()
    }
}

/// The guide is ours, so besides colours there is nothing to be afraid of in it.
fn ascii(text: &str) -> String {
    let parts = text.split('\u{1b}').map(escape::ascii_text);
    parts.collect::<Vec<_>>().join("\u{1b}")
}

/// `[text][target]`, `[text](target)` and `[text]` become `text`.
fn without_links(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(open) = rest.find('[') {
        text += &rest[..open];
        let inside = &rest[open + 1..];
        // In a piece of code a bracket is a bracket.
        let is_code = text.matches('`').count() % 2 == 1;
        let close = inside.find(']').filter(|_| !is_code);
        let Some(close) = close else {
            text.push('[');
            rest = inside;
            continue;
        };
        text += &inside[..close];
        rest = &inside[close + 1..];
        for (begin, end) in [('[', ']'), ('(', ')')] {
            if let Some(target) = rest.strip_prefix(begin)
                && let Some(at) = target.find(end)
            {
                rest = &target[at + 1..];
                break;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_made_for_reading() {
        let looks = Looks {
            color: false,
            color_err: false,
            ascii: false,
        };
        let markdown = "# R001: race\n\nSee [D001] or [the book](x.md), not `a[0]`.\n\n```scenario\nvar x = 0\n\nx += 1\n```\n";
        let text =
            "R001: race\n\nSee D001 or the book, not `a[0]`.\n\n    var x = 0\n\n    x += 1\n";
        assert_eq!(page(markdown, looks), text);
    }
}
