//! The hyperparameters that this version of the tool can explain, one row each:
//! **the** file to edit when the chain gains one.
//!
//! The connected chain decides: calls, types, hashers, defaults and constants are
//! always taken from its metadata and storage. A row only says where to look and
//! what the thing means; a hyperparameter without a row is still shown and kept.
//! `Who`, `since` and `Effect` carry the history; rows were last checked with the metadata of runtime
//! [`CHECKED`].

use std::sync::{LazyLock, OnceLock};

use crate::snapshot::Guards;
use crate::value::{Unit, Value, human, parse_with_unit};

/// The newest runtime whose metadata the rows were checked with.
pub const CHECKED: u32 = 475;

/// One hyperparameter.
#[derive(Debug, Clone, Copy)]
pub struct Hyperparameter {
    /// Canonical name, as profiles and snapshots write it.
    pub name: &'static str,
    /// Other names that people and APIs use.
    pub aliases: &'static [&'static str],
    /// What it is, one sentence.
    pub summary: &'static str,
    /// What it does and does not influence.
    pub influence: &'static str,
    /// What the raw value counts.
    pub unit: Unit,
    /// What values can be written.
    pub kind: Kind,
    /// Where the chain keeps it.
    pub storage: Option<Item>,
    /// The calls that set it, best first; the first that the chain has is used.
    pub setters: &'static [Setter],
    /// Which rate limit an owner's change falls under.
    pub limit: Limit,
    /// Whether the admin freeze window applies.
    pub frozen: Frozen,
    /// What the chain checks of the value.
    pub bounds: &'static [Bound],
    /// Whether the chain refuses it on the root network (netuid 0).
    pub not_on_root: bool,
    /// Whether anything on the chain reads it.
    pub effect: Effect,
    /// First runtime (`spec_version`) that has it; 0 for older than 150.
    pub since: u32,
    /// Its name in `get_subnet_hyperparams_v3`.
    pub api: Option<&'static str>,
}

/// What sort of value it is, and how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// An unsigned integer of so many bits.
    Uint(u8),
    /// A signed 16-bit integer.
    Int16,
    /// One of these names, in the order of the chain's variants.
    Choice(&'static [&'static str]),
    /// A list of shares of 65535, or none.
    Shares,
    /// An account.
    Account,
    /// Bytes that are text.
    Text,
    /// No value at all, but an action: explained, never planned.
    Action,
}

/// A storage item that is a map from netuid.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Pallet name.
    pub pallet: &'static str,
    /// Item name.
    pub name: &'static str,
    /// Which part of the stored value it is.
    pub part: Part,
}

/// Which part of a stored value a hyperparameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// One field of a tuple.
    Field(usize),
    /// The integer part of a fixed-point number with so many fractional bits.
    IntegerOfFixed(u32),
}

/// A call that sets hyperparameters; its first argument is always the netuid.
#[derive(Debug, Clone, Copy)]
pub struct Setter {
    /// Pallet name.
    pub pallet: &'static str,
    /// Call name.
    pub call: &'static str,
    /// Names of the arguments after the netuid.
    pub args: &'static [&'static str],
    /// Who may send it.
    pub who: Who,
    /// Only to be used when the chain has this call too.
    pub when: Option<(&'static str, &'static str)>,
}

/// Who may set a hyperparameter: from each of these runtimes on, in ascending order, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who(pub &'static [(u32, By)]);

/// Whose call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The owner's, and root's.
    Owner,
    /// Root's alone.
    Root,
    /// Nobody's: the call always fails.
    Nobody,
    /// In these runtimes one of the above, and which is not known.
    Unclear,
}

const OWNER: Who = Who(&[(0, By::Owner)]);
const ROOT: Who = Who(&[(0, By::Root)]);
const NOBODY: Who = Who(&[(0, By::Nobody)]);

/// Whether the admin freeze window applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frozen {
    /// Always.
    Always,
    /// Never.
    Never,
    /// On a chain that keeps a rate limit for this hyperparameter: the two came together.
    WithLimitOf(&'static str),
}

use Frozen::{Always, Never};

/// The rate limit of an owner's change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// None.
    None,
    /// Tempo × `OwnerHyperparamRateLimit`, a slot for each of these names.
    Hyperparameter(&'static str),
    /// The same on a chain that has such a slot, else none.
    HyperparameterIfAny(&'static str),
    /// Tempo × `WeightsVersionKeyRateLimit`.
    VersionKey,
    /// 360 blocks.
    Tempo,
    /// 7200 blocks.
    MechanismCount,
    /// 7200 blocks.
    EmissionSplit,
    /// 216000 blocks.
    Trim,
    /// 50400 blocks.
    OwnerHotkey,
}

/// One check of a value, with the chain's error.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// How the value is compared.
    pub test: Test,
    /// What it is compared with.
    pub with: Source,
    /// The error of the chain, `Pallet.Name`.
    pub error: &'static str,
    /// Whether root is exempt.
    pub owner_only: bool,
}

/// How a value is compared with its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// value >= bound
    AtLeast,
    /// value <= bound
    AtMost,
    /// value > bound
    Above,
    /// value < bound
    Below,
}

impl Test {
    /// Whether a value passes; what is no number does.
    #[must_use]
    pub fn holds(self, value: &Value, limit: u128) -> bool {
        match (self, value) {
            (Self::AtLeast, Value::Uint(raw)) => *raw >= limit,
            (Self::Above, Value::Uint(raw)) => *raw > limit,
            (Self::AtMost, Value::Uint(raw)) => *raw <= limit,
            (Self::Below, Value::Uint(raw)) => *raw < limit,
            (Self::AtLeast | Self::Above, Value::Negative(_)) => false,
            _ => true,
        }
    }

    /// The test in words, as in `at least 5`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

/// Where a bound comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Compiled into the chain and not in its metadata.
    Literal(u128),
    /// A constant of SubtensorModule, with the value at runtime [`CHECKED`].
    Constant(&'static str, u128),
    /// A constant of the Swap pallet, with the value at runtime [`CHECKED`].
    SwapConstant(&'static str, u128),
    /// A network-wide storage value of SubtensorModule, with its default.
    Global(&'static str, u128),
    /// Another hyperparameter of the same subnet.
    Same(&'static str),
    /// How many neurons a subnet may have in its consensus mode: 2500 in Null, which is compiled into
    /// the chain, else `InitialMaxAllowedUids`.
    Budget,
    /// That divided by another hyperparameter of the same subnet.
    Shared(&'static str),
    /// The number of neurons on the subnet.
    Neurons,
}

use Source::{Budget, Constant, Global, Literal, Neurons, Same, Shared, SwapConstant};

impl Source {
    /// The pallet and the name of the constant that it is read from, if it is one.
    #[must_use]
    pub const fn constant(self) -> Option<(&'static str, &'static str)> {
        match self {
            Constant(name, _) => Some(("SubtensorModule", name)),
            SwapConstant(name, _) => Some(("Swap", name)),
            Budget | Shared(_) => Some(("SubtensorModule", BUDGET_CONSTANT)),
            Literal(_) | Global(..) | Same(_) | Neurons => None,
        }
    }
}

/// The constant of SubtensorModule that says how many neurons a subnet may have in Yuma consensus.
pub const BUDGET_CONSTANT: &str = "InitialMaxAllowedUids";
/// What that constant is.
const BUDGET: u128 = 256;
/// How many neurons a subnet may have in Null consensus: compiled into the chain.
pub const NULL_BUDGET: u128 = 2_500;

/// What has no effect in Null consensus: one validator's weights are the result, and bonds stand still.
pub const NOT_IN_NULL: &[&str] = &[
    "kappa",
    "activity_cutoff",
    "activity_cutoff_factor",
    "bonds_moving_avg",
    "bonds_penalty",
    "bonds_reset_enabled",
    "liquid_alpha_enabled",
    "liquid_alpha_consensus_mode",
    "alpha_low",
    "alpha_high",
    "alpha_sigmoid_steepness",
    "yuma3_enabled",
];

/// Whether a value still does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Yes.
    Live,
    /// Only while these other switches are on.
    When(&'static str, &'static [&'static str]),
    /// Not in these runtimes.
    Inert {
        /// First runtime that ignores it.
        since: u32,
        /// Last runtime that ignores it; `u32::MAX` for all since.
        until: u32,
        /// Why.
        why: &'static str,
        /// What to use instead.
        instead: Option<&'static str>,
    },
}

impl Effect {
    /// Why the value is without effect at this runtime, if it is.
    #[must_use]
    pub fn inert_at(&self, spec_version: u32) -> Option<(&'static str, Option<&'static str>)> {
        match *self {
            Self::Inert { since, until, why, instead }
                if (since..=until).contains(&spec_version) =>
            {
                Some((why, instead))
            }
            Self::Inert { .. } | Self::Live | Self::When(..) => None,
        }
    }
}

impl Who {
    /// Who may set it at this runtime.
    #[must_use]
    pub fn by(self, spec_version: u32) -> By {
        let Self(steps) = self;
        steps
            .iter()
            .rev()
            .find(|(since, _)| *since <= spec_version)
            .map_or(By::Nobody, |(_, by)| *by)
    }

    /// Who may set it at this runtime: `owner`, `root`, `nobody` or `unknown`.
    #[must_use]
    pub fn at(self, spec_version: u32) -> &'static str {
        match self.by(spec_version) {
            By::Owner => "owner",
            By::Root => "root",
            By::Nobody => "nobody",
            By::Unclear => "unknown",
        }
    }
}

impl Hyperparameter {
    /// Whether the admin freeze window applies on the chain of these guards.
    #[must_use]
    pub fn is_frozen(&self, guards: &Guards) -> bool {
        match self.frozen {
            Frozen::Always => true,
            Frozen::Never => false,
            Frozen::WithLimitOf(name) => guards.last_change.contains_key(name),
        }
    }

    /// Checks what can be known of a value without a chain: its type and width.
    ///
    /// # Errors
    /// A sentence that says what the value must be.
    pub fn check_type(&self, value: &Value) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (Kind::Bool, Value::Bool(_))
            | (Kind::Shares, Value::None)
            | (Kind::Account | Kind::Text, Value::Text(_)) => true,
            (Kind::Uint(bits), Value::Uint(raw)) => bits >= 128 || *raw < (1u128 << bits),
            (Kind::Int16, Value::Uint(_) | Value::Negative(_)) => {
                value.as_int().is_some_and(|raw| i16::try_from(raw).is_ok())
            }
            (Kind::Choice(names), Value::Text(name)) => names.contains(&name.as_str()),
            (Kind::Shares, Value::List(shares)) => {
                // A file may hold any integers; their sum must not overflow.
                let sum = shares.iter().copied().fold(0, u128::saturating_add);
                return if shares.is_empty() {
                    Err("a split needs at least one share, or null for an even split".to_owned())
                } else if sum == 65_535 {
                    Ok(())
                } else {
                    Err(format!("the shares sum to {sum}, but must sum to 65535"))
                };
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(format!("it must be {}", self.accepts())) }
    }

    /// Texts with a unit that this row reads as a value which the chain takes, as of runtime [`CHECKED`].
    #[must_use]
    pub fn examples(&self) -> Vec<&'static str> {
        if !matches!(self.kind, Kind::Uint(_) | Kind::Int16) {
            return Vec::new();
        }
        let takes = |text: &&str| {
            parse_with_unit(text, self.unit)
                .is_ok_and(|value| self.check_type(&value).is_ok() && self.is_in_bounds(&value))
        };
        self.unit.spellings().iter().copied().filter(takes).collect()
    }

    /// Whether a value keeps within all bounds that are numbers, as of runtime [`CHECKED`].
    #[must_use]
    pub fn is_in_bounds(&self, value: &Value) -> bool {
        self.bounds.iter().all(|bound| match bound.with {
            Literal(raw) | Constant(_, raw) | SwapConstant(_, raw) | Global(_, raw) => {
                bound.test.holds(value, raw)
            }
            Same(_) | Budget | Shared(_) | Neurons => true,
        })
    }

    /// What can be written, in words.
    #[must_use]
    pub fn accepts(&self) -> String {
        match self.kind {
            Kind::Bool => "true or false".to_owned(),
            Kind::Uint(bits) => match 1u128.checked_shl(bits.into()) {
                Some(end) => format!("an integer from 0 to {}", end.saturating_sub(1)),
                None => "an integer from 0 to 2^128-1".to_owned(),
            },
            Kind::Int16 => "an integer from -32768 to 32767".to_owned(),
            Kind::Choice(names) => names.join(" or "),
            Kind::Shares => "a list of integers that sum to 65535, or null".to_owned(),
            Kind::Account => "an account in SS58".to_owned(),
            Kind::Text => "a text".to_owned(),
            Kind::Action => "left out: it is an action, not a value".to_owned(),
        }
    }

    /// The bounds in words, such as `from 360 to 50400 (owner)`.
    #[must_use]
    pub fn range(&self) -> Vec<String> {
        self.bounds
            .iter()
            .map(|bound| {
                let test = bound.test.words();
                let with = match bound.with {
                    Literal(raw) => self.spell(raw),
                    Constant(name, raw) | SwapConstant(name, raw) | Global(name, raw) => {
                        format!("{name} of the chain ({} at runtime {CHECKED})", self.spell(raw))
                    }
                    Same(name) => format!("{name} of the subnet"),
                    Budget => format!("{BUDGET} ({NULL_BUDGET} in Null consensus)"),
                    Shared(name) => {
                        format!("{BUDGET} ({NULL_BUDGET} in Null consensus) / {name} of the subnet")
                    }
                    Neurons => "the number of neurons on the subnet".to_owned(),
                };
                let who = if bound.owner_only { ", for the owner" } else { "" };
                format!("{test} {with}{who}")
            })
            .collect()
    }

    fn spell(&self, raw: u128) -> String {
        let text = human(&Value::Uint(raw), self.unit);
        if text.is_empty() { raw.to_string() } else { format!("{raw} = {text}") }
    }
}

/// The row of a canonical name or an alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Hyperparameter> {
    ALL.iter()
        .find(|row| row.name == name)
        .or_else(|| ALL.iter().find(|row| row.aliases.contains(&name)))
}

/// A name that other tools print beside the hyperparameters, and that nobody can set by that name.
#[derive(Debug, PartialEq, Eq)]
pub struct DisplayOnly {
    /// The name as it is printed.
    pub name: &'static str,
    /// What it shows, one sentence.
    pub summary: &'static str,
    /// The hyperparameters to set instead, by canonical name; none where nothing does it.
    pub instead: &'static [&'static str],
    /// What to do instead, to be read after a semicolon or as a hint.
    pub advice: &'static str,
}

impl DisplayOnly {
    /// The fault of setting it, to be read with [`advice`](Self::advice).
    #[must_use]
    pub fn fault(&self) -> String {
        format!("{} is a name that is only shown: nothing is set by it", self.name)
    }
}

/// The names that btcli and the APIs of the chain print and that are no hyperparameters.
pub static DISPLAY_ONLY: &[DisplayOnly] = &[
    DisplayOnly {
        name: "alpha_values",
        summary: "The name under which btcli sets alpha_low and alpha_high together.",
        instead: &["alpha_low", "alpha_high"],
        advice: "set alpha_low and alpha_high",
    },
    DisplayOnly {
        name: "yuma_version",
        summary: "Which version of Yuma consensus runs: 3 while yuma3_enabled is on, else 2.",
        instead: &["yuma3_enabled"],
        advice: "set yuma3_enabled: true for version 3, false for version 2",
    },
    DisplayOnly {
        name: "subnet_is_active",
        summary: "Whether subtoken_enabled is on: since the subnet was started, its token is traded.",
        instead: &["subtoken_enabled"],
        advice: "leave it out: its owner starts a subnet once, with SubtensorModule.start_call \
                 (`btcli subnets start`), and only root sets subtoken_enabled",
    },
];

/// The display-only name, if it is one: for readers that are asked to set it.
#[must_use]
pub fn display_only(name: &str) -> Option<&'static DisplayOnly> {
    DISPLAY_ONLY.iter().find(|row| row.name == name)
}

/// What any name that the chain or another tool uses stands for: a canonical name or an alias in
/// any case and with any separators, a display-only name, a call (`sudo_set_tempo`,
/// `AdminUtils.sudo_set_tempo`), or a storage item (`ImmunityPeriod`).
///
/// For explaining alone. A profile takes canonical names and aliases as they are written ([`find`]).
#[must_use]
pub fn look_up(name: &str) -> Meant {
    let plain = |text: &str| {
        let separator = |c: char| matches!(c, '-' | '_' | ' ');
        text.trim().replace(separator, "").to_ascii_lowercase()
    };
    if let Some(row) = find(name) {
        return Meant::Rows(vec![row]);
    }
    if let Some(shown) = display_only(name) {
        return Meant::DisplayOnly(shown);
    }
    let wanted = plain(name);
    if let Some(row) = ALL
        .iter()
        .find(|row| std::iter::once(&row.name).chain(row.aliases).any(|it| plain(it) == wanted))
    {
        return Meant::Rows(vec![row]);
    }
    if let Some(shown) = DISPLAY_ONLY.iter().find(|row| plain(row.name) == wanted) {
        return Meant::DisplayOnly(shown);
    }
    let dotted = name.trim().replace("::", ".");
    let (pallet, item) = match dotted.rsplit_once('.') {
        Some((pallet, item)) => (Some(plain(pallet)), plain(item)),
        None => (None, plain(&dotted)),
    };
    let here = |known: &str| pallet.as_deref().is_none_or(|pallet| plain(known) == pallet);
    let called = |row: &Hyperparameter| {
        row.setters.iter().any(|setter| here(setter.pallet) && plain(setter.call) == item)
    };
    let stored = |row: &Hyperparameter| {
        row.storage.is_some_and(|it| here(it.pallet) && plain(it.name) == item)
    };
    let by_call: Vec<_> = ALL.iter().filter(|row| called(row)).collect();
    let rows =
        if by_call.is_empty() { ALL.iter().filter(|row| stored(row)).collect() } else { by_call };
    if rows.is_empty() { Meant::Nothing } else { Meant::Rows(rows) }
}

/// What a name stands for in the catalog.
#[derive(Debug)]
pub enum Meant {
    /// Nothing in it.
    Nothing,
    /// These: several where one call sets several.
    Rows(Vec<&'static Hyperparameter>),
    /// A name that is shown and not set.
    DisplayOnly(&'static DisplayOnly),
}

/// What to write instead of a name that is none: the names of what a call sets or a storage item
/// holds, else the nearest name, if there is one.
#[must_use]
pub fn suggestion(name: &str) -> Option<String> {
    let names = match look_up(name) {
        Meant::Rows(rows) => rows.iter().map(|row| row.name).collect(),
        Meant::Nothing | Meant::DisplayOnly(_) => Vec::new(),
    };
    match names.as_slice() {
        [] => nearest(name).map(|near| format!("did you mean {near}?")),
        [name] => Some(format!("its name is {name}")),
        [first, rest @ ..] => {
            Some(format!("it sets several: name {first} or {}", rest.join(" or ")))
        }
    }
}

/// The known name that looks most like `name`, if any does.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.to_ascii_lowercase().replace('-', "_");
    let parts = wanted.split('_').count();
    ALL.iter()
        .flat_map(|row| std::iter::once(&row.name).chain(row.aliases).map(|name| (*name, row.name)))
        .map(|(spelling, name)| {
            // A name that is cut short is nearly right, too.
            let start = spelling.split('_').take(parts).collect::<Vec<_>>().join("_");
            let whole = strsim::damerau_levenshtein(&wanted, spelling);
            (whole.min(strsim::damerau_levenshtein(&wanted, &start).saturating_add(1)), name)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (wanted.len() / 3).max(2))
        .map(|(_, name)| name)
}

const fn item(pallet: &'static str, name: &'static str, part: Part) -> Item {
    Item { pallet, name, part }
}

const fn setter(
    pallet: &'static str,
    call: &'static str,
    args: &'static [&'static str],
    who: Who,
) -> Setter {
    Setter { pallet, call, args, who, when: None }
}

const fn inert(since: u32, why: &'static str, instead: Option<&'static str>) -> Effect {
    Effect::Inert { since, until: u32::MAX, why, instead }
}

/// Without proof-of-work registration nothing reads what is about it; runtime 474 has it again.
const NO_POW: Effect = Effect::Inert {
    since: 401,
    until: 473,
    why: "there is no proof-of-work registration in this runtime",
    instead: None,
};

const fn bound(test: Test, with: Source, error: &'static str) -> Bound {
    Bound { test, with, error, owner_only: false }
}

const fn min(with: Source, error: &'static str) -> Bound {
    bound(Test::AtLeast, with, error)
}

const fn max(with: Source, error: &'static str) -> Bound {
    bound(Test::AtMost, with, error)
}

const fn above(with: Source, error: &'static str) -> Bound {
    bound(Test::Above, with, error)
}

const fn below(with: Source, error: &'static str) -> Bound {
    bound(Test::Below, with, error)
}

const fn owner(bound: Bound) -> Bound {
    Bound { owner_only: true, ..bound }
}

/// All rows, but for those that were forgotten.
pub static ALL: LazyLock<&'static [Hyperparameter]> = LazyLock::new(|| match FORGOTTEN.get() {
    None => ROWS,
    Some(forgotten) => {
        let known = ROWS.iter().filter(|row| !forgotten.iter().any(|name| name == row.name));
        Box::leak(known.copied().collect::<Vec<_>>().into_boxed_slice())
    }
});

/// Rows that this process behaves as if it had never had.
static FORGOTTEN: OnceLock<Vec<String>> = OnceLock::new();

/// Makes this process an older one, which lacks these rows: what it does then is what it will do on a
/// chain that is newer than the catalog. For tests, before anything else is asked.
pub fn forget(names: Vec<String>) {
    let _ = FORGOTTEN.set(names);
}

/// Every row: first what the owner may set, then what only root may, then what
/// nobody can, last what newer runtimes add.
static ROWS: &[Hyperparameter] = &[
    Hyperparameter {
        name: "serving_rate_limit",
        aliases: &[],
        summary: "Least number of blocks between two axon or prometheus announcements of one neuron.",
        influence: "Limits serve_axon and serve_prometheus only.",
        unit: Unit::Blocks,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "ServingRateLimit", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_serving_rate_limit",
            &["serving_rate_limit"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("ServingRateLimit"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("serving_rate_limit"),
    },
    Hyperparameter {
        name: "max_difficulty",
        aliases: &[],
        summary: "Upper bound of the proof-of-work registration difficulty.",
        influence: "The difficulty of proof-of-work registration, where the runtime has that.",
        unit: Unit::Count,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "MaxDifficulty", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_max_difficulty", &["max_difficulty"], OWNER)],
        limit: Limit::Hyperparameter("MaxDifficulty"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: NO_POW,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "weights_version",
        aliases: &["weights_version_key"],
        summary: "Least version key that a weight submission must carry; 0 switches the check off.",
        influence: "Raising it locks out validators that have not upgraded; weights already stored stay.",
        unit: Unit::Count,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "WeightsVersionKey", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_weights_version_key",
            &["weights_version_key"],
            OWNER,
        )],
        limit: Limit::VersionKey,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("weights_version"),
    },
    Hyperparameter {
        name: "adjustment_alpha",
        aliases: &[],
        summary: "Smoothing factor of the old registration price and difficulty adjustment.",
        influence: "Nothing reads it since the burn half-life model; use burn_half_life and burn_increase_mult.",
        unit: Unit::Share64,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "AdjustmentAlpha", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_adjustment_alpha", &["adjustment_alpha"], OWNER)],
        limit: Limit::Hyperparameter("AdjustmentAlpha"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: inert(
            401,
            "the registration price follows the burn half-life model",
            Some("burn_half_life and burn_increase_mult"),
        ),
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "immunity_period",
        aliases: &[],
        summary: "Blocks for which a newly registered neuron cannot be pruned.",
        influence: "Also protects neurons from trim_to_max_allowed_uids.",
        unit: Unit::Blocks,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "ImmunityPeriod", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_immunity_period", &["immunity_period"], OWNER)],
        limit: Limit::Hyperparameter("ImmunityPeriod"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("immunity_period"),
    },
    Hyperparameter {
        name: "min_allowed_weights",
        aliases: &[],
        summary: "Least number of weights that a validator must set at once.",
        influence: "Shorter vectors fail with WeightVecLengthIsLow; a single self-weight is exempt.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MinAllowedWeights", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_min_allowed_weights",
            &["min_allowed_weights"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("MinAllowedWeights"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("min_allowed_weights"),
    },
    Hyperparameter {
        name: "max_allowed_uids",
        aliases: &["max_uids"],
        summary: "Most neurons that the subnet can hold.",
        influence: "To go below the present number of neurons, trim; times mechanism_count at most 256, in Null consensus 2500.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MaxAllowedUids", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_max_allowed_uids",
            &["max_allowed_uids"],
            Who(&[(0, By::Root), (326, By::Owner)]),
        )],
        limit: Limit::Hyperparameter("MaxAllowedUids"),
        frozen: Always,
        bounds: &[
            min(Same("min_allowed_uids"), "AdminUtils.MaxAllowedUidsLessThanMinAllowedUids"),
            min(Neurons, "AdminUtils.MaxAllowedUIdsLessThanCurrentUIds"),
            max(Budget, "AdminUtils.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids"),
            max(Shared("mechanism_count"), "SubtensorModule.TooManyUIDsPerMechanism"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "rho",
        aliases: &[],
        summary: "Steepness of the old trust function.",
        influence: "The epoch does not read it.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "Rho", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_rho", &["rho"], OWNER)],
        limit: Limit::Hyperparameter("Rho"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: inert(0, "the epoch does not read it", None),
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "activity_cutoff",
        aliases: &[],
        summary: "Old activity cutoff in blocks.",
        influence: "Without effect since the cutoff follows activity_cutoff_factor; the runtime API reports the effective cutoff under this name.",
        unit: Unit::Blocks,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "ActivityCutoff", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_activity_cutoff", &["activity_cutoff"], OWNER)],
        limit: Limit::Hyperparameter("ActivityCutoff"),
        frozen: Always,
        bounds: &[min(Global("MinActivityCutoff", 360), "SubtensorModule.ActivityCutoffTooLow")],
        not_on_root: false,
        effect: inert(
            423,
            "the cutoff follows activity_cutoff_factor",
            Some("activity_cutoff_factor"),
        ),
        since: 0,
        api: Some("activity_cutoff"),
    },
    Hyperparameter {
        name: "activity_cutoff_factor",
        aliases: &["activity_cutoff_factor_milli"],
        summary: "Tempos, in thousandths, after which a validator that has set no weights counts as inactive.",
        influence: "Effective cutoff in blocks = factor * tempo / 1000, so a change of tempo moves it; decides whose stake counts in consensus, hence Vtrust.",
        unit: Unit::MilliTempos,
        kind: Kind::Uint(32),
        storage: Some(item("SubtensorModule", "ActivityCutoffFactorMilli", Part::Whole)),
        setters: &[
            setter("AdminUtils", "sudo_set_activity_cutoff_factor", &["factor_milli"], OWNER),
            setter("SubtensorModule", "set_activity_cutoff_factor", &["factor_milli"], OWNER),
        ],
        limit: Limit::Hyperparameter("ActivityCutoffFactorMilli"),
        frozen: Always,
        bounds: &[
            min(
                Constant("MinActivityCutoffFactorMilli", 1_000),
                "SubtensorModule.ActivityCutoffFactorMilliOutOfBounds",
            ),
            max(
                Constant("MaxActivityCutoffFactorMilli", 50_000),
                "SubtensorModule.ActivityCutoffFactorMilliOutOfBounds",
            ),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 423,
        api: Some("activity_cutoff_factor"),
    },
    Hyperparameter {
        name: "min_burn",
        aliases: &[],
        summary: "Floor of the registration price.",
        influence: "Must stay below max_burn.",
        unit: Unit::Rao,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "MinBurn", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_min_burn",
            &["min_burn"],
            Who(&[(0, By::Root), (315, By::Owner)]),
        )],
        limit: Limit::Hyperparameter("MinBurn"),
        frozen: Always,
        bounds: &[
            below(Constant("MinBurnUpperBound", 1_000_000_000), "AdminUtils.ValueNotInBounds"),
            below(Same("max_burn"), "AdminUtils.ValueNotInBounds"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("min_burn"),
    },
    Hyperparameter {
        name: "max_burn",
        aliases: &[],
        summary: "Ceiling of the registration price.",
        influence: "Must stay above min_burn.",
        unit: Unit::Rao,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "MaxBurn", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_max_burn",
            &["max_burn"],
            Who(&[(0, By::Root), (315, By::Owner)]),
        )],
        limit: Limit::Hyperparameter("MaxBurn"),
        frozen: Always,
        bounds: &[
            above(Constant("MaxBurnLowerBound", 100_000_000), "AdminUtils.ValueNotInBounds"),
            above(Same("min_burn"), "AdminUtils.ValueNotInBounds"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("max_burn"),
    },
    Hyperparameter {
        name: "bonds_moving_avg",
        aliases: &["bonds_moving_average"],
        summary: "How slowly bonds follow weights; the EMA alpha is 1 - raw/1000000.",
        influence: "Moves bonds and dividends, not Vtrust; used while liquid alpha is off.",
        unit: Unit::PerMillion,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "BondsMovingAverage", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_bonds_moving_average",
            &["bonds_moving_average"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("BondsMovingAverage"),
        frozen: Always,
        bounds: &[owner(max(Literal(975_000), "AdminUtils.BondsMovingAverageMaxReached"))],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("bonds_moving_avg"),
    },
    Hyperparameter {
        name: "bonds_penalty",
        aliases: &[],
        summary: "How far bonds are built from clipped weights: 0 raw, 65535 clipped.",
        influence: "Moves bonds and dividends, not Vtrust.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "BondsPenalty", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_bonds_penalty", &["bonds_penalty"], OWNER)],
        limit: Limit::Hyperparameter("BondsPenalty"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "commit_reveal_weights_enabled",
        aliases: &["commit_reveal_enabled"],
        summary: "Validators commit their weights first and reveal them later.",
        influence: "While on, plain set_weights and the owner's trigger_epoch fail; weights act commit_reveal_period epochs later.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "CommitRevealWeightsEnabled", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_commit_reveal_weights_enabled",
            &["enabled"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("CommitRevealEnabled"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("commit_reveal_weights_enabled"),
    },
    Hyperparameter {
        name: "liquid_alpha_enabled",
        aliases: &[],
        summary: "Bonds follow weights at a speed of their own for every validator and miner.",
        influence: "Acts only with yuma3 on; moves dividends, not Vtrust.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "LiquidAlphaOn", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_liquid_alpha_enabled", &["enabled"], OWNER)],
        limit: Limit::Hyperparameter("LiquidAlphaEnabled"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::When("yuma3 is on", &["yuma3_enabled"]),
        since: 0,
        api: Some("liquid_alpha_enabled"),
    },
    Hyperparameter {
        name: "alpha_low",
        aliases: &[],
        summary: "Slowest liquid-alpha speed.",
        influence: "One call and one rate limit together with alpha_high; needs liquid alpha on when it is set.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "AlphaValues", Part::Field(0))),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_alpha_values",
            &["alpha_low", "alpha_high"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("AlphaValues"),
        frozen: Always,
        bounds: &[
            min(Literal(1_638), "SubtensorModule.AlphaLowOutOfRange"),
            max(Same("alpha_high"), "SubtensorModule.AlphaLowOutOfRange"),
        ],
        not_on_root: false,
        effect: Effect::When(
            "yuma3 and liquid alpha are on",
            &["yuma3_enabled", "liquid_alpha_enabled"],
        ),
        since: 0,
        api: Some("alpha_low"),
    },
    Hyperparameter {
        name: "alpha_high",
        aliases: &[],
        summary: "Fastest liquid-alpha speed.",
        influence: "One call and one rate limit together with alpha_low; needs liquid alpha on when it is set.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "AlphaValues", Part::Field(1))),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_alpha_values",
            &["alpha_low", "alpha_high"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("AlphaValues"),
        frozen: Always,
        bounds: &[min(Literal(1_638), "SubtensorModule.AlphaHighTooLow")],
        not_on_root: false,
        effect: Effect::When(
            "yuma3 and liquid alpha are on",
            &["yuma3_enabled", "liquid_alpha_enabled"],
        ),
        since: 0,
        api: Some("alpha_high"),
    },
    Hyperparameter {
        name: "commit_reveal_period",
        aliases: &["commit_reveal_weights_interval", "reveal_period"],
        summary: "Epochs between the commit and the reveal of weights.",
        influence: "A change re-dates the commits that are already stored.",
        unit: Unit::Tempos,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "RevealPeriodEpochs", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_commit_reveal_weights_interval",
            &["interval"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("WeightCommitInterval"),
        frozen: Always,
        bounds: &[
            min(Literal(1), "SubtensorModule.RevealPeriodTooSmall"),
            max(Literal(100), "SubtensorModule.RevealPeriodTooLarge"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("commit_reveal_period"),
    },
    Hyperparameter {
        name: "transfers_enabled",
        aliases: &["toggle_transfer", "transfer_toggle"],
        summary: "Stake of this subnet may be transferred between coldkeys.",
        influence: "Transfers of stake only.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "TransferToggle", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_toggle_transfer", &["toggle"], OWNER)],
        limit: Limit::Hyperparameter("TransferEnabled"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("transfers_enabled"),
    },
    Hyperparameter {
        name: "recycle_or_burn",
        aliases: &[],
        summary: "What happens to the miner emission of the owner's burn UIDs.",
        influence: "Recycled alpha can be emitted again, burned alpha cannot.",
        unit: Unit::Choice,
        kind: Kind::Choice(&["burn", "recycle"]),
        storage: Some(item("SubtensorModule", "RecycleOrBurn", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_recycle_or_burn", &["recycle_or_burn"], OWNER)],
        limit: Limit::Hyperparameter("RecycleOrBurn"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 320,
        api: None,
    },
    Hyperparameter {
        name: "alpha_sigmoid_steepness",
        aliases: &[],
        summary: "Steepness, raw/100, of the liquid-alpha sigmoid.",
        influence: "Acts only with yuma3 and liquid alpha on; negative values are for root only.",
        unit: Unit::PerHundred,
        kind: Kind::Int16,
        storage: Some(item("SubtensorModule", "AlphaSigmoidSteepness", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_alpha_sigmoid_steepness",
            &["steepness"],
            Who(&[(0, By::Root), (283, By::Owner)]),
        )],
        limit: Limit::Hyperparameter("AlphaSigmoidSteepness"),
        frozen: Always,
        bounds: &[owner(min(Literal(0), "AdminUtils.NegativeSigmoidSteepness"))],
        not_on_root: false,
        effect: Effect::When(
            "yuma3 and liquid alpha are on",
            &["yuma3_enabled", "liquid_alpha_enabled"],
        ),
        since: 0,
        api: Some("alpha_sigmoid_steepness"),
    },
    Hyperparameter {
        name: "yuma3_enabled",
        aliases: &[],
        summary: "Runs Yuma 3 instead of Yuma 2; APIs show it as yuma_version.",
        influence: "Bonds and dividends; liquid alpha needs it.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "Yuma3On", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_yuma3_enabled", &["enabled"], OWNER)],
        limit: Limit::Hyperparameter("Yuma3Enabled"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("yuma_version"),
    },
    Hyperparameter {
        name: "bonds_reset_enabled",
        aliases: &["bonds_reset"],
        summary: "Lets miners reset the bonds towards them.",
        influence: "Bonds and dividends only.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "BondsResetOn", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_bonds_reset_enabled", &["enabled"], OWNER)],
        limit: Limit::Hyperparameter("BondsResetEnabled"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 283,
        api: Some("bonds_reset_enabled"),
    },
    Hyperparameter {
        name: "owner_immune_neuron_limit",
        aliases: &["immune_owner_uids_limit", "immune_neuron_limit"],
        summary: "How many neurons of the owner are immune to pruning.",
        influence: "Pruning only.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "ImmuneOwnerUidsLimit", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_owner_immune_neuron_limit",
            &["immune_neurons"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("ImmuneNeuronLimit"),
        frozen: Always,
        bounds: &[
            min(Literal(1), "SubtensorModule.InvalidValue"),
            max(Literal(10), "SubtensorModule.InvalidValue"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 306,
        api: None,
    },
    Hyperparameter {
        name: "burn_half_life",
        aliases: &[],
        summary: "Blocks in which the registration price halves when nobody registers.",
        influence: "The registration price, between min_burn and max_burn.",
        unit: Unit::Blocks,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "BurnHalfLife", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_burn_half_life", &["burn_half_life"], OWNER)],
        limit: Limit::Hyperparameter("BurnHalfLife"),
        frozen: Always,
        bounds: &[
            min(Literal(1), "AdminUtils.InvalidValue"),
            max(Literal(36_100), "AdminUtils.InvalidValue"),
        ],
        not_on_root: true,
        effect: Effect::Live,
        since: 401,
        api: Some("burn_half_life"),
    },
    Hyperparameter {
        name: "burn_increase_mult",
        aliases: &[],
        summary: "Factor by which one registration raises the price.",
        influence: "The registration price, between min_burn and max_burn.",
        unit: Unit::Fixed64,
        kind: Kind::Uint(128),
        storage: Some(item("SubtensorModule", "BurnIncreaseMult", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_burn_increase_mult",
            &["burn_increase_mult"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("BurnIncreaseMult"),
        frozen: Always,
        bounds: &[
            min(Literal(1 << 64), "AdminUtils.InvalidValue"),
            max(Literal(3 << 64), "AdminUtils.InvalidValue"),
        ],
        not_on_root: true,
        effect: Effect::Live,
        since: 401,
        api: Some("burn_increase_mult"),
    },
    Hyperparameter {
        name: "owner_cut_enabled",
        aliases: &[],
        summary: "The owner receives the owner's cut of the emission.",
        influence: "The owner's income.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "OwnerCutEnabled", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_owner_cut_enabled", &["enabled"], OWNER)],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: true,
        effect: Effect::Live,
        since: 411,
        api: Some("owner_cut_enabled"),
    },
    Hyperparameter {
        name: "owner_cut_auto_lock_enabled",
        aliases: &[],
        summary: "The owner's cut is locked as conviction stake at once.",
        influence: "The owner's income.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "OwnerCutAutoLockEnabled", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_owner_cut_auto_lock_enabled",
            &["enabled"],
            OWNER,
        )],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: true,
        effect: Effect::Live,
        since: 411,
        api: Some("owner_cut_auto_lock_enabled"),
    },
    Hyperparameter {
        name: "min_childkey_take",
        aliases: &["min_childkey_take_per_subnet"],
        summary: "Least take that a childkey of this subnet may ask.",
        influence: "Must lie between the network's global least and greatest childkey take.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MinChildkeyTakePerSubnet", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_min_childkey_take_per_subnet", &["take"], OWNER)],
        limit: Limit::Hyperparameter("MinChildkeyTake"),
        frozen: Always,
        bounds: &[
            min(Global("MinChildkeyTake", 0), "AdminUtils.InvalidValue"),
            max(Global("MaxChildkeyTake", 11_796), "AdminUtils.InvalidValue"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 411,
        api: Some("min_childkey_take"),
    },
    Hyperparameter {
        name: "tempo",
        aliases: &[],
        summary: "Blocks in an epoch.",
        influence: "A change restarts the epoch at once and moves every limit counted in tempos: rate limits, activity cutoff, commit-reveal.",
        unit: Unit::Blocks,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "Tempo", Part::Whole)),
        setters: &[
            Setter {
                when: Some(("AdminUtils", "sudo_set_activity_cutoff_factor")),
                ..setter("AdminUtils", "sudo_set_tempo", &["tempo"], OWNER)
            },
            setter(
                "SubtensorModule",
                "set_tempo",
                &["tempo"],
                Who(&[(0, By::Root), (423, By::Owner)]),
            ),
            setter("AdminUtils", "sudo_set_tempo", &["tempo"], ROOT),
        ],
        limit: Limit::Tempo,
        frozen: Always,
        bounds: &[
            owner(min(Constant("MinTempo", 360), "SubtensorModule.TempoOutOfBounds")),
            owner(max(Constant("MaxTempo", 50_400), "SubtensorModule.TempoOutOfBounds")),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("tempo"),
    },
    Hyperparameter {
        name: "trigger_epoch",
        aliases: &[],
        summary: "Runs an epoch soon, outside the schedule.",
        influence: "An action, not a value: fires AdminFreezeWindow blocks later, and the freeze window lasts until then.",
        unit: Unit::Count,
        kind: Kind::Action,
        storage: None,
        setters: &[setter("SubtensorModule", "trigger_epoch", &[], OWNER)],
        limit: Limit::Hyperparameter("TriggerEpoch"),
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 423,
        api: None,
    },
    Hyperparameter {
        name: "mechanism_count",
        aliases: &[],
        summary: "Number of independent weight matrices of the subnet.",
        influence: "Lowering it deletes the data of the dropped mechanisms for good; any change resets the emission split.",
        unit: Unit::Count,
        kind: Kind::Uint(8),
        storage: Some(item("SubtensorModule", "MechanismCountCurrent", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_mechanism_count", &["mechanism_count"], OWNER)],
        limit: Limit::MechanismCount,
        frozen: Always,
        bounds: &[
            min(Literal(1), "SubtensorModule.InvalidValue"),
            max(Global("MaxMechanismCount", 2), "SubtensorModule.InvalidValue"),
            max(Shared("max_allowed_uids"), "SubtensorModule.TooManyUIDsPerMechanism"),
            max(Literal(16), "SubtensorModule.InvalidValue"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 320,
        api: None,
    },
    Hyperparameter {
        name: "mechanism_emission_split",
        aliases: &["emission_split"],
        summary: "Share of the emission of each mechanism.",
        influence: "Must sum to 65535, with one share for each mechanism; null means an even split.",
        unit: Unit::Shares,
        kind: Kind::Shares,
        storage: Some(item("SubtensorModule", "MechanismEmissionSplit", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_mechanism_emission_split",
            &["maybe_split"],
            OWNER,
        )],
        limit: Limit::EmissionSplit,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 320,
        api: None,
    },
    Hyperparameter {
        name: "trim_to_max_allowed_uids",
        aliases: &["trim"],
        summary: "Removes the neurons with the least emission and renumbers the rest.",
        influence: "An action that cannot be undone; subtune never plans it.",
        unit: Unit::Count,
        kind: Kind::Action,
        storage: None,
        setters: &[setter("AdminUtils", "sudo_trim_to_max_allowed_uids", &["max_n"], OWNER)],
        limit: Limit::Trim,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 320,
        api: None,
    },
    Hyperparameter {
        name: "sn_owner_hotkey",
        aliases: &["subnet_owner_hotkey"],
        summary: "Hotkey of the subnet owner.",
        influence: "Its neuron is immune and always counts as permitted.",
        unit: Unit::Account,
        kind: Kind::Account,
        storage: Some(item("SubtensorModule", "SubnetOwnerHotkey", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_sn_owner_hotkey", &["hotkey"], OWNER)],
        limit: Limit::OwnerHotkey,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "root_claim_threshold",
        aliases: &[],
        summary: "Least root dividend, in alpha rao, that is claimed at all.",
        influence: "Claims of root dividends only; newer runtimes take it for netuid 0 alone.",
        unit: Unit::AlphaRao,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "RootClaimableThreshold", Part::IntegerOfFixed(32))),
        setters: &[setter(
            "SubtensorModule",
            "sudo_set_root_claim_threshold",
            &["new_value"],
            // Of which version between them it stopped being the owner's is not known.
            Who(&[(0, By::Owner), (460, By::Unclear), (475, By::Nobody)]),
        )],
        limit: Limit::None,
        frozen: Never,
        bounds: &[max(Literal(10_000_000), "SubtensorModule.InvalidRootClaimThreshold")],
        not_on_root: false,
        effect: Effect::Live,
        since: 334,
        api: None,
    },
    Hyperparameter {
        name: "voting_power_tracking",
        aliases: &[],
        summary: "Keeps an average of voting power.",
        influence: "Switching it off takes effect 100800 blocks (14 days) later.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "VotingPowerTrackingEnabled", Part::Whole)),
        setters: &[setter("SubtensorModule", "enable_voting_power_tracking", &[], OWNER)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 380,
        api: None,
    },
    Hyperparameter {
        name: "token_symbol",
        aliases: &["symbol"],
        summary: "Symbol of the subnet's token.",
        influence: "A name from the chain's own list that no other subnet uses.",
        unit: Unit::Text,
        kind: Kind::Text,
        storage: Some(item("SubtensorModule", "TokenSymbol", Part::Whole)),
        setters: &[setter("SubtensorModule", "update_symbol", &["symbol"], OWNER)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 290,
        api: None,
    },
    Hyperparameter {
        name: "weights_rate_limit",
        aliases: &["weights_set_rate_limit"],
        summary: "Least number of blocks between two weight submissions of one validator.",
        influence: "Decides how fresh weights can be, hence Vtrust.",
        unit: Unit::Blocks,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "WeightsSetRateLimit", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_weights_set_rate_limit",
            &["weights_set_rate_limit"],
            Who(&[(0, By::Owner), (247, By::Root)]),
        )],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("weights_rate_limit"),
    },
    Hyperparameter {
        name: "kappa",
        aliases: &[],
        summary: "Share of stake that must agree on a weight: the consensus majority.",
        influence: "Higher clips more and lowers Vtrust.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "Kappa", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_kappa",
            &["kappa"],
            Who(&[(0, By::Owner), (334, By::Root)]),
        )],
        limit: Limit::Hyperparameter("Kappa"),
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("kappa"),
    },
    Hyperparameter {
        name: "adjustment_interval",
        aliases: &[],
        summary: "Blocks between two adjustments of the old registration price.",
        influence: "Nothing reads it.",
        unit: Unit::Blocks,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "AdjustmentInterval", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_adjustment_interval",
            &["adjustment_interval"],
            ROOT,
        )],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: inert(
            401,
            "the registration price follows the burn half-life model",
            Some("burn_half_life"),
        ),
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "target_regs_per_interval",
        aliases: &["target_registrations_per_interval"],
        summary: "Registrations that the old price adjustment aimed at.",
        influence: "Read for the root network only.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "TargetRegistrationsPerInterval", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_target_registrations_per_interval",
            &["target_registrations_per_interval"],
            ROOT,
        )],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: inert(401, "only the root network reads it", None),
        since: 0,
        api: Some("target_regs_per_interval"),
    },
    Hyperparameter {
        name: "max_regs_per_block",
        aliases: &["max_registrations_per_block"],
        summary: "Most registrations in one block.",
        influence: "Read for the root network only.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MaxRegistrationsPerBlock", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_max_registrations_per_block",
            &["max_registrations_per_block"],
            ROOT,
        )],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: inert(401, "only the root network reads it", None),
        since: 0,
        api: Some("max_regs_per_block"),
    },
    Hyperparameter {
        name: "max_validators",
        aliases: &["max_allowed_validators"],
        summary: "Most neurons that hold a validator permit.",
        influence: "Decides whose weights count, hence Vtrust.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MaxAllowedValidators", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_max_allowed_validators",
            &["max_allowed_validators"],
            ROOT,
        )],
        limit: Limit::None,
        frozen: Always,
        bounds: &[max(Same("max_allowed_uids"), "AdminUtils.MaxValidatorsLargerThanMaxUIds")],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("max_validators"),
    },
    Hyperparameter {
        name: "registration_allowed",
        aliases: &["network_registration_allowed"],
        summary: "New neurons may register.",
        influence: "From runtime 474, registration for a price alone, and either this or network_pow_registration_allowed has to stay on.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "NetworkRegistrationAllowed", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_network_registration_allowed",
            &["registration_allowed"],
            Who(&[(0, By::Owner), (290, By::Root), (474, By::Owner)]),
        )],
        limit: Limit::HyperparameterIfAny("BurnRegistrationAllowed"),
        frozen: Frozen::WithLimitOf("registration_allowed"),
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("registration_allowed"),
    },
    Hyperparameter {
        name: "min_difficulty",
        aliases: &[],
        summary: "Lower bound of the proof-of-work registration difficulty.",
        influence: "The difficulty of proof-of-work registration, where the runtime has that.",
        unit: Unit::Count,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "MinDifficulty", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_min_difficulty", &["min_difficulty"], ROOT)],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: NO_POW,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "difficulty",
        aliases: &[],
        summary: "Proof-of-work registration difficulty.",
        influence: "The difficulty of proof-of-work registration, where the runtime has that.",
        unit: Unit::Count,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "Difficulty", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_difficulty", &["difficulty"], ROOT)],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: NO_POW,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "min_allowed_uids",
        aliases: &[],
        summary: "Least value of max_allowed_uids.",
        influence: "Bounds max_allowed_uids and trimming.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MinAllowedUids", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_min_allowed_uids", &["min_allowed_uids"], ROOT)],
        limit: Limit::None,
        frozen: Always,
        bounds: &[
            below(Same("max_allowed_uids"), "AdminUtils.MinAllowedUidsGreaterThanMaxAllowedUids"),
            below(Neurons, "AdminUtils.MinAllowedUidsGreaterThanCurrentUids"),
        ],
        not_on_root: false,
        effect: Effect::Live,
        since: 320,
        api: None,
    },
    Hyperparameter {
        name: "min_non_immune_uids",
        aliases: &[],
        summary: "Least number of neurons that must stay prunable.",
        influence: "Pruning only.",
        unit: Unit::Count,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MinNonImmuneUids", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_min_non_immune_uids", &["min"], ROOT)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 365,
        api: None,
    },
    Hyperparameter {
        name: "subtoken_enabled",
        aliases: &[],
        summary: "The subnet's token can be traded and staked; APIs call it subnet_is_active.",
        influence: "The owner switches it on once with start_call; nobody but root can switch it off.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "SubtokenEnabled", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_subtoken_enabled", &["subtoken_enabled"], ROOT)],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 0,
        api: Some("subnet_is_active"),
    },
    Hyperparameter {
        name: "subnet_emission_enabled",
        aliases: &[],
        summary: "The subnet takes part in the emission from the pool.",
        influence: "Emission.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "SubnetEmissionEnabled", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_subnet_emission_enabled", &["enabled"], ROOT)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: true,
        effect: Effect::Live,
        since: 411,
        api: None,
    },
    Hyperparameter {
        name: "ema_price_halving_period",
        aliases: &[],
        summary: "Half-life in blocks of the moving price that decides the emission share.",
        influence: "Emission share.",
        unit: Unit::Blocks,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "EMAPriceHalvingBlocks", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_ema_price_halving_period",
            &["ema_halving"],
            ROOT,
        )],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 252,
        api: None,
    },
    Hyperparameter {
        name: "swap_fee_rate",
        aliases: &["fee_rate"],
        summary: "Fee of the subnet's pool.",
        influence: "Price of staking and unstaking.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("Swap", "FeeRate", Part::Whole)),
        setters: &[setter("Swap", "set_fee_rate", &["rate"], ROOT)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[max(SwapConstant("MaxFeeRate", 10_000), "Swap.FeeRateTooHigh")],
        not_on_root: false,
        effect: Effect::Live,
        since: 283,
        api: None,
    },
    Hyperparameter {
        name: "voting_power_ema_alpha",
        aliases: &[],
        summary: "Smoothing of the average voting power.",
        influence: "Voting power only.",
        unit: Unit::PerQuintillion,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "VotingPowerEmaAlpha", Part::Whole)),
        setters: &[setter("SubtensorModule", "sudo_set_voting_power_ema_alpha", &["alpha"], ROOT)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[max(
            Literal(1_000_000_000_000_000_000),
            "SubtensorModule.InvalidVotingPowerEmaAlpha",
        )],
        not_on_root: false,
        effect: Effect::Live,
        since: 380,
        api: None,
    },
    Hyperparameter {
        name: "network_pow_registration_allowed",
        aliases: &["pow_registration_allowed"],
        summary: "Proof-of-work registration switch.",
        influence: "Proof-of-work registration only. Where registration_allowed is about registration for a price alone, one of the two has to stay on.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: Some(item("SubtensorModule", "NetworkPowRegistrationAllowed", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_network_pow_registration_allowed",
            &["registration_allowed"],
            Who(&[(0, By::Owner), (401, By::Nobody), (474, By::Owner)]),
        )],
        limit: Limit::Hyperparameter("PowRegistrationAllowed"),
        frozen: Frozen::WithLimitOf("registration_allowed"),
        bounds: &[],
        not_on_root: true,
        effect: NO_POW,
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "max_weights_limit",
        aliases: &["max_weight_limit"],
        summary: "Largest share of one weight.",
        influence: "A constant 65535; the stored value is ignored.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "MaxWeightsLimit", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_max_weight_limit",
            &["max_weight_limit"],
            // Runtimes from 365 on have no such call.
            Who(&[(0, By::Owner), (365, By::Nobody)]),
        )],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: inert(0, "the chain uses the constant 65535", None),
        since: 0,
        api: Some("max_weights_limit"),
    },
    Hyperparameter {
        name: "user_liquidity_enabled",
        aliases: &[],
        summary: "User-provided liquidity switch.",
        influence: "The call always fails; APIs always report false.",
        unit: Unit::Switch,
        kind: Kind::Bool,
        storage: None,
        setters: &[setter("Swap", "toggle_user_liquidity", &["enable"], NOBODY)],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: inert(424, "user liquidity is switched off for good", None),
        since: 283,
        api: Some("user_liquidity_enabled"),
    },
    Hyperparameter {
        name: "scaling_law_power",
        aliases: &[],
        summary: "Exponent of an old stake scaling.",
        influence: "Nothing reads it.",
        unit: Unit::PerHundred,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "ScalingLawPower", Part::Whole)),
        setters: &[],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: inert(0, "nothing reads it", None),
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "validator_prune_len",
        aliases: &[],
        summary: "Length of an old pruning rule.",
        influence: "Nothing reads it.",
        unit: Unit::Count,
        kind: Kind::Uint(64),
        storage: Some(item("SubtensorModule", "ValidatorPruneLen", Part::Whole)),
        setters: &[],
        limit: Limit::None,
        frozen: Never,
        bounds: &[],
        not_on_root: false,
        effect: inert(0, "nothing reads it", None),
        since: 0,
        api: None,
    },
    Hyperparameter {
        name: "liquid_alpha_consensus_mode",
        aliases: &[],
        summary: "Which consensus liquid alpha compares weights with.",
        influence: "auto means previous when bonds_penalty is 65535, else current.",
        unit: Unit::Choice,
        kind: Kind::Choice(&["current", "previous", "auto"]),
        storage: Some(item("SubtensorModule", "LiquidAlphaConsensusMode", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_liquid_alpha_consensus_mode", &["mode"], OWNER)],
        limit: Limit::Hyperparameter("LiquidAlphaConsensusMode"),
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 426,
        api: None,
    },
    Hyperparameter {
        name: "collateral_lock_share",
        aliases: &[],
        summary: "Share of the registration price that is locked as collateral.",
        influence: "Registrations after the change only.",
        unit: Unit::Share16,
        kind: Kind::Uint(16),
        storage: Some(item("SubtensorModule", "CollateralLockShare", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_collateral_lock_share", &["lock_share"], OWNER)],
        limit: Limit::Hyperparameter("CollateralLockShare"),
        frozen: Always,
        bounds: &[max(Literal(62_258), "AdminUtils.CollateralLockShareTooHigh")],
        not_on_root: true,
        effect: Effect::Live,
        since: 426,
        api: Some("collateral_lock_share"),
    },
    Hyperparameter {
        name: "collateral_drain_ratio",
        aliases: &[],
        summary: "How fast locked collateral drains.",
        influence: "Collateral of registered neurons.",
        unit: Unit::Fixed64,
        kind: Kind::Uint(128),
        storage: Some(item("SubtensorModule", "CollateralDrainRatio", Part::Whole)),
        setters: &[setter(
            "AdminUtils",
            "sudo_set_collateral_drain_ratio",
            &["drain_ratio"],
            OWNER,
        )],
        limit: Limit::Hyperparameter("CollateralDrainRatio"),
        frozen: Always,
        bounds: &[
            min(Literal(1), "AdminUtils.CollateralDrainRatioOutOfBounds"),
            max(Literal(10 << 64), "AdminUtils.CollateralDrainRatioOutOfBounds"),
        ],
        not_on_root: true,
        effect: Effect::Live,
        since: 426,
        api: Some("collateral_drain_ratio"),
    },
    Hyperparameter {
        name: "epoch_consensus",
        aliases: &["subnet_epoch_consensus"],
        summary: "Which consensus the epoch runs: Yuma, or Null, in which one validator decides.",
        influence: "In Null the permit goes to the neuron with the most stake, max_validators becomes 1, and \
                    Vtrust and consensus are 0; bonds, liquid alpha and the activity cutoff do nothing.",
        unit: Unit::Choice,
        kind: Kind::Choice(&["yuma", "null"]),
        storage: Some(item("SubtensorModule", "SubnetEpochConsensus", Part::Whole)),
        setters: &[setter("AdminUtils", "sudo_set_epoch_consensus", &["mode"], OWNER)],
        limit: Limit::Hyperparameter("EpochConsensus"),
        frozen: Always,
        bounds: &[],
        not_on_root: true,
        effect: Effect::Live,
        since: 474,
        api: Some("epoch_consensus"),
    },
    Hyperparameter {
        name: "trim_null_uids_batch",
        aliases: &["trim_null"],
        summary: "Removes up to 64 neurons of a subnet in Null consensus, and renumbers the rest.",
        influence: "An action that cannot be undone, one call of several; subtune never plans it.",
        unit: Unit::Count,
        kind: Kind::Action,
        storage: None,
        setters: &[setter("AdminUtils", "sudo_trim_null_uids_batch", &["target"], OWNER)],
        limit: Limit::Trim,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        since: 474,
        api: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_is_there_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in ALL.iter() {
            for name in std::iter::once(&row.name).chain(row.aliases) {
                assert!(seen.insert(*name), "{name} stands twice");
            }
        }
        assert_eq!(ALL.len(), 65);
    }

    #[test]
    fn every_reference_between_rows_resolves() {
        for row in ALL.iter() {
            for bound in row.bounds {
                if let Same(name) | Shared(name) = bound.with {
                    assert!(find(name).is_some(), "{}: {name}", row.name);
                }
            }
            if let Effect::When(_, names) = row.effect {
                assert!(names.iter().all(|name| find(name).is_some()), "{}", row.name);
            }
        }
    }

    fn meant(name: &str) -> Vec<&'static str> {
        match look_up(name) {
            Meant::Nothing => Vec::new(),
            Meant::Rows(rows) => rows.into_iter().map(|row| row.name).collect(),
            Meant::DisplayOnly(shown) => vec![shown.name],
        }
    }

    #[test]
    fn what_other_tools_call_it_is_looked_up() {
        for (name, rows) in [
            ("tempo", &["tempo"][..]),
            ("Tempo", &["tempo"]),
            ("immunity-period", &["immunity_period"]),
            ("Immunity Period", &["immunity_period"]),
            ("ImmunityPeriod", &["immunity_period"]),
            ("SubtensorModule.ImmunityPeriod", &["immunity_period"]),
            ("sudo_set_tempo", &["tempo"]),
            ("AdminUtils.sudo_set_tempo", &["tempo"]),
            ("AdminUtils::sudo_set_tempo", &["tempo"]),
            ("adminutils.SUDO_SET_TEMPO", &["tempo"]),
            ("sudo_set_alpha_values", &["alpha_low", "alpha_high"]),
            ("alpha_values", &["alpha_values"]),
            ("Yuma_Version", &["yuma_version"]),
            ("subnet_is_active", &["subnet_is_active"]),
            ("Balances.sudo_set_tempo", &[]),
            ("xyzzy", &[]),
            ("", &[]),
        ] {
            assert_eq!(meant(name), rows, "{name}");
        }
        for row in ALL.iter() {
            for setter in row.setters {
                let (bare, whole) = (setter.call, format!("{}.{}", setter.pallet, setter.call));
                assert!(meant(bare).contains(&row.name), "{bare}");
                assert!(meant(&whole).contains(&row.name), "{whole}");
            }
        }
    }

    /// Every name that btcli 9 and 11 and the chain's runtime API print for a subnet.
    #[test]
    fn every_name_that_the_neighbours_print_is_found() {
        for name in
            "rho kappa immunity_period min_allowed_weights max_weights_limit max_weight_limit \
                     tempo min_difficulty max_difficulty difficulty weights_version \
                     weights_version_key weights_rate_limit adjustment_interval adjustment_alpha \
                     activity_cutoff activity_cutoff_factor registration_allowed \
                     network_registration_allowed network_pow_registration_allowed \
                     target_regs_per_interval min_burn max_burn bonds_moving_avg bonds_penalty \
                     bonds_reset_enabled max_regs_per_block serving_rate_limit max_validators \
                     max_allowed_uids min_allowed_uids commit_reveal_period \
                     commit_reveal_weights_enabled alpha_values alpha_high alpha_low \
                     liquid_alpha_enabled alpha_sigmoid_steepness yuma_version yuma3_enabled \
                     subnet_is_active subnet_emission_enabled transfers_enabled \
                     user_liquidity_enabled sn_owner_hotkey subnet_owner_hotkey recycle_or_burn \
                     burn_increase_mult burn_half_life owner_cut_enabled \
                     owner_cut_auto_lock_enabled owner_immune_neuron_limit immune_owner_uids_limit \
                     min_childkey_take collateral_lock_share collateral_drain_ratio \
                     liquid_alpha_consensus_mode mechanism_emission_split trigger_epoch trim"
                .split_whitespace()
        {
            assert!(!meant(name).is_empty(), "{name}");
        }
        for shown in DISPLAY_ONLY {
            assert!(find(shown.name).is_none(), "{}", shown.name);
            assert!(shown.instead.iter().all(|name| find(name).is_some()), "{}", shown.name);
        }
    }

    #[test]
    fn misspelt_names_find_their_neighbour() {
        assert_eq!(nearest("imunity_period"), Some("immunity_period"));
        assert_eq!(nearest("immunity-period"), Some("immunity_period"));
        assert_eq!(nearest("weights_set_rate_limt"), Some("weights_rate_limit"));
        assert_eq!(nearest("imunity"), Some("immunity_period"));
        assert_eq!(nearest("zzzzzzzzzzzz"), None);
    }

    #[test]
    fn types_are_checked_to_the_bit() {
        let check = |name: &str, value: Value| find(name).map(|row| row.check_type(&value).is_ok());
        assert_eq!(check("immunity_period", Value::Uint(65_535)), Some(true));
        assert_eq!(check("immunity_period", Value::Uint(65_536)), Some(false));
        assert_eq!(check("adjustment_alpha", Value::Uint(u64::MAX.into())), Some(true));
        assert_eq!(check("adjustment_alpha", Value::Uint(u128::from(u64::MAX) + 1)), Some(false));
        assert_eq!(check("alpha_sigmoid_steepness", Value::Negative(-32_768)), Some(true));
        assert_eq!(check("alpha_sigmoid_steepness", Value::Uint(32_768)), Some(false));
        assert_eq!(check("recycle_or_burn", Value::Text("Burn".into())), Some(false));
        assert_eq!(
            check("mechanism_emission_split", Value::List(vec![40_000, 25_535])),
            Some(true)
        );
        assert_eq!(check("mechanism_emission_split", Value::List(vec![1])), Some(false));
        assert_eq!(check("trigger_epoch", Value::Uint(1)), Some(false));
    }
}
