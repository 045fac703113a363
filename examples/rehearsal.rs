//! The whole job on a local chain, with the tool's own commands: `cargo run --example rehearsal`.
//!
//! The chain runs in this process; every command runs in a process of its own (this very program,
//! started again as `subtune`), and its command line is printed before its true output. The
//! program ends with a failure as soon as one step is not as told.

#![expect(clippy::disallowed_macros, reason = "not the tool: it shows what the tool prints")]
#![expect(clippy::disallowed_methods, reason = "not the tool: it has files of its own")]

use std::error::Error;
use std::process::{Command, ExitCode};

use subtune_devnet::{Devnet, Options, Seal};

/// Tells a child that it is to be the tool.
const BE_THE_TOOL: &str = "SUBTUNE_REHEARSAL_CHILD";

fn main() -> ExitCode {
    if std::env::var_os(BE_THE_TOOL).is_some() {
        return ExitCode::from(subtune::cli::main());
    }
    match rehearse() {
        Ok(()) => {
            println!("\nThe rehearsal went as told.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\nThe rehearsal failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where commands run: a chain, and folders of their own.
struct Stage {
    chain: Devnet,
    folder: tempfile::TempDir,
}

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

impl Stage {
    /// Runs one command and returns what it printed to stdout, after checking its exit code.
    fn run(&self, line: &str, wanted: i32) -> Outcome<String> {
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

    /// The values of a snapshot file, as the text that was written.
    fn values(&self, file: &str) -> Outcome<String> {
        let text = std::fs::read_to_string(self.folder.path().join(file))?;
        let (_, rest) = text.split_once("hyperparameters:\n").ok_or("no hyperparameters")?;
        Ok(rest
            .lines()
            .take_while(|line| line.starts_with(' '))
            .fold(String::new(), |text, line| text + line + "\n"))
    }
}

fn says(text: &str, wanted: &str) -> Outcome {
    if text.contains(wanted) { Ok(()) } else { Err(format!("«{wanted}» was not said").into()) }
}

fn tell(story: &str) {
    println!("\n# {story}");
}

fn rehearse() -> Outcome {
    let chain = Devnet::start(Options { seal: Seal::Instant, ..Options::default() })?;
    let stage = Stage { chain, folder: tempfile::tempdir()? };
    println!("A local chain answers at {}.", stage.chain.url());
    println!(
        "Every command sees BT_NETWORK={} and a state directory of its own.",
        stage.chain.url()
    );

    tell("The owner looks at subnet 46: weights_rate_limit 100, immunity_period 7200.");
    let shown = stage.run("show 46", 0)?;
    says(&shown, "14757395258967641292")?;

    tell("First the exact values go to a file.");
    stage.run("snapshot 46 --output before.yaml", 0)?;
    says(&stage.values("before.yaml")?, "adjustment_alpha: 14757395258967641292\n")?;

    tell("What does subnet 13 do otherwise?");
    let diff = stage.run("diff 46 13", 0)?;
    says(&diff, "17893341751498264576")?;

    tell("The plan tells beforehand what an owner may not set, and what no longer matters.");
    let plan = stage.run("plan 46 --profile subnet13-aligned", 0)?;
    says(&plan, "only root")?;
    says(&plan, "no effect")?;

    tell("As a whole it is refused; the part that may go is applied on request.");
    stage.run("apply 46 --profile subnet13-aligned --dev-key alice --yes", 6)?;
    let applied =
        stage.run("apply 46 --profile subnet13-aligned --skip-blocked --dev-key alice --yes", 0)?;
    says(&applied, "read back from block")?;

    tell("Read back once more: only the only root value is still different.");
    let left = stage.run("diff 46 subnet13-aligned --detailed-exitcode", 3)?;
    says(&left, "1 difference")?;
    stage.run("history 46", 0)?;

    tell("A rollback at once is refused: the chain has a rate limit.");
    stage.run("rollback 46 --last --dev-key alice --yes", 6)?;

    tell("720 blocks (2 h 24 min) later it goes through.");
    stage.chain.new_blocks(730)?;
    stage.run("rollback 46 --last --dev-key alice --yes", 0)?;

    tell("Every value is what it was, to the last digit.");
    stage.run("snapshot 46 --output after.yaml", 0)?;
    stage.run("diff before.yaml after.yaml --detailed-exitcode", 0)?;
    if stage.values("before.yaml")? != stage.values("after.yaml")? {
        return Err("the values are not the same".into());
    }
    Ok(())
}
