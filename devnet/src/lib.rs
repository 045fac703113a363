//! A small real FRAME chain with the rules that the owner of a Bittensor subnet meets: who may set
//! what, how often, and when not. It runs natively behind a JSON-RPC server. See the README.

#![cfg_attr(
    test,
    expect(clippy::disallowed_macros, reason = "the tests that the runtime macros make print")
)]

mod chain;
mod extrinsic;
mod genesis;
mod node;
mod rpc;
mod server;

pub use chain::Ahead;
pub use genesis::START;
pub use node::{Options, Seal};
pub use server::{Devnet, DevnetError, spawn};
pub use subtune_devnet_runtime::*;
