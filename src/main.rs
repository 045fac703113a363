//! The `subtune` binary: run, and turn the outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(subtune::cli::main())
}
