//! `threadbare schema` and `threadbare completions`: texts for other programs.

use super::args::Typed;
use super::failure::Failure;
use super::output::Out;
use super::status::Exit;
use crate::report::json;
use clap::CommandFactory;
use clap_complete::Shell;

/// Prints the JSON schema of the report.
///
/// # Errors
///
/// If standard output cannot be written.
pub fn schema() -> Result<Exit, Failure> {
    Out::new().print(json::schema())?;
    Ok(Exit::Met)
}

/// Prints the completion script of a shell.
///
/// # Errors
///
/// If standard output cannot be written.
pub fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Typed::command(), "threadbare", &mut script);
    Out::new().print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Met)
}
