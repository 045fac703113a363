//! What a transaction came to, once the results of the calls inside it are read.

use subtune_model::error::{Error, Kind, Result};
use subtune_model::origin::Origin;
use subtune_model::plan::Call;
use subtune_model::ports::{ChainError, Inside};
use subtune_model::receipt::Refused;

/// What became of the calls of a plan.
pub(super) enum Came {
    /// All have run.
    Through,
    /// None has: the multisig waits for more approvals.
    Waits,
    /// None stays: the chain refused them as a whole.
    Refused(ChainError),
    /// Each ran on its own, and these were refused.
    Apart(Vec<Refused>),
}

impl Came {
    /// What was refused of so many calls that each ran on its own.
    ///
    /// # Errors
    /// The chain's words, when none of the calls stays.
    pub(super) fn refused(&self, calls: usize) -> Result<&[Refused], String> {
        match self {
            Self::Through | Self::Waits => Ok(&[]),
            Self::Refused(error) => Err(error.to_string()),
            Self::Apart(refused) if refused.len() == calls => Err(in_words(refused)),
            Self::Apart(refused) => Ok(refused),
        }
    }
}

/// Reads the results inside a transaction, as its signing mode wraps the calls.
///
/// # Errors
/// When the chain tells of other calls than were sent.
pub(super) fn came(
    origin: &Origin,
    calls: &[Call],
    result: Result<(), ChainError>,
    inside: Vec<Inside>,
) -> Result<Came> {
    if let Err(error) = result {
        return Ok(Came::Refused(error));
    }
    let (mut proxied, mut run) = (Vec::new(), Vec::new());
    for inner in inside {
        match inner {
            Inside::Proxied(result) => proxied.push(result),
            Inside::Run(result) => run.push(result),
            Inside::Waits => return waits(origin),
        }
    }
    // First what the multisig says to its call, then what the proxy says to those inside it.
    match (origin, run.pop(), run.is_empty()) {
        (Origin::Direct | Origin::Proxy(_), None, _) => {}
        // With a threshold of 1 the transaction fails as its call does.
        (Origin::Multisig(multisig), None, _) if multisig.threshold == 1 => {}
        (Origin::Multisig(_), Some(Ok(())), true) => {}
        // What failed as a whole has taken the events inside with it.
        (Origin::Multisig(_), Some(Err(error)), true) if proxied.is_empty() => {
            return Ok(Came::Refused(error));
        }
        _ => return Err(unreadable()),
    }
    let Some(proxy) = origin.proxy() else {
        return if proxied.is_empty() { Ok(Came::Through) } else { Err(unreadable()) };
    };
    if proxy.apart && calls.len() > 1 {
        if proxied.len() != calls.len() {
            return Err(unreadable());
        }
        let refused: Vec<_> = calls
            .iter()
            .zip(proxied)
            .filter_map(|(call, ran)| {
                Some(Refused { names: call.sets.clone(), error: ran.err()?.to_string() })
            })
            .collect();
        return Ok(if refused.is_empty() { Came::Through } else { Came::Apart(refused) });
    }
    match (proxied.pop(), proxied.is_empty()) {
        (Some(Ok(())), true) => Ok(Came::Through),
        (Some(Err(error)), true) => Ok(Came::Refused(error)),
        _ => Err(unreadable()),
    }
}

/// Only a multisig waits for anybody.
fn waits(origin: &Origin) -> Result<Came> {
    match origin {
        Origin::Multisig(_) => Ok(Came::Waits),
        Origin::Direct | Origin::Proxy(_) => Err(unreadable()),
    }
}

fn unreadable() -> Error {
    Error::new(
        Kind::Unknown,
        "the transaction is in a block, but what became of the calls inside it cannot be read",
    )
    .hint("look the block up in an explorer, and compare with `subtune show`")
}

/// Refusals in words: `immunity_period (Pallet.Error: meaning); …`.
pub(super) fn in_words(refused: &[Refused]) -> String {
    let words =
        refused.iter().map(|Refused { names, error }| format!("{}: {error}", names.join(" and ")));
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use subtune_model::origin::{Multisig, Proxy, Weight};

    use super::*;

    fn call(name: &str) -> Call {
        Call {
            pallet: "AdminUtils".to_owned(),
            call: format!("sudo_set_{name}"),
            netuid: 46,
            args: Vec::new(),
            sets: vec![name.to_owned()],
        }
    }

    fn of(apart: bool) -> Proxy {
        let (real, proxy_type) = ("real".to_owned(), "type".to_owned());
        Proxy { real, proxy_type, apart, real_pays: Some(false) }
    }

    fn proxy(apart: bool) -> Origin {
        Origin::Proxy(of(apart))
    }

    fn multisig(threshold: u16, proxy: Option<Proxy>) -> Origin {
        Origin::Multisig(Multisig {
            account: "m".to_owned(),
            proxy,
            threshold,
            others: Vec::new(),
            call_hash: subtune_model::hash::Hash32::new([0; 32]),
            call_data: "0x00".to_owned(),
            timepoint: None,
            approvals: threshold,
            max_weight: Weight::AMPLE,
            deposit_rao: None,
        })
    }

    fn said(origin: &Origin, result: Result<(), ChainError>, inside: &[Inside]) -> String {
        let calls = [call("rho"), call("tempo")];
        match came(origin, &calls, result, inside.to_vec()) {
            Ok(Came::Through) => "through".to_owned(),
            Ok(Came::Waits) => "waits".to_owned(),
            Ok(Came::Refused(error)) => format!("refused {}", error.name),
            Ok(Came::Apart(refused)) => format!("apart {}", in_words(&refused)),
            Err(error) => format!("{:?}", error.kind),
        }
    }

    #[test]
    fn success_is_that_of_the_inner_calls() {
        let fails = || Err(ChainError::named("NoSuchError"));
        let (ok, bad) = (Inside::Proxied(Ok(())), Inside::Proxied(fails()));
        let (run, failed) = (Inside::Run(Ok(())), Inside::Run(fails()));
        let both = [ok.clone(), bad.clone()];
        let nested = |threshold, apart| multisig(threshold, Some(of(apart)));
        for (origin, result, inside, expected) in [
            (Origin::Direct, Ok(()), &[][..], "through"),
            (Origin::Direct, fails(), &[], "refused NoSuchError"),
            (proxy(false), Ok(()), &both[..1], "through"),
            (proxy(false), Ok(()), &both[1..], "refused NoSuchError"),
            (proxy(false), fails(), &[], "refused NoSuchError"),
            (proxy(true), Ok(()), &both, "apart tempo: NoSuchError"),
            (proxy(true), Ok(()), &[ok.clone(), ok.clone()], "through"),
            (
                proxy(true),
                Ok(()),
                &[bad.clone(), bad.clone()],
                "apart rho: NoSuchError; tempo: NoSuchError",
            ),
            (multisig(2, None), Ok(()), std::slice::from_ref(&run), "through"),
            (multisig(2, None), Ok(()), std::slice::from_ref(&failed), "refused NoSuchError"),
            (multisig(2, None), Ok(()), &[Inside::Waits], "waits"),
            (multisig(1, None), Ok(()), &[], "through"),
            (multisig(1, None), fails(), &[], "refused NoSuchError"),
            // A multisig that is a proxy: both have to say so.
            (nested(2, false), Ok(()), &[ok.clone(), run.clone()], "through"),
            (nested(2, false), Ok(()), &[bad.clone(), run.clone()], "refused NoSuchError"),
            (nested(2, false), Ok(()), std::slice::from_ref(&failed), "refused NoSuchError"),
            (nested(2, false), Ok(()), &[Inside::Waits], "waits"),
            (
                nested(2, true),
                Ok(()),
                &[ok.clone(), bad.clone(), run.clone()],
                "apart tempo: NoSuchError",
            ),
            (nested(2, true), Ok(()), &[ok.clone(), ok.clone(), run.clone()], "through"),
            (nested(1, false), Ok(()), std::slice::from_ref(&ok), "through"),
            (nested(1, false), Ok(()), std::slice::from_ref(&bad), "refused NoSuchError"),
            (nested(1, true), Ok(()), &both, "apart tempo: NoSuchError"),
            // What the events do not tell is not taken for success.
            (proxy(false), Ok(()), &[], "Unknown"),
            (proxy(false), Ok(()), &both, "Unknown"),
            (proxy(true), Ok(()), &[], "Unknown"),
            (proxy(true), Ok(()), &[Inside::Waits], "Unknown"),
            (proxy(false), Ok(()), std::slice::from_ref(&run), "Unknown"),
            (Origin::Direct, Ok(()), &both, "Unknown"),
            (Origin::Direct, Ok(()), std::slice::from_ref(&run), "Unknown"),
            (multisig(2, None), Ok(()), &[], "Unknown"),
            (multisig(2, None), Ok(()), &[ok.clone(), run.clone()], "Unknown"),
            (nested(2, false), Ok(()), std::slice::from_ref(&run), "Unknown"),
            (nested(2, false), Ok(()), std::slice::from_ref(&ok), "Unknown"),
            (nested(2, false), Ok(()), &[ok.clone(), failed.clone()], "Unknown"),
            (nested(2, true), Ok(()), &[ok.clone(), run.clone()], "Unknown"),
            (proxy(true), Ok(()), std::slice::from_ref(&ok), "Unknown"),
            (nested(1, false), Ok(()), &[], "Unknown"),
        ] {
            assert_eq!(said(&origin, result, inside), expected, "{origin:?} {inside:?}");
        }
    }
}
