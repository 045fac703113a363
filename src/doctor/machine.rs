//! This machine: the directories, what lies in them, and the variables.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use subtune_model::error::Error;

use super::Checkup;
use crate::samples::SampleStore;
use crate::settings::Surroundings;
use crate::store::State;

/// Free bytes below which a run may end with a full disk. What an epoch reads takes half a MiB.
const ROOM: u64 = 64 << 20;

/// A directory of the tool's own.
#[derive(Debug, Clone, Copy)]
pub struct OwnDirectory<'a> {
    /// What is kept there, in a word: `state` or `cache`.
    pub check: &'static str,
    /// Where it is.
    pub path: &'a Path,
    /// The option that names another one.
    pub option: &'static str,
    /// Whether nothing can be sent without it.
    pub is_needed: bool,
}

impl OwnDirectory<'_> {
    /// Whether it is there or can be made, is private, writable, and has room.
    #[must_use]
    pub fn check(self) -> Vec<Checkup> {
        let Self { check, path, option, is_needed } = self;
        let shown = path.display();
        let lost = |what: String| {
            let hint = format!("correct its permissions, or name another one with {option}");
            let error = Error::other(what).hint(hint);
            let found = if is_needed { Checkup::error } else { Checkup::spare };
            vec![found(check, &error)]
        };
        let metadata = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => metadata,
            Ok(_) => return lost(format!("{shown} is not a directory")),
            Err(error) if error.kind() == ErrorKind::NotFound => return self.absent(lost),
            Err(error) => return lost(format!("{shown} cannot be read: {error}")),
        };
        if let Some(false) = is_writable(path) {
            return lost(format!("{shown} cannot be written"));
        }
        let mut found = Vec::new();
        if let Some(mode) = open_to_others(&metadata) {
            found.push(Checkup::warning(
                check,
                format!("other users can enter {shown} (mode {mode:03o})"),
                format!("chmod 700 {}", quoted(path)),
            ));
        }
        found.extend(free(path).and_then(|bytes| short_of_room(check, path, bytes)));
        if found.is_empty() {
            found.push(Checkup::ok(check, format!("{shown}: private and writable, with room")));
        }
        found
    }

    /// The same of one that is still to be made.
    fn absent(self, lost: impl FnOnce(String) -> Vec<Checkup>) -> Vec<Checkup> {
        let Self { check, path, .. } = self;
        let shown = path.display();
        let above = path.ancestors().skip(1).find(|above| above.exists());
        let Some(above) = above.filter(|above| above.is_dir() && is_writable(above) != Some(false))
        else {
            let where_ = above.map_or_else(String::new, |above| format!(" in {}", above.display()));
            return lost(format!("{shown} is not there, and cannot be made{where_}"));
        };
        match free(above).and_then(|bytes| short_of_room(check, above, bytes)) {
            Some(found) => vec![found],
            None => {
                let message = format!("{shown}: not there yet, and can be made");
                vec![Checkup::ok(check, message)]
            }
        }
    }
}

fn short_of_room(check: &'static str, path: &Path, bytes: u64) -> Option<Checkup> {
    (bytes < ROOM).then(|| {
        Checkup::warning(
            check,
            format!("only {} MiB are free at {}", bytes >> 20, path.display()),
            "make room on the disk: what is sent has to be recorded first",
        )
    })
}

/// What is in the state directory: whose it is, other runs, records of changes, epochs.
#[must_use]
pub fn kept(state: &State) -> Vec<Checkup> {
    if let Err(error) = state.check() {
        // What is in it is not ours to be read.
        return vec![Checkup::error("state", &error)];
    }
    vec![locks(state), records(state), samples(state)]
}

fn locks(state: &State) -> Checkup {
    const CHECK: &str = "locks";
    match state.locked() {
        Ok(locked) if locked.is_empty() => Checkup::ok(CHECK, "no other run is changing a subnet"),
        Ok(locked) => Checkup::warning(
            CHECK,
            format!("another run of subtune is changing {}", locked.join(", ")),
            "wait for it to end, or end that process: a lock goes with the run that holds it",
        ),
        Err(error) => Checkup::error(CHECK, &error),
    }
}

fn records(state: &State) -> Checkup {
    const CHECK: &str = "records";
    let (receipts, unreadable) = match state.receipts(None) {
        Ok(found) => found,
        Err(error) => return Checkup::error(CHECK, &error),
    };
    if let Some(first) = unreadable.first() {
        let more = match unreadable.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let error = Error::other(format!("a record cannot be read: {first}{more}")).hint(
            "restore that file, or move it out of the state directory once you have looked its \
             transaction up",
        );
        return Checkup::error(CHECK, &error);
    }
    let open: Vec<_> = receipts
        .iter()
        .filter(|receipt| receipt.outcome.is_open())
        .map(|receipt| format!("{} (subnet {})", receipt.id, receipt.netuid))
        .collect();
    match open.as_slice() {
        [] if receipts.is_empty() => Checkup::ok(CHECK, "no changes are recorded yet"),
        [] => {
            let message = format!("{}, each with its outcome", counted(receipts.len()));
            Checkup::ok(CHECK, message)
        }
        open => Checkup::warning(
            CHECK,
            format!("{} whose outcome is not known: {}", counted(open.len()), open.join(", ")),
            "`subtune history --refresh` asks the chain; do not send it again",
        ),
    }
}

fn counted(changes: usize) -> String {
    if changes == 1 { "1 change".to_owned() } else { format!("{changes} changes") }
}

fn samples(state: &State) -> Checkup {
    const CHECK: &str = "samples";
    match SampleStore::look(state) {
        Ok(None) => Checkup::ok(CHECK, "no epochs are kept yet"),
        Ok(Some(kept)) => {
            let epochs = kept.iter().fold(0u64, |sum, kept| sum.saturating_add(kept.epochs));
            Checkup::ok(CHECK, format!("{epochs} epochs are kept, and can be read"))
        }
        Err(error) if error.what.contains("is damaged") => Checkup::error(
            CHECK,
            &error.hint(
                "`subtune samples` sets the file aside under another name and begins a new one",
            ),
        ),
        Err(error) => Checkup::error(CHECK, &error),
    }
}

/// The variables that decide something, of these names, and what else does; never a value.
#[must_use]
pub fn environment(
    surroundings: &Surroundings<'_>,
    names: impl Iterator<Item = &'static str>,
    remarks: &[String],
) -> Vec<Checkup> {
    const CHECK: &str = "environment";
    let set: Vec<_> = names.filter(|name| surroundings.is_set(name)).collect();
    let mut found = vec![match set.as_slice() {
        [] => Checkup::ok(CHECK, "no variable decides anything"),
        set => Checkup::ok(CHECK, format!("set: {}; an option goes before each", set.join(", "))),
    }];
    found.extend(remarks.iter().map(|remark| {
        let remark = remark.strip_prefix("warning: ").unwrap_or(remark);
        Checkup::warning(
            CHECK,
            remark,
            "to decide it for subtune alone, use an option or subtune's own variable: `subtune help \
             environment`",
        )
    }));
    found
}

/// A path as a word for a shell.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    shlex::try_quote(&path).map_or_else(|_| path.clone(), std::borrow::Cow::into_owned)
}

/// The permission bits, when they let the group or the world in.
#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
const fn open_to_others(_: &fs::Metadata) -> Option<u32> {
    None
}

/// Whether files can be made in a directory, where that can be told without making one.
#[cfg(unix)]
fn is_writable(path: &Path) -> Option<bool> {
    use rustix::fs::{Access, access};
    Some(access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}

#[cfg(not(unix))]
fn is_writable(path: &Path) -> Option<bool> {
    fs::metadata(path).ok().map(|metadata| !metadata.permissions().readonly())
}

/// Free bytes for this user, where the system tells.
#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
const fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ffi::OsString;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use subtune_model::hash::Hash32;

    use super::*;
    use crate::doctor::{CheckupState, exit_code};

    fn directory(path: &Path) -> OwnDirectory<'_> {
        OwnDirectory { check: "state", path, option: "--state-dir", is_needed: true }
    }

    #[track_caller]
    fn says(found: &[Checkup], state: CheckupState, message: &str) {
        let [only] = found else { panic!("{found:?}") };
        assert_eq!(only.state, state, "{only:?}");
        assert!(only.message.contains(message), "{only:?}");
        assert_eq!(only.hint.is_none(), state == CheckupState::Ok, "{only:?}");
    }

    #[test]
    fn a_directory_is_there_or_can_be_made_private_and_has_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        says(&directory(&path).check(), CheckupState::Ok, "not there yet, and can be made");
        assert!(!path.exists(), "looking makes nothing");
        fs::create_dir_all(&path).unwrap();
        let mode = |mode| fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        mode(0o700);
        says(&directory(&path).check(), CheckupState::Ok, "private and writable, with room");
        mode(0o750);
        says(&directory(&path).check(), CheckupState::Warning, "other users can enter");
        let file = path.join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let found = directory(&path).check();
            says(&found, CheckupState::Error, "file");
            assert_eq!(exit_code(&found), subtune_model::exit::OTHER);
            let spare = OwnDirectory { is_needed: false, ..directory(&path) }.check();
            says(&spare, CheckupState::Warning, "file");
        }
        assert_eq!(short_of_room("state", &path, ROOM), None);
        let full = short_of_room("state", &path, ROOM - 1).unwrap();
        says(&[full], CheckupState::Warning, "only 63 MiB are free");
    }

    #[test]
    fn what_is_kept_is_looked_at_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::locate(Some(folder.path().join("state"))).unwrap();
        let states =
            |found: Vec<Checkup>| found.iter().map(|check| check.state).collect::<Vec<_>>();
        assert_eq!(states(kept(&state)), [CheckupState::Ok; 3]);
        assert!(!state.root().exists(), "looking makes nothing");

        let subnet = state.subnet(&Hash32::new([7; 32]), 46);
        let lock = subnet.lock().unwrap();
        let found = kept(&state);
        assert_eq!(found[0].state, CheckupState::Warning);
        assert!(found[0].message.ends_with("local-07070707/subnet-46"), "{found:?}");
        drop(lock);
        assert_eq!(states(kept(&state)), [CheckupState::Ok; 3]);
        drop(subnet.lock().unwrap());

        let record =
            state.root().join("local-07070707/subnet-46/20300101T000000Z-aa92b0.receipt.yaml");
        fs::write(&record, "kind: receipt\n").unwrap();
        let found = kept(&state);
        assert_eq!(found[1].state, CheckupState::Error, "{found:?}");
        fs::remove_file(record).unwrap();

        drop(SampleStore::open(&state).unwrap());
        assert_eq!(kept(&state)[2], Checkup::ok("samples", "0 epochs are kept, and can be read"));
        let file = state.root().join("samples.sqlite");
        fs::write(&file, "no database at all, and longer than its header would be: ".repeat(4))
            .unwrap();
        let found = kept(&state);
        assert_eq!(found[2].state, CheckupState::Error, "{found:?}");
        assert!(
            found[2].hint.as_deref().unwrap().starts_with("`subtune samples` sets"),
            "{found:?}"
        );
        assert!(file.is_file(), "looking sets nothing aside");

        let theirs = State::locate(Some(folder.path().to_owned())).unwrap();
        says(&kept(&theirs), CheckupState::Error, "holds files that are not subtune's");
    }

    #[test]
    fn a_variable_is_named_and_its_value_is_not() {
        let variable = |name: &str| (name == "BT_A").then(|| OsString::from("secret"));
        let surroundings = Surroundings::of_test(&variable);
        let found = environment(&surroundings, ["BT_A", "BT_B"].into_iter(), &[]);
        says(&found, CheckupState::Ok, "set: BT_A; an option");
        says(
            &environment(&surroundings, ["BT_B"].into_iter(), &[]),
            CheckupState::Ok,
            "no variable",
        );
        let remarks = ["warning: it is not read".to_owned(), "network: test, from BT_X".to_owned()];
        let found = environment(&surroundings, ["BT_A"].into_iter(), &remarks);
        assert_eq!(found.len(), 3);
        says(&found[1..2], CheckupState::Warning, "it is not read");
        says(&found[2..], CheckupState::Warning, "network: test, from BT_X");
    }
}
