//! The subnet of a command: an argument, `--netuid N`, as the users of btcli write it, or
//! `SUBTUNE_NETUID`; where a subnet is read, at a block as `NETUID@BLOCK`.

use std::fmt;
use std::str::FromStr;

use subtune_model::error::{Error, Result};

use crate::settings::Surroundings;

/// The subnet of every command that takes one now, in either form.
///
/// Not required by the parser: its message for what is missing has no hint, and `apply --plan` and
/// `history` do without.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Netuid {
    /// Subnet; `--netuid N` does as well [env: SUBTUNE_NETUID]
    #[arg(value_name = "NETUID")]
    netuid: Option<u16>,
    /// The subnet, as an option
    #[arg(long = "netuid", value_name = "NETUID", hide = true)]
    netuid_option: Option<u16>,
}

/// The subnet of every command that can read it at a block, in either form.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct NetuidAt {
    /// Subnet, at a block as 46@6900000; `--netuid N` does as well [env: SUBTUNE_NETUID]
    #[arg(value_name = "NETUID[@BLOCK]")]
    netuid: Option<SubnetAt>,
    /// The subnet, as an option
    #[arg(long = "netuid", value_name = "NETUID[@BLOCK]", hide = true)]
    netuid_option: Option<SubnetAt>,
}

/// A subnet, perhaps at a block: `46` or `46@6900000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SubnetAt {
    /// The subnet.
    pub(super) netuid: u16,
    /// The block.
    pub(super) block: Option<u64>,
}

impl FromStr for SubnetAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (netuid, block) = match text.split_once('@') {
            Some((netuid, block)) => (netuid, Some(block)),
            None => (text, None),
        };
        let netuid =
            netuid.parse().map_err(|_| "a netuid is a number from 0 to 65535".to_owned())?;
        let block = block.map(str::parse).transpose();
        Ok(Self { netuid, block: block.map_err(|_| "a block is a number, as in 46@6900000")? })
    }
}

impl fmt::Display for SubnetAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.block {
            Some(block) => write!(f, "{}@{block}", self.netuid),
            None => write!(f, "{}", self.netuid),
        }
    }
}

impl SubnetAt {
    /// The same with the block of `--at-block`.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when both name one and they differ.
    pub(super) fn at(self, at_block: Option<u64>) -> Result<Self> {
        match (self.block, at_block) {
            (Some(block), Some(option)) if block != option => Err(Error::usage(format!(
                "two different blocks are given: {self}, and --at-block {option}"
            ))
            .hint("leave one of them out")),
            (block, option) => Ok(Self { block: block.or(option), ..self }),
        }
    }
}

impl Netuid {
    /// The netuid, if the command line has one.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when two different ones are given.
    pub(super) fn given(self) -> Result<Option<u16>> {
        one(self.netuid, self.netuid_option)
    }

    /// The netuid of a command that cannot do without.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when none is given, or two different ones.
    pub(super) fn required(self, command: &str) -> Result<u16> {
        match self.given()? {
            Some(netuid) => Ok(netuid),
            None => of_environment(command),
        }
    }
}

impl NetuidAt {
    /// The subnet of a command that cannot do without, at the block of `--at-block` where that is given.
    ///
    /// # Errors
    /// [`Kind::Usage`](subtune_model::error::Kind::Usage) when none is given, or two different ones, or
    /// two different blocks.
    pub(super) fn required(self, command: &str, at_block: Option<u64>) -> Result<SubnetAt> {
        match one(self.netuid, self.netuid_option)? {
            Some(subnet) => subnet,
            None => SubnetAt { netuid: of_environment(command)?, block: None },
        }
        .at(at_block)
    }

    /// Whether the subnet is named with a block.
    pub(super) fn has_block(self) -> bool {
        self.netuid.or(self.netuid_option).is_some_and(|subnet| subnet.block.is_some())
    }
}

/// The argument or the option.
pub(super) fn one<T: PartialEq + fmt::Display>(
    argument: Option<T>,
    option: Option<T>,
) -> Result<Option<T>> {
    match (argument, option) {
        (Some(argument), Some(option)) if argument != option => Err(Error::usage(format!(
            "two different netuids are given: {argument}, and --netuid {option}"
        ))
        .hint("leave one of them out")),
        (argument, option) => Ok(argument.or(option)),
    }
}

/// The subnet of a command that names none.
fn of_environment(command: &str) -> Result<u16> {
    Surroundings::of_process().netuid()?.ok_or_else(|| {
        Error::usage(format!("`subtune {command}` needs the netuid of a subnet: <NETUID>")).hint(
            format!(
                "for example `subtune {command} 46` or `subtune {command} --netuid 46`; see \
                 `subtune {command} --help`"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_at_a_block_is_read_and_written_alike() {
        for text in ["0", "46", "65535", "46@0", "46@6900000"] {
            assert_eq!(text.parse::<SubnetAt>().unwrap().to_string(), text);
        }
        for wrong in ["", "@", "46@", "@5", "46@-1", "46@5@6", "65536", "-1", "46 @5", "4.6@5"] {
            assert!(wrong.parse::<SubnetAt>().is_err(), "{wrong}");
        }
        let subnet: SubnetAt = "46@5".parse().unwrap();
        assert_eq!(subnet.at(None).unwrap(), subnet);
        assert_eq!(subnet.at(Some(5)).unwrap(), subnet);
        let error = subnet.at(Some(6)).unwrap_err();
        assert_eq!(error.what, "two different blocks are given: 46@5, and --at-block 6");
        let plain: SubnetAt = "46".parse().unwrap();
        assert_eq!(plain.at(Some(5)).unwrap(), subnet);
    }
}
