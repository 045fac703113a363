//! The subnets and their owners, and the keys of accounts.

use frame_support::pallet_macros::pallet_section;

storage! {
    mod subnets;

    /// Whether there is a subnet of this number.
    NetworksAdded: Identity(NetUid) => bool;
    /// Block of registration.
    NetworkRegisteredAt: Identity(NetUid) => u64;
    /// The owner's coldkey.
    SubnetOwner: Identity(NetUid) => T::AccountId = ZeroAccount<T>;
    /// The owner's hotkey.
    SubnetOwnerHotkey: Identity(NetUid) => T::AccountId = ZeroAccount<T>;
    /// Number of neurons.
    SubnetworkN: Identity(NetUid) => u16;
    /// Kind of the pool: 1 for one with a token of its own.
    SubnetMechanism: Identity(NetUid) => u16;
    /// Block since which the subnet receives emission.
    FirstEmissionBlockNumber: Identity(NetUid) => Option<u64>;
    /// TAO in the pool.
    SubnetTAO: Identity(NetUid) => TaoBalance;
    /// Tokens in the pool.
    SubnetAlphaIn: Identity(NetUid) => AlphaBalance;
    /// Tokens outside the pool.
    SubnetAlphaOut: Identity(NetUid) => AlphaBalance;
    /// All trading, in TAO.
    SubnetVolume: Identity(NetUid) => u128;
    /// Averaged price of the token.
    SubnetMovingPrice: Identity(NetUid) => I96F32;
    /// TAO that enters the pool per block.
    SubnetTaoInEmission: Identity(NetUid) => TaoBalance;
    /// Tokens that enter the pool per block.
    SubnetAlphaInEmission: Identity(NetUid) => AlphaBalance;
    /// Tokens that neurons share per block.
    SubnetAlphaOutEmission: Identity(NetUid) => AlphaBalance;
    /// TAO locked at registration.
    SubnetLocked: Identity(NetUid) => TaoBalance;
    /// TAO recycled by registrations.
    RAORecycledForRegistration: Identity(NetUid) => TaoBalance;
    /// What the owner says about the subnet.
    SubnetIdentitiesV3: Blake2_128Concat(NetUid) => Option<SubnetIdentityV3>;
    /// Leases of subnets.
    SubnetLeases: Twox64Concat(u32) => Option<SubnetLease<T::AccountId, BlockNumberFor<T>>>;
    /// The lease that a subnet is under.
    SubnetUidToLeaseId: Twox64Concat(NetUid) => Option<u32>;

    // Coldkeys

    /// Announced moves of a coldkey: from which block on, and the hash of the new key.
    ColdkeySwapAnnouncements: Twox64Concat(T::AccountId) => Option<(u32, T::Hash)>;
    /// Disputed moves of a coldkey.
    ColdkeySwapDisputes: Twox64Concat(T::AccountId) => Option<u32>;
    /// The coldkey of a hotkey.
    Owner: Blake2_128Concat(T::AccountId) => T::AccountId = ZeroAccount<T>;
    /// The hotkeys of a coldkey.
    OwnedHotkeys: Blake2_128Concat(T::AccountId) => Vec<T::AccountId>;
    /// The hotkeys on which a coldkey has stake.
    StakingHotkeys: Blake2_128Concat(T::AccountId) => Vec<T::AccountId>;
    /// The take of a hotkey that accepts other people's stake.
    Delegates: Blake2_128Concat(T::AccountId) => PerU16 = DefaultDelegates { PerU16(11_796) };

    #[pallet::storage]
    /// Stake on a hotkey in a subnet.
    pub type TotalHotkeyAlpha<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Identity,
        NetUid,
        AlphaBalance,
        ValueQuery,
    >;

    #[pallet::storage]
    /// Who lends a hotkey stake in a subnet: how much of it, of 2^64 - 1.
    pub type ParentKeys<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Identity,
        NetUid,
        Vec<(u64, T::AccountId)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// To whom a hotkey lends stake in a subnet: how much of it, of 2^64 - 1.
    pub type ChildKeys<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Identity,
        NetUid,
        Vec<(u64, T::AccountId)>,
        ValueQuery,
    >;

    /// What an account says about itself.
    IdentitiesV2: Blake2_128Concat(T::AccountId) => Option<ChainIdentityV2>;
}
