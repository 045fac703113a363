//! Wallets of this machine, as they are shown.

use serde::Serialize;
use serde_json::Value as Json;

use super::Facts;

/// The wallets of a folder.
#[derive(Debug, Clone, Serialize)]
pub struct WalletsView {
    /// The folder.
    pub folder: String,
    /// The wallets in it.
    pub wallets: Vec<WalletView>,
}

/// What a wallet tells without a password.
#[derive(Debug, Clone, Serialize)]
pub struct WalletView {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub folder: String,
    /// SS58 address, where it is known.
    pub address: Option<String>,
    /// The same account in hex.
    pub public_key: Option<String>,
    /// How its key signs, where that shows.
    pub key_type: Option<&'static str>,
    /// How its coldkey is written.
    pub format: Json,
    /// Whether its secret is encrypted, where that shows.
    pub encrypted: Option<bool>,
    /// What of a secret is in its coldkey.
    pub secret: Json,
    /// Whether it has nothing to sign with.
    pub watch_only: bool,
    /// What is wrong or unsafe, one sentence each.
    pub problems: Vec<String>,
    /// How its coldkey is written, in words.
    #[serde(skip)]
    pub keyfile: String,
}

impl WalletView {
    /// Its address, or that there is none to tell.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_deref().unwrap_or("unknown")
    }

    /// What is told of it, label by label.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut facts = vec![
            ("wallet", self.name.clone()),
            ("folder", self.folder.clone()),
            ("address", self.address().to_owned()),
            ("public key", self.public_key.clone().unwrap_or_default()),
            ("key type", self.key_type.unwrap_or_default().to_owned()),
            ("keyfile", self.keyfile.clone()),
        ];
        facts.extend(self.problems.iter().map(|problem| ("problem", problem.clone())));
        facts
    }
}

/// The proof that a key opens, and is the one of its wallet.
#[derive(Debug, Clone, Serialize)]
pub struct VerifiedView {
    /// Name of the wallet.
    pub wallet: String,
    /// SS58 address.
    pub address: String,
    /// The same account in hex.
    pub public_key: String,
    /// How the key signs.
    pub key_type: &'static str,
    /// That it has signed.
    pub verified: bool,
    /// That `coldkeypub.txt` has the same account; `null` where there is none.
    pub coldkeypub_equal: Option<bool>,
}

impl VerifiedView {
    /// What is told of it, label by label.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let compared = if self.coldkeypub_equal.is_some() { "matches" } else { "missing" };
        vec![
            ("wallet", self.wallet.clone()),
            ("address", self.address.clone()),
            ("public key", self.public_key.clone()),
            ("key type", self.key_type.to_owned()),
            ("proof", "a signature by the key verifies for this address".to_owned()),
            ("coldkeypub.txt", compared.to_owned()),
        ]
    }
}
