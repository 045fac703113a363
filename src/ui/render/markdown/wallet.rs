//! Wallets, as Markdown.

use super::{code, facts, plain, sentence};
use crate::ui::views::{VerifiedView, WalletView, WalletsView};

/// The wallets of a folder.
#[must_use]
pub fn wallets(view: &WalletsView) -> String {
    let WalletsView { folder, wallets } = view;
    if wallets.is_empty() {
        return format!("There are no wallets in {}\n", code(folder));
    }
    let mut text =
        format!("### Wallets in {}\n\n| name | address | keyfile |\n|---|---|---|\n", code(folder));
    for wallet in wallets {
        let (name, address) = (code(&wallet.name), code(wallet.address()));
        text.push_str(&format!("| {name} | {address} | {} |\n", plain(&wallet.keyfile)));
    }
    let problems: String = wallets
        .iter()
        .flat_map(|wallet| wallet.problems.iter().map(|problem| (&wallet.name, problem)))
        .map(|(name, problem)| format!("- {}: {}\n", code(name), sentence(problem)))
        .collect();
    if !problems.is_empty() {
        text.push_str(&format!("\n**Problems**\n\n{problems}"));
    }
    text
}

/// What a wallet tells without a password.
#[must_use]
pub fn wallet(view: &WalletView) -> String {
    format!(
        "### Wallet {}\n\n{}",
        code(&view.name),
        facts(view.facts().get(1..).unwrap_or_default())
    )
}

/// The proof of a key.
#[must_use]
pub fn verified(view: &VerifiedView) -> String {
    format!(
        "### Wallet {}\n\n{}",
        code(&view.wallet),
        facts(view.facts().get(1..).unwrap_or_default())
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    #[test]
    fn a_wallet_tells_in_markdown_what_it_tells_in_text() {
        let wallet = WalletView {
            name: "a|b".to_owned(),
            folder: "/w".to_owned(),
            address: None,
            public_key: None,
            key_type: None,
            format: Json::Null,
            encrypted: None,
            secret: Json::Null,
            watch_only: false,
            problems: vec!["<b> and `more`\n- not an item".to_owned()],
            keyfile: "unreadable".to_owned(),
        };
        assert_eq!(
            super::wallet(&wallet),
            "### Wallet `a\\|b`\n\n- folder: /w\n- address: unknown\n- keyfile: unreadable\n\
             - problem: &lt;b&gt; and `more` - not an item\n"
        );
        let all = WalletsView { folder: "/w".to_owned(), wallets: vec![wallet] };
        assert_eq!(
            wallets(&all),
            "### Wallets in `/w`\n\n| name | address | keyfile |\n|---|---|---|\n\
             | `a\\|b` | `unknown` | unreadable |\n\n**Problems**\n\n\
             - `a\\|b`: &lt;b&gt; and `more` - not an item\n"
        );
    }
}
