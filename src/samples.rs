//! The epochs that were read: one SQLite file in the state folder, append-only.
//!
//! ```text
//! STATE/samples.sqlite             every epoch by chain, subnet, mechanism and block
//! STATE/samples.damaged-1.sqlite   a file that could not be read, set aside
//! ```
//!
//! Only final epochs are put in. A second process may read while one writes.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Control, Sample};

use crate::files::write;
use crate::store::State;

/// The file.
const FILE: &str = "samples.sqlite";
/// The layout of the tables, kept as `user_version`; 0 is a new file.
const LAYOUT: i64 = 1;
/// How long a second writer waits for the first.
const BUSY: Duration = Duration::from_secs(10);
/// Most files that are set aside.
const ASIDE: u32 = 1_000;

/// What is kept.
pub struct SampleStore {
    db: Connection,
    path: PathBuf,
}

/// What is kept, as it was opened.
pub struct OpenedSamples {
    /// The epochs.
    pub samples: SampleStore,
    /// Where a damaged file was set aside.
    pub set_aside: Option<PathBuf>,
}

/// What became of putting an epoch in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    New,
    /// It was there.
    Same,
    /// Another block of this height was there, which is not final: it is replaced.
    Replaced,
}

/// What is kept of one subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEpochs {
    /// Genesis hash of its chain.
    pub genesis_hash: Hash32,
    /// The subnet.
    pub netuid: u16,
    /// The mechanism.
    pub mechanism: u8,
    /// How many epochs.
    pub epochs: u64,
    /// Block of the first.
    pub first: u64,
    /// Block of the last.
    pub last: u64,
    /// Bytes that they take.
    pub bytes: u64,
}

impl SampleStore {
    /// Whether anything was ever kept in the state folder.
    #[must_use]
    pub fn is_there(state: &State) -> bool {
        state.root().join(FILE).is_file()
    }

    /// Opens what is kept in the state folder, and makes it where there is nothing. A damaged file is set
    /// aside under another name, never overwritten.
    ///
    /// # Errors
    /// When the folder cannot be written, or the file was made by a newer version.
    pub fn open(state: &State) -> Result<OpenedSamples> {
        state.make()?;
        let path = state.root().join(FILE);
        match Self::at(&path) {
            Ok(samples) => Ok(OpenedSamples { samples, set_aside: None }),
            Err(Broken::Damaged(_)) => {
                let aside = set_aside(&path)?;
                let samples = Self::at(&path).map_err(|broken| broken.error(&path))?;
                Ok(OpenedSamples { samples, set_aside: Some(aside) })
            }
            Err(broken) => Err(broken.error(&path)),
        }
    }

    /// Looks at what is kept, which stays as it is: `None` where nothing is.
    ///
    /// # Errors
    /// When the file is damaged, cannot be read, or was made by a newer version.
    pub fn look(state: &State) -> Result<Option<Vec<KeptEpochs>>> {
        if !Self::is_there(state) {
            return Ok(None);
        }
        let path = state.root().join(FILE);
        let look = || {
            let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            db.busy_timeout(BUSY)?;
            checked(&db)?;
            Ok(Self { db, path: path.clone() })
        };
        look().map_err(|broken: Broken| broken.error(&path))?.list().map(Some)
    }

    fn at(path: &Path) -> Result<Self, Broken> {
        // Whoever else is on this machine has no business in it; SQLite's other files follow this one.
        write::private_in_place(path).map_err(Broken::Folder)?;
        let db = Connection::open(path)?;
        db.busy_timeout(BUSY)?;
        let layout = checked(&db)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        if layout < LAYOUT {
            db.execute_batch(&format!(
                "BEGIN IMMEDIATE;
                 CREATE TABLE IF NOT EXISTS epoch (
                     genesis BLOB NOT NULL, netuid INTEGER NOT NULL, mechanism INTEGER NOT NULL,
                     block INTEGER NOT NULL, hash BLOB NOT NULL, sample TEXT NOT NULL,
                     PRIMARY KEY (genesis, netuid, mechanism, block)
                 ) STRICT;
                 CREATE TABLE IF NOT EXISTS control (
                     genesis BLOB NOT NULL, block INTEGER NOT NULL, hash BLOB NOT NULL,
                     control TEXT NOT NULL,
                     PRIMARY KEY (genesis, block)
                 ) STRICT;
                 CREATE TABLE IF NOT EXISTS told (
                     genesis BLOB NOT NULL, netuid INTEGER NOT NULL, mechanism INTEGER NOT NULL,
                     block INTEGER NOT NULL,
                     PRIMARY KEY (genesis, netuid, mechanism)
                 ) STRICT;
                 PRAGMA user_version = {LAYOUT};
                 COMMIT;"
            ))?;
        }
        Ok(Self { db, path: path.to_owned() })
    }

    /// Puts a final epoch in, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, genesis_hash: &Hash32, sample: &Sample) -> Result<Put> {
        let text = serde_json::to_string(sample)
            .map_err(|error| Error::other("the epoch cannot be written down").because(error))?;
        let work = || {
            let key = params![
                genesis_hash.bytes(),
                sample.netuid,
                sample.mechanism,
                number(sample.block)
            ];
            let was: Option<Vec<u8>> = self
                .db
                .query_row(
                    "SELECT hash FROM epoch
                     WHERE genesis = ?1 AND netuid = ?2 AND mechanism = ?3 AND block = ?4",
                    key,
                    |row| row.get(0),
                )
                .optional()?;
            if was.as_deref() == Some(sample.hash.bytes()) {
                return Ok(Put::Same);
            }
            self.db.execute(
                "INSERT OR REPLACE INTO epoch (genesis, netuid, mechanism, block, hash, sample)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    genesis_hash.bytes(),
                    sample.netuid,
                    sample.mechanism,
                    number(sample.block),
                    sample.hash.bytes(),
                    text
                ],
            )?;
            Ok(if was.is_some() { Put::Replaced } else { Put::New })
        };
        work().map_err(|error| self.failed(error))
    }

    /// Puts in what else went on in a block, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_control(&self, genesis_hash: &Hash32, control: &Control) -> Result<()> {
        let text = serde_json::to_string(control)
            .map_err(|error| Error::other("the block cannot be written down").because(error))?;
        let key = params![genesis_hash.bytes(), number(control.block), control.hash.bytes(), text];
        self.db
            .execute(
                "INSERT OR REPLACE INTO control (genesis, block, hash, control) VALUES (?1, ?2, ?3, ?4)",
                key,
            )
            .map(|_| ())
            .map_err(|error| self.failed(error))
    }

    /// The epochs of a subnet in a range of blocks, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn range(
        &self,
        genesis_hash: &Hash32,
        netuid: u16,
        mechanism: u8,
        blocks: RangeInclusive<u64>,
    ) -> Result<Vec<Sample>> {
        let (first, last) = (number(*blocks.start()), number(*blocks.end()));
        let read = || {
            self.db
                .prepare(
                    "SELECT sample FROM epoch
                     WHERE genesis = ?1 AND netuid = ?2 AND mechanism = ?3 AND block BETWEEN ?4 AND ?5
                     ORDER BY block",
                )?
                .query_map(params![genesis_hash.bytes(), netuid, mechanism, first, last], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()
        };
        let texts = read().map_err(|error| self.failed(error))?;
        texts.iter().map(|text| self.parsed(text)).collect()
    }

    /// The block of the newest epoch of a subnet, of those up to a block.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn newest(
        &self,
        genesis_hash: &Hash32,
        netuid: u16,
        mechanism: u8,
        up_to: u64,
    ) -> Result<Option<u64>> {
        let found: Option<i64> = self
            .db
            .query_row(
                "SELECT max(block) FROM epoch
                 WHERE genesis = ?1 AND netuid = ?2 AND mechanism = ?3 AND block <= ?4",
                params![genesis_hash.bytes(), netuid, mechanism, number(up_to)],
                |row| row.get(0),
            )
            .map_err(|error| self.failed(error))?;
        Ok(found.and_then(|block| u64::try_from(block).ok()))
    }

    /// The block of the last epoch that a watch has told.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn told(&self, genesis_hash: &Hash32, netuid: u16, mechanism: u8) -> Result<Option<u64>> {
        let found: Option<i64> = self
            .db
            .query_row(
                "SELECT block FROM told WHERE genesis = ?1 AND netuid = ?2 AND mechanism = ?3",
                params![genesis_hash.bytes(), netuid, mechanism],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| self.failed(error))?;
        Ok(found.and_then(|block| u64::try_from(block).ok()))
    }

    /// Notes that a watch has told this epoch, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_told(&self, genesis_hash: &Hash32, sample: &Sample) -> Result<()> {
        self.db
            .execute(
                "INSERT OR REPLACE INTO told (genesis, netuid, mechanism, block) VALUES (?1, ?2, ?3, ?4)",
                params![
                    genesis_hash.bytes(),
                    sample.netuid,
                    sample.mechanism,
                    number(sample.block)
                ],
            )
            .map(|_| ())
            .map_err(|error| self.failed(error))
    }

    /// What else went on in a range of blocks, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn controls(
        &self,
        genesis_hash: &Hash32,
        blocks: RangeInclusive<u64>,
    ) -> Result<Vec<Control>> {
        let (first, last) = (number(*blocks.start()), number(*blocks.end()));
        let read = || {
            self.db
                .prepare(
                    "SELECT control FROM control WHERE genesis = ?1 AND block BETWEEN ?2 AND ?3
                     ORDER BY block",
                )?
                .query_map(params![genesis_hash.bytes(), first, last], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()
        };
        let texts = read().map_err(|error| self.failed(error))?;
        texts.iter().map(|text| self.parsed(text)).collect()
    }

    /// What is kept, by chain, subnet and mechanism.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list(&self) -> Result<Vec<KeptEpochs>> {
        let read = || {
            self.db
                .prepare(
                    "SELECT genesis, netuid, mechanism, count(*), min(block), max(block),
                            sum(length(sample))
                     FROM epoch GROUP BY genesis, netuid, mechanism ORDER BY genesis, netuid, mechanism",
                )?
                .query_map([], |row| {
                    let bytes: Vec<u8> = row.get(0)?;
                    let count = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
                    Ok((bytes, row.get(1)?, row.get(2)?, count(3)?, count(4)?, count(5)?, count(6)?))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let rows = read().map_err(|error| self.failed(error))?;
        rows.into_iter()
            .map(|(genesis, netuid, mechanism, epochs, first, last, bytes)| {
                let genesis: [u8; 32] = genesis.try_into().map_err(|_| self.odd())?;
                let genesis_hash = Hash32::new(genesis);
                Ok(KeptEpochs { genesis_hash, netuid, mechanism, epochs, first, last, bytes })
            })
            .collect()
    }

    /// Removes the epochs of a subnet before a block. Returns how many these were.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn prune(&self, genesis_hash: &Hash32, netuid: u16, before: u64) -> Result<usize> {
        self.db
            .execute(
                "DELETE FROM epoch WHERE genesis = ?1 AND netuid = ?2 AND block < ?3",
                params![genesis_hash.bytes(), netuid, number(before)],
            )
            .map_err(|error| self.failed(error))
    }

    fn parsed<T: serde::de::DeserializeOwned>(&self, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|error| self.odd().because(error))
    }

    fn odd(&self) -> Error {
        Error::other(format!("{} holds what subtune does not write", self.path.display()))
            .hint("move that file out of the state directory: what is in it can be read again with `subtune baseline`")
    }

    fn failed(&self, error: rusqlite::Error) -> Error {
        Broken::from(error).error(&self.path)
    }
}

/// The layout of a file that is whole and not newer than this version.
fn checked(db: &Connection) -> Result<i64, Broken> {
    let whole: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if whole != "ok" {
        return Err(Broken::Damaged(whole));
    }
    let layout: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if layout > LAYOUT {
        return Err(Broken::Newer);
    }
    Ok(layout)
}

/// Why the file cannot be used.
enum Broken {
    /// It is not what it should be.
    Damaged(String),
    /// A newer version has made it.
    Newer,
    /// It cannot be made.
    Folder(Error),
    /// Something else stands in the way.
    Other(rusqlite::Error),
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Other(error),
        }
    }
}

impl Broken {
    fn error(self, path: &Path) -> Error {
        let path = path.display();
        match self {
            Self::Damaged(why) => Error::other(format!("{path} is damaged: {why}"))
                .hint("run the command again: the file is then set aside, and a new one is begun"),
            Self::Folder(error) => error,
            Self::Newer => {
                Error::other(format!("{path} was written by a newer version of subtune"))
                    .hint("use that version, or another directory with --state-dir")
            }
            Self::Other(error) => {
                let hint = match error.sqlite_error_code() {
                    Some(ErrorCode::DiskFull) => {
                        "make room on the disk and run it again: what was kept before is not lost"
                    }
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                        "another subtune is writing: run it again when that one is done"
                    }
                    _ => {
                        "check that the state directory can be written, or use another one with --state-dir"
                    }
                };
                Error::other(format!("{path} cannot be used: {error}")).hint(hint).because(error)
            }
        }
    }
}

/// Gives a damaged file another name, and what belongs to it, too.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    for count in 1..=ASIDE {
        let aside = folder.join(format!("samples.damaged-{count}.sqlite"));
        // Never over another one.
        match std::fs::hard_link(path, &aside) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(write::cannot_write(&aside, error)),
        }
        for ending in ["-wal", "-shm"] {
            let of = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
            if of(path).is_file() && std::fs::hard_link(of(path), of(&aside)).is_ok() {
                std::fs::remove_file(of(path)).map_err(|error| write::cannot_write(path, error))?;
            }
        }
        std::fs::remove_file(path).map_err(|error| write::cannot_write(path, error))?;
        return Ok(aside);
    }
    Err(Error::other(format!("{} is damaged, and too many were set aside before", path.display()))
        .hint("look at the samples.damaged files in the state directory, and remove those that you do not need"))
}

/// SQLite's integers have a sign; no block is that high.
fn number(block: u64) -> i64 {
    i64::try_from(block).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
