//! Where the password of a keyfile comes from: a file or descriptor, the environment, or a question
//! on the terminal. Never an argument, which every process of the machine can read.

use std::any::Any;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtune_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::{WalletRef, secret_file};
use crate::settings;

/// The environment variable with the password of the coldkey, in clear text.
pub const PASSWORD_VAR: &str = "BT_WALLET_PASSWORD";
/// The environment variable with the path of a file or descriptor that holds it.
pub const PASSWORD_FILE_VAR: &str = "BT_WALLET_PASSWORD_FILE";
/// The option with such a path.
const PASSWORD_FILE_OPTION: &str = "--password-file";

/// How often a person may type the password.
const TRIES: usize = 3;

/// Somebody who can be asked and who reads along; perhaps nobody.
pub trait Person {
    /// What was typed, without showing it; `None` when there is nobody to ask.
    ///
    /// # Errors
    /// When the question was broken off or the terminal failed.
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>>;
    /// A warning, or what goes on: one sentence.
    fn tell(&self, line: &str);
    /// The same of something that takes seconds: it is over when the returned value is dropped.
    fn busy(&self, line: &str) -> Box<dyn Any> {
        self.tell(line);
        Box::new(())
    }
}

/// A password that was not typed at the prompt.
pub(super) struct Given {
    password: Zeroizing<String>,
    /// «the password in …».
    place: String,
    /// Of the wallet library's variable, what it is set to: it may be the password in clear.
    clear: Option<Zeroizing<String>>,
}

/// The password that somebody has given beforehand. The first source that is set counts:
/// `--password-file`, [`PASSWORD_VAR`], [`PASSWORD_FILE_VAR`], the variable of the wallet library.
/// A variable that is set to nothing counts as not set.
#[expect(clippy::disallowed_methods, reason = "a password is read into memory that is wiped")]
pub(super) fn given(
    wallet: &WalletRef,
    file: Option<&Path>,
    person: &dyn Person,
) -> Result<Option<Given>> {
    given_in(wallet, file, person, &|name| std::env::var_os(name))
}

fn given_in(
    wallet: &WalletRef,
    file: Option<&Path>,
    person: &dyn Person,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Given>> {
    let variable = |name: &str| {
        let Some(value) = environment(name) else { return Ok(None) };
        let mut value = text(value).ok_or_else(|| {
            Error::wallet(format!("what {name} is set to is not valid UTF-8"))
                .hint("write the password to a file, and pass that with --password-file")
        })?;
        let length = value.trim_end_matches(['\n', '\r']).len();
        value.truncate(length);
        Ok((!value.trim().is_empty()).then_some(value))
    };
    let from_file = |path: &Path, option: &str| {
        let warn = |line: &str| person.tell(&format!("warning: {line}"));
        let password = secret_file::read(path, option, &warn)?;
        Ok(Some(Given { password, place: format!("the file of {option}"), clear: None }))
    };
    if let Some(path) = file {
        return from_file(path, PASSWORD_FILE_OPTION);
    }
    if let Some(password) = variable(PASSWORD_VAR)? {
        return Ok(Some(Given { password, place: PASSWORD_VAR.to_owned(), clear: None }));
    }
    if let Some(path) = variable(PASSWORD_FILE_VAR)? {
        return from_file(&settings::path(path.as_str())?, PASSWORD_FILE_VAR);
    }
    let name = library_variable(&wallet.coldkey_as_named());
    let Some(scrambled) = variable(&name)? else { return Ok(None) };
    let password = unscramble(&scrambled, &name).ok_or_else(|| {
        Error::wallet(format!("{name} does not hold a password as the wallet library writes it"))
            .hint(format!("set {PASSWORD_VAR} to the password itself, or unset that variable"))
    })?;
    Ok(Some(Given { password, place: name, clear: Some(scrambled) }))
}

/// A value of the environment as text; wiped when it is none.
fn text(value: OsString) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(value.into_encoded_bytes());
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

/// Looks whether a password file can be read, as far as that goes without using it up.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when it could not be read.
pub fn check_file(path: &Path) -> Result<()> {
    secret_file::check(path, PASSWORD_FILE_OPTION)
}

/// The variable that the wallet library keeps the password of this keyfile in.
fn library_variable(coldkey: &Path) -> String {
    format!("BT_PW_{}", coldkey.display()).replace(['/', '.'], "_").to_uppercase()
}

/// The library keeps the password XORed with the variable's name: today byte by byte and in base64,
/// formerly (version 2.1.3) character by character.
fn unscramble(value: &str, name: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(value.len())]);
    if let Ok(length) = STANDARD.decode_slice(value, &mut bytes) {
        bytes.truncate(length);
        let clear = bytes.iter().zip(name.bytes().cycle()).map(|(byte, key)| byte ^ key);
        let clear = Zeroizing::new(clear.collect::<Vec<u8>>());
        if let Ok(clear) = std::str::from_utf8(&clear) {
            return Some(Zeroizing::new(clear.to_owned()));
        }
    }
    let mut clear = Zeroizing::new(String::with_capacity(value.len().saturating_mul(4)));
    for (character, key) in value.chars().zip(name.chars().cycle()) {
        clear.push(char::from_u32(u32::from(character) ^ u32::from(key))?);
    }
    Some(clear)
}

/// Whether a person will have to type it, when no file with it is named.
#[expect(clippy::disallowed_methods, reason = "a password is read into memory that is wiped")]
pub(super) fn will_ask(wallet: &WalletRef) -> Result<bool> {
    let library = library_variable(&wallet.coldkey_as_named());
    // As `given` judges it: a blank one counts as not set, one that is no text is told later.
    let is_set = |name: &str| {
        let value = std::env::var_os(name).map(text);
        value.is_some_and(|value| value.is_none_or(|value| !value.trim().is_empty()))
    };
    if [PASSWORD_VAR, PASSWORD_FILE_VAR, &library].into_iter().any(is_set) {
        return Ok(false);
    }
    if std::io::stderr().is_terminal() { Ok(true) } else { Err(nobody_to_ask(wallet)) }
}

/// The error for an encrypted keyfile without a password.
fn nobody_to_ask(wallet: &WalletRef) -> Error {
    Error::wallet(format!(
        "the keyfile {} is encrypted, and there is no terminal to ask for its password",
        wallet.coldkey_path().display()
    ))
    .hint(format!("run this in a terminal, or use {PASSWORD_FILE_OPTION} or {PASSWORD_VAR}"))
}

/// The sources of a password, in order.
pub(super) struct Passwords<'a> {
    /// Tried once, and never followed by a question.
    pub(super) given: Option<Given>,
    /// Asked when none is given.
    pub(super) person: &'a dyn Person,
}

impl Passwords<'_> {
    /// Opens the coldkey of `wallet` with the first password that fits; `patience` is told
    /// meanwhile.
    ///
    /// A password with blanks around it is tried without them first, since the wallet library trims
    /// what is typed at its prompt, and then as it is, since it does not trim what a program
    /// passes.
    pub(super) fn try_each<T>(
        &self,
        wallet: &WalletRef,
        patience: &str,
        open: impl Fn(&str) -> Result<Option<T>>,
    ) -> Result<T> {
        let path = wallet.coldkey_path();
        let refused = |which: &str, also: &str| {
            Error::wallet(format!("{which} does not open the keyfile {}", path.display())).hint(
                format!(
                    "check the wallet's name and the password{also}; if both are right, the file is \
                     damaged"
                ),
            )
        };
        let open = |password: &str| {
            let _busy = self.person.busy(patience);
            match open(password.trim())? {
                None if password.trim() != password => open(password),
                outcome => Ok(outcome),
            }
        };
        if let Some(Given { password, place, clear }) = &self.given {
            if let Some(opened) = open(password)? {
                return Ok(opened);
            }
            let Some(clear) = clear else {
                return Err(refused(&format!("the password in {place}"), ""));
            };
            // A right password in the wrong encoding is not a wrong password.
            return Err(match open(clear)? {
                Some(_) => Error::wallet(format!(
                    "{place} is set to the password itself, but the wallet library keeps it there \
                     scrambled (base64 of its bytes XORed with the variable's name)"
                ))
                .hint(format!("set {PASSWORD_VAR} to it instead, and unset that variable")),
                None => refused(
                    &format!("the password in {place}"),
                    ", which stands scrambled in that variable, as the wallet library writes it",
                ),
            });
        }
        for left in (0..TRIES).rev() {
            let Some(password) =
                self.person.ask(&format!("Password of the wallet `{}`", wallet.name()))?
            else {
                return Err(nobody_to_ask(wallet));
            };
            // No keyfile is encrypted with nothing, and to find that out would take seconds.
            if !password.trim().is_empty()
                && let Some(opened) = open(&password)?
            {
                return Ok(opened);
            }
            match left {
                0 => {}
                1 => self.person.tell("the password does not open the keyfile; one try is left"),
                _ => self
                    .person
                    .tell(&format!("the password does not open the keyfile; {left} attempts left")),
            }
        }
        Err(refused("the password", ""))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::fmt::Debug;

    use serde::Serialize;
    use static_assertions::assert_not_impl_any;
    use subtune_model::error::Kind;

    use super::*;

    /// Types the given answers one after another, then leaves; remembers what was said.
    struct Types {
        answers: RefCell<Vec<&'static str>>,
        said: RefCell<Vec<String>>,
    }

    impl Types {
        fn new(answers: &[&'static str]) -> Self {
            let answers = RefCell::new(answers.iter().rev().copied().collect());
            Self { answers, said: RefCell::default() }
        }
    }

    impl Person for Types {
        fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
            assert_eq!(prompt, "Password of the wallet `w`");
            Ok(self.answers.borrow_mut().pop().map(|answer| Zeroizing::new(answer.to_owned())))
        }

        fn tell(&self, line: &str) {
            self.said.borrow_mut().push(line.to_owned());
        }
    }

    fn wallet() -> WalletRef {
        WalletRef::new("w".into(), "wallets".into()).unwrap()
    }

    /// The outcome, how many passwords were tried, and what was said.
    fn run(given: Option<&str>, answers: &[&'static str]) -> (Result<()>, usize, Vec<String>) {
        run_for("sesame", given, answers)
    }

    fn run_for(
        right: &str,
        given: Option<&str>,
        answers: &[&'static str],
    ) -> (Result<()>, usize, Vec<String>) {
        let (tried, person) = (Cell::new(0), Types::new(answers));
        let given = given.map(|text| Given {
            password: Zeroizing::new(text.to_owned()),
            place: PASSWORD_VAR.to_owned(),
            clear: None,
        });
        let passwords = Passwords { given, person: &person };
        let outcome = passwords.try_each(&wallet(), "opening", |password| {
            tried.set(tried.get() + 1);
            Ok((password == right).then_some(()))
        });
        (outcome, tried.get(), person.said.into_inner())
    }

    #[test]
    fn a_person_has_three_tries() {
        assert!(run(None, &["sesame"]).0.is_ok());
        let (outcome, tried, said) = run(None, &["a", "b", " sesame\n"]);
        assert!(outcome.is_ok());
        assert_eq!(tried, 3);
        assert!(said.iter().any(|text| text.contains("2 attempts left")));
        assert!(said.iter().any(|text| text.contains("one try is left")));

        let (outcome, tried, _) = run(None, &["a", "b", "c", "sesame"]);
        assert_eq!(tried, 3);
        let error = outcome.unwrap_err();
        assert_eq!(error.kind, Kind::Wallet);
        assert!(error.what.starts_with("the password does not open the keyfile"), "{}", error.what);
    }

    #[test]
    fn blanks_around_a_password_may_be_meant() {
        let (outcome, tried, _) = run_for(" sesame ", Some(" sesame "), &[]);
        assert!(outcome.is_ok());
        assert_eq!(tried, 2);
        assert_eq!(run_for(" sesame ", Some("sesame"), &[]).1, 1);
    }

    #[test]
    fn an_empty_answer_counts_but_is_not_tried() {
        let (outcome, tried, _) = run(None, &["", "  ", "\n", "sesame"]);
        assert!(outcome.is_err());
        assert_eq!(tried, 0);
    }

    #[test]
    fn without_a_person_it_ends_at_once() {
        let (outcome, tried, said) = run(None, &[]);
        assert!(outcome.unwrap_err().what.contains("no terminal"));
        assert_eq!((tried, said.len()), (0, 0));
    }

    #[test]
    fn the_environment_has_one_try_and_nobody_is_asked_after_it() {
        assert!(run(Some(" sesame "), &[]).0.is_ok());
        let (outcome, tried, _) = run(Some("a"), &["sesame"]);
        assert_eq!(tried, 1);
        assert!(outcome.unwrap_err().what.contains(PASSWORD_VAR));
    }

    #[test]
    fn a_plain_password_where_a_scrambled_one_belongs_is_named_as_what_it_is() {
        let open = |value: &str| {
            let person = Types::new(&[]);
            let name = "BT_PW_WALLETS_W_COLDKEY";
            let environment =
                |asked: &str| (asked == name).then(|| OsString::from(value.to_owned()));
            let given = given_in(&wallet(), None, &person, &environment).unwrap();
            Passwords { given, person: &person }
                .try_each(&wallet(), "opening", |password| {
                    Ok((password == "scrambled").then_some(()))
                })
                .map_err(|error| (error.what.clone(), error.next_step().to_owned()))
        };
        assert_eq!(open("MTctMTo9OyQo"), Ok(()));
        let (what, hint) = open("scrambled").unwrap_err();
        assert!(what.contains("BT_PW_WALLETS_W_COLDKEY is set to the password itself"), "{what}");
        assert!(hint.contains("set BT_WALLET_PASSWORD to it instead"), "{hint}");
        let (what, hint) = open("another").unwrap_err();
        assert!(what.contains("the password in BT_PW_WALLETS_W_COLDKEY does not open"), "{what}");
        assert!(hint.contains("stands scrambled in that variable"), "{hint}");
    }

    /// The password that counts and its place, or what is said instead.
    fn found(file: Option<&Path>, variables: &[(&str, &str)]) -> Option<(String, String)> {
        let person = Types::new(&[]);
        let environment = |name: &str| {
            let set = variables.iter().find(|(set, _)| *set == name)?;
            Some(OsString::from(set.1))
        };
        match given_in(&wallet(), file, &person, &environment) {
            Ok(given) => given.map(|given| (given.password.to_string(), given.place)),
            Err(error) => Some((String::new(), error.what)),
        }
    }

    #[test]
    fn the_first_source_that_is_set_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("{name}\n")).unwrap();
            path
        };
        let (option, file) = (write("by-option"), write("by-variable"));
        // As bittensor-wallet 4.1.1 wrote it.
        let library = ("BT_PW_WALLETS_W_COLDKEY", "MTctMTo9OyQo");
        let sources =
            [(PASSWORD_VAR, "clear"), (PASSWORD_FILE_VAR, file.to_str().unwrap()), library];
        let pair = |password: &str, place: &str| Some((password.to_owned(), place.to_owned()));
        assert_eq!(
            found(Some(&option), &sources),
            pair("by-option", "the file of --password-file")
        );
        assert_eq!(found(None, &sources), pair("clear", PASSWORD_VAR));
        assert_eq!(
            found(None, &sources[1..]),
            pair("by-variable", "the file of BT_WALLET_PASSWORD_FILE")
        );
        assert_eq!(found(None, &sources[2..]), pair("scrambled", library.0));
        assert_eq!(found(None, &[]), None);
        let nothing = [(PASSWORD_VAR, " "), (PASSWORD_FILE_VAR, ""), (library.0, "")];
        assert_eq!(found(None, &nothing), None);
        let missing = found(None, &[(PASSWORD_FILE_VAR, "/nowhere/x"), library]).unwrap();
        assert!(missing.1.starts_with("the file of BT_WALLET_PASSWORD_FILE cannot be read"));
    }

    /// Names and values that versions 4.1.1 and 2.1.3 of the wallet library wrote.
    #[test]
    fn the_scrambled_passwords_of_the_library_are_read() {
        let name = library_variable(Path::new("/tmp/tmpwg1elrb3/.bittensor/wallets/o-w.1/coldkey"));
        assert_eq!(name, "BT_PW__TMP_TMPWG1ELRB3__BITTENSOR_WALLETS_O-W_1_COLDKEY");
        let name = "BT_PW__TMP_TMPWG1ELRB3__Y_O-W_1_COLDKEY";
        let clear = |value: &str| unscramble(value, name).map(|text| text.to_string());
        assert_eq!(clear("Mpf7IyQoMCYpcCc=").unwrap(), "p\u{e4}ssword x");
        assert_eq!(clear("2\u{b0},# 0-0m(").unwrap(), "p\u{e4}ssword x");
        assert_eq!(
            unscramble("17-1:=;$(", "BT_PW_WALLETS_W_COLDKEY").unwrap().as_str(),
            "scrambled"
        );
    }

    // A type that holds a secret cannot be printed, cloned or serialized.
    assert_not_impl_any!(Given: Debug, Clone, Serialize);
    assert_not_impl_any!(Passwords<'static>: Debug, Clone, Serialize);
}
