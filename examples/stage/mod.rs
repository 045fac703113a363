//! Where the examples run: a local chain in this process, and the tool in processes of its own, which are this
//! very program started again.

#![expect(clippy::disallowed_macros, reason = "not the tool: it shows what the tool prints")]
#![expect(clippy::disallowed_methods, reason = "not the tool: it has files of its own")]

use std::error::Error;
use std::process::{Command, ExitCode};

use subtune_devnet::Devnet;

/// Tells a child that it is to be the tool.
const BE_THE_TOOL: &str = "SUBTUNE_REHEARSAL_CHILD";

/// Runs an example, or is the tool for one.
pub(crate) fn main(example: fn() -> Outcome, done: &str) -> ExitCode {
    if std::env::var_os(BE_THE_TOOL).is_some() {
        return ExitCode::from(subtune::cli::main());
    }
    match example() {
        Ok(()) => {
            println!("\n{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\nThis is not as told: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where commands run: a chain, and folders of their own.
pub(crate) struct Stage {
    pub(crate) chain: Devnet,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

impl Stage {
    /// Runs one command and returns what it printed to stdout, after checking its exit code.
    pub(crate) fn run(&self, line: &str, wanted: i32) -> Outcome<String> {
        println!("\n$ subtune {line}");
        let output = Command::new(std::env::current_exe()?)
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env(BE_THE_TOOL, "1")
            .env("COLUMNS", std::env::var("COLUMNS").unwrap_or_else(|_| "80".to_owned()))
            .env("BT_NETWORK", self.chain.url())
            .env("SUBTUNE_STATE_DIR", self.folder.path().join("state"))
            .env("SUBTUNE_CACHE_DIR", self.folder.path().join("cache"))
            .output()?;
        let stdout = String::from_utf8(output.stdout)?;
        print!("{}{stdout}", String::from_utf8(output.stderr)?);
        match output.status.code() {
            Some(code) if code == wanted => Ok(stdout),
            code => Err(format!("exit code {code:?} instead of {wanted}").into()),
        }
    }
}

/// Fails unless this was said.
pub(crate) fn says(text: &str, wanted: &str) -> Outcome {
    if text.contains(wanted) { Ok(()) } else { Err(format!("«{wanted}» was not said").into()) }
}

/// A heading.
pub(crate) fn tell(story: &str) {
    println!("\n# {story}");
}
