//! The subnet of a command: an argument, or `--netuid N`, as the users of btcli write it.

use subtune_model::error::{Error, Result};

/// The subnet of every command that takes one, in either form.
///
/// Not required by the parser: its message for what is missing has no hint, and `apply --plan` and
/// `history` do without.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Netuid {
    /// Subnet; `--netuid N` does as well
    #[arg(value_name = "NETUID")]
    netuid: Option<u16>,
    /// The subnet, as an option
    #[arg(long = "netuid", value_name = "NETUID", hide = true)]
    netuid_option: Option<u16>,
}

impl Netuid {
    /// The netuid, if there is one.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when two different ones are given.
    pub(super) fn given(self) -> Result<Option<u16>> {
        match (self.netuid, self.netuid_option) {
            (Some(argument), Some(option)) if argument != option => Err(Error::usage(format!(
                "two different netuids are given: {argument}, and --netuid {option}"
            ))
            .hint("leave one of them out")),
            (argument, option) => Ok(argument.or(option)),
        }
    }

    /// The netuid of a command that cannot do without.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when none is given, or two different ones.
    pub(super) fn required(self, command: &str) -> Result<u16> {
        self.given()?.ok_or_else(|| {
            Error::usage(format!("`subtune {command}` needs the netuid of a subnet: <NETUID>"))
                .hint(format!(
                    "for example `subtune {command} 46` or `subtune {command} --netuid 46`; see \
                     `subtune {command} --help`"
                ))
        })
    }
}
