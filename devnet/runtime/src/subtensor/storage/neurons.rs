//! The neurons of a subnet.

use frame_support::pallet_macros::pallet_section;

storage! {
    mod neurons;

    #[pallet::storage]
    /// The number of a hotkey.
    pub type Uids<T: Config> =
        StorageDoubleMap<_, Identity, NetUid, Blake2_128Concat, T::AccountId, u16, OptionQuery>;

    #[pallet::storage]
    /// The hotkey of a neuron.
    pub type Keys<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Identity,
        u16,
        T::AccountId,
        ValueQuery,
        ZeroAccount<T>,
    >;

    #[pallet::storage]
    /// Block in which a neuron registered.
    pub type BlockAtRegistration<T: Config> =
        StorageDoubleMap<_, Identity, NetUid, Identity, u16, u64, ValueQuery>;

    #[pallet::storage]
    /// Whether a hotkey is in a subnet.
    pub type IsNetworkMember<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, NetUid, bool, ValueQuery>;
    /// Stake weight per neuron, over 65535.
    StakeWeight: Identity(NetUid) => Vec<u16>;
    /// Whether a neuron is active.
    Active: Identity(NetUid) => Vec<bool>;
    /// Consensus weight per neuron, over 65535.
    Consensus: Identity(NetUid) => Vec<PerU16>;
    /// Incentive per neuron, over 65535.
    Incentive: Identity(NetUidStorageIndex) => Vec<PerU16>;
    /// Consensus weight per neuron and mechanism, over 65535.
    ConsensusByMechanism: Identity(NetUidStorageIndex) => Vec<PerU16>;
    /// What miners share at the next epoch.
    PendingServerEmission: Identity(NetUid) => AlphaBalance;
    /// What validators share at the next epoch.
    PendingValidatorEmission: Identity(NetUid) => AlphaBalance;
    /// Dividends per neuron, over 65535.
    Dividends: Identity(NetUid) => Vec<PerU16>;
    /// Emission per neuron and tempo.
    Emission: Identity(NetUid) => Vec<AlphaBalance>;
    /// Block in which a neuron set its weights.
    LastUpdate: Identity(NetUidStorageIndex) => Vec<u64>;
    /// Validator trust per neuron, over 65535.
    ValidatorTrust: Identity(NetUid) => Vec<PerU16>;
    /// Whether a neuron may validate.
    ValidatorPermit: Identity(NetUid) => Vec<bool>;

    #[pallet::storage]
    /// The weights that a neuron gave.
    pub type Weights<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUidStorageIndex,
        Identity,
        u16,
        Vec<(u16, u16)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// The bonds that a neuron holds.
    pub type Bonds<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUidStorageIndex,
        Identity,
        u16,
        Vec<(u16, u16)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// Where a neuron is reached.
    pub type Axons<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Blake2_128Concat,
        T::AccountId,
        AxonInfo,
        OptionQuery,
    >;

    #[pallet::storage]
    /// Where a neuron's metrics are.
    pub type Prometheus<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Blake2_128Concat,
        T::AccountId,
        PrometheusInfo,
        OptionQuery,
    >;
}
