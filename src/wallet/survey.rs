//! What a wallet tells without a password.

use subtune_model::address;
use subtune_model::error::Result;
use subtune_wallet::{KeyfileFormat, Scheme, Secret, derive, memory};

use super::{WalletRef, read};

/// One wallet as it lies on the disk.
pub struct Survey {
    /// The account that it is of, by `coldkeypub.txt` or an unencrypted coldkey; `None` when
    /// neither tells.
    pub account: Option<[u8; 32]>,
    /// How its key signs, where that shows.
    pub scheme: Option<Scheme>,
    /// How its coldkey is written; `None` without a coldkey, or with one in no known format.
    pub format: Option<KeyfileFormat>,
    /// What of a secret is in its coldkey; `None` without a coldkey, or with one that cannot be read.
    pub secret: Option<Secret>,
    /// Whether it has nothing here to sign with: no coldkey, or one without a secret.
    pub watch_only: bool,
    /// What is wrong or unsafe, one sentence each.
    pub problems: Vec<String>,
}

/// Looks at a wallet. A file that is broken is a problem to tell, not an error.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when there is no such wallet.
pub fn survey(wallet: &WalletRef) -> Result<Survey> {
    memory::protect();
    let (secret, public) = (wallet.coldkey_path(), wallet.coldkeypub_path());
    let no_coldkey = !read::may_exist(&secret);
    if no_coldkey && !read::may_exist(&public) {
        return Err(wallet.missing("coldkey"));
    }
    let mut problems = Vec::new();
    let (mut account, mut scheme, mut format, mut held) = (None, None, None, None);
    if read::may_exist(&public) {
        match wallet.read_coldkeypub() {
            Ok(read) => account = Some(read),
            Err(error) => problems.push(error.what),
        }
    } else {
        problems.push(format!(
            "there is no {}, so no command knows the address before the coldkey is unlocked",
            public.display()
        ));
    }
    if !no_coldkey {
        let warnings = std::cell::RefCell::new(Vec::new());
        let looked = read::secret(&secret, &|line| warnings.borrow_mut().push(line.to_owned()))
            .and_then(|file| {
                format = Some(file.format()?);
                let contents = file.contents()?;
                scheme = contents.scheme();
                held = Some(contents.secret());
                let claimed = contents.claimed(&secret)?;
                if let (Some(account), Some(claimed)) = (account, claimed)
                    && account != claimed
                {
                    return Err(derive::claims(&secret, claimed, account));
                }
                account = account.or(claimed);
                // Only what makes a key is a secret: a field may hold anything.
                memory::leaving_no_trace(|| contents.open(&secret)).map(|_| ())
            });
        problems.extend(warnings.into_inner());
        problems.extend(looked.err().map(|error| error.what));
    }
    let watch_only = no_coldkey || held == Some(Secret::None);
    Ok(Survey { account, scheme, format, secret: held, watch_only, problems })
}

impl Survey {
    /// The SS58 address, where it is known.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.account.as_ref().map(address::ss58)
    }
}
