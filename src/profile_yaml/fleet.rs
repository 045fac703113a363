//! YAML text → fleet: which subnets, what is wanted of each, and who signs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde_json::Value as Json;
use subtune_model::address;
use subtune_model::error::Result;
use subtune_model::fleet::{Fleet, FleetMember, Signing};

use super::kind::{ExpectedKind, FileKind};
use super::read::{did_you_mean, format_version, line};
use super::tree::{self, Data, Node, YamlEntry};
use super::{Complaint, Complaints, Document, complaints_error, shown};

/// Most subnets of a file: more than any chain has.
const MOST: usize = 1_024;

const FIELDS: &[&str] = &["format_version", "kind", "network", "subnets"];
const MEMBER_FIELDS: &[&str] = &["profile", "goals", "owner", "sign"];
const SIGN_FIELDS: &[&str] = &[
    "wallet",
    "wallet_path",
    "password_file",
    "suri_file",
    "dev_key",
    "signer",
    "proxy_for",
    "multisig",
    "threshold",
];

/// The frame of such a file, for its schema alone: the reader knows places, which serde does not.
#[derive(JsonSchema)]
#[schemars(
    title = "subtune fleet",
    description = "The subnets of an owner, what is wanted of each, and who signs.",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "only its schema is used")]
struct FleetFile {
    /// Version of this format.
    #[schemars(extend("const" = subtune_model::profile::FORMAT_VERSION))]
    format_version: u32,
    /// What the file is.
    #[schemars(default, skip_serializing_if = "Option::is_none", extend("const" = "fleet"))]
    kind: Option<String>,
    /// Network or URL of a node, as `--network` takes it.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    network: Option<String>,
    /// The subnets by netuid.
    subnets: BTreeMap<u16, FleetMemberFile>,
}

/// What is wanted of one subnet.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct FleetMemberFile {
    /// Built-in profile, or a YAML file relative to this one.
    #[schemars(length(min = 1))]
    profile: String,
    /// Built-in goals, or a YAML file relative to this one.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    goals: Option<String>,
    /// SS58 address of the coldkey that must own the subnet.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    owner: Option<String>,
    /// Who signs; the key of the command line when it names none.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    sign: Option<SigningFile>,
}

/// Who signs. No field takes a secret.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct SigningFile {
    /// Name of the wallet whose coldkey signs.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    wallet: Option<String>,
    /// Directory of the wallets, relative to this file.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    wallet_path: Option<String>,
    /// File or file descriptor with the password of the wallet, relative to this file.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    password_file: Option<String>,
    /// File with a mnemonic, seed or secret URI, relative to this file.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    suri_file: Option<String>,
    /// Development key of a local chain.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    dev_key: Option<String>,
    /// SS58 address of the key that signs, for a plan on a machine without the wallet.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    signer: Option<String>,
    /// SS58 address of the account that the key is a proxy of.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 1))]
    proxy_for: Option<String>,
    /// SS58 addresses of all signatories of the multisig.
    #[schemars(default, skip_serializing_if = "Option::is_none", length(min = 2))]
    multisig: Option<Vec<String>>,
    /// How many signatories have to approve.
    #[schemars(default, skip_serializing_if = "Option::is_none", range(min = 1))]
    threshold: Option<u16>,
}

/// The JSON Schema of a file of a fleet.
#[must_use]
pub fn fleet_schema() -> Json {
    schemars::schema_for!(FleetFile).to_value()
}

/// Reads a file of a fleet. Its paths are made relative to the working directory.
///
/// # Errors
/// When there is no such file, or with the first complaint about it.
pub fn load_fleet(path: &Path) -> Result<Fleet> {
    match Document::open(path)? {
        Ok(Document { file, text, kind: FileKind::Fleet | FileKind::Unknown }) => {
            let fleet = parse_fleet(&text, &file).map_err(complaints_error)?;
            Ok(beside(fleet, path))
        }
        Ok(Document { file, kind, .. }) => {
            Err(complaints_error(vec![kind.wrong(&file, ExpectedKind::Fleet)]))
        }
        Err(complaint) => Err(complaints_error(vec![complaint])),
    }
}

/// The same fleet with paths that are relative to its file made relative to the working directory.
fn beside(mut fleet: Fleet, file: &Path) -> Fleet {
    let folder = file.parent().unwrap_or(Path::new(""));
    let place = |text: &mut String| {
        let path = PathBuf::from(&*text);
        if !path.is_absolute() && !text.starts_with('~') {
            *text = folder.join(path).display().to_string();
        }
    };
    for FleetMember { profile, goals, owner: _, sign } in fleet.subnets.values_mut() {
        if crate::profiles::shipped(profile).is_none() {
            place(profile);
        }
        if let Some(goals) = goals.as_mut().filter(|name| crate::goals::shipped(name).is_none()) {
            place(goals);
        }
        let Signing { wallet_path, password_file, suri_file, .. } = sign;
        [wallet_path, password_file, suri_file].into_iter().flatten().for_each(place);
    }
    fleet
}

/// Reads a fleet.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse_fleet(text: &str, file: &str) -> Result<Fleet, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    let fleet = tree::read(text, &mut out).and_then(|root| of(&root, &mut out));
    match fleet {
        Some(fleet) if out.list.is_empty() => Ok(fleet),
        _ => Err(out.sorted()),
    }
}

fn of(root: &Node, out: &mut Complaints) -> Option<Fleet> {
    let hint = "begin with `format_version: 1` and `subnets:`";
    let entries = map(root, "it", hint, out)?;
    for (field, hint) in [
        ("format_version", "begin the file with `format_version: 1`"),
        ("subnets", "add `subnets:` and under it, indented, `46: { profile: profiles/46.yaml }`"),
    ] {
        if root.get(field).is_none() {
            out.add(Some(root.place), Some(field), &format!("the field {field} is missing"), hint);
        }
    }
    let mut fleet = Fleet::default();
    for entry in entries {
        match entry.key.as_str() {
            "format_version" => format_version(entry, out),
            "kind" if entry.value.text() == Some("fleet") => {}
            "kind" => {
                let hint = "write `kind: fleet`, or leave it out";
                out.add(Some(entry.blame()), Some("kind"), "kind is not fleet", hint);
            }
            "network" => fleet.network = Some(line(entry, out)),
            "subnets" => fleet.subnets = subnets(entry, out),
            other => unknown(entry, other, FIELDS, out),
        }
    }
    Some(fleet)
}

/// The entries of what has to be a map.
fn map<'a>(
    node: &'a Node,
    what: &str,
    hint: &str,
    out: &mut Complaints,
) -> Option<&'a [YamlEntry]> {
    let entries = node.entries();
    if entries.is_none() && !matches!(node.data, Data::Refused) {
        out.add(Some(node.place), None, &format!("{what} is not a map of fields"), hint);
    }
    entries
}

fn unknown(entry: &YamlEntry, name: &str, fields: &[&str], out: &mut Complaints) {
    let what = format!("unknown field {}", shown(name));
    out.add(Some(entry.place), Some(name), &what, &did_you_mean(name, fields));
}

fn subnets(entry: &YamlEntry, out: &mut Complaints) -> BTreeMap<u16, FleetMember> {
    let mut found = BTreeMap::new();
    let hint = "write one subnet a line: `46: { profile: profiles/46.yaml }`";
    let Some(entries) = map(&entry.value, "subnets", hint, out) else { return found };
    if entries.is_empty() || entries.len() > MOST {
        let what = format!("subnets holds {}, and takes 1 to {MOST}", entries.len());
        out.add(Some(entry.blame()), Some("subnets"), &what, hint);
        return found;
    }
    for entry in entries {
        // As a number is written: another spelling would be the same subnet once more.
        let netuid = entry.key.parse::<u16>().ok().filter(|id| id.to_string() == entry.key);
        let Some(netuid) = netuid else {
            let what = format!("{} is not a netuid", shown(&entry.key));
            out.add(Some(entry.place), Some(&entry.key), &what, "a netuid is a number, as 46");
            continue;
        };
        if let Some(member) = member(entry, out) {
            found.insert(netuid, member);
        }
    }
    found
}

fn member(entry: &YamlEntry, out: &mut Complaints) -> Option<FleetMember> {
    let what = format!("subnet {}", shown(&entry.key));
    let hint = "write `{ profile: FILE }` with, if you like, goals, owner and sign";
    let entries = map(&entry.value, &what, hint, out)?;
    if entry.value.get("profile").is_none() {
        let what = format!("{what} has no profile");
        out.add(
            Some(entry.place),
            Some("profile"),
            &what,
            "add `profile: FILE` or a built-in name",
        );
    }
    let mut member = FleetMember::default();
    for entry in entries {
        match entry.key.as_str() {
            "profile" => member.profile = line(entry, out),
            "goals" => member.goals = Some(line(entry, out)),
            "owner" => member.owner = account(entry, out),
            "sign" => member.sign = signing(entry, out),
            other => unknown(entry, other, MEMBER_FIELDS, out),
        }
    }
    Some(member)
}

fn signing(entry: &YamlEntry, out: &mut Complaints) -> Signing {
    let mut sign = Signing::default();
    let hint = "write `{ wallet: NAME }`; `subtune help signing` tells the other ways";
    let Some(entries) = map(&entry.value, "sign", hint, out) else { return sign };
    for entry in entries {
        match entry.key.as_str() {
            "wallet" => sign.wallet = Some(line(entry, out)),
            "wallet_path" => sign.wallet_path = Some(line(entry, out)),
            "password_file" => sign.password_file = Some(line(entry, out)),
            "suri_file" => sign.suri_file = Some(line(entry, out)),
            "dev_key" => sign.dev_key = Some(line(entry, out)),
            "signer" => sign.signer = account(entry, out),
            "proxy_for" => sign.proxy_for = account(entry, out),
            "multisig" => sign.multisig = accounts(entry, out),
            "threshold" => sign.threshold = threshold(entry, out),
            other => unknown(entry, other, SIGN_FIELDS, out),
        }
    }
    let Signing { wallet, suri_file, dev_key, wallet_path, password_file, .. } = &sign;
    let named = [wallet, suri_file, dev_key].into_iter().flatten().count();
    if named > 1 {
        let hint = "keep one of wallet, suri_file and dev_key";
        out.add(Some(entry.place), Some("sign"), "sign names more than one key", hint);
    }
    if wallet.is_none() && (wallet_path.is_some() || password_file.is_some()) {
        let what = "wallet_path and password_file are of a wallet, and none is named";
        out.add(Some(entry.place), Some("sign"), what, "add `wallet: NAME`");
    }
    if sign.multisig.is_empty() != sign.threshold.is_none() {
        let hint = "write both, or neither";
        out.add(Some(entry.place), Some("sign"), "multisig and threshold go together", hint);
    }
    sign
}

fn account(entry: &YamlEntry, out: &mut Complaints) -> Option<String> {
    let text = line(entry, out);
    checked(&text, entry, out)
}

fn checked(text: &str, entry: &YamlEntry, out: &mut Complaints) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match address::parse_ss58(text) {
        // One spelling, so that it can be compared.
        Ok(account) => Some(address::ss58(&account)),
        Err(error) => {
            let what = format!("{}: {}", entry.key, error.what);
            out.add(Some(entry.blame()), Some(&entry.key), &what, error.next_step());
            None
        }
    }
}

fn accounts(entry: &YamlEntry, out: &mut Complaints) -> Vec<String> {
    let Data::List(nodes) = &entry.value.data else {
        let hint = "write the addresses in brackets, separated by commas";
        out.add(Some(entry.blame()), Some(&entry.key), "multisig is not a list", hint);
        return Vec::new();
    };
    nodes.iter().filter_map(|node| checked(node.text().unwrap_or("?"), entry, out)).collect()
}

fn threshold(entry: &YamlEntry, out: &mut Complaints) -> Option<u16> {
    let number = entry.value.text().and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    if number.is_none() {
        let hint = "write a number, as `threshold: 2`";
        out.add(Some(entry.blame()), Some(&entry.key), "threshold is not a number above 0", hint);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn a_fleet_is_read_and_its_paths_are_beside_its_file() {
        let text = format!(
            "format_version: 1\nnetwork: finney\nsubnets:\n  46: {{ profile: profiles/46.yaml, goals: g.yaml, \
             owner: {ALICE}, sign: {{ proxy_for: {ALICE}, wallet: ci, password_file: /dev/fd/3 }} }}\n  \
             13: {{ profile: subnet13-aligned }}\n"
        );
        let fleet = beside(parse_fleet(&text, "f").unwrap(), Path::new("repo/fleet.yaml"));
        assert_eq!(fleet.network.as_deref(), Some("finney"));
        let one = &fleet.subnets[&46];
        assert_eq!(one.profile, "repo/profiles/46.yaml");
        assert_eq!(one.goals.as_deref(), Some("repo/g.yaml"));
        assert_eq!(one.owner.as_deref(), Some(ALICE));
        assert_eq!(one.sign.password_file.as_deref(), Some("/dev/fd/3"));
        assert!(one.sign.names_a_key());
        assert_eq!(fleet.subnets[&13].profile, "subnet13-aligned");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let wrong = |subnets: &str| {
            let text = format!("format_version: 1\nsubnets:\n{subnets}");
            let found = parse_fleet(&text, "f").unwrap_err();
            found.iter().map(|one| format!("{one} | {}", one.hint)).collect::<Vec<_>>().join("\n")
        };
        for (subnets, told) in [
            ("  046: { profile: x }\n", "f:3: 046 is not a netuid"),
            ("  70000: { profile: x }\n", "70000 is not a netuid"),
            ("  46: { profle: x }\n", "did you mean profile?"),
            ("  46: {}\n", "subnet 46 has no profile"),
            ("  46: x\n", "subnet 46 is not a map"),
            ("  46: { profile: x, owner: 5Grw }\n", "owner: "),
            ("  46: { profile: x, sign: { wallet: a, dev_key: b } }\n", "more than one key"),
            ("  46: { profile: x, sign: { password_file: b } }\n", "none is named"),
            ("  46: { profile: x, sign: { threshold: 2 } }\n", "go together"),
            ("  46: { profile: x, sign: { threshold: 0 } }\n", "above 0"),
            ("  46: { profile: x, sign: { mnemonic: a b c } }\n", "unknown field mnemonic"),
            ("  46: { profile: x }\n  46: { profile: y }\n", "f:4"),
            ("  {}\n", "subnets holds 0"),
        ] {
            let found = wrong(subnets);
            assert!(found.contains(told), "{subnets}: {found}");
        }
    }
}
