//! Questions on the terminal.

use std::io::IsTerminal as _;

use crate::error::{Error, Kind, Result};
use crate::model::hash::Hash32;
use crate::model::network;
use crate::model::plan::Plan;
use crate::model::snapshot::Snapshot;
use crate::ops::{Confirm, Consent};
use crate::ui::output::Stream;
use crate::ui::views;

/// Shows the plan on stderr and asks there.
pub struct Terminal {
    /// Do not ask.
    pub yes: bool,
    /// Say nothing but questions and warnings.
    pub quiet: bool,
}

impl Confirm for Terminal {
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent> {
        if !self.quiet {
            eprint!("{}", views::plan_text(plan, snapshot, Stream::Stderr));
        }
        self.consent(&views::deed(plan), plan.netuid, &plan.chain.genesis_hash)
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }
}

impl Terminal {
    /// Asks whether to do `deed` to a subnet of the chain with this genesis hash.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub fn consent(&self, deed: &str, netuid: u16, genesis_hash: &Hash32) -> Result<Consent> {
        if self.yes {
            return Ok(Consent::Yes);
        }
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Err(Error::refused("there is no terminal to confirm on")
                .hint("look at the plan first, then use --yes"));
        }
        let term = dialoguer::console::Term::stderr();
        let failed = |dialoguer::Error::IO(error): dialoguer::Error| {
            // A question that is broken off leaves the cursor hidden.
            let _ = term.show_cursor();
            if error.kind() == std::io::ErrorKind::Interrupted {
                return Error::new(Kind::Interrupted, "the question was not answered")
                    .hint("nothing was written or sent");
            }
            Error::refused("the question could not be asked: nothing was sent")
                .hint("look at the plan first, then use --yes")
                .because(error)
        };
        if network::is_public(genesis_hash) {
            let answer: String = dialoguer::Input::new()
                .with_prompt(format!("Type the netuid to {deed}"))
                .allow_empty(true)
                .interact_text_on(&term)
                .map_err(failed)?;
            let same = answer.trim() == netuid.to_string();
            return Ok(if same { Consent::Yes } else { Consent::No });
        }
        let yes = dialoguer::Confirm::new()
            .with_prompt(format!("Do you want to {deed}?"))
            .default(false)
            .interact_on(&term)
            .map_err(failed)?;
        Ok(if yes { Consent::Yes } else { Consent::No })
    }
}

/// How the terminal was when the tool started: a password prompt that is interrupted
/// would leave it without an echo.
pub struct Echo {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Echo {
    /// Remembers the terminal's settings, if there is a terminal.
    #[must_use]
    pub fn now() -> Self {
        Self {
            #[cfg(unix)]
            before: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Puts them back.
    pub fn restore(&self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, before);
        }
    }
}
