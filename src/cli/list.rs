//! `threadbare list`: the scenarios of files, without checking them.

use super::args::ListArgs;
use super::failure::Failure;
use super::output::{Out, complain};
use super::plan::{inputs, selecting, style};
use super::status::Exit;
use super::terminal::Looks;
use crate::base::{Severity, Source};
use crate::checker::{Checker, Loaded};
use crate::report::escape;
use crate::report::human::diagnostic;
use anstyle::Style;
use std::fmt::Write as _;

/// Prints a block for each scenario.
///
/// # Errors
///
/// If standard output cannot be written.
pub fn run(args: &ListArgs, looks: Looks) -> Result<Exit, Failure> {
    let checker = selecting(&args.select);
    let mut out = Out::new();
    let mut exit = Exit::Met;
    for input in inputs(&args.paths)? {
        let source = match input.into_source() {
            Ok(source) => source,
            Err(error) => {
                Failure::unreadable(&error).print(looks);
                exit = Exit::Error;
                continue;
            }
        };
        let (text, has_errors) = file(&checker, &source, looks);
        out.print(&text)?;
        if has_errors {
            exit = Exit::Error;
        }
    }
    Ok(exit)
}

fn file(checker: &Checker, source: &Source, looks: Looks) -> (String, bool) {
    let loaded = checker.load(source);
    let mut has_errors = false;
    let in_scenarios = loaded.scenarios.iter().flat_map(|it| &it.diagnostics);
    for mistake in loaded.diagnostics.iter().chain(in_scenarios) {
        if mistake.severity == Severity::Error {
            has_errors = true;
            complain(&diagnostic(mistake, source, &style(looks.on_stderr())));
        }
    }
    let wanted = loaded.scenarios.iter().filter(|it| checker.wants(&it.name));
    (
        wanted.map(|it| block(it, source, looks)).collect(),
        has_errors,
    )
}

fn block(loaded: &Loaded, source: &Source, looks: Looks) -> String {
    let line = |text: &str| {
        if looks.ascii {
            escape::ascii_line(text).into_owned()
        } else {
            escape::line(text).into_owned()
        }
    };
    let paint = |style: Style, text: &str| {
        if looks.color {
            format!("{}{text}{}", style.render(), style.render_reset())
        } else {
            text.to_owned()
        }
    };
    let at = source.position(loaded.line_at).line;
    let place = format!("{}:{at}", line(source.name()));
    let name = paint(Style::new().bold(), &line(&loaded.name));
    let mut text = format!("{place}  {name}\n");
    let Some((_, program)) = &loaded.program else {
        text += "    cannot be checked\n";
        return text;
    };
    let mut described = program.description.lines().map(str::trim);
    if let Some(first) = described.find(|text| !text.is_empty()) {
        let _ = writeln!(text, "    {}", paint(Style::new().dimmed(), &line(first)));
    }
    for expect in &program.expects {
        let _ = writeln!(text, "    expect {}", line(&expect.text));
    }
    text
}
