//! The whole job on a local chain, with the tool's own commands: `cargo run --example rehearsal`.
//!
//! The chain runs in this process; every command runs in a process of its own (this very program,
//! started again as `subtune`), and its command line is printed before its true output. The
//! program ends with a failure as soon as one step is not as told.

#![expect(clippy::disallowed_macros, reason = "not the tool: it shows what the tool prints")]
#![expect(clippy::disallowed_methods, reason = "not the tool: it has files of its own")]

mod stage;

use std::process::ExitCode;

use stage::{Outcome, Stage, says, tell};
use subtune_devnet::{Devnet, Options, Seal};

fn main() -> ExitCode {
    stage::main(rehearse, "The rehearsal went as told.")
}

/// The values of a snapshot file, as the text that was written.
fn values(stage: &Stage, file: &str) -> Outcome<String> {
    let text = std::fs::read_to_string(stage.folder.path().join(file))?;
    let (_, rest) = text.split_once("hyperparameters:\n").ok_or("no hyperparameters")?;
    Ok(rest
        .lines()
        .take_while(|line| line.starts_with(' '))
        .fold(String::new(), |text, line| text + line + "\n"))
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
    says(&values(&stage, "before.yaml")?, "adjustment_alpha: 14757395258967641292\n")?;

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
    if values(&stage, "before.yaml")? != values(&stage, "after.yaml")? {
        return Err("the values are not the same".into());
    }
    Ok(())
}
