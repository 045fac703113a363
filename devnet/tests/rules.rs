//! The rules that an owner meets, each tried with signed extrinsics on a chain in the process.

#![expect(clippy::panic, reason = "tests stop at what they did not expect")]

use codec::Encode;
use frame_support::traits::Hooks as _;
use sp_keyring::Sr25519Keyring as Key;
use sp_runtime::{DispatchError, MultiAddress, generic::Era};
use subtune_devnet::{
    AccountId, AdminUtils, Devnet, Options, ProxyType, Runtime, RuntimeCall, RuntimeEvent, START,
    Seal, SignedPayload, SubtensorModule, System, TxExtension, UncheckedExtrinsic, VERSION,
    admin_utils::{Call as Admin, Error as AdminError},
    subtensor::{
        Call as Chain, ConsensusMode, EpochConsensus, Error as ChainError, Event as ChainEvent,
        Hyperparameter, MechId, NetUid, NetUidStorageIndex, PerU16, ROOT, RateLimitKey,
        RecycleOrBurnEnum, TaoBalance, TransactionType, U64F64, pallet as storage,
    },
};

const S13: NetUid = NetUid(13);
const S46: NetUid = NetUid(46);
const S47: NetUid = NetUid(47);

/// Subnet 46's next epoch, as seeded.
const EPOCH: u32 = START + 260;

fn chain() -> Devnet {
    Devnet::start(Options::default()).expect("the chain starts")
}

fn extension(
    chain: &Devnet,
    nonce: u32,
) -> (TxExtension, <TxExtension as sp_runtime::traits::TransactionExtension<RuntimeCall>>::Implicit)
{
    let _ = chain;
    let extension: TxExtension = (
        (
            frame_system::CheckNonZeroSender::new(),
            frame_system::CheckSpecVersion::new(),
            frame_system::CheckTxVersion::new(),
            frame_system::CheckGenesis::new(),
            frame_system::CheckMortality::from(Era::Immortal),
            frame_system::CheckNonce::from(nonce),
            frame_system::CheckWeight::new(),
        ),
        (
            pallet_transaction_payment::ChargeTransactionPayment::from(0),
            Default::default(),
            Default::default(),
            Default::default(),
            Default::default(),
        ),
        Default::default(),
    );
    let genesis = chain.look(|| System::block_hash(0));
    let implicit = (
        ((), VERSION.spec_version, VERSION.transaction_version, genesis, genesis, (), ()),
        ((), (), (), (), ()),
        None,
    );
    (extension, implicit)
}

fn sign_with(chain: &Devnet, who: Key, call: impl Into<RuntimeCall>, nonce: u32) -> Vec<u8> {
    let call = call.into();
    let (extension, implicit) = extension(chain, nonce);
    let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
    let signature = payload.using_encoded(|bytes| who.sign(bytes));
    UncheckedExtrinsic::new_signed(
        call,
        MultiAddress::Id(who.to_account_id()),
        signature.into(),
        extension,
    )
    .encode()
}

fn sign(chain: &Devnet, who: Key, call: impl Into<RuntimeCall>) -> Vec<u8> {
    let nonce = chain.look(|| System::account_nonce(who.to_account_id()));
    sign_with(chain, who, call, nonce)
}

/// The events of the head, of extrinsics only.
fn events(chain: &Devnet) -> Vec<RuntimeEvent> {
    chain.look(|| {
        System::read_events_no_consensus()
            .filter(
                |record| matches!(record.phase, frame_system::Phase::ApplyExtrinsic(at) if at > 0),
            )
            .map(|record| record.event)
            .collect()
    })
}

fn outcome(chain: &Devnet) -> Result<(), DispatchError> {
    for event in events(chain) {
        match event {
            RuntimeEvent::System(frame_system::Event::ExtrinsicSuccess { .. }) => return Ok(()),
            RuntimeEvent::System(frame_system::Event::ExtrinsicFailed {
                dispatch_error, ..
            }) => {
                return Err(dispatch_error);
            }
            _ => {}
        }
    }
    panic!("no extrinsic in the block");
}

/// Signs, submits and makes a block.
fn send(chain: &Devnet, who: Key, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    chain.submit(&sign(chain, who, call)).expect("the pool takes it");
    chain.new_blocks(1).expect("a block");
    outcome(chain)
}

fn refused(chain: &Devnet, who: Key, call: impl Into<RuntimeCall>) -> String {
    chain.submit(&sign(chain, who, call)).expect_err("the pool refuses it").to_string()
}

fn root(chain: &Devnet, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    send(chain, Key::Alice, pallet_sudo::Call::sudo { call: Box::new(call.into()) })?;
    for event in events(chain) {
        if let RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) = event {
            return sudo_result;
        }
    }
    panic!("sudo says nothing");
}

fn all(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch_all { calls }.into()
}

/// Makes blocks until the next one is this one.
fn go_before(chain: &Devnet, block: u32) {
    let (head, _) = chain.head();
    chain.new_blocks(block.checked_sub(head + 1).expect("a block ahead")).expect("blocks");
}

fn immunity(value: u16) -> Admin<Runtime> {
    Admin::sudo_set_immunity_period { netuid: S46, immunity_period: value }
}

fn too_soon() -> Result<(), DispatchError> {
    Err(ChainError::<Runtime>::TxRateLimitExceeded.into())
}

fn frozen() -> Result<(), DispatchError> {
    Err(ChainError::<Runtime>::AdminActionProhibitedDuringWeightsWindow.into())
}

fn own_events(chain: &Devnet) -> Vec<RuntimeEvent> {
    events(chain)
        .into_iter()
        .filter(|event| {
            matches!(event, RuntimeEvent::SubtensorModule(_) | RuntimeEvent::AdminUtils(_))
        })
        .collect()
}

#[test]
fn seeds() {
    let chain = chain();
    assert_eq!(chain.head().0, START);
    chain.look(|| {
        assert_eq!(storage::WeightsSetRateLimit::<Runtime>::get(S46), 100);
        assert_eq!(storage::AdjustmentAlpha::<Runtime>::get(S46), 14_757_395_258_967_641_292);
        assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S46), 7_200);
        assert_eq!(storage::WeightsSetRateLimit::<Runtime>::get(S13), 360);
        assert_eq!(storage::AdjustmentAlpha::<Runtime>::get(S13), 17_893_341_751_498_264_576);
        assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S13), 12_000);
        assert_eq!(storage::SubnetOwner::<Runtime>::get(S46), Key::Alice.to_account_id());
        assert_eq!(storage::SubnetOwner::<Runtime>::get(S13), Key::Bob.to_account_id());
        let updates = storage::LastUpdate::<Runtime>::get(S46);
        assert_eq!(updates.get(220), Some(&u64::from(START - 391)));
        assert_eq!(updates.get(138), Some(&u64::from(START - 262)));
        let neuron = SubtensorModule::neuron(S46, 220).expect("neuron 220");
        assert_eq!(neuron.stake.first().map(|(_, stake)| stake.0), Some(129_222_000_000_000));
        assert_eq!(neuron.validator_trust.0, 28_013);
        assert!(!SubtensorModule::is_frozen(S46) && !SubtensorModule::is_frozen(S13));
        assert_eq!(SubtensorModule::next_epoch_start_block(S46), Some(u64::from(EPOCH)));
        assert_eq!(SubtensorModule::hyperparams_v3(S46).map(|all| all.len()), Some(35));
    });
}

#[test]
fn only_the_owner_and_root() {
    let chain = chain();
    let before =
        chain.look(|| pallet_balances::Pallet::<Runtime>::free_balance(Key::Alice.to_account_id()));
    assert_eq!(send(&chain, Key::Alice, immunity(8_000)), Ok(()));
    chain.look(|| assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S46), 8_000));
    assert_eq!(
        own_events(&chain),
        [RuntimeEvent::SubtensorModule(storage::Event::ImmunityPeriodSet(S46, 8_000))]
    );
    let after =
        chain.look(|| pallet_balances::Pallet::<Runtime>::free_balance(Key::Alice.to_account_id()));
    let fee = before - after;
    assert!((100_000..400_000).contains(&fee), "the fee is {fee} rao");

    assert_eq!(send(&chain, Key::Bob, immunity(1)), Err(DispatchError::BadOrigin));
    let absent = Admin::sudo_set_immunity_period { netuid: S47, immunity_period: 1 };
    assert_eq!(send(&chain, Key::Alice, absent.clone()), Err(DispatchError::BadOrigin));
    let kappa = Admin::sudo_set_kappa { netuid: S46, kappa: 1 };
    assert_eq!(send(&chain, Key::Alice, kappa.clone()), Err(DispatchError::BadOrigin));
    let rate = Admin::sudo_set_weights_set_rate_limit { netuid: S46, weights_set_rate_limit: 360 };
    assert_eq!(send(&chain, Key::Alice, rate.clone()), Err(DispatchError::BadOrigin));
    assert_eq!(root(&chain, kappa), Ok(()));
    assert_eq!(root(&chain, rate), Ok(()));
    assert_eq!(root(&chain, immunity(9_000)), Ok(()), "root has no rate limit");
    let tempo = Admin::sudo_set_tempo { netuid: S46, tempo: 100 };
    let out = Err(ChainError::<Runtime>::TempoOutOfBounds.into());
    assert_eq!(send(&chain, Key::Alice, tempo.clone()), out);
    assert_eq!(send(&chain, Key::Bob, tempo.clone()), Err(DispatchError::BadOrigin));
    assert_eq!(root(&chain, tempo), Ok(()));
    // Root on a subnet that is not there: its schedule is at zero, so the window comes first.
    assert_eq!(root(&chain, absent), frozen());
}

/// The calls of before charge a fee, say success, and do nothing.
#[test]
fn the_older_setters_of_tempo_and_cutoff_are_hollow() {
    let chain = chain();
    let free = || {
        chain.look(|| pallet_balances::Pallet::<Runtime>::free_balance(Key::Alice.to_account_id()))
    };
    let before = free();
    for call in [
        Chain::set_tempo { netuid: S46, tempo: 720 },
        Chain::set_activity_cutoff_factor { netuid: S46, factor_milli: 20_000 },
    ] {
        assert_eq!(send(&chain, Key::Alice, call), Ok(()));
        assert_eq!(own_events(&chain), []);
    }
    assert!(free() < before);
    chain.look(|| {
        assert_eq!(storage::Tempo::<Runtime>::get(S46), 360);
        assert_eq!(storage::ActivityCutoffFactorMilli::<Runtime>::get(S46), 13_889);
    });
}

#[test]
fn one_way_to_register_stays_on() {
    let chain = chain();
    let burn = |registration_allowed| Admin::sudo_set_network_registration_allowed {
        netuid: S46,
        registration_allowed,
    };
    let pow = |registration_allowed| Admin::sudo_set_network_pow_registration_allowed {
        netuid: S46,
        registration_allowed,
    };
    let invalid = || Err(AdminError::<Runtime>::InvalidValue.into());
    assert_eq!(send(&chain, Key::Bob, pow(true)), Err(DispatchError::BadOrigin));
    assert_eq!(send(&chain, Key::Alice, burn(false)), invalid());
    assert_eq!(send(&chain, Key::Alice, pow(true)), Ok(()));
    assert_eq!(send(&chain, Key::Alice, pow(false)), too_soon());
    assert_eq!(send(&chain, Key::Alice, burn(false)), Ok(()), "it has a slot of its own");
    assert_eq!(root(&chain, pow(false)), invalid(), "root too");
    let of_root = Admin::sudo_set_network_pow_registration_allowed {
        netuid: ROOT,
        registration_allowed: true,
    };
    assert_eq!(root(&chain, of_root), Err(AdminError::<Runtime>::NotPermittedOnRootSubnet.into()));
    go_before(&chain, EPOCH - 9);
    assert_eq!(root(&chain, burn(true)), frozen());
}

#[test]
fn null_consensus_brings_what_it_brings() {
    let chain = chain();
    let mode = |mode| Admin::sudo_set_epoch_consensus { netuid: S46, mode };
    let uids =
        |max_allowed_uids| Admin::sudo_set_max_allowed_uids { netuid: S46, max_allowed_uids };
    let index = NetUidStorageIndex(46 + 4_096);
    let commits = storage::TimelockedWeightCommits::<Runtime>::hashed_key_for(index, 7);
    let waiting = vec![(Key::Eve.to_account_id(), 5_u64, vec![1_u8, 2], 9_u64)].encode();
    chain.set_storage(vec![(commits.clone(), Some(waiting))]).expect("it is set");
    let null = || mode(EpochConsensus::Null);
    assert_eq!(
        send(&chain, Key::Alice, null()),
        Err(ChainError::<Runtime>::InvalidValue.into()),
        "weights wait under the second mechanism"
    );
    chain.set_storage(vec![(commits, None)]).expect("it is set");
    let most = Err(AdminError::<Runtime>::MaxAllowedUidsGreaterThanDefaultMaxAllowedUids.into());
    assert_eq!(root(&chain, uids(257)), most);
    assert_eq!(send(&chain, Key::Alice, null()), Ok(()));
    let set = storage::Event::EpochConsensusSet(S46, EpochConsensus::Null);
    assert_eq!(own_events(&chain), [RuntimeEvent::SubtensorModule(set)]);
    chain.look(|| {
        assert_eq!(storage::MaxAllowedValidators::<Runtime>::get(S46), 1);
        assert_eq!(storage::SavedYumaMaxAllowedValidators::<Runtime>::get(S46), Some(64));
        let permits = storage::ValidatorPermit::<Runtime>::get(S46);
        assert_eq!(permits.iter().filter(|permit| **permit).count(), 1);
    });
    let validators =
        Admin::sudo_set_max_allowed_validators { netuid: S46, max_allowed_validators: 2 };
    assert_eq!(root(&chain, validators), Err(AdminError::<Runtime>::InvalidValue.into()));
    assert_eq!(root(&chain, uids(2_500)), Ok(()));
    assert_eq!(root(&chain, uids(2_501)), most);
    assert_eq!(send(&chain, Key::Alice, mode(EpochConsensus::Yuma)), too_soon());
    assert_eq!(root(&chain, mode(EpochConsensus::Yuma)), Ok(()));
    chain.look(|| {
        assert_eq!(storage::MaxAllowedUids::<Runtime>::get(S46), 256, "clamped");
        assert_eq!(storage::MaxAllowedValidators::<Runtime>::get(S46), 64);
        assert_eq!(storage::SavedYumaMaxAllowedValidators::<Runtime>::get(S46), None);
    });
}

#[test]
fn sudo_is_for_its_key() {
    let chain = chain();
    let call = pallet_sudo::Call::sudo { call: Box::new(immunity(1).into()) };
    assert_eq!(refused(&chain, Key::Bob, call), "Invalid Transaction: Invalid signing address");
}

#[test]
fn the_rate_limit_ends_at_its_block() {
    let chain = chain();
    assert_eq!(send(&chain, Key::Alice, immunity(7_201)), Ok(()));
    let (last, _) = chain.head();
    let noted = chain.look(|| {
        storage::LastRateLimitedBlock::<Runtime>::get(
            RateLimitKey::<AccountId>::OwnerHyperparamUpdate(S46, Hyperparameter::ImmunityPeriod),
        )
    });
    assert_eq!(noted, u64::from(last));
    assert_eq!(send(&chain, Key::Alice, immunity(7_200)), too_soon());
    // Another parameter has a slot of its own.
    let other = Admin::sudo_set_rho { netuid: S46, rho: 11 };
    assert_eq!(send(&chain, Key::Alice, other), Ok(()));
    assert_eq!(own_events(&chain), [], "rho has no event");
    go_before(&chain, last + 719);
    assert_eq!(send(&chain, Key::Alice, immunity(7_200)), too_soon());
    assert_eq!(send(&chain, Key::Alice, immunity(7_200)), Ok(()));
    assert_eq!(chain.head().0, last + 720);
}

#[test]
fn other_rate_limits() {
    let chain = chain();
    assert_eq!(root(&chain, Admin::sudo_set_tempo { netuid: S46, tempo: 50 }), Ok(()));
    let version = |weights_version_key| Admin::sudo_set_weights_version_key {
        netuid: S46,
        weights_version_key,
    };
    assert_eq!(send(&chain, Key::Alice, version(63)), Ok(()));
    let (last, _) = chain.head();
    let noted = chain.look(|| {
        let kind = TransactionType::WeightsVersionKey as u16;
        storage::TransactionKeyLastBlock::<Runtime>::get((Key::Alice.to_account_id(), S46, kind))
    });
    assert_eq!(noted, u64::from(last));
    go_before(&chain, last + 249);
    assert_eq!(send(&chain, Key::Alice, version(62)), too_soon());
    assert_eq!(send(&chain, Key::Alice, version(62)), Ok(()));

    // The limits follow the tempo at the time of the check, and the setting of root.
    assert_eq!(root(&chain, Admin::sudo_set_owner_hparam_rate_limit { epochs: 0 }), Ok(()));
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()));
    assert_eq!(send(&chain, Key::Alice, immunity(2)), Ok(()));

    let hotkey = |hotkey: Key| Admin::sudo_set_sn_owner_hotkey {
        netuid: S46,
        hotkey: hotkey.to_account_id(),
    };
    assert_eq!(send(&chain, Key::Alice, hotkey(Key::Eve)), Ok(()));
    assert_eq!(root(&chain, hotkey(Key::Dave)), too_soon(), "this one holds for root too");
    let cut = Admin::sudo_set_owner_cut_enabled { netuid: S46, enabled: false };
    assert_eq!(send(&chain, Key::Alice, cut.clone()), Ok(()));
    assert_eq!(send(&chain, Key::Alice, cut), Ok(()), "this one has no limit");
}

#[test]
fn the_freeze_window_is_nine_blocks() {
    let chain = chain();
    let burn = |rao| Admin::sudo_set_max_burn { netuid: S46, max_burn: TaoBalance(rao) };
    go_before(&chain, EPOCH - 10);
    assert_eq!(send(&chain, Key::Alice, burn(1_000_000_000)), Ok(()));
    for block in EPOCH - 9..EPOCH {
        assert_eq!(send(&chain, Key::Alice, immunity(1)), frozen(), "block {block}");
        assert_eq!(chain.head().0, block);
    }
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()), "the block of the epoch is open");
    assert_eq!(chain.head().0, EPOCH);
    chain.look(|| {
        assert_eq!(storage::LastEpochBlock::<Runtime>::get(S46), u64::from(EPOCH));
        assert_eq!(storage::BlocksSinceLastStep::<Runtime>::get(S46), 0);
    });
    // Root too, and some calls not at all.
    go_before(&chain, EPOCH + 352);
    assert_eq!(root(&chain, immunity(2)), frozen());
    let symbol = Chain::update_symbol { netuid: S46, symbol: "α".as_bytes().to_vec() };
    assert_eq!(send(&chain, Key::Alice, symbol), Ok(()));
    assert_eq!(root(&chain, Admin::sudo_set_kappa { netuid: S46, kappa: 1 }), Ok(()));
    assert_eq!(root(&chain, Admin::sudo_set_admin_freeze_window { window: 0 }), Ok(()));
    assert_eq!(
        send(&chain, Key::Alice, burn(2_000_000_000)),
        too_soon(),
        "the limit is checked before"
    );
    assert_eq!(root(&chain, immunity(2)), Ok(()));
}

#[test]
fn the_blocks_ahead_are_those_that_come() {
    let chain = chain();
    let call = sign(&chain, Key::Alice, immunity(1));
    let other = sign(&chain, Key::Bob, immunity(1));
    let head = chain.head();
    let last = storage::LastEpochBlock::<Runtime>::hashed_key_for(S46);
    chain.ahead(|mut ahead| {
        assert_eq!(ahead.block(), START + 1);
        while ahead.block() < EPOCH - 1 {
            ahead.next_block();
        }
        let frozen = "SubtensorModule.AdminActionProhibitedDuringWeightsWindow";
        assert_eq!(ahead.attempt(&call), Err(frozen.to_owned()));
        ahead.next_block();
        assert_eq!(ahead.get_storage(&last), Some(u64::from(EPOCH).encode()));
        assert_eq!(ahead.attempt(&call), Ok(()));
        assert_eq!(ahead.attempt(&call), Ok(()), "the first one is forgotten");
        assert_eq!(ahead.attempt(&other), Err("BadOrigin".to_owned()));
        assert!(
            ahead.attempt(&call[..9]).is_err_and(|error| error.starts_with("not an extrinsic"))
        );
    });
    assert_eq!(chain.head(), head);
    go_before(&chain, EPOCH);
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()));
    assert_eq!(chain.get_storage(&last), Some(u64::from(EPOCH).encode()));
}

#[test]
fn tempo_starts_the_cycle_anew() {
    let chain = chain();
    let tempo = |tempo| Admin::sudo_set_tempo { netuid: S46, tempo };
    for bad in [359, 50_401] {
        assert_eq!(
            send(&chain, Key::Alice, tempo(bad)),
            Err(ChainError::<Runtime>::TempoOutOfBounds.into())
        );
    }
    assert_eq!(send(&chain, Key::Alice, tempo(400)), Ok(()));
    let (anchor, _) = chain.head();
    chain.look(|| {
        assert_eq!(SubtensorModule::next_epoch_start_block(S46), Some(u64::from(anchor) + 400));
        assert_eq!(storage::Tempo::<Runtime>::get(S46), 400);
    });
    assert_eq!(
        own_events(&chain),
        [RuntimeEvent::SubtensorModule(storage::Event::TempoSet(S46, 400))]
    );
    go_before(&chain, anchor + 359);
    assert_eq!(send(&chain, Key::Alice, tempo(360)), too_soon());
    assert_eq!(send(&chain, Key::Alice, tempo(360)), Ok(()));
    let factor =
        |factor_milli| Admin::sudo_set_activity_cutoff_factor { netuid: S46, factor_milli };
    let out = Err(ChainError::<Runtime>::ActivityCutoffFactorMilliOutOfBounds.into());
    assert_eq!(send(&chain, Key::Alice, factor(999)), out);
    assert_eq!(send(&chain, Key::Alice, factor(50_001)), out);
    assert_eq!(send(&chain, Key::Alice, factor(20_000)), Ok(()));
    chain.look(|| assert_eq!(SubtensorModule::activity_cutoff_blocks(S46), 7_200));
}

#[test]
fn a_triggered_epoch_freezes_until_it_runs() {
    let chain = chain();
    let trigger = || Chain::trigger_epoch { netuid: S46 };
    assert_eq!(
        send(&chain, Key::Alice, trigger()),
        Err(ChainError::<Runtime>::DynamicTempoBlockedByCommitReveal.into())
    );
    let reveal = Admin::sudo_set_commit_reveal_weights_enabled { netuid: S46, enabled: false };
    assert_eq!(send(&chain, Key::Alice, reveal), Ok(()));
    assert_eq!(send(&chain, Key::Alice, trigger()), Ok(()));
    let fires = chain.head().0 + 10;
    chain.look(|| assert_eq!(SubtensorModule::next_epoch_start_block(S46), Some(u64::from(fires))));
    assert_eq!(send(&chain, Key::Alice, immunity(1)), frozen());
    assert_eq!(
        send(&chain, Key::Alice, trigger()),
        Err(ChainError::<Runtime>::EpochTriggerAlreadyPending.into())
    );
    go_before(&chain, fires);
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()));
    chain.look(|| {
        assert_eq!(storage::LastEpochBlock::<Runtime>::get(S46), u64::from(fires));
        assert_eq!(storage::PendingEpochAt::<Runtime>::get(S46), 0);
    });
    go_before(&chain, fires + 351);
    assert_eq!(
        send(&chain, Key::Alice, trigger()),
        Err(ChainError::<Runtime>::AutoEpochAlreadyImminent.into())
    );
}

#[test]
fn epochs_over_the_cap_are_put_off() {
    let chain = chain();
    assert_eq!(
        root(&chain, Admin::sudo_set_max_epochs_per_block { max_epochs_per_block: 1 }),
        Ok(())
    );
    let at = u64::from(chain.head().0) + 2;
    // Both subnets are due in the block after the next.
    let changes = [S13, S46].map(|netuid| {
        (storage::LastEpochBlock::<Runtime>::hashed_key_for(netuid), Some((at - 360).encode()))
    });
    chain.set_storage(changes.into()).expect("a block");
    chain.new_blocks(1).expect("a block");
    chain.look(|| {
        assert_eq!(storage::LastEpochBlock::<Runtime>::get(S13), at);
        assert_eq!(storage::PendingEpochAt::<Runtime>::get(S46), at + 1);
        assert!(SubtensorModule::is_frozen(S46));
        assert!(!SubtensorModule::is_frozen(S13));
    });
    let index = chain.look(|| storage::SubnetEpochIndex::<Runtime>::get(S46));
    chain.new_blocks(1).expect("a block");
    chain.look(|| {
        assert_eq!(storage::LastEpochBlock::<Runtime>::get(S46), at + 1);
        assert_eq!(storage::SubnetEpochIndex::<Runtime>::get(S46), index + 1);
        assert!(!SubtensorModule::is_frozen(S46));
    });
}

#[test]
fn values_have_bounds() {
    let chain = chain();
    let owner = |call: Admin<Runtime>| send(&chain, Key::Alice, call);
    let min_burn = |rao| Admin::sudo_set_min_burn { netuid: S46, min_burn: TaoBalance(rao) };
    let max_burn = |rao| Admin::sudo_set_max_burn { netuid: S46, max_burn: TaoBalance(rao) };
    let out = Err(AdminError::<Runtime>::ValueNotInBounds.into());
    assert_eq!(owner(min_burn(1_000_000_000)), out);
    assert_eq!(owner(max_burn(100_000_000)), out);
    assert_eq!(owner(max_burn(100_000_001)), Ok(()));
    assert_eq!(owner(min_burn(100_000_001)), out);
    assert_eq!(owner(min_burn(100_000_000)), Ok(()), "a refused change does not count");

    let alphas =
        |alpha_low, alpha_high| Admin::sudo_set_alpha_values { netuid: S46, alpha_low, alpha_high };
    let error = |error: ChainError<Runtime>| Err(DispatchError::from(error));
    assert_eq!(owner(alphas(2_000, 3_000)), error(ChainError::LiquidAlphaDisabled));
    assert_eq!(owner(Admin::sudo_set_liquid_alpha_enabled { netuid: S46, enabled: true }), Ok(()));
    assert_eq!(own_events(&chain), []);
    assert_eq!(owner(alphas(1_637, 1_637)), error(ChainError::AlphaHighTooLow));
    assert_eq!(owner(alphas(1_637, 1_638)), error(ChainError::AlphaLowOutOfRange));
    assert_eq!(owner(alphas(3_001, 3_000)), error(ChainError::AlphaLowOutOfRange));
    assert_eq!(owner(alphas(3_000, 3_000)), Ok(()));
    assert_eq!(own_events(&chain), []);

    let average = |bonds_moving_average| Admin::sudo_set_bonds_moving_average {
        netuid: S46,
        bonds_moving_average,
    };
    assert_eq!(
        owner(average(975_001)),
        Err(AdminError::<Runtime>::BondsMovingAverageMaxReached.into())
    );
    assert_eq!(owner(average(975_000)), Ok(()));
    assert_eq!(root(&chain, average(999_999)), Ok(()));
    let steep = |steepness| Admin::sudo_set_alpha_sigmoid_steepness { netuid: S46, steepness };
    assert_eq!(owner(steep(-1)), Err(AdminError::<Runtime>::NegativeSigmoidSteepness.into()));
    assert_eq!(root(&chain, steep(-1)), Ok(()));
    let immune =
        |immune_neurons| Admin::sudo_set_owner_immune_neuron_limit { netuid: S46, immune_neurons };
    assert_eq!(owner(immune(0)), error(ChainError::InvalidValue));
    assert_eq!(owner(immune(11)), error(ChainError::InvalidValue));
    assert_eq!(owner(immune(10)), Ok(()));
    let period =
        |interval| Admin::sudo_set_commit_reveal_weights_interval { netuid: S46, interval };
    assert_eq!(owner(period(0)), error(ChainError::RevealPeriodTooSmall));
    assert_eq!(owner(period(101)), error(ChainError::RevealPeriodTooLarge));
    let cutoff = |activity_cutoff| Admin::sudo_set_activity_cutoff { netuid: S46, activity_cutoff };
    assert_eq!(owner(cutoff(359)), error(ChainError::ActivityCutoffTooLow));
    let uids =
        |max_allowed_uids| Admin::sudo_set_max_allowed_uids { netuid: S46, max_allowed_uids };
    assert_eq!(
        owner(uids(63)),
        Err(AdminError::<Runtime>::MaxAllowedUidsLessThanMinAllowedUids.into())
    );
    assert_eq!(
        owner(uids(255)),
        Err(AdminError::<Runtime>::MaxAllowedUIdsLessThanCurrentUIds.into())
    );
    assert_eq!(
        owner(uids(257)),
        Err(AdminError::<Runtime>::MaxAllowedUidsGreaterThanDefaultMaxAllowedUids.into())
    );
    let half = |burn_half_life| Admin::sudo_set_burn_half_life { netuid: S46, burn_half_life };
    assert_eq!(owner(half(0)), Err(AdminError::<Runtime>::InvalidValue.into()));
    assert_eq!(owner(half(36_101)), Err(AdminError::<Runtime>::InvalidValue.into()));
    let rise =
        |burn_increase_mult| Admin::sudo_set_burn_increase_mult { netuid: S46, burn_increase_mult };
    assert_eq!(
        owner(rise(U64F64 { bits: (1 << 64) - 1 })),
        Err(AdminError::<Runtime>::InvalidValue.into())
    );
    assert_eq!(owner(rise(U64F64::whole(3))), Ok(()));
    assert_eq!(
        own_events(&chain),
        [RuntimeEvent::AdminUtils(subtune_devnet::admin_utils::Event::BurnIncreaseMultSet {
            netuid: S46,
            burn_increase_mult: U64F64::whole(3)
        })]
    );
    let share = |lock_share| Admin::sudo_set_collateral_lock_share { netuid: S46, lock_share };
    assert_eq!(owner(share(62_259)), Err(AdminError::<Runtime>::CollateralLockShareTooHigh.into()));
    assert_eq!(owner(share(62_258)), Ok(()));
    let drain = |drain_ratio| Admin::sudo_set_collateral_drain_ratio { netuid: S46, drain_ratio };
    let out = Err(AdminError::<Runtime>::CollateralDrainRatioOutOfBounds.into());
    assert_eq!(owner(drain(U64F64 { bits: 0 })), out);
    assert_eq!(owner(drain(U64F64::whole(10))), Ok(()));
    let take =
        |take| Admin::sudo_set_min_childkey_take_per_subnet { netuid: S46, take: PerU16(take) };
    assert_eq!(owner(take(11_797)), Err(AdminError::<Runtime>::InvalidValue.into()));
    for call in [
        Admin::sudo_set_recycle_or_burn {
            netuid: S46,
            recycle_or_burn: RecycleOrBurnEnum::Recycle,
        },
        Admin::sudo_set_liquid_alpha_consensus_mode { netuid: S46, mode: ConsensusMode::Previous },
    ] {
        assert_eq!(owner(call), Ok(()));
        assert_eq!(own_events(&chain), []);
    }
    assert_eq!(owner(Admin::sudo_set_bonds_reset_enabled { netuid: S46, enabled: true }), Ok(()));
    assert_eq!(own_events(&chain).len(), 2);
    let root_subnet = Admin::sudo_set_burn_half_life { netuid: ROOT, burn_half_life: 1 };
    assert_eq!(
        root(&chain, root_subnet),
        Err(AdminError::<Runtime>::NotPermittedOnRootSubnet.into())
    );
}

#[test]
fn mechanisms_and_trimming() {
    let chain = chain();
    // Rate limits out of the way.
    let forget = |kind: TransactionType| {
        let key = storage::TransactionKeyLastBlock::<Runtime>::hashed_key_for((
            Key::Alice.to_account_id(),
            S46,
            kind as u16,
        ));
        chain.set_storage(vec![(key, None)]).expect("a block");
    };
    let owner = |call: Admin<Runtime>| send(&chain, Key::Alice, call);
    let error = |error: ChainError<Runtime>| Err(DispatchError::from(error));
    let count =
        |count| Admin::sudo_set_mechanism_count { netuid: S46, mechanism_count: MechId(count) };
    assert_eq!(owner(count(0)), error(ChainError::InvalidValue));
    assert_eq!(owner(count(3)), error(ChainError::InvalidValue));
    assert_eq!(owner(count(2)), error(ChainError::TooManyUIDsPerMechanism));
    let trim = |max_n| Admin::sudo_trim_to_max_allowed_uids { netuid: S46, max_n };
    assert_eq!(owner(trim(63)), error(ChainError::InvalidValue));
    assert_eq!(owner(trim(257)), error(ChainError::InvalidValue));
    let validator = chain.look(|| storage::Keys::<Runtime>::get(S46, 220));
    assert_eq!(owner(trim(128)), Ok(()));
    assert_eq!(own_events(&chain), []);
    chain.look(|| {
        assert_eq!(storage::SubnetworkN::<Runtime>::get(S46), 128);
        assert_eq!(storage::MaxAllowedUids::<Runtime>::get(S46), 128);
        let uid = storage::Uids::<Runtime>::get(S46, &validator).expect("the validator stays");
        assert_eq!(storage::Keys::<Runtime>::get(S46, uid), validator);
        let neuron = SubtensorModule::neuron(S46, uid).expect("the validator stays");
        assert_eq!(neuron.validator_trust.0, 28_013);
        assert_eq!(SubtensorModule::neurons(S46).len(), 128);
    });
    assert_eq!(owner(trim(64)), too_soon());
    assert_eq!(owner(count(2)), Ok(()));
    assert_eq!(owner(count(1)), too_soon());
    let split = |maybe_split| Admin::sudo_set_mechanism_emission_split { netuid: S46, maybe_split };
    assert_eq!(owner(split(Some(vec![1, 2]))), error(ChainError::InvalidValue));
    assert_eq!(owner(split(Some(vec![65_535, 0, 0]))), error(ChainError::InvalidValue));
    assert_eq!(owner(split(Some(vec![65_000, 535]))), Ok(()));
    forget(TransactionType::MechanismCount);
    assert_eq!(owner(count(1)), Ok(()));
    chain.look(|| {
        assert_eq!(
            storage::MechanismEmissionSplit::<Runtime>::get(S46),
            None,
            "a change of count clears it"
        );
        assert!(storage::LastUpdate::<Runtime>::get(NetUidStorageIndex(46 + 4_096)).is_empty());
    });
}

#[test]
fn batches() {
    let chain = chain();
    let good: RuntimeCall = immunity(1).into();
    let bad: RuntimeCall =
        Admin::sudo_set_min_burn { netuid: S46, min_burn: TaoBalance(u64::MAX) }.into();
    assert_eq!(
        send(&chain, Key::Alice, all(vec![good.clone(), bad])),
        Err(AdminError::<Runtime>::ValueNotInBounds.into())
    );
    assert_eq!(own_events(&chain), []);
    chain.look(|| assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S46), 7_200));
    let filtered: DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
    assert_eq!(send(&chain, Key::Alice, all(vec![all(vec![good.clone()])])), Err(filtered));

    let liquid = vec![
        good,
        Admin::sudo_set_liquid_alpha_enabled { netuid: S46, enabled: true }.into(),
        Admin::sudo_set_alpha_values { netuid: S46, alpha_low: 2_000, alpha_high: 60_000 }.into(),
        Admin::sudo_set_max_burn { netuid: S46, max_burn: TaoBalance(5_000_000_000) }.into(),
    ];
    assert_eq!(send(&chain, Key::Alice, all(liquid)), Ok(()));
    chain.look(|| {
        assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S46), 1);
        assert_eq!(storage::AlphaValues::<Runtime>::get(S46), (2_000, 60_000));
    });
    assert_eq!(send(&chain, Key::Alice, all(vec![immunity(2).into()])), too_soon());
}

#[test]
fn proxies() {
    let chain = chain();
    let add = |delegate: Key, proxy_type| pallet_proxy::Call::add_proxy {
        delegate: MultiAddress::Id(delegate.to_account_id()),
        proxy_type,
        delay: 0,
    };
    assert_eq!(send(&chain, Key::Alice, add(Key::Charlie, ProxyType::Owner)), Ok(()));
    assert_eq!(send(&chain, Key::Alice, add(Key::Dave, ProxyType::NonTransfer)), Ok(()));
    assert_eq!(send(&chain, Key::Alice, add(Key::Eve, ProxyType::Staking)), Ok(()));
    assert_eq!(
        send(&chain, Key::Alice, add(Key::Ferdie, ProxyType::SubnetLeaseBeneficiary)),
        Ok(())
    );
    let through = |delegate: Key, call: RuntimeCall| {
        let call = pallet_proxy::Call::proxy {
            real: MultiAddress::Id(Key::Alice.to_account_id()),
            force_proxy_type: None,
            call: Box::new(call),
        };
        assert_eq!(send(&chain, delegate, call), Ok(()), "the outer call succeeds");
        events(&chain)
            .into_iter()
            .find_map(|event| match event {
                RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
                _ => None,
            })
            .expect("the proxy's result")
    };
    let filtered: Result<(), DispatchError> =
        Err(frame_system::Error::<Runtime>::CallFiltered.into());
    let hotkey = Key::Eve.to_account_id();
    assert_eq!(through(Key::Charlie, immunity(1).into()), Ok(()));
    assert_eq!(through(Key::Charlie, immunity(2).into()), too_soon());
    let trigger = || Chain::trigger_epoch { netuid: S46 };
    assert_eq!(through(Key::Charlie, trigger().into()), filtered);
    assert_eq!(
        through(Key::Charlie, Admin::sudo_set_sn_owner_hotkey { netuid: S46, hotkey }.into()),
        filtered
    );
    assert_eq!(through(Key::Charlie, all(vec![])), filtered);
    let blocked = Err(ChainError::<Runtime>::DynamicTempoBlockedByCommitReveal.into());
    assert_eq!(through(Key::Dave, trigger().into()), blocked);
    assert_eq!(
        through(Key::Dave, all(vec![Admin::sudo_set_rho { netuid: S46, rho: 1 }.into()])),
        Ok(())
    );
    assert_eq!(through(Key::Eve, Admin::sudo_set_rho { netuid: S46, rho: 1 }.into()), filtered);
    let min_burn = Admin::sudo_set_min_burn { netuid: S46, min_burn: TaoBalance(600_000) };
    assert_eq!(through(Key::Ferdie, min_burn.into()), filtered);
    let max_burn = Admin::sudo_set_max_burn { netuid: S46, max_burn: TaoBalance(6_000_000_000) };
    assert_eq!(through(Key::Ferdie, max_burn.into()), Ok(()));

    // A swap of the proxied owner's coldkey holds inside the proxy.
    let alice = Key::Alice.to_account_id();
    let announced = storage::ColdkeySwapAnnouncements::<Runtime>::hashed_key_for(&alice);
    chain.set_storage(vec![(announced, Some((1_u32, [0_u8; 32]).encode()))]).expect("a block");
    let rate = Admin::sudo_set_serving_rate_limit { netuid: S46, serving_rate_limit: 1 };
    assert_eq!(
        through(Key::Charlie, rate.into()),
        Err(ChainError::<Runtime>::ColdkeySwapAnnounced.into())
    );
}

#[test]
fn a_coldkey_swap_stops_the_account() {
    let chain = chain();
    let alice = Key::Alice.to_account_id();
    let announced = storage::ColdkeySwapAnnouncements::<Runtime>::hashed_key_for(&alice);
    let disputed = storage::ColdkeySwapDisputes::<Runtime>::hashed_key_for(&alice);
    chain
        .set_storage(vec![(announced.clone(), Some((1_u32, [0_u8; 32]).encode()))])
        .expect("a block");
    assert_eq!(refused(&chain, Key::Alice, immunity(1)), "Invalid Transaction: Custom error: 0");
    chain.set_storage(vec![(disputed.clone(), Some(1_u32.encode()))]).expect("a block");
    assert_eq!(refused(&chain, Key::Alice, immunity(1)), "Invalid Transaction: Custom error: 21");
    chain.set_storage(vec![(announced, None), (disputed, None)]).expect("a block");
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()));
}

#[test]
fn safe_mode_lets_nothing_through() {
    let chain = chain();
    assert_eq!(root(&chain, pallet_safe_mode::Call::force_enter {}), Ok(()));
    let filtered: DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Err(filtered));
    assert_eq!(send(&chain, Key::Alice, all(vec![immunity(1).into()])), Err(filtered));
    assert_eq!(root(&chain, pallet_safe_mode::Call::force_exit {}), Ok(()));
    assert_eq!(send(&chain, Key::Alice, immunity(1)), Ok(()));
}

#[test]
fn symbols_and_voting_power() {
    let chain = chain();
    let symbol =
        |text: &str| Chain::update_symbol { netuid: S46, symbol: text.as_bytes().to_vec() };
    let error = |error: ChainError<Runtime>| Err(DispatchError::from(error));
    assert_eq!(send(&chain, Key::Alice, symbol("none")), error(ChainError::SymbolDoesNotExist));
    let used = chain.look(|| storage::TokenSymbol::<Runtime>::get(S13));
    let used = String::from_utf8(used).unwrap();
    assert_eq!(send(&chain, Key::Alice, symbol(&used)), error(ChainError::SymbolAlreadyInUse));
    assert_eq!(send(&chain, Key::Alice, symbol("α")), Ok(()));
    let enable = Chain::enable_voting_power_tracking { netuid: S46 };
    let disable = Chain::disable_voting_power_tracking { netuid: S46 };
    assert_eq!(
        send(&chain, Key::Alice, disable.clone()),
        error(ChainError::VotingPowerTrackingNotEnabled)
    );
    assert_eq!(send(&chain, Key::Alice, enable), Ok(()));
    assert_eq!(send(&chain, Key::Alice, disable), Ok(()));
    let at = u64::from(chain.head().0) + 100_800;
    chain.look(|| assert_eq!(storage::VotingPowerDisableAtBlock::<Runtime>::get(S46), at));
    let alpha = |alpha| Chain::sudo_set_voting_power_ema_alpha { netuid: S46, alpha };
    assert_eq!(send(&chain, Key::Alice, alpha(1)), Err(DispatchError::BadOrigin));
    assert_eq!(root(&chain, alpha(1)), Ok(()));
    let fee = |rate| subtune_devnet::swap::Call::set_fee_rate { netuid: S46, rate };
    assert_eq!(send(&chain, Key::Alice, fee(1)), Err(DispatchError::BadOrigin));
    assert_eq!(
        root(&chain, fee(10_001)),
        Err(subtune_devnet::swap::Error::<Runtime>::FeeRateTooHigh.into())
    );
    assert_eq!(root(&chain, fee(10_000)), Ok(()));
}

#[test]
fn the_pool_waits_for_nonces() {
    let chain = chain();
    let calls =
        [immunity(1).into(), RuntimeCall::from(Admin::sudo_set_rho { netuid: S46, rho: 1 })];
    for (nonce, call) in calls.into_iter().enumerate().rev() {
        let nonce = u32::try_from(nonce).unwrap();
        chain.submit(&sign_with(&chain, Key::Alice, call, nonce)).expect("the pool takes it");
    }
    assert_eq!(chain.pending(), 2);
    chain.new_blocks(1).expect("a block");
    assert_eq!(chain.pending(), 0);
    chain.look(|| {
        assert_eq!(storage::Rho::<Runtime>::get(S46), 1);
        assert_eq!(System::account_nonce(Key::Alice.to_account_id()), 2);
    });
    let future = sign_with(&chain, Key::Alice, immunity(2), 3);
    chain.submit(&future).expect("the pool takes it");
    assert!(chain.submit(&future).is_err(), "it is known");
    chain.new_blocks(2).expect("blocks");
    assert_eq!(chain.pending(), 1, "it waits");
    let stale = sign_with(&chain, Key::Alice, immunity(2), 0);
    assert_eq!(
        chain.submit(&stale).expect_err("it is stale").to_string(),
        "Invalid Transaction: Transaction is outdated"
    );
    let poor = sign_with(&chain, Key::AliceStash, immunity(2), 0);
    let why = chain.submit(&poor).expect_err("no money").to_string();
    assert!(why.starts_with("Invalid Transaction: Inability to pay some fees"), "{why}");
}

#[test]
fn chains_are_apart_and_finality_lags() {
    let one = Devnet::start(Options { seal: Seal::Instant, finality_lag: 3, ..Options::default() })
        .expect("a chain");
    let two = chain();
    assert_eq!(one.head().0, START + 3);
    one.submit(&sign(&one, Key::Alice, immunity(1))).expect("the pool takes it");
    assert_eq!(one.head().0, START + 4, "a block at once");
    assert_eq!(outcome(&one), Ok(()));
    two.look(|| assert_eq!(storage::ImmunityPeriod::<Runtime>::get(S46), 7_200));
    assert_ne!(one.url(), two.url());
    // The hooks leave a subnet without tempo alone.
    two.look(|| {
        storage::Tempo::<Runtime>::insert(S46, 0);
        System::set_block_number(START + 1_000);
        SubtensorModule::on_initialize(START + 1_000);
        assert_eq!(storage::LastEpochBlock::<Runtime>::get(S46), u64::from(START - 100));
        assert!(!SubtensorModule::is_frozen(S46));
        let _: Option<AdminUtils> = None;
    });
}

/// A transaction of a block that lost is sent again by the node.
#[test]
fn transactions_outlive_their_block() {
    let chain = Devnet::start(Options { finality_lag: 3, ..Options::default() }).expect("a chain");
    send(&chain, Key::Alice, immunity(7_300)).unwrap();
    let value = || chain.look(|| storage::ImmunityPeriod::<Runtime>::get(S46));
    assert_eq!(value(), 7_300);
    let (number, hash) = chain.head();
    chain.reorganize(1).unwrap();
    assert_eq!((value(), chain.pending()), (7_300, 0));
    assert_eq!(chain.head().0, number + 1);
    assert_ne!(chain.look(|| System::block_hash(number)), hash);
}

/// The clock moves on, and nothing else does.
#[test]
fn an_epoch_with_a_hotkey_twice_is_skipped() {
    let chain = chain();
    let first = storage::Keys::<Runtime>::hashed_key_for(S46, 0);
    let second = storage::Keys::<Runtime>::hashed_key_for(S46, 1);
    let hotkey = chain.get_storage(&first);
    chain.set_storage(vec![(second, hotkey)]).unwrap();
    let seen = || {
        chain.look(|| {
            let stays = (
                storage::LastMechansimStepBlock::<Runtime>::get(S46),
                storage::ValidatorTrust::<Runtime>::get(S46),
                storage::Emission::<Runtime>::get(S46),
            );
            let clock = (
                storage::LastEpochBlock::<Runtime>::get(S46),
                storage::SubnetEpochIndex::<Runtime>::get(S46),
            );
            (stays, clock)
        })
    };
    let (stays, (_, index)) = seen();
    go_before(&chain, EPOCH);
    chain.new_blocks(1).unwrap();
    assert_eq!(seen(), (stays, (EPOCH.into(), index + 1)));
    let skipped = ChainEvent::EpochSkipped { netuid: S46, block: EPOCH.into() };
    let skipped = RuntimeEvent::SubtensorModule(skipped);
    let happened =
        chain.look(|| System::read_events_no_consensus().any(|record| record.event == skipped));
    assert!(happened);
}
