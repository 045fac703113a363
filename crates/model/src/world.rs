//! A subnet for tests and benchmarks: everything is there and fits together, and a test changes the one
//! thing that it is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{self, BUDGET_CONSTANT, Hyperparameter, Source, ValueKind};
use crate::hash::Hash32;
use crate::snapshot::{
    Anchor, Block, ChainId, FORMAT_VERSION, Guards, Known, Schedule, SetterState, Snapshot,
    SnapshotKind,
};
use crate::value::Value;

/// Builds a snapshot of subnet 46.
#[derive(Debug, Clone)]
pub struct World(Snapshot);

/// A subnet at runtime 425 in which everything may be changed in block 1101.
#[must_use]
pub fn world() -> Snapshot {
    World::at(425).done()
}

impl World {
    /// A subnet in which everything may be changed in block 1101, at this runtime.
    #[must_use]
    pub fn at(spec_version: u32) -> Self {
        let values = [
            ("adjustment_alpha", Value::Uint(14_757_395_258_967_641_292)),
            ("activity_cutoff", Value::Uint(5_000)),
            ("immunity_period", Value::Uint(7_200)),
            ("min_burn", Value::Uint(500_000)),
            ("max_burn", Value::Uint(100_000_000_000)),
            ("liquid_alpha_enabled", Value::Bool(false)),
            ("yuma3_enabled", Value::Bool(true)),
            ("alpha_low", Value::Uint(45_875)),
            ("alpha_high", Value::Uint(58_982)),
            ("max_allowed_uids", Value::Uint(256)),
            ("min_allowed_uids", Value::Uint(64)),
            ("mechanism_count", Value::Uint(1)),
            ("mechanism_emission_split", Value::None),
            ("weights_rate_limit", Value::Uint(100)),
            ("tempo", Value::Uint(360)),
        ];
        // Everything else that the chain keeps, too: what is not there cannot be told.
        let there = |row: &&Hyperparameter| row.since <= spec_version;
        let stored = catalog::ALL.iter().filter(there).filter(|row| row.storage.is_some());
        let rest = stored.filter_map(|row| {
            let value = match row.kind {
                ValueKind::Bool => Value::Bool(false),
                ValueKind::Uint(_) if row.name == "activity_cutoff_factor" => Value::Uint(13_889),
                ValueKind::Uint(_) | ValueKind::Int16 => Value::Uint(7),
                ValueKind::Choice(names) => Value::Text((*names.first()?).to_owned()),
                ValueKind::Shares => Value::None,
                ValueKind::Account | ValueKind::Text => Value::Text("some".to_owned()),
                ValueKind::Action => return None,
            };
            Some((row.name.to_owned(), value))
        });
        let mut hyperparameters: BTreeMap<String, Value> = rest.collect();
        hyperparameters.extend(values.map(|(name, value)| (name.to_owned(), value)));
        let bounds = || catalog::ALL.iter().flat_map(|row| row.bounds);
        let constants = bounds().filter_map(|bound| match bound.with {
            Source::Constant(name, raw) | Source::SwapConstant(name, raw) => {
                Some((name.to_owned(), raw))
            }
            Source::Budget => Some((BUDGET_CONSTANT.to_owned(), 256)),
            _ => None,
        });
        let globals = bounds().filter_map(|bound| match bound.with {
            Source::Global(name, raw) => Some((name.to_owned(), raw)),
            _ => None,
        });
        let setters = catalog::ALL
            .iter()
            .filter(there)
            .filter_map(|row| {
                let setter = row.setters.iter().find(|setter| setter.when.is_none())?;
                let state = SetterState::Call {
                    pallet: setter.pallet.to_owned(),
                    call: setter.call.to_owned(),
                    args: setter.args.iter().map(|arg| (*arg).to_owned()).collect(),
                    who: setter.who.at(spec_version),
                };
                Some((row.name.to_owned(), state))
            })
            .collect();
        Self(Snapshot {
            format_version: FORMAT_VERSION,
            kind: SnapshotKind::Snapshot,
            chain: ChainId {
                network: "local".to_owned(),
                genesis_hash: Hash32::new([0; 32]),
                spec_version,
            },
            block: Block { number: 1_100, hash: Hash32::new([1; 32]), time: None },
            netuid: 46,
            owner: "owner".to_owned(),
            hyperparameters,
            unset: BTreeSet::new(),
            unknown: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            guards: Guards {
                neurons: Known::Is(100),
                constants: constants.collect(),
                globals: globals.collect(),
                schedule: Schedule {
                    tempo: 360,
                    freeze_window: 10,
                    anchor: Some(Anchor { last_epoch: 1_000, ..Anchor::default() }),
                    owner_limit_tempos: 2,
                    version_key_tempos: 5,
                },
                setters,
                ..Guards::none()
            },
        })
    }

    /// The same at runtime 475, with what that has brought.
    #[must_use]
    pub fn newest() -> Self {
        let Self(mut world) = Self::at(475);
        world.guards.last_change.insert("registration_allowed".to_owned(), 0);
        for (name, value) in [
            ("registration_allowed", Value::Bool(true)),
            ("network_pow_registration_allowed", Value::Bool(false)),
            ("epoch_consensus", Value::Text("yuma".to_owned())),
            ("max_validators", Value::Uint(64)),
        ] {
            world.hyperparameters.insert(name.to_owned(), value);
        }
        Self(world)
    }

    /// Another owner.
    #[must_use]
    pub fn owned_by(mut self, owner: &str) -> Self {
        owner.clone_into(&mut self.0.owner);
        self
    }

    /// On the chain of this genesis hash.
    #[must_use]
    pub fn on(mut self, genesis_hash: Hash32) -> Self {
        self.0.chain = ChainId::new(genesis_hash, self.0.chain.spec_version);
        self
    }

    /// In another block.
    #[must_use]
    pub fn in_block(mut self, number: u64, hash: Hash32) -> Self {
        self.0.block = Block { number, hash, time: None };
        self
    }

    /// With another value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.hyperparameters.insert(name.to_owned(), value);
        self
    }

    /// With another schedule: no epoch is near.
    #[must_use]
    pub fn scheduled(mut self, schedule: Schedule) -> Self {
        self.0.guards.schedule = schedule;
        self
    }

    /// The snapshot.
    #[must_use]
    pub fn done(self) -> Snapshot {
        self.0
    }
}
