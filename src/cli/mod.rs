//! The command line: arguments, one file per command, exit codes.
//!
//! Two stages: `args` mirrors what was typed, `plan` makes what the program
//! needs. Floor 8. **Invariant:** only this room touches the terminal, the
//! environment and the exit code; reports go to standard output, all else to
//! standard error.
//!
//! **Deliberately absent:** anything about scenarios. What is checked and how it
//! is told is decided below.

mod args;
mod attempt;
mod bless;
mod check;
mod crosscheck;
mod diff;
mod explain;
mod export;
mod failure;
mod fix;
mod fmt;
mod formats;
mod graph;
mod init;
mod internal;
mod list;
mod man;
mod output;
mod page;
mod plan;
mod progress;
mod replay;
mod save;
mod schema;
mod settings;
mod signals;
mod sittings;
mod status;
mod terminal;
mod value;
mod watch;

use args::{Command, Look, When};
use clap::error::ErrorKind;
use failure::Failure;
use settings::Stop;
use status::Exit;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use terminal::Looks;

/// Runs the command that the program was started with, and says how it ended.
pub fn main() -> ExitCode {
    internal::install();
    let argv: Vec<OsString> = std::env::args_os().collect();
    let typed = match settings::complete(&argv) {
        Ok(typed) => typed,
        Err(Stop::Usage(error)) => return refuse(&error).into(),
        Err(Stop::Settings(failure)) => {
            failure.print(Looks::new(&PLAIN));
            return Exit::Error.into();
        }
        Err(Stop::Said) => return Exit::Error.into(),
    };
    let looks = Looks::new(&typed.look);
    let exit = match internal::guarded(|| run(&typed.command, looks)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            failure.print(looks);
            Exit::Error
        }
        Err(what) => {
            output::note(&internal::message("working", &what));
            Exit::Internal
        }
    };
    exit.into()
}

fn run(command: &Command, looks: Looks) -> Result<Exit, Failure> {
    match command {
        Command::Check(args) => check::run(args, looks),
        Command::Watch(args) => watch::run(args, looks),
        Command::Init(args) => init::run(args),
        Command::Replay(args) => replay::run(args, looks),
        Command::Explain(args) => explain::run(args, looks),
        Command::Export(args) => export::run(args, looks),
        Command::Crosscheck(args) => crosscheck::run(args, looks),
        Command::Witness => crosscheck::witness(),
        Command::Graph(args) => graph::run(args, looks),
        Command::List(args) => list::run(args, looks),
        Command::Fmt(args) => fmt::run(args, looks),
        Command::Schema => schema::schema(),
        Command::Completions { shell } => schema::completions(*shell),
        Command::Man(args) => man::run(args),
    }
}

/// How messages look before it is known how they should.
const PLAIN: Look = Look {
    color: When::Auto,
    ascii: false,
};

/// Prints help, or what is wrong with the arguments.
fn refuse(error: &clap::Error) -> Exit {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let looks = Looks::new(&PLAIN);
    let color = if is_help {
        looks.color
    } else {
        looks.color_err
    };
    // What was typed is repeated in the message, so it must not reach the
    // terminal as it is.
    let plain = error.render().to_string();
    let shown = crate::report::escape::text(&plain);
    let text = if color && shown == plain {
        error.render().ansi().to_string()
    } else {
        shown.into_owned()
    };
    if is_help {
        let _ = std::io::stdout().write_all(text.as_bytes());
        return Exit::Met;
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
    Exit::Error
}
