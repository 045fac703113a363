//! Proxies, as text.

use crate::ui::rows::{pairs, table};
use crate::ui::stream::Stream;
use crate::ui::views::{GrantedView, ProxiesView, ProxySetupView};

/// The proxies of an account.
#[must_use]
pub fn proxies(view: &ProxiesView) -> String {
    let ProxiesView { account, proxies } = view;
    if proxies.is_empty() {
        return format!("{account} has no proxies\n");
    }
    let mut rows = table(&["delegate", "type", "delay", "hyperparameters"], Stream::Stdout);
    for GrantedView { delegate, proxy_type, delay, hyperparameters } in proxies {
        rows.add_row([delegate.as_str(), proxy_type, &delay.to_string(), hyperparameters]);
    }
    format!("Proxies of {account}\n{}", rows.lines())
}

/// The call that makes another key a proxy. Call data stands in lines of its own, to be copied whole.
#[must_use]
pub fn proxy_setup(view: &ProxySetupView) -> String {
    let ProxySetupView { netuid, owner, add, remove, exists, .. } = view;
    format!(
        "The owner of subnet {netuid} signs this once:\n\n{}\nCall data:\n{}\n\n{}To take the right \
         away the owner signs {}, call data:\n{}\n\nThen the delegate signs, for example:\n\
         subtune apply {netuid} --profile … --proxy-for \\\n  {owner}\n",
        pairs(&view.facts()),
        add.call_data,
        if *exists { "It is signed already: the chain has it.\n\n" } else { "" },
        remove.call,
        remove.call_data,
    )
}
