//! The person at the terminal of this process.

use std::io::{ErrorKind, IsTerminal as _};
use std::time::Duration;

use indicatif::ProgressBar;
use zeroize::Zeroizing;

use super::password::{PASSWORD_VAR, Person};
use crate::error::{Error, Kind, Result};

/// Asks and tells on standard error.
pub struct Terminal {
    /// Tells nothing; questions are asked all the same.
    pub quiet: bool,
}

impl Person for Terminal {
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
        if !std::io::stderr().is_terminal() {
            return Ok(None);
        }
        // Empty answers are let through and count as tries: at the end of the input there is no
        // other kind, and dialoguer would ask forever.
        let question =
            dialoguer::Password::new().with_prompt(prompt).allow_empty_password(true).report(false);
        match question.interact() {
            Ok(answer) => Ok(Some(Zeroizing::new(answer))),
            Err(dialoguer::Error::IO(cause)) => match cause.kind() {
                ErrorKind::NotConnected => Ok(None),
                ErrorKind::Interrupted => {
                    Err(Error::new(Kind::Interrupted, "the question was not answered"))
                }
                _ => Err(Error::wallet("the answer cannot be read from the terminal")
                    .hint(format!("use --password-file or {PASSWORD_VAR} where there is none"))
                    .because(cause)),
            },
        }
    }

    fn tell(&self, line: &str) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }

    fn busy(&self, line: &str) -> Busy {
        if self.quiet || !std::io::stderr().is_terminal() {
            self.tell(line);
            return Busy::default();
        }
        let spinner = ProgressBar::new_spinner().with_message(line.to_owned());
        spinner.enable_steady_tick(Duration::from_millis(100));
        Busy(Some(spinner))
    }
}

/// Something is under way until this is dropped.
#[derive(Default)]
pub struct Busy(Option<ProgressBar>);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(spinner) = &self.0 {
            spinner.finish_and_clear();
        }
    }
}
