//! The keys of a settings file, and what may stand behind them.

use super::super::args::Typed;
use super::super::value::{Bytes, Setting};
use crate::base::{Diagnostic, Source, Span};
use crate::explore::MemoryBudget;
use crate::syntax::did_you_mean;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Long options that a settings file may give, for `check` and whoever shares them.
///
/// **Deliberately absent:** what says which runs are looked at, and what is done
/// to a file: that is for whoever types.
const OPTIONS: [&str; 11] = [
    "format",
    "level",
    "color",
    "ascii",
    "max-states",
    "max-depth",
    "max-memory",
    "timeout",
    "workers",
    "reduction",
    "memory",
];

/// What a settings file says.
#[derive(Default, Debug)]
pub struct Settings {
    /// What to check where no path was typed.
    pub paths: Vec<Named>,
    /// Options and their values, as they would be typed.
    pub options: Vec<(&'static str, String)>,
    /// Constants and their values, as they would be typed.
    pub sets: Vec<(String, String)>,
}

/// A path and where it is named.
#[derive(Debug)]
pub struct Named {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// Reads a settings file.
///
/// # Errors
///
/// Everything that is wrong with it, in its order.
pub fn read(source: &Source) -> Result<Settings, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let mut reader = Reader::default();
    for error in &errors {
        let at = error.span().unwrap_or_default();
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        reader.mistake(at, format!("this is not TOML: {message}"));
    }
    if errors.is_empty() {
        for (key, value) in table.get_ref() {
            reader.key(key.get_ref(), key.span(), value);
        }
    }
    if reader.mistakes.is_empty() {
        return Ok(reader.settings);
    }
    reader.mistakes.sort_by_key(|mistake| mistake.span);
    Err(reader.mistakes)
}

#[derive(Default)]
struct Reader {
    settings: Settings,
    mistakes: Vec<Diagnostic>,
}

impl Reader {
    fn mistake(&mut self, at: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        let span = Span::new(at.start, at.end);
        self.mistakes.push(Diagnostic::error("", span, message));
        self.mistakes.last_mut().expect("just pushed")
    }

    fn key(&mut self, key: &str, at: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match (key, OPTIONS.iter().find(|option| **option == key)) {
            ("paths", _) => self.paths(value),
            ("set", _) => self.sets(value),
            (_, Some(option)) => self.option(option, value),
            (_, None) => self.unknown(key, at),
        }
    }

    fn unknown(&mut self, key: &str, at: Range<usize>) {
        let known = || OPTIONS.into_iter().chain(["paths", "set"]);
        let meant = did_you_mean(&key.replace('_', "-"), known());
        let mut names: Vec<&str> = known().collect();
        names.sort_unstable();
        let is_option = long_options().iter().any(|option| option == key);
        let mistake = self.mistake(at.clone(), format!("there is no setting `{key}`"));
        match meant {
            Some(meant) => {
                *mistake = mistake
                    .clone()
                    .help("a similar name exists")
                    .fix(Span::new(at.start, at.end), meant);
            }
            None if is_option => {
                mistake.help = Some(format!("`--{key}` can only be typed"));
            }
            None => mistake.help = Some(format!("there are {}", names.join(", "))),
        }
    }

    fn paths(&mut self, value: &Spanned<DeValue<'_>>) {
        for value in each(value) {
            match value.get_ref().as_str() {
                None => {
                    self.mistake(value.span(), "a path is a string").help =
                        Some("as in `paths = [\"scenarios\"]`".to_owned());
                }
                Some("-" | "") => {
                    self.mistake(value.span(), "this is no path of a file or a folder");
                }
                Some(text) => {
                    let at = value.span();
                    let span = Span::new(at.start, at.end);
                    let text = text.to_owned();
                    self.settings.paths.push(Named { text, span });
                }
            }
        }
    }

    fn option(&mut self, option: &'static str, value: &Spanned<DeValue<'_>>) {
        for value in each(value) {
            let Some(text) = plain(value.get_ref()) else {
                self.mistake(value.span(), format!("`{option}` is a string or a number"));
                continue;
            };
            if option == "format" && text.contains('=') {
                let mistake = self.mistake(value.span(), "settings do not say where to write");
                mistake.help = Some(format!("type `--format {text}` where you want the file"));
                continue;
            }
            match refused(option, &text) {
                Some(reason) => {
                    self.mistake(value.span(), format!("`{option}` cannot be `{text}`"))
                        .label = reason;
                }
                None => {
                    let text = within_the_machine(option, text);
                    self.settings.options.push((option, text));
                }
            }
        }
        let given = self.settings.options.iter();
        if option != "format" && given.filter(|(known, _)| *known == option).count() > 1 {
            self.mistake(value.span(), format!("`{option}` has one value"));
        }
    }

    fn sets(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            self.mistake(value.span(), "`set` is a table of constants")
                .help = Some("as in `set = { N = 4 }`".to_owned());
            return;
        };
        for (name, value) in table {
            let text = plain(value.get_ref()).unwrap_or_default();
            let set = format!("{}={text}", name.get_ref());
            match set.parse::<Setting>() {
                Ok(_) => self.settings.sets.push((name.get_ref().to_string(), text)),
                Err(reason) => {
                    let message = format!("`{}` cannot be set to this", name.get_ref());
                    self.mistake(value.span(), message).label = reason;
                }
            }
        }
    }
}

/// The values of a list, or the one there is.
fn each<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Vec<&'v Spanned<DeValue<'i>>> {
    match value.get_ref().as_array() {
        Some(list) => list.iter().collect(),
        None => vec![value],
    }
}

/// A value as it would be typed.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Boolean(is) => Some(is.to_string()),
        _ => None,
    }
}

/// Why an option does not take a value, in the words of the command line.
fn refused(option: &str, text: &str) -> Option<String> {
    let argv = ["threadbare", "check", &format!("--{option}={text}")].map(str::to_owned);
    let error = Typed::command().try_get_matches_from(argv).err()?;
    if let Some(source) = std::error::Error::source(&error) {
        return Some(source.to_string());
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) => Some(format!("it is one of {}", values.join(", "))),
        _ => Some("this is not understood".to_owned()),
    }
}

/// A file of a stranger can ask for less memory than by default, not for more.
fn within_the_machine(option: &str, text: String) -> String {
    let most = MemoryBudget::half_of_machine().0;
    match text.parse::<Bytes>() {
        Ok(Bytes(bytes)) if option == "max-memory" && bytes > most => format!("{most}B"),
        _ => text,
    }
}

fn long_options() -> Vec<String> {
    let command = Typed::command();
    let check = command.find_subcommand("check").into_iter();
    let all = check.flat_map(clap::Command::get_arguments);
    all.filter_map(|arg| arg.get_long().map(str::to_owned))
        .collect()
}
