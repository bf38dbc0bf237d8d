//! `threadbare explain`: what a code means, the book, and the steps of a file.

use super::args::ExplainArgs;
use super::failure::Failure;
use super::output::{Out, complain};
use super::page::page;
use super::plan::{one_source, selecting, style};
use super::status::Exit;
use super::terminal::Looks;
use crate::base::{Severity, Source};
use crate::checker::{Checker, Loaded};
use crate::compile::{LineSteps, steps};
use crate::guide;
use crate::report::escape;
use crate::report::human::diagnostic;
use std::fmt::Write as _;
use std::path::Path;

/// Prints what was asked for.
///
/// # Errors
///
/// If there is nothing of that name, or the file cannot be read.
pub fn run(args: &ExplainArgs, looks: Looks) -> Result<Exit, Failure> {
    let mut out = Out::new();
    match (args.what.as_deref(), args.more.as_deref()) {
        (None, _) => out.print(&contents())?,
        (Some("steps"), None) => {
            return Err(Failure::new(
                "name the file: `threadbare explain steps FILE`",
            ));
        }
        (Some("steps"), Some(file)) => return steps_of(args, Path::new(file), &mut out, looks),
        (Some(name), topic) => {
            let topic = topic.map(|it| it.to_string_lossy());
            out.print(&page(&text(name, topic.as_deref())?, looks))?;
        }
    }
    Ok(Exit::Met)
}

/// All there is to explain, a line each.
fn contents() -> String {
    let mut text = "codes\n".to_owned();
    for page in guide::pages() {
        let _ = writeln!(text, "  {}  {}", page.code(), page.title());
    }
    text += "\nchapters\n";
    for (name, _) in guide::CHAPTERS {
        let _ = writeln!(text, "  {name}");
    }
    text += "\nexplain one of them with `threadbare explain NAME`, \
             the steps of a scenario with `threadbare explain steps FILE`\n";
    text
}

/// A page, a part of it, or a chapter, as Markdown.
fn text(name: &str, topic: Option<&str>) -> Result<String, Failure> {
    if let Some(page) = guide::explain(name) {
        let Some(topic) = topic else {
            return Ok(page.text().to_owned());
        };
        let Some(section) = page.section(topic) else {
            let missing = Failure::new(format!("{} has no topic `{topic}`", page.code()));
            let topics = page.topics().join(", ");
            return Err(match topics.as_str() {
                "" => missing.help(format!("read all of it with `threadbare explain {name}`")),
                _ => missing.help(format!("its topics are {topics}")),
            });
        };
        return Ok(format!("## {}\n\n{}\n", section.heading, section.body));
    }
    let chapters = guide::CHAPTERS.iter();
    if let Some((_, text)) = { chapters }.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Ok((*text).to_owned());
    }
    if let Some((page, section)) = guide::topic(name) {
        let (code, title) = (page.code(), page.title());
        return Ok(format!(
            "# {code}: {title}\n\n## {}\n\n{}\n",
            section.heading, section.body
        ));
    }
    let unknown = Failure::new(format!("nothing is known about `{name}`"));
    Err(match guide::similar(name).as_slice() {
        [] => unknown.help("`threadbare explain` lists all codes and chapters"),
        near => unknown.help(format!("did you mean {}?", near.join(" or "))),
    })
}

/// The steps of each line of each scenario.
fn steps_of(args: &ExplainArgs, file: &Path, out: &mut Out, looks: Looks) -> Result<Exit, Failure> {
    let source = one_source(file)?;
    let checker: Checker = selecting(&args.select);
    let loaded = checker.load(&source);
    let mut exit = Exit::Met;
    let wanted: Vec<&Loaded> = { loaded.scenarios.iter() }
        .filter(|it| checker.wants(&it.name))
        .collect();
    let mistakes = wanted.iter().flat_map(|it| &it.diagnostics);
    for mistake in loaded.diagnostics.iter().chain(mistakes) {
        if mistake.severity == Severity::Error {
            complain(&diagnostic(mistake, &source, &style(looks.on_stderr())));
            exit = Exit::Error;
        }
    }
    if wanted.is_empty() && exit == Exit::Met {
        return Err(Failure::new("no scenario was chosen")
            .help("`threadbare list` shows the names of a file"));
    }
    for (index, loaded) in wanted.iter().enumerate() {
        if let Some((_, program)) = &loaded.program {
            let gap = if index == 0 { "" } else { "\n" };
            let lines = steps(program, &source);
            out.print(&format!(
                "{gap}{}",
                scenario(loaded, &lines, &source, looks)
            ))?;
        }
    }
    Ok(exit)
}

fn scenario(loaded: &Loaded, lines: &[LineSteps], source: &Source, looks: Looks) -> String {
    let clean = |text: &str| {
        if looks.ascii {
            escape::ascii_text(text).into_owned()
        } else {
            escape::text(text).into_owned()
        }
    };
    let at = source.position(loaded.line_at).line;
    let mut text = format!(
        "{}:{at}  {}\n\n",
        escape::line(source.name()),
        escape::line(&loaded.name)
    );
    let digits = lines.last().map_or(1, |it| it.line.to_string().len());
    for line in lines {
        let _ = writeln!(
            text,
            "{:>digits$} | {}",
            line.line,
            clean(source.line(line.line))
        );
        let shown = source.line(line.line);
        let indent = shown.len() - shown.trim_start().len();
        for step in &line.steps {
            let label = match &step.label {
                Some(label) => format!("@{label}: "),
                None => String::new(),
            };
            let implied = if step.implied { "  (implied)" } else { "" };
            let _ = writeln!(
                text,
                "{:>digits$} | {}  {}{implied}",
                "",
                " ".repeat(indent),
                clean(&format!("-> {label}{}", step.text))
            );
        }
    }
    text
}
