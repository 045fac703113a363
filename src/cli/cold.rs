//! What `subtune plan` writes for other signers: a file, encoded calls, a QR code.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use subtune_chain::{self as chain, Chain};
use subtune_model::error::{Error, Result};
use subtune_model::origin::Origin;
use subtune_model::plan::Plan;
use subtune_model::schedule::{self, Window};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::unsigned::{self, ColdFile, DEFAULT_ERA, ERAS, Hex};

use super::printed;
use crate::files::write;
use crate::ops::{self, Asked};
use crate::profile_yaml::{self, Document, ExpectedKind, FileKind, complaints_error};
use crate::ui::output::one_line;
use crate::ui::render::text::folded;
use crate::ui::stream::Stream;
use crate::ui::{qr, screen};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Offline signing")]
pub(super) struct Options {
    /// Write the transaction to this file, for `subtune sign` on a machine without a network
    #[arg(long, value_name = "FILE", group = "written")]
    pub(super) unsigned: Option<PathBuf>,
    /// Number of blocks for which that transaction is valid: a power of two from 4 to 2048
    #[arg(long, value_name = "BLOCKS", default_value_t = DEFAULT_ERA, value_parser = era,
          requires = "unsigned")]
    era: u64,
    /// Sign without the metadata hash, for chains or nodes that lack it (less safe)
    #[arg(long, requires = "unsigned")]
    pub(super) no_metadata_hash: bool,
    /// Print that transaction as a QR code for Polkadot Vault, too
    #[arg(long, requires = "unsigned")]
    qr: bool,
    /// Print the encoded call and its hash, for any other signer
    #[arg(long)]
    call_data: bool,
}

fn era(text: &str) -> std::result::Result<u64, String> {
    text.parse()
        .ok()
        .filter(|blocks: &u64| ERAS.contains(blocks) && blocks.is_power_of_two())
        .ok_or_else(|| "not a power of two from 4 to 2048".to_owned())
}

/// How files are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saving {
    /// Over a file that is there.
    pub(super) force: bool,
    /// Without what is blocked.
    pub(super) skip_blocked: bool,
}

/// What was written, in words and for scripts.
#[derive(Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) data: Map<String, Json>,
}

impl Options {
    /// Writes what was asked for.
    pub(super) async fn write(
        &self,
        chain: &Chain,
        plan: &Plan,
        snapshot: &Snapshot,
        terms: &Terms,
        how: Saving,
    ) -> Result<Written> {
        let mut written = Written::default();
        if self.call_data {
            if plan.calls.is_empty() {
                let why = match plan.blocked().next() {
                    Some(_) => "nothing can be sent now",
                    None => "everything is already so",
                };
                return Err(Error::refused(format!("there is no call to encode: {why}"))
                    .hint("look at the plan without --call-data"));
            }
            let call = Hex(chain.call_data(plan).await?);
            let hash = Hex(sp_crypto_hashing::blake2_256(&call.0).to_vec());
            written.text.push_str(&format!("\nCall data {call}\nCall hash {hash}\n"));
            written.data.insert("call_data".to_owned(), json!({ "hex": call, "hash": hash }));
        }
        if let Some(path) = &self.unsigned {
            self.write_unsigned(chain, plan, snapshot, terms, (path, how), &mut written).await?;
        }
        Ok(written)
    }

    async fn write_unsigned(
        &self,
        chain: &Chain,
        plan: &Plan,
        snapshot: &Snapshot,
        terms: &Terms,
        (path, Saving { force, skip_blocked }): (&Path, Saving),
        written: &mut Written,
    ) -> Result<()> {
        if plan.origin != Origin::Direct {
            return Err(Error::usage("a file for cold signing is for the owner's own key")
                .hint("leave out --proxy-for and --multisig, or take --call-data"));
        }
        ops::refuse_blocked(plan, skip_blocked, snapshot, Asked::Unsigned)?;
        if plan.calls.is_empty() {
            return Err(Error::refused("there is nothing to sign: everything is already so")
                .hint("look at the plan without --unsigned"));
        }
        let done = plan.without_blocked(snapshot, terms);
        ops::refuse_other_calls(plan, &done)?;
        let file =
            chain.carry(&done, profile_yaml::write_saved(&done)?, snapshot, self.era).await?;
        // First what can be refused.
        let vault = if self.qr { Some(chain::for_vault(&file)?) } else { None };
        let code = vault.as_deref().map(qr::draw).transpose()?;
        write_file(path, &file, force)?;
        let name = one_line(&path.display().to_string());
        let lines: String =
            file.summary.iter().map(|line| format!("  {}\n", one_line(line))).collect();
        written.text.push_str(&format!("\nWritten to {name}:\n{lines}"));
        let next = snapshot.block.number.saturating_add(1);
        let closes = match schedule::window(&snapshot.guards, snapshot.netuid, next) {
            Ok(Window::Open(closes)) => closes.filter(|block| *block < file.era.death()),
            Ok(Window::Closed(_)) | Err(_) => None,
        };
        if let Some(block) = closes {
            written.text.push_str(&folded(
                &format!(
                    "The freeze window starts within that time, at {}: send it before that block",
                    schedule::when(block, snapshot)
                ),
                Stream::Stdout,
            ));
        }
        let sign = printed::command(&["sign", &printed::path(path)]);
        written
            .text
            .push_str(&format!("Sign it with `{sign}`, and send it with `subtune submit`\n"));
        if let Some(code) = code {
            let submit = printed::command(&["submit", &printed::path(path)]);
            written.text.push_str(&format!(
                "{code}Or let Polkadot Vault sign this: `{submit} --signature 0x…` sends it\n"
            ));
        }
        written.data.insert(
            "unsigned".to_owned(),
            json!({
                "file": path.display().to_string(),
                "nonce": file.nonce,
                "valid_before": file.era.death(),
                "freeze_window_at": closes,
                "call_data": file.call_data,
                "payload": file.payload,
                "metadata_digest": file.metadata_digest,
                "qr": vault.map(Hex),
            }),
        );
        Ok(())
    }
}

/// Writes a file of either stage.
pub(super) fn write_file(path: &Path, file: &ColdFile, force: bool) -> Result<()> {
    let text = serde_json::to_string_pretty(file)
        .map_err(|error| Error::other("the transaction cannot be written").because(error))?;
    write::output(path, &format!("{text}\n"), force)
}

/// Reads a file of either stage.
pub(super) fn read_file(path: &Path) -> Result<ColdFile> {
    let Document { file: name, text, kind } =
        Document::open(path)?.map_err(|complaint| complaints_error(vec![complaint]))?;
    match kind {
        FileKind::Transaction(_) | FileKind::Unknown => {}
        other => {
            return Err(complaints_error(vec![other.wrong(&name, ExpectedKind::Transaction)]));
        }
    }
    unsigned::parse(text.as_bytes()).map_err(|what| {
        Error::input(one_line(&format!("{name} {what}")))
            .hint("pass a file that `subtune plan --unsigned` or `subtune sign` wrote")
    })
}

/// The digest is what binds the call to what is shown: without one, only if told so.
pub(super) fn check_digest(digest: Option<&Hex>, accepted: bool) -> Result<()> {
    match (digest, accepted) {
        (Some(_), _) => Ok(()),
        (None, true) => {
            screen::tell(
                "warning: without a metadata digest nothing but this file says what the call does",
            );
            Ok(())
        }
        (None, false) => Err(Error::refused(
            "the transaction holds no metadata digest: nothing but this file says what it does",
        )
        .hint(
            "make it anew without --no-metadata-hash, or sign with --no-metadata-hash if you trust \
             the node and the machine that wrote it",
        )),
    }
}
