//! Commands that the tool prints. Each runs as it is when it is pasted in another directory and with
//! an empty environment: it names what this run took from options, variables and files, in absolute
//! paths and quoted for a shell. It never names a secret.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::CommandFactory as _;
use serde_json::Value as Json;
use subtune_chain::Endpoint;
use subtune_model::error::Error;
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::receipt::Receipt;

use super::{Cli, Global};
use crate::files::read;
use crate::ops;
use crate::settings::Surroundings;
use crate::ui::output::Report;

/// What this run works with, as options. Empty before [`remember`].
static HERE: Mutex<Here> = Mutex::new(Here {
    network: None,
    of_file: false,
    state_dir: None,
    key: Vec::new(),
    elsewhere: false,
});

struct Here {
    network: Option<Network>,
    /// Whether the file of a fleet names it, which a command that takes that file need not do again.
    of_file: bool,
    /// The state directory, unless an empty environment has it, too.
    state_dir: Option<PathBuf>,
    key: Vec<String>,
    /// Whether the key is on another machine.
    elsewhere: bool,
}

struct Network {
    name: String,
    /// Whether the name leaves something out of the URL, such as a key.
    hides: bool,
    insecure: bool,
}

fn here() -> MutexGuard<'static, Here> {
    HERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers what this run works with; `root` is its state directory, where there is one.
pub(super) fn remember(global: &Global, root: Option<PathBuf>) {
    let mut here = here();
    here.network = network_of(global, None);
    let usual = usual_home().map(|home| home.join(".local/state/subtune"));
    here.state_dir = root.filter(|root| Some(root) != usual.as_ref());
}

fn network_of(global: &Global, file: Option<&str>) -> Option<Network> {
    let Global { network, allow_insecure, .. } = global;
    let choice = Surroundings::of_process().network(network.as_deref().or(file));
    let nodes = choice.and_then(|choice| Endpoint::parse_list(&choice.value, *allow_insecure));
    nodes.ok().map(|nodes| {
        let names: Vec<_> = nodes.iter().map(ToString::to_string).collect();
        let name = names.join(",");
        Network { hides: name.contains('…'), name, insecure: *allow_insecure }
    })
}

/// Remembers the network that the file of a fleet names, unless an option names another one.
pub(super) fn remember_file(global: &Global, network: Option<&str>) {
    if global.network.is_none() && network.is_some() {
        let mut here = here();
        here.network = network_of(global, network);
        here.of_file = true;
    }
}

/// Remembers which chain answers: a URL that may hold a key is not printed where a name does as well.
pub(super) fn connected(genesis_hash: &Hash32) {
    let mut here = here();
    if let Some(known) = here.network.as_mut().filter(|network| network.hides)
        && network::is_public(genesis_hash)
    {
        let name = network::name_of(genesis_hash).to_owned();
        *known = Network { name, hides: false, insecure: false };
    }
}

/// Remembers the options that name the key.
pub(super) fn signed_by(options: Vec<String>) {
    here().key = options;
}

/// Remembers that the key is on another machine.
pub(super) fn signed_elsewhere() {
    here().elsewhere = true;
}

/// The command that takes a change back, or that starts to where the key is on another machine.
pub(super) fn back(receipt: &Receipt, rollback: Option<&Path>) -> String {
    let elsewhere = here().elsewhere;
    match rollback.filter(|_| elsewhere) {
        None => line(&ops::back(receipt)),
        Some(profile) => command(&[
            "plan",
            &receipt.netuid.to_string(),
            "--profile",
            &path(profile),
            "--unsigned",
            &format!("rollback-{}.json", receipt.id),
        ]),
    }
}

/// Most bytes of the list of users that is looked through.
#[cfg(unix)]
const USERS_BYTES: u64 = 1 << 20;

/// The home directory of this user where no variable names it. `None` where that cannot be told.
pub(super) fn usual_home() -> Option<PathBuf> {
    #[cfg(unix)]
    {
        let user = rustix::process::getuid().as_raw().to_string();
        let users = read::bytes(Path::new("/etc/passwd"), USERS_BYTES).ok()?;
        let users = String::from_utf8_lossy(&users);
        let mut fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let mine = fields.find(|fields| fields.get(2) == Some(&user.as_str()))?;
        mine.get(5).map(PathBuf::from)
    }
    #[cfg(not(unix))]
    None
}

/// A path as a word of a command: absolute.
pub(super) fn path(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// The command of these words, complete and quoted.
pub(super) fn command(words: &[&str]) -> String {
    let mut line = "subtune".to_owned();
    for word in words {
        line.push_str(&format!(" {}", quoted(word)));
    }
    completed(&line).unwrap_or(line)
}

/// A command line that is complete.
pub(super) fn line(line: &str) -> String {
    completed(line).unwrap_or_else(|| line.to_owned())
}

/// A text in which every command between backticks that can be run as it stands is complete. One
/// that only names a command, such as `subtune plan`, is left alone.
pub(super) fn complete(text: &str) -> String {
    let mut done = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            done.push('`');
        }
        match if index % 2 == 1 { completed(part) } else { None } {
            Some(line) => done.push_str(&line),
            None => done.push_str(part),
        }
    }
    done
}

/// An error of which the commands are complete.
pub(super) fn error(error: Error) -> Error {
    let (what, hint) = (complete(&error.what), complete(error.next_step()));
    Error { what, ..error }.hint(hint)
}

/// A result of which the commands are complete.
pub(super) fn report(mut report: Report) -> Report {
    if !report.verbatim {
        report.text = complete(&report.text);
    }
    report.markdown = report.markdown.map(|text| complete(&text));
    report.data.values_mut().for_each(complete_json);
    report
}

fn complete_json(data: &mut Json) {
    match data {
        Json::String(text) if text.contains("`subtune ") => *text = complete(text),
        Json::Array(list) => list.iter_mut().for_each(complete_json),
        Json::Object(object) => object.values_mut().for_each(complete_json),
        _ => {}
    }
}

/// A command line with the options that it needs here; `None` when it is none that could be run.
fn completed(line: &str) -> Option<String> {
    let words = shlex::split(line)?;
    let (program, rest) = words.split_first()?;
    let matches = Cli::command().try_get_matches_from(&words).ok()?;
    if program != "subtune" || !names_its_subnet(matches.subcommand()?) {
        return None;
    }
    let has = |option: &str| {
        rest.iter().any(|word| {
            word == option || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))
        })
    };
    let (network, state, key) = match rest.first().map(String::as_str) {
        Some("show" | "snapshot" | "diff" | "plan" | "proxy") => (true, false, false),
        Some("check") => (has("--netuid"), false, false),
        Some("apply" | "rollback") => (true, true, true),
        Some("submit") => (true, true, false),
        Some("history") => (has("--refresh") || has("--close"), true, false),
        Some("health" | "metagraph" | "forecast") => (true, false, false),
        Some("baseline" | "watch" | "evaluate" | "report") => (true, true, false),
        Some("fleet") => (!here().of_file, rest.get(1).is_some_and(|verb| verb == "apply"), false),
        _ => (false, false, false),
    };
    let here = here();
    let mut options: Vec<String> = Vec::new();
    let keys = ["--wallet-name", "--suri-file", "--ask-suri", "--dev-key"];
    if key && !keys.iter().any(|option| has(option)) {
        options.extend(here.key.iter().cloned());
    }
    if let Some(Network { name, insecure, .. }) = &here.network
        && network
        && name != "finney"
        && !has("--network")
    {
        options.extend(["--network".to_owned(), name.clone()]);
        if *insecure {
            options.push("--allow-insecure".to_owned());
        }
    }
    if let Some(root) = &here.state_dir
        && state
        && !has("--state-dir")
    {
        options.extend(["--state-dir".to_owned(), root.display().to_string()]);
    }
    let options: String = options.iter().map(|option| format!(" {}", quoted(option))).collect();
    Some(format!("{line}{options}"))
}

/// Whether a command that cannot do without a netuid has one.
fn names_its_subnet((name, of): (&str, &clap::ArgMatches)) -> bool {
    // Not every command knows these arguments.
    let given = |id: &str| of.try_contains_id(id).ok();
    let lacks = given("netuid") == Some(false) && given("netuid_option") == Some(false);
    !lacks || name == "history" || given("plan") == Some(true)
}

/// A word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_names_a_command_is_left_alone() {
        for text in [
            "`subtune plan` tells it",
            "`subtune explain NAME` tells",
            "`subtune show NETUID`",
            "make it anew with `subtune plan … --unsigned FILE`",
            "`subtune apply --wait` waits for it",
            "a ` in between",
            "`subtune explain codes`",
            "`subtune apply --wait` waits for it, `subtune plan --skip-no-effect` does without",
        ] {
            here().state_dir = Some(PathBuf::from("/state"));
            here().network =
                Some(Network { name: "ws://node".to_owned(), hides: false, insecure: false });
            assert_eq!(complete(text), text);
        }
        for (line, options) in [
            ("`subtune history`", " --state-dir /state"),
            ("`subtune plan 46`", " --network ws://node"),
            ("`subtune plan --netuid 46`", " --network ws://node"),
            ("`subtune apply --plan the.plan`", " --network ws://node --state-dir /state"),
        ] {
            let completed = format!("{}{options}`", line.trim_end_matches('`'));
            assert_eq!(complete(line), completed);
        }
    }

    /// A command runs where it is pasted, whatever the result was written as.
    #[test]
    fn every_form_of_a_result_names_the_same_commands() {
        here().state_dir = Some(PathBuf::from("/state"));
        here().network =
            Some(Network { name: "ws://node".to_owned(), hides: false, insecure: false });
        let text = "look at `subtune plan 46`\n";
        let done = report(
            Report::new(text.to_owned(), serde_json::json!({ "hint": text }))
                .markdown(format!("```text\na fence\n```\n- {text}")),
        );
        let line = "`subtune plan 46 --network ws://node`";
        assert!(done.text.contains(line), "{}", done.text);
        assert!(done.data["hint"].as_str().is_some_and(|hint| hint.contains(line)));
        assert!(done.markdown.is_some_and(|markdown| markdown.contains(line)));
    }

    #[test]
    fn words_are_quoted() {
        for (words, line) in [
            (&["profiles", "a b"][..], "subtune profiles 'a b'"),
            (&["profiles", "it's"], "subtune profiles \"it's\""),
            (&["profiles", "$(rm)"], "subtune profiles '$(rm)'"),
        ] {
            assert_eq!(command(words), line);
            assert_eq!(shlex::split(line).unwrap()[1..], *words);
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_printed() {
        for url in ["wss://user:secret@host", "wss://host/secret", "wss://host?secret"] {
            let shown = Endpoint::parse(url, false).unwrap().to_string();
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
