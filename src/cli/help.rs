//! What the help says beside the options: groups, examples, topics.

use std::ffi::OsString;

use clap::Command;
use serde_json::json;
use subtune_model::error::{Error, Result};

use super::topics::{self, TOPICS};
use crate::ui::output::Report;

/// Whose help to show.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Command or topic; without one the help of subtune
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

impl Args {
    /// The command line that shows the same; nothing for a topic.
    pub(super) fn of_command(&self) -> Option<Vec<OsString>> {
        if let [word] = self.words.as_slice()
            && topics::find(word).is_some()
        {
            return None;
        }
        let words = ["subtune"].into_iter().chain(self.words.iter().map(String::as_str));
        Some(words.chain(["--help"]).map(OsString::from).collect())
    }
}

/// The page of a topic.
pub(super) fn topic(args: &Args) -> Result<Report> {
    let topic = args.words.first().and_then(|word| topics::find(word)).ok_or_else(|| {
        Error::usage("no such topic").hint("`subtune --help` lists the commands and topics")
    })?;
    let data = json!({ "topic": topic.name, "about": topic.about, "blocks": topic.blocks() });
    Ok(Report::new(topic.text(), data))
}

/// The commands in the order of the tool's own help, grouped by hand.
const GROUPS: &[(&str, &[&str])] = &[
    ("Look", &["show", "metagraph", "diff", "history", "snapshot", "chain", "doctor"]),
    ("Change", &["plan", "forecast", "apply", "rollback"]),
    ("Did it help", &["health", "baseline", "watch", "evaluate", "report", "samples"]),
    ("Many subnets", &["fleet", "exporter"]),
    ("Profiles", &["init", "profiles", "check", "import", "explain"]),
    ("Keys", &["wallet", "proxy", "sign", "submit"]),
    ("Shell", &["completions", "man", "help"]),
];

/// The help of the tool itself: clap groups options, and no commands. Each line is what the command says
/// of itself.
fn template(command: &Command) -> String {
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (title, names) in GROUPS {
        text.push_str(&format!("\n{title}:\n"));
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {name:11}  {about}\n"));
        }
    }
    text.push_str("\nOptions:\n{options}{after-help}");
    text
}

/// Examples by command, each a line that can be pasted.
pub(super) const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "subtune show 46",
            "subtune plan 46 --profile subnet13-aligned",
            "subtune apply 46 --set immunity_period=40h --wallet-name owner",
        ],
    ),
    ("show", &["subtune show 46", "subtune show 46 --network test", "subtune show 46 --json"]),
    (
        "metagraph",
        &[
            "subtune metagraph 46",
            "subtune metagraph 46 --role miner",
            "subtune metagraph 46 --uid 3",
        ],
    ),
    (
        "snapshot",
        &["subtune snapshot 46 --output before.yaml", "subtune snapshot 46 --at-block 6900000"],
    ),
    (
        "diff",
        &["subtune diff 46 13", "subtune diff 46 subnet13-aligned", "subtune diff 46@6900000 46"],
    ),
    (
        "plan",
        &[
            "subtune plan 46 --profile subnet13-aligned",
            "subtune plan 46 --set immunity_period=40h --set max_burn=\"2 TAO\"",
            "subtune plan 46 --profile my.yaml --output p.yaml",
        ],
    ),
    (
        "forecast",
        &[
            "subtune forecast 46 --set yuma3_enabled=true --epochs 40",
            "subtune forecast 46 --set kappa=0.6 --replay 20 --network archive",
            "subtune forecast 46 --profile my.yaml --chart curves.svg",
        ],
    ),
    (
        "health",
        &[
            "subtune health 46",
            "subtune health 46 --goal 'vtrust.mean>=0.70' --goal 'incentive.top4>=0.99'",
            "subtune health 46 --goals my-goals.yaml --json",
        ],
    ),
    ("baseline", &["subtune baseline 46", "subtune baseline 46 --epochs 140 --network archive"]),
    ("watch", &["subtune watch 46", "subtune watch 46 --since last --epochs 10 --json"]),
    (
        "evaluate",
        &[
            "subtune evaluate 46 --since last",
            "subtune evaluate 46 --since last --goals my-goals.yaml",
            "subtune evaluate 46 --since 6900000 --baseline 120 --network archive",
        ],
    ),
    (
        "report",
        &[
            "subtune report 46 --since last --output report.html",
            "subtune report 46 --since last --format markdown",
        ],
    ),
    (
        "fleet",
        &[
            "subtune fleet status",
            "subtune fleet plan fleet.yaml --output plans.yaml",
            "subtune fleet apply fleet.yaml --plan plans.yaml",
            "subtune fleet drift --only 46,13 --json",
        ],
    ),
    (
        "exporter",
        &[
            "subtune exporter fleet.yaml",
            "subtune exporter --netuids 46,13 --listen 127.0.0.1:9464",
        ],
    ),
    ("samples", &["subtune samples", "subtune samples export 46 --csv --output epochs.csv"]),
    (
        "apply",
        &[
            "subtune apply 46 --set immunity_period=40h --wallet-name owner",
            "subtune apply --plan p.yaml",
            "subtune apply 46 --profile my.yaml --wait --wait-timeout 3h",
        ],
    ),
    (
        "rollback",
        &[
            "subtune rollback 46 --dry-run",
            "subtune rollback 46 --wallet-name owner --wait",
            "subtune rollback 46 --to before.yaml",
        ],
    ),
    ("history", &["subtune history", "subtune history 46", "subtune history --refresh"]),
    (
        "check",
        &["subtune check my.yaml", "subtune check my.yaml --netuid 46", "subtune check *.yaml"],
    ),
    ("init", &["subtune init 46", "subtune init 46 --output my.yaml"]),
    ("import", &["subtune import hparams.json --output my.yaml", "subtune import -"]),
    ("chain", &["subtune chain", "subtune chain --detailed-exitcode"]),
    ("doctor", &["subtune doctor", "subtune doctor 46", "subtune doctor 46 --wallet-name owner"]),
    ("explain", &["subtune explain tempo", "subtune explain BadOrigin", "subtune explain HP206"]),
    (
        "profiles",
        &["subtune profiles", "subtune profiles subnet13-aligned", "subtune profiles --schema"],
    ),
    (
        "wallet",
        &["subtune wallet list", "subtune wallet show owner", "subtune wallet verify owner"],
    ),
    (
        "proxy",
        &[
            "subtune proxy list 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "subtune proxy setup 46 --delegate 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
        ],
    ),
    ("sign", &["subtune sign change.json --dry-run", "subtune sign change.json -w owner"]),
    ("submit", &["subtune submit change.signed.json"]),
    ("completions", &["subtune completions bash"]),
    ("man", &["subtune man", "subtune man apply", "subtune man --dir man1"]),
    ("help", &["subtune help plan", "subtune help environment"]),
];

/// Global options that short help leaves to long help.
const RARE: [&str; 6] =
    ["cross_check", "allow_insecure", "timeout", "state_dir", "cache_dir", "color"];
/// Commands that never use a network: its options are not shown there.
const OFFLINE: [&str; 9] =
    ["profiles", "explain", "import", "completions", "man", "help", "wallet", "sign", "samples"];
/// What only a network has.
const NETWORK: [&str; 4] = ["network", "cross_check", "allow_insecure", "timeout"];

/// The command with examples, and without what is of no use on its page.
pub(super) fn dressed(command: Command) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let globals = |name: &str, arg: clap::Arg| match arg.get_id().as_str() {
        id if NETWORK.contains(&id) && OFFLINE.contains(&name) => arg.hide(true),
        id if RARE.contains(&id) => arg.hide_short_help(true),
        _ => arg,
    };
    let template = template(&command);
    let mut command = command.mut_args(|arg| globals("", arg)).help_template(template);
    // The global options are in every subcommand from now on, where they can be hidden.
    command.build();
    for name in names {
        command = command.mut_subcommand(&name, |sub| {
            let sub = with_examples(sub, &name);
            sub.mut_args(|arg| globals(&name, arg))
                .mut_subcommands(|sub| sub.mut_args(|arg| globals(&name, arg)))
        });
    }
    let topics = TOPICS.iter().map(|topic| format!("\n  {:11}  {}", topic.name, topic.about));
    let topics: String = topics.collect();
    let last = format!("{}\n\nTopics (`subtune help TOPIC`):{topics}", examples(""));
    command.after_help(last)
}

/// A subcommand with its examples before what it says itself.
fn with_examples(command: Command, name: &str) -> Command {
    let examples = examples(name);
    let own = command.get_after_help().map(ToString::to_string);
    let long = own.map_or_else(|| examples.clone(), |own| format!("{examples}\n\n{own}"));
    command.after_help(examples).after_long_help(long)
}

fn examples(name: &str) -> String {
    let lines = EXAMPLES.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, lines)| lines);
    let lines: Vec<_> = lines.iter().map(|line| format!("  {line}")).collect();
    format!("Examples:\n{}", lines.join("\n"))
}
