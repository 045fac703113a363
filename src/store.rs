//! The state folder: journal, receipts and rollback profiles.
//!
//! ```text
//! STATE/subtune-state                        marks the folder as ours
//! STATE/finney-2f0555cc/subnet-46/lock       held while a change is under way
//! STATE/finney-2f0555cc/subnet-46/ID.receipt.yaml
//! STATE/finney-2f0555cc/subnet-46/ID.rollback.yaml
//! ```
//!
//! Files are private, and each is there whole or not at all: [`mod@write`].

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::plan::Plan;
use subtune_model::profile::Profile;
use subtune_model::receipt::{Receipt, Transaction};

use crate::files::write;
use crate::ops::Journal;
use crate::profile_yaml::{self, Names};

/// The end of the name of a record.
const RECEIPT: &str = ".receipt.yaml";
/// The end of the name of a rollback profile.
const ROLLBACK: &str = ".rollback.yaml";
/// The name of a lock.
const LOCK: &str = "lock";
const MARK: &str = "subtune-state";
const MARK_TEXT: &str = "State of subtune, format 1. Rollback profiles live here: do not delete.\n";

/// The state folder.
pub struct State {
    root: PathBuf,
}

/// The records of one subnet on one chain.
pub struct Subnet {
    root: PathBuf,
    folder: PathBuf,
}

/// Held while a change is under way; released on drop.
pub struct Lock {
    _file: File,
}

impl State {
    /// The folder that is used: the given one, or `subtune` in the XDG state folder.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn locate(given: Option<PathBuf>) -> Result<Self> {
        let root = match given {
            Some(root) => root,
            None => {
                use etcetera::BaseStrategy as _;
                let base = etcetera::choose_base_strategy().map_err(|error| {
                    Error::other("there is no home directory")
                        .hint("set one with --state-dir")
                        .because(error)
                })?;
                base.state_dir().unwrap_or_else(|| base.data_dir()).join("subtune")
            }
        };
        // What is printed of it holds in any directory.
        Ok(Self { root: std::path::absolute(&root).unwrap_or(root) })
    }

    /// The folder, absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Checks that the folder can be read and is ours, when it is there at all.
    ///
    /// # Errors
    /// When it is somebody else's, or not to be read.
    pub fn check(&self) -> Result<bool> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(self.unreadable(error)),
        };
        if entries.count() > 0 && !self.root.join(MARK).is_file() {
            return Err(self.unusable("holds files that are not subtune's"));
        }
        Ok(true)
    }

    /// Makes the folder where there is none.
    ///
    /// # Errors
    /// When it is somebody else's, or cannot be made.
    pub fn make(&self) -> Result<()> {
        self.check()?;
        make(&self.root)
    }

    /// The records of a subnet; nothing is made before something is written.
    #[must_use]
    pub fn subnet(&self, genesis_hash: &Hash32, netuid: u16) -> Subnet {
        let chain = self.root.join(chain_folder(genesis_hash));
        Subnet { root: self.root.clone(), folder: chain.join(subnet_folder(netuid)) }
    }

    /// All receipts, oldest first; of one subnet when asked. Records that cannot be
    /// read are named, not dropped.
    ///
    /// # Errors
    /// When the folder is not to be read.
    pub fn receipts(&self, netuid: Option<u16>) -> Result<(Vec<Receipt>, Vec<String>)> {
        let (mut receipts, mut broken) = (Vec::new(), Vec::new());
        if !self.check()? {
            return Ok((receipts, broken));
        }
        let folder = netuid.map(subnet_folder);
        for path in walk(&self.root).map_err(|error| self.unreadable(error))? {
            let here = path.parent().and_then(Path::file_name);
            let wanted = folder.as_ref().is_none_or(|folder| here == Some(folder.as_ref()));
            if !wanted || !is_receipt(&path) {
                continue;
            }
            match read_receipt(&path) {
                Ok(receipt) if netuid.is_none_or(|netuid| receipt.netuid == netuid) => {
                    receipts.push(receipt);
                }
                Ok(_) => {}
                Err(error) => broken.push(error.to_string()),
            }
        }
        // Two of one second are told apart by what the chain numbers.
        receipts.sort_by_cached_key(|receipt| {
            let Transaction { birth, nonce, .. } = receipt.transaction;
            (receipt.signed_at.clone(), birth, nonce, receipt.id.clone())
        });
        broken.sort();
        Ok((receipts, broken))
    }

    /// The record of a change of a subnet by its id, whatever else is there to be read.
    ///
    /// # Errors
    /// When the folder or the record is not to be read.
    pub fn receipt(&self, netuid: u16, id: &str) -> Result<Option<Receipt>> {
        if !self.check()? {
            return Ok(None);
        }
        let (folder, name) = (subnet_folder(netuid), format!("{id}{RECEIPT}"));
        let files = walk(&self.root).map_err(|error| self.unreadable(error))?;
        let is = |path: &&PathBuf| {
            path.file_name() == Some(name.as_ref())
                && path.parent().and_then(Path::file_name) == Some(folder.as_ref())
        };
        files.iter().find(is).map(|path| read_receipt(path)).transpose()
    }

    /// The subnets that another run is changing now, by the folders of chain and subnet. No file is made.
    ///
    /// # Errors
    /// When the folder or a lock in it is not to be read.
    pub fn locked(&self) -> Result<Vec<String>> {
        let mut locked = Vec::new();
        if !self.check()? {
            return Ok(locked);
        }
        for path in walk(&self.root).map_err(|error| self.unreadable(error))? {
            if path.file_name() != Some(LOCK.as_ref()) || !path.is_file() {
                continue;
            }
            let file = write::private_in_place(&path)?;
            match file.try_lock_shared() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let subnet = path.parent().unwrap_or(&path);
                    let subnet = subnet.strip_prefix(&self.root).unwrap_or(subnet);
                    locked.push(subnet.display().to_string());
                }
                Err(TryLockError::Error(error)) => return Err(write::cannot_write(&path, error)),
            }
        }
        locked.sort();
        Ok(locked)
    }

    /// The rollback profile of a record, if it is there.
    #[must_use]
    pub fn rollback_profile(&self, receipt: &Receipt) -> Option<PathBuf> {
        self.subnet(&receipt.chain.genesis_hash, receipt.netuid).rollback_profile(receipt)
    }

    fn unreadable(&self, error: std::io::Error) -> Error {
        self.unusable(&format!("cannot be read: {error}")).because(error)
    }

    fn unusable(&self, what: &str) -> Error {
        Error::other(format!("the state directory {} {what}", self.root.display()))
            .hint("use another directory with --state-dir or SUBTUNE_STATE_DIR")
    }
}

/// By the hash alone: no text of a node or a file is a part of a path.
fn chain_folder(genesis_hash: &Hash32) -> String {
    format!("{}-{:.8}", network::name_of(genesis_hash), genesis_hash.digits())
}

fn subnet_folder(netuid: u16) -> String {
    format!("subnet-{netuid}")
}

fn is_receipt(path: &Path) -> bool {
    path.to_string_lossy().ends_with(RECEIPT)
}

/// The error for a record that cannot be read: the end of its transaction may be open.
#[must_use]
pub fn unreadable_record(record: &str) -> Error {
    Error::other(format!("the outcome of an earlier change is not known: {record}")).hint(
        "restore that file, or move it out of the state directory once you have looked its \
         transaction up",
    )
}

fn walk(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for chain in fs::read_dir(root)? {
        let chain = chain?.path();
        if !chain.is_dir() {
            continue;
        }
        for subnet in fs::read_dir(chain)? {
            let subnet = subnet?.path();
            if subnet.is_dir() {
                for file in fs::read_dir(subnet)? {
                    files.push(file?.path());
                }
            }
        }
    }
    Ok(files)
}

fn read_receipt(path: &Path) -> Result<Receipt> {
    let receipt: Receipt = profile_yaml::read_saved(path)?;
    // What is written next goes by this name.
    if path.file_name() != Some(format!("{}{RECEIPT}", receipt.id).as_ref()) {
        let name = path.display();
        return Err(Error::input(format!("{name} is the record of another change by its id")));
    }
    Ok(receipt)
}

/// Makes the outer folder, and marks it as ours.
fn make(root: &Path) -> Result<()> {
    write::private_directory(root)?;
    let mark = root.join(MARK);
    if !mark.is_file() {
        // Not through a file beside it: a run that starts now would take that for a stranger's.
        write::private_mark(&mark, MARK_TEXT)?;
    }
    Ok(())
}

impl Subnet {
    /// Makes the folders, and marks the outer one as ours.
    fn create(&self) -> Result<()> {
        make(&self.root)?;
        write::private_directory(&self.folder)
    }

    /// Takes the lock of the subnet.
    ///
    /// # Errors
    /// When another run holds it.
    pub fn lock(&self) -> Result<Lock> {
        self.create()?;
        let path = self.folder.join(LOCK);
        let file = write::private_in_place(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::refused("another run of subtune is changing this subnet")
                    .hint("wait for it to end; `subtune history` shows what it did"))
            }
            Err(TryLockError::Error(error)) => Err(write::cannot_write(&path, error)),
        }
    }

    /// Records of this subnet whose end is not known.
    ///
    /// # Errors
    /// When the folder or one of the records is not to be read: its end may be open, too.
    pub fn unsettled(&self) -> Result<Vec<Receipt>> {
        let failed = |error: std::io::Error| {
            Error::other(format!("{} cannot be read: {error}", self.folder.display()))
                .hint("use another directory with --state-dir or SUBTUNE_STATE_DIR")
        };
        let mut unsettled = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if !is_receipt(&path) {
                continue;
            }
            match read_receipt(&path) {
                Ok(receipt) if receipt.outcome.is_open() => unsettled.push(receipt),
                Ok(_) => {}
                Err(_) if profile_yaml::is_ended_record_of_newer(&path) => {}
                Err(error) => return Err(unreadable_record(&error.what).because(error)),
            }
        }
        unsettled.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(unsettled)
    }
}

/// Whether a text has the form of the name of a record: `20251126T014253Z-aa92b0`, and perhaps `-2`.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let stamp = parts.next().is_some_and(|part| {
        let form = |(place, byte): (usize, u8)| match place {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        };
        part.len() == 16 && part.bytes().enumerate().all(form)
    });
    let digest = parts.next().is_some_and(|part| {
        part.len() == 6
            && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    });
    let count = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    stamp && digest && parts.next().is_none_or(count) && parts.next().is_none()
}

impl Subnet {
    /// The rollback profile of a record, if it is there: beside the record, or where an older version
    /// has noted it.
    #[must_use]
    pub fn rollback_profile(&self, receipt: &Receipt) -> Option<PathBuf> {
        let beside = self.folder.join(format!("{}{ROLLBACK}", receipt.id));
        let noted = receipt.rollback.as_ref().map(PathBuf::from);
        [Some(beside), noted].into_iter().flatten().find(|path| path.is_file())
    }
}

impl Journal for Subnet {
    fn new_id(&self, plan: &Plan) -> String {
        let stamp: String =
            crate::time::now().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let digest = plan.digest();
        let base = format!("{stamp}-{}", digest.get(2..8).unwrap_or_default());
        let taken = |id: &str| {
            [RECEIPT, ROLLBACK].iter().any(|end| self.folder.join(format!("{id}{end}")).exists())
        };
        let mut id = base.clone();
        let mut count = 2u64;
        while taken(&id) {
            id = format!("{base}-{count}");
            count = count.saturating_add(1);
        }
        id
    }

    fn save_rollback(&self, id: &str, profile: &Profile) -> Result<String> {
        let path = self.folder.join(format!("{id}{ROLLBACK}"));
        let text = profile_yaml::write(profile);
        // Nothing is sent on the strength of a file that would be refused when it is needed.
        let unusable = match profile_yaml::parse(&text, id, Names::Any) {
            Ok(read) if read == *profile => None,
            Ok(_) => Some("it would be read otherwise".to_owned()),
            Err(complaints) => Some(profile_yaml::complaints_error(complaints).what),
        };
        if let Some(why) = unusable {
            return Err(Error::refused(format!("no rollback profile can be written: {why}"))
                .hint("leave out what it is about, or rename the profile that is applied"));
        }
        write::private(&path, text.as_bytes())?;
        Ok(path.display().to_string())
    }

    fn discard_rollback(&self, id: &str) {
        let _ = fs::remove_file(self.folder.join(format!("{id}{ROLLBACK}")));
    }

    fn discard(&self, id: &str) {
        let _ = fs::remove_file(self.folder.join(format!("{id}{RECEIPT}")));
    }

    fn save(&self, receipt: &Receipt) -> Result<()> {
        let path = self.folder.join(format!("{}{RECEIPT}", receipt.id));
        let text = profile_yaml::write_saved(receipt)?;
        write::private(&path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use subtune_model::value::Value;

    use super::*;

    #[test]
    fn a_rollback_profile_that_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::locate(Some(folder.path().join("state"))).unwrap();
        let journal = state.subnet(&Hash32::new([7; 32]), 46);
        let _lock = journal.lock().unwrap();
        let good = Profile {
            name: "rollback-a".to_owned(),
            description: "rolls back what was applied".to_owned(),
            source: "read at block 7".to_owned(),
            target: None,
            hyperparameters: BTreeMap::from([("rho".to_owned(), Value::Uint(10))]),
            replaces: BTreeMap::from([("rho".to_owned(), Value::Uint(11))]),
        };
        let mut null = good.clone();
        null.hyperparameters.insert("rho".to_owned(), Value::None);
        let mut list = good.clone();
        list.hyperparameters.insert("rho".to_owned(), Value::List(vec![1]));
        let harmful = Profile { description: "from \u{1b}[2J.yaml".to_owned(), ..good.clone() };
        for bad in [null, list, harmful] {
            let error = journal.save_rollback("bad", &bad).unwrap_err();
            assert!(error.what.starts_with("no rollback profile can be written: "), "{error}");
        }
        let names =
            || fs::read_dir(journal.folder.clone()).unwrap().map(|it| it.unwrap().file_name());
        assert!(names().all(|name| !name.to_string_lossy().contains("rollback")));
        assert!(journal.save_rollback("good", &good).is_ok());
        assert!(names().any(|name| name == "good.rollback.yaml"));
    }

    #[test]
    fn a_record_of_a_newer_version_locks_nobody_out_once_its_change_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::locate(Some(folder.path().join("state"))).unwrap();
        let journal = state.subnet(&Hash32::new([7; 32]), 46);
        let _lock = journal.lock().unwrap();
        let version = subtune_model::receipt::FORMAT_VERSION + 1;
        let record = |outcome: &str| {
            let file = journal.folder.join(format!("20300101T000000Z-aa92b0{RECEIPT}"));
            let text = format!(
                "format_version: {version}\nkind: receipt\noutcome:\n  state: {outcome}\nnew: 1\n"
            );
            fs::write(file, text).unwrap();
            journal.unsettled()
        };
        for ended in ["applied", "failed", "not_sent", "closed"] {
            assert!(record(ended).is_ok_and(|open| open.is_empty()), "{ended}");
        }
        for open in ["sending", "included", "something_new"] {
            let error = record(open).unwrap_err();
            assert!(error.what.contains("the outcome of an earlier change"), "{error}");
        }
    }
}
