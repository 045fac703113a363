//! What somebody types who comes from btcli, and the command that does it here.

use subtune_model::catalog::{self, ValueKind};
use subtune_model::error::Error;
use subtune_model::value::Unit;

/// The groups of btcli's commands that show and set hyperparameters.
const SETTINGS: [&str; 5] = ["sudo", "su", "hparams", "hyperparameters", "hyperparams"];
/// The group of its commands for subnets.
const SUBNETS: [&str; 3] = ["subnets", "subnet", "s"];
/// Its commands that show the hyperparameters, in the group for subnets.
const SHOWS: [&str; 4] = ["hyperparameters", "hyperparams", "hparams", "get"];
/// Its other groups: nothing in them is about hyperparameters.
const OTHERS: [&str; 20] = [
    "stake",
    "st",
    "w",
    "weights",
    "wt",
    "root",
    "config",
    "conf",
    "c",
    "axon",
    "crowd",
    "cr",
    "liquidity",
    "l",
    "view",
    "utils",
    "query",
    "tx",
    "call",
    "tools",
];
/// Its commands for wallets that are none of ours.
const WALLETS: [&str; 17] = [
    "balance",
    "create",
    "faucet",
    "get-identity",
    "history",
    "inspect",
    "new-coldkey",
    "new-hotkey",
    "overview",
    "regen-coldkey",
    "regen-coldkeypub",
    "regen-hotkey",
    "set-identity",
    "sign",
    "swap-coldkey",
    "swap-hotkey",
    "transfer",
];
/// Our own global options that take a value.
const GLOBAL: [&str; 7] = [
    "--network",
    "--cross-check",
    "--timeout",
    "--format",
    "--color",
    "--state-dir",
    "--cache-dir",
];

/// What to say about a command line that our own grammar refuses, if it is one of btcli's. Only
/// what names a subnet, a hyperparameter and its value is repeated.
pub(super) fn told(args: &[String]) -> Option<Error> {
    let words = without_globals(args);
    let words = words.strip_prefix(&["btcli"]).unwrap_or(&words);
    if words.first() == Some(&"version") {
        return Some(Error::usage("`version` is not a command").hint("use `subtune --version`"));
    }
    let (typed, does, rest) = match *words {
        [group, verb, ref rest @ ..] if SETTINGS.contains(&group) => {
            (format!("{group} {verb}"), settings(verb), rest)
        }
        [group, verb, ref rest @ ..] if SUBNETS.contains(&group) => {
            let does = if SHOWS.contains(&verb) { Does::Show } else { Does::Nothing };
            (format!("{group} {verb}"), does, rest)
        }
        ["set", ref rest @ ..] => ("set".to_owned(), Does::Set, rest),
        ["get", ref rest @ ..] => ("get".to_owned(), Does::Show, rest),
        ["list", ref rest @ ..] => ("list".to_owned(), Does::List, rest),
        [group, ref rest @ ..] if SETTINGS.contains(&group) || SUBNETS.contains(&group) => {
            (group.to_owned(), Does::Group, rest)
        }
        [group, ..] if OTHERS.contains(&group) => (group.to_owned(), Does::Nothing, &[][..]),
        ["wallet" | "wallets", verb, ..] if WALLETS.contains(&verb.replace('_', "-").as_str()) => {
            (format!("wallet {verb}"), Does::Wallet, &[][..])
        }
        _ => return None,
    };
    let asked = Asked::read(rest);
    let error = Error::usage(format!("`{}` is a command of btcli, not of subtune", plain(&typed)));
    Some(
        error.hint(match does {
            Does::Show => format!("use `{}`", asked.show()),
            Does::Set => asked.set(),
            Does::List => "`subtune show NETUID` lists the hyperparameters of a subnet, `subtune \
                       profiles` the profiles, `subtune wallet list` the wallets, `subtune \
                       history` what was sent"
                .to_owned(),
            Does::Group => format!(
                "use `{}` to look, or `{} --set NAME=VALUE` to see what a change would do",
                asked.show(),
                asked.plan()
            ),
            Does::Wallet => {
                "subtune reads wallets and makes none: `subtune wallet --help` lists what \
                         it does with them; for the rest use btcli"
                    .to_owned()
            }
            Does::Nothing => {
                "subtune manages the hyperparameters of a subnet (`subtune --help`); for \
                          anything else use btcli"
                    .to_owned()
            }
        }),
    )
}

/// What a command of btcli does, in our terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Show,
    Set,
    List,
    Group,
    Wallet,
    Nothing,
}

fn settings(verb: &str) -> Does {
    match verb {
        "get" | "list" | "show" => Does::Show,
        "set" => Does::Set,
        _ if verb.starts_with('-') => Does::Group,
        _ => Does::Nothing,
    }
}

/// The words behind our own global options, which may stand before the command.
fn without_globals(args: &[String]) -> Vec<&str> {
    let mut words = args.iter().map(String::as_str).peekable();
    while let Some(word) = words.next_if(|word| word.starts_with('-')) {
        if GLOBAL.contains(&word) {
            words.next();
        }
    }
    words.collect()
}

/// What somebody wants of a subnet.
#[derive(Debug, Default)]
struct Asked {
    netuid: Option<u16>,
    name: Option<String>,
    value: Option<String>,
}

impl Asked {
    /// Takes what can be a netuid, a name and a value; nothing else is looked at.
    fn read(words: &[&str]) -> Self {
        let mut asked = Self::default();
        let mut words = words.iter().copied();
        let mut bare = Vec::new();
        while let Some(word) = words.next() {
            let (option, inline) = match word.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value)),
                _ => (word, None),
            };
            match option {
                "--netuid" | "-n" => {
                    let text = inline.or_else(|| words.next()).unwrap_or_default();
                    asked.netuid = text.parse().ok();
                }
                "--param" | "--parameter" | "--name" => {
                    asked.name = inline.or_else(|| words.next()).map(str::to_owned);
                }
                "--value" => asked.value = inline.or_else(|| words.next()).map(str::to_owned),
                // Another option, whose value must not be taken for a word of the command.
                _ if option.starts_with('-') => {
                    if inline.is_none() && !is_switch(option) {
                        words.next();
                    }
                }
                _ => bare.push(word),
            }
        }
        for word in bare {
            match word.split_once('=') {
                Some((name, value)) => {
                    asked.name.get_or_insert_with(|| name.to_owned());
                    asked.value.get_or_insert_with(|| value.to_owned());
                }
                None if asked.netuid.is_none()
                    && asked.name.is_none()
                    && word.parse::<u16>().is_ok() =>
                {
                    asked.netuid = word.parse().ok();
                }
                None if asked.name.is_none() => asked.name = Some(word.to_owned()),
                None => {
                    asked.value.get_or_insert_with(|| word.to_owned());
                }
            }
        }
        asked
    }

    fn netuid(&self) -> String {
        self.netuid.map_or_else(|| "NETUID".to_owned(), |netuid| netuid.to_string())
    }

    fn show(&self) -> String {
        format!("subtune show {}", self.netuid())
    }

    fn plan(&self) -> String {
        format!("subtune plan {}", self.netuid())
    }

    fn set(&self) -> String {
        let settings = self.settings().unwrap_or_else(|| " --set NAME=VALUE".to_owned());
        let netuid = self.netuid();
        format!(
            "`subtune plan {netuid}{settings}` shows what would change, `subtune apply \
             {netuid}{settings}` does it"
        )
    }

    /// The options that set it here; `None` when a part of it is missing or is no such name.
    fn settings(&self) -> Option<String> {
        let (name, value) = (self.name.as_deref()?, self.value.as_deref()?);
        let one = |name: &str, value: &str| {
            let row = catalog::find(name)?;
            (row.kind != ValueKind::Action).then(|| {
                format!(" --set {}", quoted(&format!("{}={}", row.name, ours(row, value))))
            })
        };
        // btcli sets both at once, as `0.7,0.9`.
        if name == "alpha_values" {
            let (low, high) = value.trim_matches(['[', ']', '(', ')']).split_once(',')?;
            return Some(one("alpha_low", low.trim())? + &one("alpha_high", high.trim())?);
        }
        one(name, value)
    }
}

/// Whether an option of btcli stands alone.
fn is_switch(option: &str) -> bool {
    [
        "--json",
        "--json-out",
        "--json-output",
        "--yes",
        "-y",
        "--quiet",
        "-q",
        "--verbose",
        "-v",
        "--no-prompt",
        "--prompt",
        "--dry-run",
        "--help",
        "-h",
    ]
    .contains(&option)
        || option.starts_with("--no-")
}

/// A value of btcli as it is written here: it takes 1 and 0 for a switch, and TAO for a decimal.
fn ours(row: &catalog::Hyperparameter, value: &str) -> String {
    let text = value.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    match (row.kind, row.unit) {
        (ValueKind::Bool, _) => match text.to_ascii_lowercase().as_str() {
            "1" | "true" => "true".to_owned(),
            "0" | "false" => "false".to_owned(),
            _ => text.to_owned(),
        },
        (_, Unit::Rao) if is_decimal(text) => format!("{text} TAO"),
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') => {
            text.replace('_', "")
        }
        _ => text.to_owned(),
    }
}

fn is_decimal(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, part)| {
        [whole, part].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// As a shell has to be given it.
fn quoted(text: &str) -> String {
    let safe =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '=' | '.' | '-' | '+' | ',' | '%');
    if text.chars().all(safe) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Only words of commands are repeated: whatever else was typed there may be anything.
fn plain(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .take(40)
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn hint(line: &str) -> Option<(String, String)> {
        let args: Vec<_> = line.split(' ').map(str::to_owned).collect();
        told(&args).map(|error| (error.what.clone(), error.next_step().to_owned()))
    }

    /// Each command that a hint prints in full is one that our own grammar takes.
    #[track_caller]
    fn commands_parse(hint: &str) {
        for command in
            hint.split('`').skip(1).step_by(2).filter(|part| part.starts_with("subtune "))
        {
            if command.contains("NETUID") || command.contains("NAME") {
                continue;
            }
            let words = command.replace('\'', "");
            let parsed = super::super::Cli::try_parse_from(words.split(' '));
            let help = parsed.as_ref().err().is_some_and(|error| !error.use_stderr());
            // A TAO value is one word behind its quotes.
            assert!(
                parsed.is_ok() || help || command.contains('\''),
                "{command}: {:?}",
                parsed.err()
            );
        }
    }

    #[test]
    fn a_command_of_btcli_is_told_with_ours() {
        for (line, ours) in [
            ("sudo get --netuid 46", "use `subtune show 46`"),
            ("sudo get 46", "use `subtune show 46`"),
            ("sudo get --netuid=46 --json-output", "use `subtune show 46`"),
            ("btcli sudo get --netuid 46", "use `subtune show 46`"),
            ("--network test sudo get --netuid 46", "use `subtune show 46`"),
            ("su get -n 46", "use `subtune show 46`"),
            ("hparams get --netuid 46 --name tempo", "use `subtune show 46`"),
            ("subnet hyperparameters --netuid 46", "use `subtune show 46`"),
            ("subnets hyperparameters --netuid 46", "use `subtune show 46`"),
            ("get --netuid 46 --param tempo", "use `subtune show 46`"),
            ("sudo get", "use `subtune show NETUID`"),
            ("sudo set --netuid 46 --param tempo --value 400", "`subtune plan 46 --set tempo=400`"),
            (
                "hparams set --netuid 46 --name tempo --value 400",
                "`subtune apply 46 --set tempo=400`",
            ),
            (
                "hparams set --name tempo --value 4_000 --netuid 46 -w cold/hot",
                "`subtune plan 46 --set tempo=4000`",
            ),
            (
                "sudo set --wallet-name 7 --netuid 46 --param tempo --value 400",
                "plan 46 --set tempo=400`",
            ),
            ("set 46 tempo 400", "`subtune plan 46 --set tempo=400`"),
            ("set 46 tempo=400", "`subtune plan 46 --set tempo=400`"),
            ("sudo set --netuid 46 --param max_burn --value 0.5", "--set 'max_burn=0.5 TAO'`"),
            ("sudo set --netuid 46 --param yuma3_enabled --value 1", "--set yuma3_enabled=true`"),
            (
                "sudo set --netuid 46 --param alpha_values --value 0.7,0.9",
                "plan 46 --set alpha_low=0.7 --set alpha_high=0.9`",
            ),
            (
                "sudo set --netuid 46 --param weights_version_key --value 3",
                "--set weights_version=3`",
            ),
            ("sudo set --netuid 46", "`subtune plan 46 --set NAME=VALUE`"),
            (
                "sudo set --netuid 46 --param zzz --value $(rm)",
                "`subtune plan 46 --set NAME=VALUE`",
            ),
            ("set", "`subtune plan NETUID --set NAME=VALUE`"),
            ("list", "`subtune profiles`"),
            ("subnets list", "use btcli"),
            ("sudo trim --netuid 46 --max 64", "use btcli"),
            ("stake add", "use btcli"),
            ("wallet new-coldkey", "makes none"),
        ] {
            let Some((what, hint)) = hint(line) else { panic!("{line}") };
            assert!(what.ends_with("is a command of btcli, not of subtune"), "{line}: {what}");
            assert!(hint.contains(ours), "{line}: {hint}");
            commands_parse(&hint);
        }
    }

    #[test]
    fn our_own_commands_and_misspelt_ones_are_left_to_the_parser() {
        for line in [
            "wallet lst",
            "wallet show",
            "plna 46",
            "show",
            "apply 46 --colour",
            "-v show",
            "--network",
            "",
        ] {
            assert!(hint(line).is_none(), "{line}");
        }
    }
}
