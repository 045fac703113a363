//! Where the password comes from: the environment, or a question on the terminal. Never an
//! argument, which every process of the machine can read.

use std::io::{ErrorKind, IsTerminal as _};

use zeroize::Zeroizing;

use super::WalletRef;
use crate::error::{Error, Kind, Result};

/// The environment variable with the password of the coldkey, in clear text.
pub const PASSWORD_VAR: &str = "BT_WALLET_PASSWORD";

/// How often a person may type the password.
const TRIES: usize = 3;

/// Asks a person for a password.
pub trait AskPassword {
    /// The password that was typed; `None` when there is nobody to ask.
    ///
    /// # Errors
    /// When the question was broken off or the terminal failed.
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>>;
}

/// Asks on the terminal, on standard error, without showing what is typed.
pub struct Terminal;

impl AskPassword for Terminal {
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
        if !std::io::stderr().is_terminal() {
            return Ok(None);
        }
        // Empty answers are let through and count as tries: at the end of the input there is no
        // other kind, and dialoguer would ask forever.
        let question =
            dialoguer::Password::new().with_prompt(prompt).allow_empty_password(true).report(false);
        match question.interact() {
            Ok(password) => Ok(Some(Zeroizing::new(password))),
            Err(dialoguer::Error::IO(cause)) => match cause.kind() {
                ErrorKind::NotConnected => Ok(None),
                ErrorKind::Interrupted => {
                    Err(Error::new(Kind::Interrupted, "the password was not given"))
                }
                _ => Err(Error::wallet("the password cannot be read from the terminal")
                    .hint(format!("set {PASSWORD_VAR} where there is no terminal"))
                    .because(cause)),
            },
        }
    }
}

/// The password in [`PASSWORD_VAR`]; `None` when it is not set or blank.
pub(super) fn from_environment() -> Result<Option<Zeroizing<String>>> {
    let Some(value) = std::env::var_os(PASSWORD_VAR) else { return Ok(None) };
    let Ok(value) = value.into_string() else {
        return Err(Error::wallet(format!("the password in {PASSWORD_VAR} is not valid UTF-8")));
    };
    let value = Zeroizing::new(value);
    Ok((!value.trim().is_empty()).then_some(value))
}

/// Whether a person will have to type it.
pub(super) fn will_ask(wallet: &WalletRef) -> Result<bool> {
    if from_environment()?.is_some() {
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
    .hint(format!("run this in a terminal, or set {PASSWORD_VAR}"))
}

/// The sources of a password, in order, and where to tell how it goes.
pub(super) struct Passwords<'a> {
    /// From the environment: tried once, and never followed by a question.
    pub(super) given: Option<Zeroizing<String>>,
    /// The person at the terminal.
    pub(super) ask: &'a dyn AskPassword,
    /// Gets the warnings and what is going on.
    pub(super) progress: &'a dyn Fn(&str),
}

impl Passwords<'_> {
    /// Opens the coldkey of `wallet` with the first password that fits.
    ///
    /// A password with blanks around it is tried without them first, since the wallet library trims
    /// what is typed at its prompt, and then as it is, since it does not trim what a program
    /// passes.
    pub(super) fn try_each<T>(
        &self,
        wallet: &WalletRef,
        open: impl Fn(&str) -> Result<Option<T>>,
    ) -> Result<T> {
        let path = wallet.coldkey_path();
        let refused = |which: &str| {
            Error::wallet(format!("{which} does not open the keyfile {}", path.display())).hint(
                "check the wallet's name and the password; if both are right, the file is damaged",
            )
        };
        let open = |password: &str| {
            (self.progress)("opening the keyfile, which takes some seconds and 512 MiB of memory");
            match open(password.trim())? {
                None if password.trim() != password => open(password),
                outcome => Ok(outcome),
            }
        };
        if let Some(given) = &self.given {
            return open(given)?.ok_or_else(|| refused(&format!("the password in {PASSWORD_VAR}")));
        }
        for left in (0..TRIES).rev() {
            let Some(password) =
                self.ask.ask(&format!("Password of the wallet `{}`", wallet.name()))?
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
                1 => (self.progress)("the password does not open the keyfile; one try is left"),
                _ => (self.progress)(&format!(
                    "the password does not open the keyfile; {left} tries are left"
                )),
            }
        }
        Err(refused("the password"))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Types the given answers one after another, then leaves.
    struct Types(RefCell<Vec<&'static str>>);

    impl AskPassword for Types {
        fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
            assert_eq!(prompt, "Password of the wallet `w`");
            Ok(self.0.borrow_mut().pop().map(|answer| Zeroizing::new(answer.to_owned())))
        }
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
        let wallet = WalletRef::new("w".into(), "wallets".into()).unwrap();
        let (tried, said) = (Cell::new(0), RefCell::new(Vec::new()));
        let passwords = Passwords {
            given: given.map(|text| Zeroizing::new(text.to_owned())),
            ask: &Types(RefCell::new(answers.iter().rev().copied().collect())),
            progress: &|text| said.borrow_mut().push(text.to_owned()),
        };
        let outcome = passwords.try_each(&wallet, |password| {
            tried.set(tried.get() + 1);
            Ok((password == right).then_some(()))
        });
        (outcome, tried.get(), said.into_inner())
    }

    #[test]
    fn a_person_has_three_tries() {
        assert!(run(None, &["sesame"]).0.is_ok());
        let (outcome, tried, said) = run(None, &["a", "b", " sesame\n"]);
        assert!(outcome.is_ok());
        assert_eq!(tried, 3);
        assert!(said.iter().any(|text| text.contains("2 tries are left")));
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
}
