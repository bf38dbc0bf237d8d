//! `threadbare replay`: one execution again, step by step.

use super::args::ReplayArgs;
use super::failure::Failure;
use super::output::{Out, complain};
use super::plan::{bounded, one_source, reader_style, style};
use super::status::Exit;
use super::terminal::Looks;
use crate::base::Source;
use crate::checker::{CannotReplay, Repairs, Replayed};
use crate::report::escape;
use crate::report::human::{self, Style};
use std::sync::Arc;

/// Shows the execution and what it ends in.
///
/// # Errors
///
/// If there is no such execution; the message says why.
pub fn run(args: &ReplayArgs, looks: Looks) -> Result<Exit, Failure> {
    let source = Arc::new(one_source(&args.file)?);
    let mut checker = bounded(&args.select, &args.bounds).repairs(Repairs::Always);
    if let Some(question) = &args.why {
        checker = checker.why(question);
    }
    let replayed = match checker.replay(&source, &args.token) {
        Ok(replayed) => replayed,
        Err(CannotReplay::Broken(mistakes)) => {
            let style = style(looks.on_stderr());
            for mistake in &mistakes {
                complain(&human::diagnostic(mistake, &source, &style));
            }
            return Ok(Exit::Error);
        }
        Err(reason) => {
            let failure = Failure::new(reason.to_string());
            return Err(match reason.help() {
                Some(help) => failure.help(help),
                None => failure,
            });
        }
    };
    let style = reader_style(args.level, args.verbose, looks);
    Out::new().print(&page(&replayed, &source, &style))?;
    Ok(Exit::Met)
}

fn page(replayed: &Replayed, source: &Source, style: &Style) -> String {
    let line = |text: &str| {
        if style.ascii {
            escape::ascii_line(text).into_owned()
        } else {
            escape::line(text).into_owned()
        }
    };
    let mut page = format!(
        "replay  {}  of \"{}\", {}:{}\n",
        replayed.token,
        line(&replayed.name),
        line(source.name()),
        replayed.line
    );
    if let Some((headline, chain)) = &replayed.why {
        // The question is about the execution, not about what is wrong with it.
        page.push('\n');
        if let Some(trace) = &replayed.trace {
            page += &human::execution(trace, replayed.schedule.as_ref(), style);
        }
        page += &format!("\n  {}\n\n", line(headline));
        page += &human::facts(chain, style);
        return page;
    }
    for finding in &replayed.findings {
        page.push('\n');
        page += &human::finding(finding, source, source.name(), style);
    }
    let is_shown = replayed.findings.iter().any(|it| it.trace.is_some());
    if !is_shown {
        page.push('\n');
        if let Some(trace) = &replayed.trace {
            page += &human::execution(trace, replayed.schedule.as_ref(), style);
        } else {
            page += "  no step is taken\n";
        }
    }
    if replayed.findings.is_empty() {
        page += "\n  nothing is wrong where this execution ends\n";
    }
    page
}
