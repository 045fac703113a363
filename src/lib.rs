//! subtune: the hyperparameters of a Bittensor subnet, managed as infrastructure.
//!
//! # The map
//!
//! ```text
//! what is wanted → what is → the difference → the change → the proof
//! ```
//!
//! | where | what lives there |
//! |---|---|
//! | [`subtune_model`] | pure: values and units, the catalog, snapshot, plan, rules, schedule, receipt, the ports |
//! | [`subtune_chain`] | subxt, JSON-RPC and SCALE: read at one block, build, preflight, send once, find |
//! | [`subtune_wallet`] | keys and their formats: bytes in, a key out; what holds a secret lives there |
//! | [`ops`] | the verbs over ports: wait, apply, follow, settle |
//! | [`wallet`] | the wallets of this machine: where they lie, what opens them |
//! | [`store`] | the state directory: lock, rollback profiles, receipts; atomic and synced |
//! | [`samples`] | the epochs that were read: one SQLite file in the state directory |
//! | [`cache`] | what is kept of a chain between runs |
//! | [`settings`] | variables, paths and what btcli is set to: one reader, one order |
//! | [`files`] | every input read once, every file written whole |
//! | [`doctor`] | what usually goes wrong on this machine and with its nodes, and how to mend it |
//! | [`profile_yaml`] | YAML text ⇄ profile, every complaint with its line; what other tools print → profile |
//! | [`ui`] | stdout is the result alone, stderr all the rest; [`ui::screen`] alone writes to either |
//! | [`cli`] | one file per command: parse → ops → view; the only place that joins the others |
//!
//! The packages keep the layers: the model depends on none of ours, the chain and the wallets on the
//! model alone, and neither knows of the other. `clippy.toml` keeps files, variables and the terminal
//! in one place each. [`subtune_model::catalog`] is the file to edit when the chain gains a
//! hyperparameter, [`subtune_model::errors`] when it gains an error.
//!
//! # One request
//!
//! `subtune apply 46 --profile subnet13-aligned`:
//!
//! 1. [`profile_yaml::load`] reads the wanted values.
//! 2. [`subtune_chain::Chain::connect`] checks the genesis hash; [`subtune_chain::Chain::snapshot`] takes one finalized
//!    block hash and reads everything there, in one storage request.
//! 3. [`subtune_model::plan::Plan::build`] judges every wish by [`subtune_model::rules`] and orders the calls.
//! 4. [`ops::apply`] takes over, under the lock of the subnet: confirm → unlock → read
//!    again, refuse if something moved or other calls would be sent → write the rollback profile →
//!    sign → write the record → preflight → submit once → follow to finality → write down what is
//!    known → read back at the inclusion block → receipt. With `--wait`, [`ops::wait_and_apply`] asks
//!    and waits before that, [`subtune_model::planner::stage`] tells for which block.
//!
//! `subtune plan --unsigned`, `sign` and `submit` do the same in three runs:
//! [`subtune_model::unsigned`] is the file between them, [`subtune_chain::open`] reads it without a network, and
//! [`subtune_chain::Carried`] brings the signature back to [`ops::apply`].
//!
//! # Did it help
//!
//! `subtune evaluate 46 --since last`: [`ops::around`] walks the epochs back, from the last one by the chain's own marker; each is
//! read once, at its own block and the one before, and kept in [`samples`]. [`subtune_model::monitor::evaluate`] compares
//! those before the change with those after it, and knows neither a chain nor a file; how is in docs/method.md.
//!
//! # Safety rules
//!
//! * Values are integers, never floating point; what is written to YAML goes back bit for bit.
//! * The connected chain's metadata decides on names, types and constants; the catalog only explains.
//! * A plan needs no key. Secrets stay in [`subtune_wallet`], in types without `Debug`, `Clone` or `Serialize`.
//! * What is sent is what was shown: [`subtune_model::plan::Plan::sent_otherwise`] compares, on every way to a
//!   send.
//! * Nothing is sent before the way back is on disk. A submit is never repeated: after a doubt, the
//!   chain is asked for the transaction's hash until its era is over.
//! * A signature covers the digest of the metadata that its calls were encoded by: the chain refuses
//!   what was signed over false metadata.
//! * Events prove little: success is what storage says at the inclusion block.
//! * A key may sign for the owner ([`subtune_model::origin`]). A proxy or a multisig succeeds whatever its calls
//!   do, so their own results are read, and a signing mode that is not all or nothing says so before the consent.

// A number of a node, a file or an argument may be any: what it is added to must say what happens then.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests have files of their own"))]

pub mod cache;
pub mod cli;
pub mod doctor;
pub mod files;
pub mod goals;
pub mod ops;
pub mod profile_yaml;
pub mod profiles;
pub mod samples;
pub mod settings;
pub mod store;
pub mod time;
pub mod ui;
pub mod wallet;
