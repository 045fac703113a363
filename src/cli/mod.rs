//! The command line: one file per command, each parse → ops → view.

mod apply;
mod args;
mod baseline;
mod chain;
mod check;
mod cold;
mod connect;
mod diff;
mod doctor;
mod earlier;
mod ending;
mod epochs;
mod evaluate;
mod explain;
mod exporter;
mod fleet;
mod forecast;
mod generate;
mod goals;
mod habits;
mod health;
mod help;
mod history;
mod import;
mod init;
mod keys;
mod metagraph;
mod netuid;
mod origin;
mod outcome;
mod plan;
mod printed;
mod profiles;
mod proxy;
mod report;
mod rollback;
mod runtime;
mod samples;
mod send;
mod show;
mod sign;
mod since;
mod snapshot;
mod submit;
mod suggest;
mod topics;
mod wait;
mod wallet;
mod wanted;
mod watch;

use std::any::TypeId;
use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PathBufValueParser, PossibleValue, TypedValueParser as _};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use subtune_model::error::{Error, Result};
use subtune_model::exit;

use crate::ops::step;
use crate::settings;
use crate::ui;
use crate::ui::output::{self, Format, Report};
use crate::ui::screen;
use crate::ui::tone;

/// Manage Bittensor subnet hyperparameters as code: preview, apply in one transaction, verify, roll back
#[derive(Debug, Parser)]
#[command(name = "subtune", version, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// finney, test, archive, devnet, local, or a ws:// or wss:// URL; several, separated by commas, are
    /// asked in turn [env: BT_NETWORK, then what btcli is set to] [default: finney]
    #[arg(long, global = true, value_name = "NETWORK")]
    network: Option<String>,
    /// Read everything from this second node as well, and refuse a plan or a change where they differ
    #[arg(long, global = true, value_name = "NETWORK")]
    cross_check: Option<String>,
    /// Allow a plain ws:// connection to another host
    #[arg(long, global = true)]
    allow_insecure: bool,
    /// Longest wait for one answer of the node, in seconds
    #[arg(long, global = true, default_value_t = 30, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3_600))]
    timeout: u64,
    /// How the result is written to stdout
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    /// Shorthand for --format json
    #[arg(long, global = true, conflicts_with = "format")]
    json: bool,
    /// When to use colour: on a terminal unless NO_COLOR is set, always, or never
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: tone::When,
    /// Directory for receipts and rollback profiles [env: SUBTUNE_STATE_DIR] [default: subtune in the
    /// XDG state directory]
    #[arg(long, global = true, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Directory for the metadata of chains [env: SUBTUNE_CACHE_DIR] [default: subtune in the XDG
    /// cache directory]
    #[arg(long, global = true, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Say more on stderr: causes of errors, number of requests and bytes
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Say nothing on stderr but questions, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
}

// Not derived: the words on the variants would stretch every help page.
impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Json, Self::Yaml, Self::Markdown]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Text => PossibleValue::new("text").alias("table"),
            Self::Json => PossibleValue::new("json"),
            Self::Yaml => PossibleValue::new("yaml"),
            Self::Markdown => PossibleValue::new("markdown"),
        })
    }
}

impl ValueEnum for tone::When {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }))
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show live values, units, who may set them, and when
    #[command(aliases = ["get", "status"])]
    Show(show::Args),
    /// Show the neurons of a subnet: stake, Vtrust, incentives, updates
    #[command(alias = "neurons")]
    Metagraph(metagraph::Args),
    /// Write the live values of a subnet to YAML, exactly
    Snapshot(snapshot::Args),
    /// Compare two subnets, blocks, profiles or snapshots
    Diff(diff::Args),
    /// Preview a change: what applies, what is blocked, and why
    Plan(plan::Args),
    /// Show what a change does to Vtrust, dividends and incentives
    #[command(after_help = forecast::AFTER_HELP, alias = "simulate")]
    Forecast(forecast::Args),
    /// Show how the validators agree, what miners get, and why
    #[command(after_help = health::AFTER_HELP)]
    Health(health::Args),
    /// Read and keep the epochs before a change
    #[command(after_help = baseline::AFTER_HELP)]
    Baseline(baseline::Args),
    /// Tell and keep every epoch as it comes
    #[command(after_help = watch::AFTER_HELP)]
    Watch(watch::Args),
    /// Say whether a change helped, and how sure that is
    #[command(after_help = evaluate::AFTER_HELP)]
    Evaluate(evaluate::Args),
    /// Write whether a change helped into one HTML file, with charts
    Report(report::Args),
    /// List, export or prune kept epochs; never uses the network
    Samples(samples::Args),
    /// Apply a profile or a saved plan, and verify the result
    Apply(apply::Args),
    /// Sign a transaction on a machine without a network
    Sign(sign::Args),
    /// Send a transaction signed elsewhere, and verify the result
    Submit(submit::Args),
    /// Restore the values from before a change
    #[command(aliases = ["undo", "revert"])]
    Rollback(rollback::Args),
    /// List sent changes and their outcomes
    #[command(alias = "log")]
    History(history::Args),
    /// List, show and verify wallets; never uses the network
    Wallet(wallet::Args),
    /// Set up or list proxies that act for the owner
    Proxy(proxy::Args),
    /// Write a profile of a live subnet, every value a comment
    Init(init::Args),
    /// List the built-in profiles, or print one
    Profiles(profiles::Args),
    /// Validate profiles, offline or against a live subnet
    #[command(after_help = check::AFTER_HELP, aliases = ["validate", "lint"])]
    Check(check::Args),
    /// Make a profile of what btcli or subtune has printed
    #[command(after_help = import::AFTER_HELP)]
    Import(import::Args),
    /// Look at or change several subnets, described in one file
    #[command(after_help = fleet::AFTER_HELP)]
    Fleet(fleet::Args),
    /// Serve the values of subnets as metrics for Prometheus
    #[command(after_help = exporter::AFTER_HELP)]
    Exporter(exporter::Args),
    /// Show the connected chain: runtime, limits, differences
    Chain(chain::Args),
    /// Check nodes, clock, directories and wallet; say how to mend
    #[command(after_help = doctor::AFTER_HELP)]
    Doctor(doctor::Args),
    /// Explain a hyperparameter, chain error or warning code
    Explain(explain::Args),
    /// Print a completion script
    Completions(generate::Completions),
    /// Print or write the manual pages
    Man(generate::Manual),
    /// Show the help of a command or of a topic
    Help(help::Args),
}

impl Command {
    const fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "show",
            Self::Metagraph(_) => "metagraph",
            Self::Snapshot(_) => "snapshot",
            Self::Diff(_) => "diff",
            Self::Plan(_) => "plan",
            Self::Forecast(_) => "forecast",
            Self::Health(_) => "health",
            Self::Baseline(_) => "baseline",
            Self::Watch(_) => "watch",
            Self::Evaluate(_) => "evaluate",
            Self::Report(_) => "report",
            Self::Samples(_) => "samples",
            Self::Apply(_) => "apply",
            Self::Sign(_) => "sign",
            Self::Submit(_) => "submit",
            Self::Rollback(_) => "rollback",
            Self::History(_) => "history",
            Self::Wallet(args) => args.name(),
            Self::Proxy(_) => "proxy",
            Self::Init(_) => "init",
            Self::Profiles(_) => "profiles",
            Self::Check(_) => "check",
            Self::Import(_) => "import",
            Self::Fleet(_) => "fleet",
            Self::Exporter(_) => "exporter",
            Self::Chain(_) => "chain",
            Self::Doctor(_) => "doctor",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Help(_) => "help",
        }
    }
}

impl Global {
    const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    const fn quiet(&self) -> bool {
        self.quiet || matches!(self.format, Format::Json | Format::Yaml)
    }
}

/// Runs the command line of this process; returns the exit code.
#[must_use]
pub fn main() -> u8 {
    ending::watch();
    #[cfg(debug_assertions)]
    if let Some(names) = step::forgotten() {
        subtune_model::catalog::forget(names);
    }
    // As far as it is known when something goes wrong.
    let told = Cell::new((Format::Text, false));
    let work = || {
        let cli = match parse(std::env::args_os()) {
            Ok(cli) => cli,
            Err(error) => return usage(&error),
        };
        let Cli { mut global, command } = cli;
        // The parser writes the help of a command, as it does with --help.
        if let Command::Help(args) = &command
            && let Some(line) = args.of_command()
            && let Err(help) = parse(line)
        {
            return usage(&help);
        }
        if global.json {
            global.format = Format::Json;
        }
        let format = global.format;
        tone::choose(global.color);
        told.set((format, global.verbose));
        let name = command.name();
        let state = connect::state(&global).ok();
        printed::remember(&global, state.map(|state| state.root().to_owned()));
        // A page of help names commands for anywhere, not for here.
        let is_help = matches!(command, Command::Help(_));
        let report = run(global, command)?;
        let report = if is_help { report } else { printed::report(report) };
        step::bug("result");
        output::print(&report, name, format).map_err(|error| {
            let error = output::stdout_failed(error);
            match ending::sent() {
                true => error.hint("what was sent is recorded: `subtune history` lists it"),
                false => error,
            }
        })?;
        Ok(report.code)
    };
    ending::run(work).unwrap_or_else(|error| {
        let (format, verbose) = told.get();
        let error = printed::error(error);
        output::print_error(&error, format, verbose);
        error.kind.exit_code()
    })
}

/// A wrong command line: clap's own message, as data when data was asked for.
fn usage(error: &clap::Error) -> Result<u8> {
    if !error.use_stderr() {
        return match error.print() {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(output::stdout_failed(error))
            }
            _ => Ok(exit::OK),
        };
    }
    let text = error.render().to_string();
    let args: Vec<_> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let from_btcli = habits::told(args.get(1..).unwrap_or_default());
    let wants = |format: &str| {
        args.iter().any(|arg| *arg == format!("--format={format}"))
            || args
                .windows(2)
                .any(|pair| matches!(pair, [flag, value] if flag == "--format" && value == format))
    };
    let json = wants("json") || args.iter().any(|arg| arg == "--json");
    let format = match (json, wants("yaml")) {
        (true, _) => Format::Json,
        (_, true) => Format::Yaml,
        _ => {
            match from_btcli {
                Some(error) => output::print_error(&error, Format::Text, false),
                None => screen::tell(&text),
            }
            return Ok(exit::USAGE);
        }
    };
    if let Some(error) = from_btcli {
        output::print_error(&error, format, false);
        return Ok(exit::USAGE);
    }
    // The first paragraph: what is missing stands in lines of its own.
    let lines: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let what = lines.join(" ");
    let what = what.trim_start_matches("error: ");
    output::print_error(&Error::usage(what).hint("see `subtune --help`"), format, false);
    Ok(exit::USAGE)
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let args: Vec<_> = args.into_iter().collect();
    let mut command = read_paths_alike(Cli::command());
    let mut parsed = command.try_get_matches_from_mut(&args);
    // Dressing builds every command, which takes as long as all else at the start: only for who reads it.
    if parsed.is_err() {
        command = read_paths_alike(help::dressed(Cli::command()));
        parsed = command.try_get_matches_from_mut(&args);
    }
    Cli::from_arg_matches(&parsed?).map_err(|error| error.format(&mut command))
}

/// Options of a file with a secret, where `-` would be the standard input, which answers questions.
const SECRETS: [&str; 2] = ["password_file", "suri_file"];

/// Gives every path of the command line, of whatever command, one reader.
fn read_paths_alike(command: clap::Command) -> clap::Command {
    let alike = |arg: clap::Arg| {
        if arg.get_value_parser().type_id() != TypeId::of::<PathBuf>() {
            return arg;
        }
        let secret = SECRETS.contains(&arg.get_id().as_str());
        arg.value_parser(PathBufValueParser::new().try_map(move |given| {
            let path = settings::path(given).map_err(|error| error.what)?;
            match path.to_str() {
                Some("") => Err("it is empty".to_owned()),
                Some("-") if secret => {
                    Err("standard input is not read for secrets: use a file or /dev/fd/3"
                        .to_owned())
                }
                _ => Ok(path),
            }
        }))
    };
    command.mut_args(alike).mut_subcommands(read_paths_alike)
}

fn run(global: Global, command: Command) -> Result<Report> {
    // What needs no chain needs no runtime either.
    match command {
        Command::Profiles(args) => return profiles::run(&args),
        Command::Explain(args) if !args.asks_the_chain() => return explain::run(&args),
        Command::Import(args) => return import::run(&global, &args),
        Command::Samples(args) => return samples::run(&global, &args),
        Command::Completions(args) => {
            return Ok(generate::completions(&args, help::dressed(Cli::command())));
        }
        Command::Man(args) => return generate::man(&args, help::dressed(Cli::command())),
        Command::Help(args) => return help::topic(&args),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::other("the async runtime does not start").because(error))?;
    let shared = &global;
    let verb = async move {
        let global = shared;
        step::bug("command");
        match command {
            Command::Chain(args) => chain::run(global, &args).await,
            Command::Doctor(args) => doctor::run(global, args).await,
            Command::Check(args) => check::run(global, args).await,
            Command::Fleet(args) => fleet::run(global, args).await,
            Command::Exporter(args) => exporter::run(global, args).await,
            Command::Show(args) => show::run(global, args).await,
            Command::Metagraph(args) => metagraph::run(global, args).await,
            Command::Snapshot(args) => snapshot::run(global, args).await,
            Command::Diff(args) => diff::run(global, args).await,
            Command::Init(args) => init::run(global, args).await,
            Command::Plan(args) => plan::run(global, args).await,
            Command::Forecast(args) => forecast::run(global, args).await,
            Command::Health(args) => health::run(global, args).await,
            Command::Baseline(args) => baseline::run(global, args).await,
            Command::Watch(args) => watch::run(global, args).await,
            Command::Evaluate(args) => evaluate::run(global, args).await,
            Command::Report(args) => report::run(global, args).await,
            Command::Apply(args) => apply::run(global, args).await,
            Command::Sign(args) => sign::run(global, args).await,
            Command::Submit(args) => submit::run(global, args).await,
            Command::Rollback(args) => rollback::run(global, args).await,
            Command::History(args) => history::run(global, args).await,
            Command::Proxy(args) => proxy::run(global, args).await,
            Command::Wallet(args) => wallet::run(global, args).await,
            Command::Explain(_) => runtime::run(global).await,
            Command::Profiles(_)
            | Command::Import(_)
            | Command::Samples(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Help(_) => Err(Error::other("handled above")),
        }
    };
    // On a thread of its own: a question on the terminal holds up the one that runs the command.
    let (format, verbose) = (global.format, global.verbose);
    runtime.spawn(async move {
        ending::stopped().await;
        ui::echo::restore();
        let _stopped = ui::progress::stop();
        output::print_error(&printed::error(ending::interrupted()), format, verbose);
        std::process::exit(exit::INTERRUPTED.into());
    });
    let result = ending::run(|| runtime.block_on(verb));
    // A blocking prompt or key derivation must not hold up the end.
    runtime.shutdown_background();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        read_paths_alike(Cli::command()).debug_assert();
    }

    /// Every path that there is or will be, of every command.
    #[test]
    fn every_path_is_read_alike() {
        fn paths(command: &clap::Command, out: &mut Vec<(Vec<String>, String)>, to: &[String]) {
            for arg in command.get_arguments() {
                let is_path = arg.get_value_parser().type_id() == TypeId::of::<PathBuf>();
                if let (true, Some(long)) = (is_path, arg.get_long()) {
                    out.push((to.to_vec(), format!("--{long}")));
                }
            }
            for sub in command.get_subcommands() {
                paths(sub, out, &[to, &[sub.get_name().to_owned()]].concat());
            }
        }
        let mut found = Vec::new();
        paths(&Cli::command(), &mut found, &[]);
        assert!(found.len() > 8, "{found:?}");
        let home = settings::path("~").unwrap();
        for (commands, option) in found {
            // What else the command wants is not given; the path is read before that is missed.
            let mut command = read_paths_alike(Cli::command()).ignore_errors(true);
            let args = [&["subtune".to_owned()], &commands[..], &[option.clone(), "~/x\n".into()]];
            let matches = command.try_get_matches_from_mut(args.concat()).unwrap();
            let deepest = commands.iter().fold(&matches, |matches, name| {
                matches.subcommand_matches(name).unwrap_or(matches)
            });
            let id = option.trim_start_matches("--").replace('-', "_");
            let read = deepest.get_one::<PathBuf>(&id);
            assert_eq!(read, Some(&home.join("x")), "{commands:?} {option}");
        }
        let refused = |line: &str| {
            let args = line.split(' ').map(OsString::from);
            parse(args).unwrap_err().to_string()
        };
        assert!(refused("subtune apply 46 --password-file -").contains("not read for secrets"));
        assert!(refused("subtune show 46 --state-dir \n").contains("it is empty"));
    }

    /// Every command is in the help of the tool, with the words that its own help begins with.
    #[test]
    fn the_help_groups_every_command() {
        let root = help::dressed(Cli::command()).term_width(80).render_help().to_string();
        let root: Vec<_> = root.lines().collect();
        for sub in Cli::command().get_subcommands() {
            let name = sub.get_name();
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let line = root.iter().find(|line| line.trim_start().starts_with(&format!("{name} ")));
            let words = line.and_then(|line| line.trim().strip_prefix(name)).unwrap_or_default();
            assert!(about.starts_with(words.trim()) && !words.is_empty(), "{name}: {about}");
        }
        assert!(root.iter().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn every_command_has_examples_that_parse() {
        let names = Cli::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let mut seen = std::collections::BTreeSet::new();
        for (name, lines) in help::EXAMPLES {
            assert!(!lines.is_empty(), "{name}");
            seen.extend(Some((*name).to_owned()).filter(|name| !name.is_empty()));
            for line in *lines {
                let words = shlex::split(line).unwrap();
                let parsed = parse(words.into_iter().map(OsString::from));
                assert!(
                    parsed.is_ok(),
                    "{line}: {:?}",
                    parsed.err().map(|error| error.to_string())
                );
            }
        }
        let names: std::collections::BTreeSet<String> = names;
        assert_eq!(seen, names);
    }

    /// At the width of a terminal; commands and paths that cannot be broken are short enough.
    #[test]
    fn no_help_is_wider_than_a_terminal() {
        fn widest(command: &mut clap::Command, path: &str, found: &mut Vec<String>) {
            for help in [command.render_help(), command.render_long_help()] {
                let wide = |line: &&str| line.chars().count() > 80;
                found.extend(
                    help.to_string().lines().filter(wide).map(|line| format!("{path}: {line}")),
                );
            }
            let names: Vec<_> =
                command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            for name in names {
                if let Some(sub) = command.find_subcommand_mut(&name) {
                    widest(sub, &format!("{path} {name}"), found);
                }
            }
        }
        let mut command = help::dressed(Cli::command().term_width(80).max_term_width(80));
        let mut found = Vec::new();
        widest(&mut command, "subtune", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    /// `help` writes what `--help` does, takes topics, and refuses what is neither.
    #[test]
    fn the_help_of_a_command_is_that_of_its_option() {
        let line = |words: &[&str]| {
            let args = ["subtune", "help"].iter().chain(words).map(OsString::from);
            let Command::Help(args) = parse(args).unwrap().command else { panic!("{words:?}") };
            args.of_command()
        };
        let says = |words: Vec<OsString>| parse(words).unwrap_err().to_string();
        for words in [&[][..], &["plan"], &["wallet", "list"], &["get"], &["help"]] {
            let option = [&["subtune"], words, &["--help"]].concat();
            let option = option.into_iter().map(OsString::from).collect();
            assert_eq!(says(line(words).unwrap()), says(option), "{words:?}");
        }
        for topic in topics::TOPICS {
            assert_eq!(line(&[topic.name]), None, "{}", topic.name);
        }
        assert!(says(line(&["plna"]).unwrap()).contains("unrecognized subcommand 'plna'"));
    }

    /// The tool's own help ends with every topic.
    #[test]
    fn the_help_lists_every_topic() {
        let root = help::dressed(Cli::command()).term_width(80);
        for help in [root.clone().render_help(), root.clone().render_long_help()] {
            let help = help.to_string();
            for topic in topics::TOPICS {
                let line = format!("  {:11}  {}", topic.name, topic.about);
                assert!(help.lines().any(|found| found == line), "{line}: {help}");
            }
        }
    }
}
