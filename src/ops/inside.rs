//! What a transaction came to, once the results of the calls inside it are read.

use super::{ChainError, Inside};
use crate::error::{Error, Kind, Result};
use crate::model::plan::Call;
use crate::model::receipt::Refused;
use crate::model::road::Road;

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

/// Reads the results inside a transaction, as its road wraps the calls.
///
/// # Errors
/// When the chain tells of other calls than were sent.
pub(super) fn came(
    road: &Road,
    calls: &[Call],
    result: Result<(), ChainError>,
    inside: Vec<Inside>,
) -> Result<Came> {
    if let Err(error) = result {
        return Ok(Came::Refused(error));
    }
    let mut ran = Vec::new();
    for inner in inside {
        match inner {
            Inside::Ran(result) => ran.push(result),
            Inside::Waits => return Ok(Came::Waits),
        }
    }
    if road.is_apart() && ran.len() == calls.len() {
        let refused: Vec<_> = calls
            .iter()
            .zip(ran)
            .filter_map(|(call, ran)| {
                Some(Refused { names: call.sets.clone(), error: ran.err()?.to_string() })
            })
            .collect();
        return Ok(if refused.is_empty() { Came::Through } else { Came::Apart(refused) });
    }
    match (road, ran.pop(), ran.is_empty()) {
        (Road::Direct, None, _) => Ok(Came::Through),
        // With a threshold of 1 the transaction fails as its call does.
        (Road::Multisig(multisig), None, _) if multisig.threshold == 1 => Ok(Came::Through),
        (_, Some(Ok(())), true) => Ok(Came::Through),
        (_, Some(Err(error)), true) => Ok(Came::Refused(error)),
        _ => Err(Error::new(
            Kind::Unknown,
            "the transaction is in a block, but what became of the calls inside it cannot be read",
        )
        .hint("look the block up in an explorer, and compare with `subtune show`")),
    }
}

/// Refusals in words: `immunity_period (Pallet.Error: meaning); …`.
pub(super) fn in_words(refused: &[Refused]) -> String {
    let words =
        refused.iter().map(|Refused { names, error }| format!("{}: {error}", names.join(" and ")));
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
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

    fn proxy(apart: bool) -> Road {
        let (real, proxy_type) = ("real".to_owned(), "type".to_owned());
        Road::Proxy { real, proxy_type, apart, real_pays: false }
    }

    fn said(road: &Road, result: Result<(), ChainError>, inside: &[Inside]) -> String {
        let calls = [call("rho"), call("tempo")];
        match came(road, &calls, result, inside.to_vec()) {
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
        let (ok, bad) = (Inside::Ran(Ok(())), Inside::Ran(fails()));
        let both = [ok.clone(), bad.clone()];
        for (road, result, inside, expected) in [
            (Road::Direct, Ok(()), &[][..], "through"),
            (Road::Direct, fails(), &[], "refused NoSuchError"),
            (proxy(false), Ok(()), &both[..1], "through"),
            (proxy(false), Ok(()), &both[1..], "refused NoSuchError"),
            (proxy(false), fails(), &[], "refused NoSuchError"),
            (proxy(true), Ok(()), &both, "apart tempo: NoSuchError"),
            (proxy(true), Ok(()), &[ok.clone(), ok.clone()], "through"),
            (
                proxy(true),
                Ok(()),
                &[bad.clone(), bad],
                "apart rho: NoSuchError; tempo: NoSuchError",
            ),
            (proxy(true), Ok(()), &[Inside::Waits], "waits"),
            // What the events do not tell is not taken for success.
            (proxy(false), Ok(()), &[], "Unknown"),
            (proxy(false), Ok(()), &both, "Unknown"),
            (proxy(true), Ok(()), &[], "Unknown"),
            (Road::Direct, Ok(()), &both, "Unknown"),
        ] {
            assert_eq!(said(&road, result, inside), expected, "{road:?} {inside:?}");
        }
    }
}
