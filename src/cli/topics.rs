//! The topics of `subtune help TOPIC`: what concerns several commands, from the tables that the tool
//! itself goes by where there are such.

use clap_mangen::roff::{Roff, bold, roman};
use serde::Serialize;
use subtune_model::catalog;
use subtune_model::exit;
use subtune_model::value::Unit;

use crate::profiles;
use crate::settings;
use crate::ui::output::{Stream, pairs, table};
use crate::wallet::password;

/// A page.
#[derive(Debug)]
pub(super) struct HelpTopic {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    blocks: fn() -> Vec<HelpPart>,
}

/// A part of a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HelpPart {
    /// A paragraph.
    Text(String),
    /// Names and what they mean.
    Rows(Vec<HelpRow>),
    /// Lines that stay as they are.
    Lines(Vec<&'static str>),
}

/// A name and what it means.
#[derive(Debug, Serialize)]
pub(super) struct HelpRow {
    name: String,
    text: String,
}

/// Every topic, in the order of the help.
pub(super) const TOPICS: &[HelpTopic] = &[
    HelpTopic { name: "environment", about: "Variables that subtune reads", blocks: environment },
    HelpTopic { name: "exit-codes", about: "What each exit code means", blocks: exit_codes },
    HelpTopic {
        name: "profiles",
        about: "How a profile is written, and what else is one",
        blocks: of_profiles,
    },
    HelpTopic { name: "fleets", about: "How the file of a fleet is written", blocks: fleets },
    HelpTopic { name: "units", about: "How values are written, exactly", blocks: units },
    HelpTopic {
        name: "signing",
        about: "Which key signs, for whom, and where its password is",
        blocks: signing,
    },
];

fn fleets() -> Vec<HelpPart> {
    let row = |(name, text): (&str, &str)| HelpRow { name: name.to_owned(), text: text.to_owned() };
    let rows = [
        ("format_version", "1"),
        (
            "network",
            "a name or the URL of a node; --network goes before it. A node of another chain than finney or test, where the file names one of them, is refused",
        ),
        ("subnets", "by netuid; each with the fields below"),
        ("profile", "a built-in profile or a file"),
        (
            "goals",
            "built-in goals or a file: apply keeps the epochs before the change, and prints what to run afterwards",
        ),
        (
            "owner",
            "address of the coldkey that must own the subnet; another one is an error before anything else",
        ),
        ("sign", "who signs; where it names no key, the options of `fleet apply` do"),
        (
            "sign.wallet",
            "name of the wallet; with wallet_path (directory) and password_file (file or descriptor)",
        ),
        ("sign.suri_file", "file or descriptor with a mnemonic, seed or secret URI"),
        ("sign.signer", "address of the key, for plans on a machine without the wallet"),
        ("sign.proxy_for", "address of the owner for whom the key is a proxy"),
        ("sign.multisig", "addresses of all signatories; with threshold"),
    ];
    vec![
        HelpPart::Text(
            "The subnets of one or several owners and what is wanted of each, in one file. Paths are relative \
             to it. No field takes a secret."
                .to_owned(),
        ),
        HelpPart::Lines(vec![
            "format_version: 1",
            "network: finney",
            "subnets:",
            "  46:",
            "    profile: profiles/46.yaml",
            "    goals: goals/46.yaml",
            "    owner: 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "    sign: { wallet: ci, password_file: /dev/fd/3 }",
            "  13: { profile: subnet13-aligned }",
        ]),
        HelpPart::Rows(rows.map(row).into()),
        HelpPart::Text(
            "`subtune fleet apply` sends one transaction for each subnet, account by account, and stops at the first \
             bad end; `--plan FILE --resume` goes on with what is left."
                .to_owned(),
        ),
    ]
}

/// The topic of a name.
pub(super) fn find(name: &str) -> Option<&'static HelpTopic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

impl HelpTopic {
    /// The page as a manual page.
    pub(super) fn manual(&self) -> String {
        let mut roff = Roff::new();
        let title = format!("subtune-{}", self.name);
        roff.control("TH", [title.as_str(), "1"]);
        roff.control("SH", ["NAME"]);
        roff.text([roman(format!("{title} - {}", self.about))]);
        self.describe("DESCRIPTION", &mut roff);
        roff.control("SH", ["SEE ALSO"]);
        roff.text([bold("subtune"), roman("(1)")]);
        roff.to_roff()
    }

    /// What the page says, as a last section for the page of a command.
    pub(super) fn section(&self) -> String {
        let mut roff = Roff::new();
        self.describe(&self.about.to_uppercase(), &mut roff);
        roff.to_roff()
    }

    fn describe(&self, heading: &str, roff: &mut Roff) {
        roff.control("SH", [heading]);
        for block in self.blocks() {
            match block {
                HelpPart::Text(text) => {
                    roff.control("PP", []);
                    roff.text([roman(text)]);
                }
                HelpPart::Rows(rows) => {
                    for HelpRow { name, text } in rows {
                        roff.control("TP", []);
                        roff.text([bold(name)]);
                        roff.text([roman(text)]);
                    }
                }
                HelpPart::Lines(lines) => {
                    roff.control("PP", []);
                    roff.control("nf", []);
                    for line in lines {
                        roff.text([roman(format!("  {line}"))]);
                    }
                    roff.control("fi", []);
                }
            }
        }
    }

    /// Its parts, in order.
    pub(super) fn blocks(&self) -> Vec<HelpPart> {
        (self.blocks)()
    }

    /// The page for a terminal.
    pub(super) fn text(&self) -> String {
        let part = |block: HelpPart| match block {
            HelpPart::Text(text) => {
                let mut rows = table(&[""], Stream::Stdout).plain();
                rows.add_row([text]);
                rows.lines().trim_start_matches('\n').to_owned()
            }
            HelpPart::Rows(rows) => {
                let rows: Vec<_> =
                    rows.iter().map(|row| (row.name.as_str(), row.text.clone())).collect();
                pairs(&rows)
            }
            HelpPart::Lines(lines) => lines.iter().map(|line| format!("  {line}\n")).collect(),
        };
        let parts = self.blocks().into_iter().map(part);
        format!("{}\n\n{}", self.about, parts.collect::<Vec<_>>().join("\n"))
    }
}

fn text(text: &str) -> HelpPart {
    HelpPart::Text(text.to_owned())
}

fn rows(rows: &[(&str, &str)]) -> HelpPart {
    HelpPart::Rows(rows.iter().map(|(name, text)| row(*name, (*text).to_owned())).collect())
}

fn row(name: impl Into<String>, text: String) -> HelpRow {
    HelpRow { name: name.into(), text }
}

/// Every variable that is subtune's own, and what it says.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    (settings::NETWORK_VAR, "network, as --network"),
    (
        settings::NETUID_VAR,
        "subnet of a command that needs one and has none; not for history and check",
    ),
    (
        settings::FALLBACK_VAR,
        "more nodes beside a single one, separated by commas; none for no others",
    ),
    (
        settings::ARCHIVE_VAR,
        "nodes that keep all past states, separated by commas; none for no others",
    ),
    (settings::WALLET_NAME_VAR, "wallet, as --wallet-name"),
    (settings::WALLET_PATH_VAR, "directory of the wallets, as --wallet-path"),
    (password::PASSWORD_VAR, "password of the wallet"),
    (password::PASSWORD_FILE_VAR, "file or file descriptor with that password, as --password-file"),
    ("BT_PW_…", "password as btcli keeps it, scrambled"),
    (settings::STATE_DIR_VAR, "directory for receipts and rollback profiles, as --state-dir"),
    (settings::CACHE_DIR_VAR, "directory for the metadata of chains, as --cache-dir"),
    ("NO_COLOR", "no colour, unless --color always is given; TERM=dumb does the same"),
    ("COLUMNS", "width to which text is folded"),
];

fn environment() -> Vec<HelpPart> {
    vec![
        rows(VARIABLES),
        text(
            "An option goes before its variable, and a variable before what btcli is set to: its variables \
              (BT_SUBTENSOR_CHAIN_ENDPOINT, BT_SUBTENSOR_NETWORK, BT_CHAIN_ENDPOINT, BT_WALLET) and its \
              files, which BTCLI_CONFIG and BTCLI_CONFIG_PATH name. Where one of these decides, subtune \
              says so.",
        ),
        text(
            "An empty variable is not set, line ends at the end of a value are dropped, and a leading ~ is \
              the home directory.",
        ),
    ]
}

fn exit_codes() -> Vec<HelpPart> {
    let line = |(code, words): &(u8, &str)| row(code.to_string(), (*words).to_owned());
    vec![
        HelpPart::Rows(exit::TABLE.iter().map(line).collect()),
        text(
            "With --format json an error is an object on stdout with the same code. `subtune check --help` \
              says what its codes mean.",
        ),
    ]
}

fn of_profiles() -> Vec<HelpPart> {
    vec![
        text(
            "A profile is a YAML file with the values that a subnet should have. A plan changes what the \
              profile names, and nothing else.",
        ),
        HelpPart::Lines(vec![
            "format_version: 1",
            "name: my-profile",
            "description: What it is for",
            "source: Where the numbers come from",
            "hyperparameters:",
            "  immunity_period: 40h",
            "  max_burn: 2 TAO",
            "  adjustment_alpha: 14757395258967641292",
        ]),
        HelpPart::Text(format!(
            "`subtune init NETUID` writes one of a live subnet, every value a comment. Built in are {}. \
             `subtune profiles NAME` prints one.",
            profiles::names().collect::<Vec<_>>().join(", ")
        )),
        text(
            "A snapshot of the same subnet, and what `btcli sudo get` or `btcli hparams get` prints, are \
              accepted wherever a profile is; `subtune import FILE` makes a profile of it. `subtune check \
              FILE` names every error with its line, and `subtune profiles --help` is about that command.",
        ),
    ]
}

fn units() -> Vec<HelpPart> {
    let mut known: Vec<Unit> = Vec::new();
    for row in catalog::ALL.iter() {
        if !known.contains(&row.unit) && !row.unit.spellings().is_empty() {
            known.push(row.unit);
        }
    }
    let line = |unit: &Unit| row(unit.describe(), unit.spellings().join(", "));
    vec![
        text(
            "A bare integer is the raw value, as the chain stores it. A text with a unit is converted \
              exactly, or refused with the integers next to it: nothing is rounded.",
        ),
        HelpPart::Rows(known.iter().map(line).collect()),
        text(
            "A switch is true or false, or on or off. On the command line the whole text after the = is \
              the value: --set max_burn=\"2 TAO\". `subtune explain NAME` shows the unit, the range and the \
              texts that one hyperparameter takes.",
        ),
    ]
}

fn signing() -> Vec<HelpPart> {
    vec![
        text("For whom the key signs:"),
        rows(&[
            ("direct", "for itself, the owner of the subnet; the default"),
            (
                "proxy",
                "--proxy-for OWNER: as a proxy of the owner; `subtune proxy setup` prints the call that \
                       makes it one",
            ),
            (
                "multisig",
                "--multisig A,B,C --threshold N: as one of the signatories that own the subnet \
                          together, or with --proxy-for as one of a multisig that is the owner's proxy",
            ),
        ]),
        text("Where the key is:"),
        rows(&[
            ("--wallet-name", "the coldkey of a Bittensor wallet; the default"),
            ("--suri-file", "a mnemonic, seed or secret URI in a file or file descriptor"),
            ("--ask-suri", "the same, typed at the prompt"),
            (
                "elsewhere",
                "on a machine without a network: `subtune plan --unsigned FILE`, there `subtune sign \
                           FILE`, and `subtune submit` here",
            ),
        ]),
        HelpPart::Text(format!(
            "The password of a wallet is taken from --password-file, {}, {}, btcli's BT_PW_… or the prompt, in \
             this order. No option takes a secret as its value.",
            password::PASSWORD_VAR,
            password::PASSWORD_FILE_VAR,
        )),
        text(
            "A signature covers the metadata hash: the chain refuses what was signed over metadata that a node \
              made up. --no-metadata-hash signs without it, which is less safe.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_say_what_the_tables_say() {
        let page = |name: &str| find(name).map(HelpTopic::text).unwrap_or_default();
        for (code, words) in exit::TABLE {
            let line = format!("{code:<3}  {words}\n");
            assert!(page("exit-codes").contains(&line), "{line}{}", page("exit-codes"));
        }
        for name in profiles::names() {
            assert!(page("profiles").contains(name), "{name}");
        }
        for row in catalog::ALL.iter() {
            for text in row.unit.spellings() {
                assert!(page("units").contains(text), "{}: {text}", row.name);
            }
        }
        assert!(TOPICS.iter().all(|topic| topic.text().ends_with('\n')));
    }

    /// The profile that is shown is one.
    #[test]
    fn the_profile_that_is_shown_is_valid() {
        let blocks = of_profiles();
        let lines = blocks.iter().find_map(|block| match block {
            HelpPart::Lines(lines) => Some(lines.join("\n")),
            _ => None,
        });
        let text = lines.unwrap();
        let profile =
            crate::profile_yaml::parse(&text, "help", crate::profile_yaml::Names::Known).unwrap();
        assert_eq!(profile.hyperparameters.len(), 3);
    }
}
