//! `subtune submit`: the road of apply, with a signature that was made elsewhere.

use std::path::PathBuf;

use super::apply::{enter, report};
use super::{Global, cold, connect};
use crate::chain::Carried;
use crate::error::{Error, Result};
use crate::files::read;
use crate::model::plan::{Plan, Terms};
use crate::model::receipt::Command;
use crate::model::signature::Signature;
use crate::model::unsigned::SignatureText;
use crate::ops::{self, ChainRead as _, Request, Sign};
use crate::profile_yaml;
use crate::ui::ask::Terminal;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File that `subtune sign` wrote
    file: PathBuf,
    /// The signature of another signer for a file that `subtune plan --unsigned` wrote: 0x and 64
    /// bytes, or 65 with the scheme
    #[arg(long, value_name = "HEX")]
    signature: Option<SignatureText>,
    /// Do everything but write and send
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// A key that is somewhere else and has signed already.
struct Elsewhere {
    address: String,
    signature: Signature,
}

impl Sign for Elsewhere {
    fn address(&self) -> String {
        self.address.clone()
    }

    fn sign(&self, _: &[u8]) -> Signature {
        self.signature
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { file: path, signature, dry_run, yes } = args;
    let name = read::name(&path);
    let file = cold::read_file(&path)?;
    let signature = match (signature, file.signature) {
        (Some(given), None) => given,
        (None, Some(own)) => own,
        (None, None) => {
            return Err(Error::input(format!("{name} is not signed yet")).hint(format!(
                "sign it with `subtune sign {name}`, or give the --signature of another signer"
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Error::usage(format!("{name} has a signature of its own"))
                .hint("leave out --signature, or take the unsigned file"));
        }
    };
    let saved: Plan = profile_yaml::from_saved(&file.plan, "the plan in the file")
        .map_err(profile_yaml::complaints_error)?;
    if saved.netuid != file.netuid {
        return Err(Error::input(format!("{name} has a plan of another subnet"))
            .hint("make a new one with `subtune plan … --unsigned FILE`"));
    }
    let chain = connect::connect(global).await?.metadata_hash(file.metadata_digest.is_some());
    let snapshot = chain.latest(saved.netuid).await?;
    connect::check_fresh(&snapshot, true)?;
    let port = Carried::new(&chain, &file, &saved.calls, &snapshot, signature).await?;
    // What no rule decides was let go when the plan was made.
    let terms = Terms { allow_unknown: true, ..Terms::default() };
    let again = ops::still_holds(&saved, &snapshot, &terms)?;
    let plan = Plan { fee_rao: saved.fee_rao, ..again };
    let shown = plan.clone();
    let terminal = Terminal { yes, quiet: global.quiet() };
    let request = Request {
        command: Command::Apply,
        plan,
        saved: Some(saved),
        signer: file.signer.clone(),
        skip_blocked: false,
        terms,
        dry_run,
        patience: global.timeout() * 2,
    };
    let (journal, _lock) = enter(global, &chain, &snapshot, &terminal, dry_run).await?;
    let key = Elsewhere { address: file.signer.clone(), signature: signature.0 };
    let applied =
        ops::apply(&port, request, &snapshot, &terminal, &journal, async || Ok(key)).await;
    connect::tell_traffic(global, &chain);
    Ok(report(&applied?, &shown, &snapshot, "written or sent"))
}
