//! Questions on the terminal.

use std::io::{ErrorKind, IsTerminal as _};

use dialoguer::console::Term;
use subtune_model::error::{Error, Kind, Result};
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::plan::Plan;
use subtune_model::snapshot::Snapshot;
use zeroize::Zeroizing;

use super::echo::Kept;
use super::screen::{self, one_line};
use super::stream::Stream;
use crate::ops::{Confirm, Consent};
use crate::ui::render;
use crate::ui::views::{self, PlanView};

/// Columns for an answer, and for what stands around it.
const ANSWER: usize = 10;

/// Shows the plan on stderr and asks there.
pub struct Terminal {
    /// Do not ask.
    pub yes: bool,
    /// Say nothing but questions and warnings.
    pub quiet: bool,
}

impl Confirm for Terminal {
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent> {
        self.consent(
            &render::text::plan(&PlanView::of(plan, snapshot), Stream::Stderr),
            &views::deed(plan),
            &plan.netuid.to_string(),
            &plan.chain.genesis_hash,
        )
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            screen::tell(&one_line(line));
        }
    }
}

impl Terminal {
    /// Shows `shown` and asks whether to do `deed` on the chain with this genesis hash; on a public one the netuids are
    /// typed.
    ///
    /// # Errors
    /// When there is nobody to ask, or the question cannot be shown.
    pub fn consent(
        &self,
        shown: &str,
        deed: &str,
        netuids: &str,
        genesis_hash: &Hash32,
    ) -> Result<Consent> {
        let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        match (self.yes, somebody) {
            // Even where only data is wanted: what is agreed to has to be seen.
            (false, true) => screen::show(shown)?,
            _ if !self.quiet => screen::tell(shown),
            _ => {}
        }
        if self.yes {
            return Ok(Consent::Yes);
        }
        if !somebody {
            return Err(Error::refused("not confirmed: no terminal to ask on")
                .hint("review the plan, then run again with --yes"));
        }
        let deed = one_line(deed);
        let term = Term::stderr();
        let failed = |error: dialoguer::Error| {
            // A question that is broken off leaves the cursor hidden.
            let _ = term.show_cursor();
            let dialoguer::Error::IO(error) = error;
            if error.kind() == ErrorKind::Interrupted {
                return Error::new(Kind::Interrupted, "the question was not answered")
                    .hint("nothing was written or sent");
            }
            Error::refused("the question could not be asked: nothing was sent")
                .hint("review the plan, then run again with --yes")
                .because(error)
        };
        let _kept = Kept::now();
        if network::is_public(genesis_hash) {
            let answer: String = dialoguer::Input::new()
                .with_prompt(fitting(format!("To {deed}, type {netuids}"), "Netuid")?)
                .allow_empty(true)
                .interact_text_on(&term)
                .map_err(failed)?;
            let same = answer.trim() == netuids;
            return Ok(if same { Consent::Yes } else { Consent::No });
        }
        let yes = dialoguer::Confirm::new()
            .with_prompt(fitting(format!("Do you want to {deed}?"), "Yes or no?")?)
            .default(false)
            .interact_on(&term)
            .map_err(failed)?;
        Ok(if yes { Consent::Yes } else { Consent::No })
    }
}

/// The question where it fits in a line with its answer, which is drawn anew with every key; else it
/// is shown above, and only `short` stands before the answer.
fn fitting(question: String, short: &str) -> Result<String> {
    let room = screen::width(Stream::Stderr).unwrap_or(usize::MAX).saturating_sub(ANSWER);
    if question.chars().count() <= room {
        return Ok(question);
    }
    screen::show(&question)?;
    Ok(short.to_owned())
}

/// Asks for a secret without showing it; `None` when there is no terminal.
///
/// # Errors
/// When the question was broken off, or the terminal failed.
pub fn secret(prompt: &str) -> Result<Option<Zeroizing<String>>> {
    if !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    let _kept = Kept::now();
    match hidden(prompt) {
        Ok(answer) => Ok(Some(answer)),
        Err(cause) => match cause.kind() {
            ErrorKind::NotConnected => Ok(None),
            ErrorKind::Interrupted => {
                Err(Error::new(Kind::Interrupted, "the question was not answered"))
            }
            _ => Err(Error::wallet("the answer cannot be read from the terminal").because(cause)),
        },
    }
}

#[cfg(unix)]
fn hidden(prompt: &str) -> std::io::Result<Zeroizing<String>> {
    super::hidden::answer(prompt)
}

#[cfg(not(unix))]
fn hidden(prompt: &str) -> std::io::Result<Zeroizing<String>> {
    // Empty answers are let through and count as tries: at the end of the input there is no other
    // kind, and dialoguer would ask forever.
    let question = dialoguer::Password::new()
        .with_prompt(one_line(prompt))
        .allow_empty_password(true)
        .report(false);
    question.interact().map(Zeroizing::new).map_err(|dialoguer::Error::IO(cause)| cause)
}
