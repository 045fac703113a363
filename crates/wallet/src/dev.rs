//! The well-known keys of development chains. Their secrets are public: on a real chain they are
//! worth nothing.

use sp_keyring::Sr25519Keyring as Keyring;
use subtune_model::error::{Error, Result};

use crate::Unlocked;

const KEYS: [(&str, Keyring); 8] = [
    ("alice", Keyring::Alice),
    ("bob", Keyring::Bob),
    ("charlie", Keyring::Charlie),
    ("dave", Keyring::Dave),
    ("eve", Keyring::Eve),
    ("ferdie", Keyring::Ferdie),
    ("one", Keyring::One),
    ("two", Keyring::Two),
];

/// The names of the development keys.
pub fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}

/// The development key of that name, in any case.
///
/// # Errors
/// [`Kind::Input`](subtune_model::error::Kind::Input) with the list of names when there is none.
pub fn unlock(name: &str) -> Result<Unlocked> {
    KEYS.iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, key)| Unlocked::sr25519(key.pair()))
        .ok_or_else(|| {
            let names: Vec<_> = names().collect();
            Error::input(format!("unknown development key `{name}`"))
                .hint(format!("the development keys are: {}", names.join(", ")))
        })
}

#[cfg(test)]
mod tests {
    use subtune_model::address::ss58;

    use super::*;

    #[test]
    fn keys_by_name() {
        let address = |name| ss58(&unlock(name).ok().unwrap().account());
        assert_eq!(address("alice"), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        assert_eq!(address("BOB"), "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
        let mut all: Vec<_> = names().map(address).collect();
        all.dedup();
        assert_eq!(all.len(), 8);
        let error = unlock("mallory").err().unwrap();
        assert!(error.hint.unwrap().contains("alice, bob, charlie"));
    }
}
