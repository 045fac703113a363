//! `subtune sign`: no network, only a file, a key and a person.

use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_chain::{self as chain, Opened};
use subtune_model::error::{Error, Result};
use subtune_model::unsigned::{ColdFile, ColdStage, SignatureText};

use super::keys::{self, KeyArgs};
use super::{Global, cold, printed};
use crate::files::{read, write};
use crate::ops::{Consent, Sign as _};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, one_line};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File that `subtune plan --unsigned` wrote
    file: PathBuf,
    /// Write the signed transaction here [default: FILE with the ending .signed.json]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long)]
    force: bool,
    /// Show what would be signed, but do not unlock the key or write files
    #[arg(long)]
    dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    yes: bool,
    /// Sign although the file holds no digest of the metadata
    #[arg(long)]
    no_metadata_hash: bool,
    #[command(flatten)]
    keys: KeyArgs,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { file: path, output, force, dry_run, yes, no_metadata_hash, keys } = args;
    let file = cold::read_file(&path)?;
    if file.kind == ColdStage::Signed {
        return Err(Error::input(format!("{} is signed already", read::name(&path)))
            .hint(format!("send it with `{}`", submit(&path))));
    }
    cold::check_digest(file.metadata_digest.as_ref(), no_metadata_hash)?;
    let output = match output {
        Some(output) => output,
        None if dry_run || is_named(&path) => path.with_extension("signed.json"),
        None => {
            return Err(Error::usage("the input has no name that the signed file could have")
                .hint("choose the file to write with --output"));
        }
    };
    let opened = chain::open(&file)?;
    let shown: String = opened.lines().iter().map(|line| format!("{}\n", one_line(line))).collect();
    let addressed = |address: Option<String>| match address {
        Some(address) if address != file.signer => {
            Err(Error::refused(format!("the transaction is for {}, not {address}", file.signer))
                .hint(format!("sign with the key of {}: --wallet-name", file.signer)))
        }
        _ => Ok(()),
    };
    if dry_run {
        if let Some((_, address)) = keys.rehearsal(global, &file.chain.genesis_hash)? {
            // The wallet that is there by chance need not be the signer's.
            addressed(address.filter(|_| keys.is_named()))?;
        }
        let text = format!("{shown}Dry run: nothing was unlocked or written\n");
        return Ok(Report::new(text, data("dry run", &file, &opened, None)));
    }
    write::check_output(&output, force)?;
    let (keys, address) = keys.signer(global, &file.chain.genesis_hash, dry_run)?;
    addressed(address)?;
    let terminal = Terminal { yes, quiet: global.quiet() };
    let deed = format!("sign this for subnet {} on {}", file.netuid, file.chain.network);
    let agreed =
        terminal.consent(&shown, &deed, &file.netuid.to_string(), &file.chain.genesis_hash)?;
    if matches!(agreed, Consent::No) {
        return Err(Error::refused("not confirmed: nothing was signed")
            .hint("make another plan if this is not what you want"));
    }
    let instead = keys.instead(&file.signer);
    let key = keys::unlock(keys, None, global.quiet()).await?;
    if key.address() != file.signer {
        return Err(Error::wallet(format!(
            "the key is {}, not {}: nothing was signed",
            key.address(),
            file.signer
        ))
        .hint(instead));
    }
    let signature = SignatureText(key.sign(&opened.to_sign));
    drop(key);
    let signed =
        ColdFile { kind: ColdStage::Signed, metadata: None, signature: Some(signature), ..file };
    cold::write_file(&output, &signed, force)?;
    let name = output.display();
    let text = format!("Signed: {name}\nSend it with `{}`\n", submit(&output));
    Ok(Report::new(text, data("signed", &signed, &opened, Some(&output))))
}

/// Whether it is a file with a name of its own: no pipe and no descriptor.
fn is_named(path: &Path) -> bool {
    !read::is_stdin(path) && !path.starts_with("/dev") && !path.starts_with("/proc")
}

/// The command that sends a signed file.
fn submit(path: &Path) -> String {
    printed::command(&["submit", &printed::path(path)])
}

fn data(
    outcome: &str,
    file: &ColdFile,
    opened: &Opened,
    output: Option<&Path>,
) -> serde_json::Value {
    let calls: Vec<_> = opened
        .calls
        .iter()
        .map(|call| {
            let args: serde_json::Map<_, _> =
                call.args.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({ "call": call.name, "netuid": call.netuid, "args": args })
        })
        .collect();
    json!({
        "outcome": outcome,
        "file": output.map(|path| path.display().to_string()),
        "genesis_hash": file.chain.genesis_hash,
        "netuid": file.netuid,
        "signer": file.signer,
        "nonce": file.nonce,
        "valid_before": file.era.death(),
        "metadata_digest": file.metadata_digest,
        "calls": calls,
        "signature": file.signature,
    })
}
