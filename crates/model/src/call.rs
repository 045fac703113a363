//! A call of the chain.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// One call of the chain, with the values it sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Pallet name.
    pub pallet: String,
    /// Call name.
    pub call: String,
    /// Subnet, the first argument of every setter.
    pub netuid: u16,
    /// Arguments after the netuid.
    pub args: Vec<Arg>,
    /// Names of the hyperparameters that it changes.
    pub sets: Vec<String>,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arg {
    /// Argument name on the chain.
    pub name: String,
    /// Raw value.
    pub value: Value,
}

impl Call {
    /// `Pallet.call`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.pallet, self.call)
    }

    /// What the chain gets of it: all but the names that it is planned for.
    pub(crate) fn sent(&self) -> (&str, &str, u16, &[Arg]) {
        let Self { pallet, call, netuid, args, sets: _ } = self;
        (pallet, call, *netuid, args)
    }
}

/// `Pallet.call(netuid = 46, argument = value)`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(netuid = {}", self.pallet, self.call, self.netuid)?;
        for Arg { name, value } in &self.args {
            write!(f, ", {name} = {value}")?;
        }
        f.write_str(")")
    }
}
