//! What a shell proposes for the arguments of every command: names that are known, files, directories.
//!
//! Only completion scripts know of it: what is taken is for the commands to say.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error, ValueHint};
use subtune_chain::Endpoint;
use subtune_model::errors;
use subtune_model::{catalog, finding};

use super::topics::TOPICS;
use crate::profiles;

/// The same command, with what a shell may propose.
pub(super) fn suggesting(command: Command) -> Command {
    let all = helped(&command);
    of(command, &all)
}

fn of(command: Command, helped: &[String]) -> Command {
    let name = command.get_name().to_owned();
    command
        .mut_args(|arg| {
            let known = arg.get_value_parser().possible_values().is_some();
            if !arg.get_action().takes_values() || known {
                return arg;
            }
            match proposed(&name, arg.get_id().as_str(), helped) {
                // A value follows what ends in =, so no blank does: bash goes by the hint.
                Some(values) if arg.get_id() == "set" => {
                    arg.value_parser(Proposed(values)).value_hint(ValueHint::Other)
                }
                Some(values) => arg.value_parser(Proposed(values)),
                None => {
                    let hint = hint(&arg);
                    arg.value_hint(hint)
                }
            }
        })
        .mut_subcommands(|sub| of(sub, helped))
}

/// The known names for an argument of a command.
fn proposed(command: &str, id: &str, helped: &[String]) -> Option<Vec<String>> {
    let rows = || catalog::ALL.iter().map(|row| row.name.to_owned());
    Some(match (command, id) {
        (_, "set") => rows().map(|name| format!("{name}=")).collect(),
        (_, "only" | "without") => rows().collect(),
        ("explain", "name") => {
            let topics = errors::TOPICS.iter().map(|topic| topic.name.to_owned());
            let codes = finding::CODES.iter().map(|code| code.code.to_owned());
            rows().chain(topics).chain(["codes".to_owned()]).chain(codes).collect()
        }
        ("profiles", "name") => profiles::names().map(str::to_owned).collect(),
        ("help", "words") | ("man", "command") => helped.to_vec(),
        (_, "network" | "cross_check") => Endpoint::names().map(str::to_owned).collect(),
        _ => return None,
    })
}

/// Every command, by its own name, and every topic.
fn helped(command: &Command) -> Vec<String> {
    let commands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let commands = commands.map(|sub| sub.get_name().to_owned());
    commands.chain(TOPICS.iter().map(|topic| topic.name.to_owned())).collect()
}

/// Arguments that take a file as well as a name.
const FILES: [&str; 7] = ["file", "files", "left", "right", "profile", "to", "output"];

/// What kind of thing an argument takes.
fn hint(arg: &Arg) -> ValueHint {
    let name = arg.get_value_names().and_then(|names| names.first()).map_or("", |name| name);
    match arg.get_id().as_str() {
        _ if name == "DIR" => ValueHint::DirPath,
        _ if name == "FILE" => ValueHint::FilePath,
        id if FILES.contains(&id) => ValueHint::FilePath,
        // A number, an address, a time: no file is meant.
        _ => ValueHint::Other,
    }
}

/// Any text, for which these are proposed.
#[derive(Clone)]
struct Proposed(Vec<String>);

impl TypedValueParser for Proposed {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().cloned().map(PossibleValue::new)))
    }
}
