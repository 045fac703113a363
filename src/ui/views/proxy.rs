//! Proxies of an account, and the call that makes one, as they are shown.

use serde::Serialize;
use subtune_model::hash::Hash32;

use super::Facts;

/// The proxies of an account.
#[derive(Debug, Clone, Serialize)]
pub struct ProxiesView {
    /// The account.
    pub account: String,
    /// Its proxies.
    pub proxies: Vec<GrantedView>,
}

/// A key that may act for an account.
#[derive(Debug, Clone, Serialize)]
pub struct GrantedView {
    /// The key.
    pub delegate: String,
    /// Name of the proxy type.
    pub proxy_type: String,
    /// Blocks between announcement and call.
    pub delay: u64,
    /// How it may set hyperparameters.
    pub hyperparameters: &'static str,
}

/// The call that makes another key a proxy.
#[derive(Debug, Clone, Serialize)]
pub struct ProxySetupView {
    /// The subnet.
    pub netuid: u16,
    /// Its owner, who signs the call.
    pub owner: String,
    /// The other key.
    pub delegate: String,
    /// Name of the proxy type.
    pub proxy_type: String,
    /// Whether that key may make several changes in one batch.
    pub atomic: bool,
    /// The call that gives the right.
    pub add: ProxyCallView,
    /// The call that takes it away.
    pub remove: ProxyCallView,
    /// Whether the key has the right already.
    pub exists: bool,
    /// What the call reserves, exact.
    pub deposit_rao: Option<String>,
    /// The hyperparameters that the key may then set.
    pub permits: Vec<String>,
    /// Those of the owner that it may not.
    pub forbids: Vec<String>,
    /// The deposit in TAO.
    #[serde(skip)]
    pub deposit: Option<String>,
    /// What the type permits besides.
    #[serde(skip)]
    pub beyond: &'static str,
}

/// A call of the pallet of proxies.
#[derive(Debug, Clone, Serialize)]
pub struct ProxyCallView {
    /// `Pallet.call`.
    pub call: String,
    /// The key.
    pub delegate: String,
    /// Name of the proxy type.
    pub proxy_type: String,
    /// Blocks between announcement and call.
    pub delay: u64,
    /// The encoded call.
    pub call_data: String,
    /// Its hash.
    pub call_hash: Hash32,
}

impl ProxySetupView {
    /// What is told of it, label by label.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let deposit = self.deposit.as_ref().map_or_else(String::new, |deposit| {
            format!("{deposit} TAO, given back when it is removed")
        });
        let several = match self.atomic {
            true => "all or nothing: in one batch",
            false => "one by one, NOT all or nothing",
        };
        vec![
            ("call", self.add.call.clone()),
            ("signer", self.owner.clone()),
            ("delegate", self.delegate.clone()),
            ("proxy_type", self.proxy_type.clone()),
            ("delay", self.add.delay.to_string()),
            ("deposit", deposit),
            ("permits", self.permits.join(", ")),
            ("not", self.forbids.join(", ")),
            ("several", several.to_owned()),
            ("beyond", self.beyond.to_owned()),
        ]
    }
}
