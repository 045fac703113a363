//! The wallet and the subnet: whether one can change the other, and by which right.

use subtune_chain::Proxies;
use subtune_model::address;
use subtune_model::error::Error;
use subtune_model::origin::{self, Filter, ProxyEntry};
use subtune_model::plan::Status;
use subtune_model::rules;
use subtune_model::snapshot::{SetterState, Snapshot};
use subtune_wallet::Secret;

use super::Checkup;
use crate::wallet::WalletRef;
use crate::wallet::survey::survey;

/// What a wallet tells without a password, and the account that it is of. `is_named`: somebody has chosen
/// it, so that it has to be there.
#[must_use]
pub fn wallet(wallet: &WalletRef, is_named: bool) -> (Vec<Checkup>, Option<String>) {
    let found = match survey(wallet) {
        Ok(found) => found,
        Err(error) if is_named => return (vec![Checkup::error("wallet", &error)], None),
        Err(error) => {
            let error = error.hint(
                "looking needs none; to sign, choose one with --wallet-name (see `subtune wallet list`)",
            );
            return (vec![Checkup::spare("wallet", &error)], None);
        }
    };
    let name = wallet.name();
    let (mut checks, mut told) = (Vec::new(), None);
    let public = wallet.read_coldkeypub();
    match &public {
        Ok(account) => {
            checks.push(Checkup::ok("wallet", format!("`{name}`, {}", address::ss58(account))))
        }
        Err(error) => {
            checks.push(Checkup::error("wallet", error));
            told = Some(error.what.clone());
        }
    }
    let more = format!("`subtune wallet show {name}` tells more");
    let is_broken = found.secret.is_none() && !found.watch_only;
    let there = public.is_ok() || wallet.coldkeypub_path().exists();
    // That there is no public file was told as an error already.
    let problems = found.problems.iter().filter(|problem| told.as_ref() != Some(problem));
    let problems = problems.filter(|problem| there || !problem.starts_with("there is no "));
    for problem in problems {
        checks.push(match is_broken {
            true => Checkup::error("keyfile", &Error::wallet(problem).hint(more.clone())),
            false => Checkup::warning("keyfile", problem, more.clone()),
        });
    }
    match found.secret {
        Some(Secret::Open) => checks.push(Checkup::warning(
            "keyfile",
            format!(
                "the coldkey of `{name}` is not encrypted: whoever can read the file has the key"
            ),
            "restore the wallet with a password, as with `btcli wallet regen-coldkey`",
        )),
        Some(Secret::Encrypted) if found.problems.is_empty() => {
            checks.push(Checkup::ok("keyfile", "encrypted, and nobody else can read it"));
        }
        Some(Secret::Encrypted) => {}
        Some(Secret::None) | None if found.watch_only => {
            checks.push(Checkup::ok("keyfile", "none here: this wallet watches, and cannot sign"));
        }
        Some(Secret::None) | None => {}
    }
    let account = public.ok().or(found.account);
    (checks, account.as_ref().map(address::ss58))
}

/// Whether the owner's key can change the subnet at all.
#[must_use]
pub fn subnet(snapshot: &Snapshot) -> Checkup {
    const CHECK: &str = "subnet";
    let Snapshot { netuid, owner, .. } = snapshot;
    let more = format!("`subtune show {netuid}` tells more");
    match rules::held(snapshot) {
        None => Checkup::ok(CHECK, format!("subnet {netuid} is owned by {owner}")),
        Some(Status::NotPermitted { reason, .. }) => Checkup::warning(
            CHECK,
            format!("the owner of subnet {netuid}, {owner}, can change nothing now: {reason}"),
            more,
        ),
        Some(other) => Checkup::cannot_tell(
            CHECK,
            format!(
                "whether the owner of subnet {netuid}, {owner}, can change anything now: {}",
                other.reason().unwrap_or("nobody says why")
            ),
            more,
        ),
    }
}

/// By which right the account of the wallet changes a subnet, if it has any.
#[must_use]
pub fn right(
    account: &str,
    is_named: bool,
    snapshot: &Snapshot,
    proxies: &Proxies,
    filters: &std::collections::BTreeMap<String, Filter>,
) -> Vec<Checkup> {
    const CHECK: &str = "owner";
    let Snapshot { netuid, owner, .. } = snapshot;
    if account == owner {
        let others = match proxies.entries.len() {
            0 => "no proxies".to_owned(),
            1 => "one proxy".to_owned(),
            several => format!("{several} proxies"),
        };
        return vec![Checkup::ok(
            CHECK,
            format!("the wallet owns subnet {netuid}; it has {others}"),
        )];
    }
    let mine: Vec<_> = proxies.entries.iter().filter(|entry| entry.delegate == account).collect();
    if mine.is_empty() {
        let error = Error::refused(format!(
            "the wallet is {account}, which neither owns subnet {netuid} nor is a proxy of its owner"
        ))
        .hint(format!(
            "choose the wallet of {owner} with --wallet-name; or let its owner run `subtune proxy setup \
             {netuid} --delegate {account}`"
        ));
        return vec![match is_named {
            true => Checkup::error(CHECK, &error),
            false => Checkup::spare(CHECK, &error),
        }];
    }
    mine.into_iter().map(|entry| proxy(entry, snapshot, filters)).collect()
}

/// What a proxy of the owner may do.
fn proxy(
    entry: &ProxyEntry,
    snapshot: &Snapshot,
    filters: &std::collections::BTreeMap<String, Filter>,
) -> Checkup {
    const CHECK: &str = "proxy";
    let ProxyEntry { proxy_type, delay, .. } = entry;
    let Snapshot { netuid, owner, .. } = snapshot;
    let filter =
        filters.get(proxy_type).cloned().unwrap_or_else(|| origin::known_filter(proxy_type));
    let setters: Vec<_> = snapshot
        .guards
        .setters
        .values()
        .filter_map(|state| match state {
            SetterState::Call { pallet, call, who: "owner", .. } => {
                Some(filter.permits(pallet, call))
            }
            _ => None,
        })
        .collect();
    let permitted = setters.iter().filter(|permitted| **permitted).count();
    let is = format!("the wallet is a proxy ({proxy_type}) of the owner of subnet {netuid}");
    if permitted == 0 {
        return Checkup::warning(
            CHECK,
            format!("{is}, and its type permits no call that sets a hyperparameter"),
            format!(
                "let the owner run `subtune proxy setup {netuid} --delegate {}`",
                entry.delegate
            ),
        );
    }
    if *delay > 0 {
        return Checkup::warning(
            CHECK,
            format!(
                "{is} with a delay of {delay} blocks: its calls have to be announced, which subtune does not"
            ),
            "let the owner add the proxy without a delay",
        );
    }
    let how = if filter.permits_batch() { "all or nothing" } else { "one by one" };
    Checkup::ok(
        CHECK,
        format!(
            "{is}: {permitted} of {} hyperparameters, {how}, with --proxy-for {owner}",
            setters.len()
        ),
    )
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use subtune_model::snapshot::{Known, Swap};

    use super::*;
    use crate::doctor::{CheckupState, exit_code};

    /// A copy of a wallet of the vectors, its coldkey with these permissions.
    fn copied(folder: &Path, version: &str, name: &str, mode: u32) -> WalletRef {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets");
        let from = from.join(version).join(name);
        fs::create_dir_all(folder.join(name)).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            let to = folder.join(name).join(file.file_name());
            if file.path().is_file() {
                fs::copy(file.path(), &to).unwrap();
                fs::set_permissions(&to, Permissions::from_mode(mode)).unwrap();
            }
        }
        WalletRef::new(name.to_owned(), folder.to_owned()).unwrap()
    }

    fn states(found: &[Checkup]) -> Vec<(&str, CheckupState)> {
        found.iter().map(|check| (check.check, check.state)).collect()
    }

    #[test]
    fn a_wallet_is_looked_at_and_stays_locked() {
        use CheckupState::{Error, Ok, Warning};
        let folder = tempfile::tempdir().unwrap();
        let good = copied(folder.path(), "v4.1.1", "nacl", 0o600);
        let (found, account) = wallet(&good, true);
        assert_eq!(states(&found), [("wallet", Ok), ("keyfile", Ok)], "{found:?}");
        assert!(account.unwrap().starts_with('5'));
        let open = copied(folder.path(), "v4.1.1", "nacl", 0o644);
        let (found, _) = wallet(&open, true);
        assert_eq!(states(&found), [("wallet", Ok), ("keyfile", Warning)], "{found:?}");
        assert!(found[1].message.contains("other users can read the keyfile"), "{found:?}");

        fs::write(good.coldkeypub_path(), "{").unwrap();
        let (found, account) = wallet(&good, true);
        assert_eq!(states(&found)[0], ("wallet", Error), "{found:?}");
        assert_eq!((exit_code(&found), account), (subtune_model::exit::WALLET, None));

        let none = WalletRef::new("none".to_owned(), folder.path().to_owned()).unwrap();
        assert_eq!(states(&wallet(&none, true).0), [("wallet", Error)]);
        assert_eq!(states(&wallet(&none, false).0), [("wallet", Warning)]);
    }

    const OWNER: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const OTHER: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    #[test]
    fn a_key_owns_the_subnet_or_is_a_proxy_that_may_change_it() {
        use CheckupState::{Error, Ok, Warning};
        let snapshot = subtune_model::world::World::at(475).owned_by(OWNER).done();
        let proxies = |entries: &[(&str, &str, u64)]| Proxies {
            entries: entries
                .iter()
                .map(|(delegate, proxy_type, delay)| ProxyEntry {
                    delegate: (*delegate).to_owned(),
                    proxy_type: (*proxy_type).to_owned(),
                    delay: *delay,
                })
                .collect(),
            deposit: 0,
        };
        let of = |account: &str, is_named, entries: &[(&str, &str, u64)]| {
            let found = right(account, is_named, &snapshot, &proxies(entries), &BTreeMap::new());
            (states(&found).iter().map(|(_, state)| *state).collect::<Vec<_>>(), found)
        };
        assert_eq!(subnet(&snapshot).state, Ok);
        let mut held = snapshot.clone();
        held.guards.swap = Known::Is(Swap { disputed: false });
        let found = subnet(&held);
        assert_eq!(found.state, Warning);
        assert!(found.message.ends_with("a coldkey swap is announced for the owner"), "{found:?}");
        let (state, found) = of(OWNER, true, &[(OTHER, "Owner", 0)]);
        assert_eq!(state, [Ok], "{found:?}");
        assert!(found[0].message.ends_with("it has one proxy"), "{found:?}");
        let (state, found) = of(OTHER, true, &[]);
        assert_eq!((state, exit_code(&found)), (vec![Error], subtune_model::exit::REFUSED));
        assert_eq!(of(OTHER, false, &[(OWNER, "Any", 0)]).0, [Warning]);
        assert_eq!(of(OTHER, true, &[(OTHER, "Staking", 0)]).0, [Warning]);
        assert_eq!(of(OTHER, true, &[(OTHER, "Any", 7)]).0, [Warning]);
        let (state, found) = of(OTHER, true, &[(OTHER, "Any", 0), (OTHER, "Staking", 0)]);
        assert_eq!(state, [Ok, Warning], "{found:?}");
        assert!(found[0].message.contains("all or nothing"), "{found:?}");
    }
}
