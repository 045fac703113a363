//! A small real FRAME chain with the rules that the owner of a Bittensor subnet meets: who may set
//! what, how often, and when not. It runs natively behind a JSON-RPC server. See the README.

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
