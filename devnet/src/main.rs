//! The chain as a program.

#![expect(clippy::disallowed_macros, reason = "not the tool: a chain to try it on")]

use clap::Parser;
use std::{io::Write, process::ExitCode, time::Duration};
use subtune_devnet::{Options, Seal, population::Population, spawn};

/// A small local chain with the hyperparameter rules of Subtensor.
#[derive(Parser)]
#[command(name = "subtune-devnet", version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 for any
    #[arg(long, default_value_t = 9944)]
    port: u16,
    /// When to produce blocks: manual, instant, or every so many milliseconds (a number)
    #[arg(long, default_value = "instant", value_parser = seal)]
    seal: Seal,
    /// Number of blocks by which finality lags behind the head
    #[arg(long, default_value_t = 0, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(..=1000))]
    finality_lag: u32,
    /// Number of states that stay readable, the finalized one and those before it; a common node keeps 256
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..))]
    keep_states: Option<u32>,
    /// Number of neurons per subnet; their validators set weights
    #[arg(long, value_name = "NEURONS", value_parser = clap::value_parser!(u16).range(8..=256))]
    population: Option<u16>,
    /// How much the validators' opinions differ, in thousandths
    #[arg(long, default_value_t = 300, value_name = "THOUSANDTHS", requires = "population", value_parser = clap::value_parser!(u16).range(..=1000))]
    disagreement: u16,
    /// Seed of the population and its opinions
    #[arg(long, default_value_t = 0, requires = "population")]
    seed: u64,
}

fn seal(text: &str) -> Result<Seal, String> {
    match text {
        "manual" => Ok(Seal::Manual),
        "instant" => Ok(Seal::Instant),
        number => match number.parse() {
            Ok(milliseconds) if milliseconds > 0 => {
                Ok(Seal::Every(Duration::from_millis(milliseconds)))
            }
            _ => Err("expected manual, instant or a number of milliseconds".to_owned()),
        },
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        port: arguments.port,
        seal: arguments.seal,
        finality_lag: arguments.finality_lag,
        keep_states: arguments.keep_states,
        population: arguments.population.map(|neurons| Population {
            neurons,
            disagreement: arguments.disagreement,
            seed: arguments.seed,
        }),
    };
    let devnet = match spawn(options).await {
        Ok(devnet) => devnet,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("ready {}", devnet.url());
    let _ = std::io::stdout().flush();
    if let Err(error) = asked_to_stop().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    devnet.stop().await;
    ExitCode::SUCCESS
}

#[cfg(unix)]
async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
