//! `threadbare man`: manual pages, made from the arguments themselves.

use super::args::{ManArgs, Typed};
use super::failure::Failure;
use super::output::Out;
use super::save::save;
use super::status::Exit;
use clap::CommandFactory;
use clap_mangen::Man;
use std::path::Path;

/// Prints the page of the program, or writes one for each command into a folder.
///
/// # Errors
///
/// If they cannot be written.
pub fn run(args: &ManArgs) -> Result<Exit, Failure> {
    let mut command = Typed::command();
    command.build();
    let mut out = Out::new();
    let Some(folder) = &args.folder else {
        out.print(&page(&command, "threadbare"))?;
        return Ok(Exit::Met);
    };
    std::fs::create_dir_all(folder).map_err(|error| Failure::write(folder, &error))?;
    let n = write(&command, "threadbare", folder)?;
    let shown = folder.display();
    out.print(&format!(
        "wrote {n} pages; read one with `man -l {shown}/threadbare.1`\n"
    ))?;
    Ok(Exit::Met)
}

/// The pages of a command and of those below it; how many there are.
fn write(command: &clap::Command, name: &str, folder: &Path) -> Result<usize, Failure> {
    let path = folder.join(format!("{name}.1"));
    save(&path, page(command, name)).map_err(|error| Failure::write(&path, &error))?;
    let mut n = 1;
    for below in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        n += write(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(n)
}

fn page(command: &clap::Command, name: &str) -> String {
    let command = command.clone().display_name(name.to_owned());
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .expect("a list of bytes takes all that is written");
    String::from_utf8_lossy(&page).into_owned()
}
