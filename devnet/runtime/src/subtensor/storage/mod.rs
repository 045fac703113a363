//! The storage of the pallet, in sections. Their order in the metadata is that in which the pallet imports
//! them.

pub(super) mod consensus;
pub(super) mod globals;
pub(super) mod hyperparameters;
pub(super) mod neurons;
pub(super) mod subnets;
