//! A secret URI from a file, or typed.

use std::path::Path;

use subtune_model::error::{Error, Result};
use subtune_wallet::{Unlocked, memory, suri};

use super::{Person, secret_file};

/// The sr25519 key of the secret URI in a file or descriptor; `option` is what the path was given
/// with.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when it cannot be read or makes no key.
pub fn from_file(path: &Path, option: &str, person: &dyn Person) -> Result<Unlocked> {
    memory::protect();
    let text = secret_file::read(path, option, &|line| person.tell(&format!("warning: {line}")))?;
    memory::leaving_no_trace(|| suri::parse(&text)).map_err(|why| {
        refused(&format!("the file of {option}"), &why, &format!("check the file of {option}"))
    })
}

/// Looks at a file or descriptor that a secret URI is to be read from, as far as that goes without
/// using it up.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when it could not be read.
pub fn check_file(path: &Path, option: &str) -> Result<()> {
    memory::protect();
    secret_file::check(path, option)
}

/// The sr25519 key of a secret URI that is typed without being shown.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when there is nobody to ask, or it makes no key.
pub fn ask(person: &dyn Person) -> Result<Unlocked> {
    memory::protect();
    let text = person.ask("Mnemonic, seed or secret URI")?.ok_or_else(nobody_to_ask)?;
    memory::leaving_no_trace(|| suri::parse(&text))
        .map_err(|why| refused("what was typed", &why, "type it again"))
}

/// The error for a question that nobody can answer.
#[must_use]
pub fn nobody_to_ask() -> Error {
    Error::wallet("there is no terminal to ask for the mnemonic or seed")
        .hint("run this in a terminal, or use --suri-file with a file or a file descriptor")
}

/// `first` is what to do about this source of a secret.
fn refused(place: &str, why: &str, first: &str) -> Error {
    Error::wallet(format!("{place} makes no key: {why}")).hint(format!(
        "{first}: it takes a mnemonic of 12 to 24 words or 0x and 64 hex digits, perhaps with a \
         derivation path, as in `phrase//hard/soft///password`"
    ))
}
