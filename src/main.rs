//! The command line; everything is in [`threadbare::cli`].

fn main() -> std::process::ExitCode {
    threadbare::cli::main()
}
