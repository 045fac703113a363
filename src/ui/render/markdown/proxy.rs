//! Proxies, as Markdown.

use super::{block, code, facts, plain};
use crate::ui::views::{GrantedView, ProxiesView, ProxySetupView};

/// The proxies of an account.
#[must_use]
pub fn proxies(view: &ProxiesView) -> String {
    let ProxiesView { account, proxies } = view;
    if proxies.is_empty() {
        return format!("{} has no proxies\n", code(account));
    }
    let mut text = format!(
        "### Proxies of {}\n\n| delegate | type | delay | hyperparameters |\n|---|---|--:|---|\n",
        code(account)
    );
    for GrantedView { delegate, proxy_type, delay, hyperparameters } in proxies {
        let (delegate, proxy_type) = (code(delegate), plain(proxy_type));
        text.push_str(&format!("| {delegate} | {proxy_type} | {delay} | {hyperparameters} |\n"));
    }
    text
}

/// The call that makes another key a proxy.
#[must_use]
pub fn proxy_setup(view: &ProxySetupView) -> String {
    let ProxySetupView { netuid, owner, add, remove, exists, .. } = view;
    let mut text =
        format!("### The owner of subnet {netuid} signs this once\n\n{}", facts(&view.facts()));
    text.push_str(&format!("\nCall data:\n\n{}", block(&add.call_data)));
    if *exists {
        text.push_str("\nIt is signed already: the chain has it.\n");
    }
    text.push_str(&format!(
        "\nTo take the right away the owner signs {}, call data:\n\n{}",
        code(&remove.call),
        block(&remove.call_data)
    ));
    let command = format!("subtune apply {netuid} --profile … --proxy-for {owner}");
    text.push_str(&format!("\nThen the delegate signs, for example:\n\n{}", block(&command)));
    text
}

#[cfg(test)]
mod tests {
    use subtune_model::hash::Hash32;

    use super::*;
    use crate::ui::views::ProxyCallView;

    #[test]
    fn call_data_is_a_block_of_its_own() {
        let call = |call: &str| ProxyCallView {
            call: call.to_owned(),
            delegate: "bob".to_owned(),
            proxy_type: "Owner".to_owned(),
            delay: 0,
            call_data: "0x01".to_owned(),
            call_hash: Hash32::new([0; 32]),
        };
        let view = ProxySetupView {
            netuid: 46,
            owner: "alice".to_owned(),
            delegate: "bob".to_owned(),
            proxy_type: "Owner".to_owned(),
            atomic: true,
            add: call("Proxy.add_proxy"),
            remove: call("Proxy.remove_proxy"),
            exists: true,
            deposit_rao: None,
            permits: vec!["tempo".to_owned()],
            forbids: Vec::new(),
            deposit: None,
            beyond: "no transfers",
        };
        assert_eq!(
            proxy_setup(&view),
            "### The owner of subnet 46 signs this once\n\n- call: Proxy.add\\_proxy\n\
             - signer: alice\n- delegate: bob\n- proxy\\_type: Owner\n- delay: 0\n- permits: tempo\n\
             - several: all or nothing: in one batch\n- beyond: no transfers\n\nCall data:\n\n\
             ```text\n0x01\n```\n\nIt is signed already: the chain has it.\n\nTo take the right away \
             the owner signs `Proxy.remove_proxy`, call data:\n\n```text\n0x01\n```\n\nThen the \
             delegate signs, for example:\n\n```text\nsubtune apply 46 --profile … --proxy-for \
             alice\n```\n"
        );
    }
}
