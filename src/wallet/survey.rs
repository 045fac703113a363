//! What a wallet tells without a password.

use super::key::Scheme;
use super::keyfile::{self, Contents, Format};
use super::{WalletRef, address, derive, process};
use crate::error::{Error, Result};

/// One wallet as it lies on the disk.
pub struct Survey {
    /// The account that it is of, by `coldkeypub.txt` or an unencrypted coldkey; `None` when
    /// neither tells.
    pub account: Option<[u8; 32]>,
    /// How its key signs, where that shows.
    pub scheme: Option<Scheme>,
    /// How its coldkey is written; `None` without a coldkey, or with one in no known format.
    pub format: Option<Format>,
    /// Whether it has no coldkey here, so that it can only watch.
    pub watch_only: bool,
    /// What is wrong or unsafe, one sentence each.
    pub problems: Vec<String>,
}

/// Looks at a wallet. A file that is broken is a problem to tell, not an error.
///
/// # Errors
/// [`Kind::Wallet`](crate::error::Kind::Wallet) when there is no such wallet.
pub fn survey(wallet: &WalletRef) -> Result<Survey> {
    process::protect();
    let (secret, public) = (wallet.coldkey_path(), wallet.coldkeypub_path());
    let watch_only = !keyfile::may_exist(&secret);
    if watch_only && !keyfile::may_exist(&public) {
        return Err(wallet.missing("coldkey"));
    }
    let mut problems = Vec::new();
    let (mut account, mut scheme, mut format) = (None, None, None);
    if keyfile::may_exist(&public) {
        match wallet.read_coldkeypub() {
            Ok(read) => account = Some(read),
            Err(error) => problems.push(error.what),
        }
    } else {
        problems.push(format!(
            "there is no {}, so that no command knows the address before the coldkey is open",
            public.display()
        ));
    }
    if !watch_only {
        let warnings = std::cell::RefCell::new(Vec::new());
        let looked = keyfile::read(&secret, &|line| warnings.borrow_mut().push(line.to_owned()))
            .and_then(|file| {
                format = Some(file.format()?);
                let claimed = match file.contents()? {
                    Contents::Plain(fields) => {
                        scheme = Some(fields.crypto_type);
                        fields.account(&secret)?
                    }
                    Contents::PublicKey(_) => return Err(derive::no_secret(&secret)),
                    Contents::Sealed(_) => None,
                };
                match (account, claimed) {
                    (Some(account), Some(claimed)) if account != claimed => {
                        Err(Error::wallet(format!(
                            "{} claims to be of {}, but coldkeypub.txt says {}",
                            secret.display(),
                            address::ss58(&claimed),
                            address::ss58(&account)
                        )))
                    }
                    (None, claimed) => {
                        account = claimed;
                        Ok(())
                    }
                    _ => Ok(()),
                }
            });
        problems.extend(warnings.into_inner());
        problems.extend(looked.err().map(|error| error.what));
    }
    Ok(Survey { account, scheme, format, watch_only, problems })
}

impl Survey {
    /// The SS58 address, where it is known.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.account.as_ref().map(address::ss58)
    }
}
