//! Wallets, as text.

use super::push_line;
use crate::ui::rows::{pairs, table};
use crate::ui::stream::Stream;
use crate::ui::views::{VerifiedView, WalletView, WalletsView};

/// The wallets of a folder.
#[must_use]
pub fn wallets(view: &WalletsView) -> String {
    let WalletsView { folder, wallets } = view;
    if wallets.is_empty() {
        return format!("There are no wallets in {folder}\n");
    }
    let mut rows = table(&["name", "address", "keyfile"], Stream::Stdout);
    for wallet in wallets {
        rows.add_row([&wallet.name, wallet.address(), &wallet.keyfile]);
    }
    rows.keep_whole(&[1]);
    let mut text = rows.lines();
    for problem in wallets.iter().flat_map(|wallet| &wallet.problems) {
        push_line(&mut text, &format!("problem: {problem}"));
    }
    text
}

/// What a wallet tells without a password.
#[must_use]
pub fn wallet(view: &WalletView) -> String {
    pairs(&view.facts())
}

/// The proof of a key.
#[must_use]
pub fn verified(view: &VerifiedView) -> String {
    pairs(&view.facts())
}
