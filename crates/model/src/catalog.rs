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
    pub kind: ValueKind,
    /// Where the chain keeps it.
    pub storage: Option<StorageItem>,
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
    /// Whether the epoch reads it: what becomes of a change can be computed from weights and stake.
    pub in_epoch: bool,
    /// First runtime (`spec_version`) that has it; 0 for older than 150.
    pub since: u32,
    /// Its name in `get_subnet_hyperparams_v3`.
    pub api: Option<&'static str>,
}

/// What sort of value it is, and how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
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
pub struct StorageItem {
    /// Pallet name.
    pub pallet: &'static str,
    /// StorageItem name.
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

use By::{Nobody, Owner, Root, Unclear};
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
            (ValueKind::Bool, Value::Bool(_))
            | (ValueKind::Shares, Value::None)
            | (ValueKind::Account | ValueKind::Text, Value::Text(_)) => true,
            (ValueKind::Uint(bits), Value::Uint(raw)) => bits >= 128 || *raw < (1u128 << bits),
            (ValueKind::Int16, Value::Uint(_) | Value::Negative(_)) => {
                value.as_int().is_some_and(|raw| i16::try_from(raw).is_ok())
            }
            (ValueKind::Choice(names), Value::Text(name)) => names.contains(&name.as_str()),
            (ValueKind::Shares, Value::List(shares)) => {
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
        if !matches!(self.kind, ValueKind::Uint(_) | ValueKind::Int16) {
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
            ValueKind::Bool => "true or false".to_owned(),
            ValueKind::Uint(bits) => match 1u128.checked_shl(bits.into()) {
                Some(end) => format!("an integer from 0 to {}", end.saturating_sub(1)),
                None => "an integer from 0 to 2^128-1".to_owned(),
            },
            ValueKind::Int16 => "an integer from -32768 to 32767".to_owned(),
            ValueKind::Choice(names) => names.join(" or "),
            ValueKind::Shares => "a list of integers that sum to 65535, or null".to_owned(),
            ValueKind::Account => "an account in SS58".to_owned(),
            ValueKind::Text => "a text".to_owned(),
            ValueKind::Action => "left out: it is an action, not a value".to_owned(),
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

const fn item(pallet: &'static str, name: &'static str, part: Part) -> StorageItem {
    StorageItem { pallet, name, part }
}

const fn setter(
    pallet: &'static str,
    call: &'static str,
    args: &'static [&'static str],
    who: Who,
) -> Setter {
    Setter { pallet, call, args, who, when: None }
}

/// The owner's call of AdminUtils.
const fn owners(call: &'static str, args: &'static [&'static str]) -> Setter {
    setter("AdminUtils", call, args, OWNER)
}

/// The root's call of AdminUtils.
const fn roots(call: &'static str, args: &'static [&'static str]) -> Setter {
    setter("AdminUtils", call, args, ROOT)
}

/// A call of AdminUtils that has changed hands.
const fn admin(
    call: &'static str,
    args: &'static [&'static str],
    who: &'static [(u32, By)],
) -> Setter {
    setter("AdminUtils", call, args, Who(who))
}

impl Setter {
    /// Only where the chain has this call of AdminUtils, too.
    const fn beside(self, call: &'static str) -> Self {
        Self { when: Some(("AdminUtils", call)), ..self }
    }
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

/// What liquid alpha reads.
const LIQUID_ALPHA: Effect =
    Effect::When("yuma3 and liquid alpha are on", &["yuma3_enabled", "liquid_alpha_enabled"]);

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

/// At least this and at most that, with one error for both.
const fn between(least: Source, most: Source, error: &'static str) -> [Bound; 2] {
    [min(least, error), max(most, error)]
}

const fn owner(bound: Bound) -> Bound {
    Bound { owner_only: true, ..bound }
}

/// A row with what most rows have: owned by nobody yet, never limited, always frozen in the window,
/// live, as old as the chain.
const fn row(name: &'static str, unit: Unit, kind: ValueKind) -> Hyperparameter {
    Hyperparameter {
        name,
        aliases: &[],
        summary: "",
        influence: "",
        unit,
        kind,
        storage: None,
        setters: &[],
        limit: Limit::None,
        frozen: Always,
        bounds: &[],
        not_on_root: false,
        effect: Effect::Live,
        in_epoch: false,
        since: 0,
        api: None,
    }
}

/// The parts of a row, for those that have them.
impl Hyperparameter {
    const fn is(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    const fn affects(self, influence: &'static str) -> Self {
        Self { influence, ..self }
    }

    const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Kept whole in this item of SubtensorModule.
    const fn stored(self, name: &'static str) -> Self {
        self.stored_as(item("SubtensorModule", name, Part::Whole))
    }

    const fn stored_as(self, item: StorageItem) -> Self {
        Self { storage: Some(item), ..self }
    }

    const fn setters(self, setters: &'static [Setter]) -> Self {
        Self { setters, ..self }
    }

    /// Under the rate limit of this slot.
    const fn limited(self, slot: &'static str) -> Self {
        self.limit(Limit::Hyperparameter(slot))
    }

    const fn limit(self, limit: Limit) -> Self {
        Self { limit, ..self }
    }

    const fn frozen(self, frozen: Frozen) -> Self {
        Self { frozen, ..self }
    }

    const fn bounds(self, bounds: &'static [Bound]) -> Self {
        Self { bounds, ..self }
    }

    const fn not_on_root(self) -> Self {
        Self { not_on_root: true, ..self }
    }

    const fn effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    const fn in_epoch(self) -> Self {
        Self { in_epoch: true, ..self }
    }

    const fn since(self, since: u32) -> Self {
        Self { since, ..self }
    }

    const fn api(self, name: &'static str) -> Self {
        Self { api: Some(name), ..self }
    }
}

/// All rows, but for those that were forgotten.
pub static ALL: LazyLock<&'static [Hyperparameter]> = LazyLock::new(|| match FORGOTTEN.get() {
    None => ROWS,
    Some(_) => {
        let known = ROWS.iter().filter(|row| !is_forgotten(row.name));
        Box::leak(known.copied().collect::<Vec<_>>().into_boxed_slice())
    }
});

/// Rows, and errors of the chain, that this process behaves as if it had never had.
static FORGOTTEN: OnceLock<Vec<String>> = OnceLock::new();

/// Whether this process behaves as if it had never had a row or an error of this name.
pub(crate) fn is_forgotten(name: &str) -> bool {
    FORGOTTEN.get().is_some_and(|names| names.iter().any(|forgotten| forgotten == name))
}

/// Makes this process an older one, which lacks these rows and errors: what it does then is what it will do on a
/// chain that is newer than the catalog. For tests, before anything else is asked.
pub fn forget(names: Vec<String>) {
    let _ = FORGOTTEN.set(names);
}

/// Every row: first what the owner may set, then what only root may, then what
/// nobody can, last what newer runtimes add.
static ROWS: &[Hyperparameter] = &[
    row("serving_rate_limit", Unit::Blocks, ValueKind::Uint(64))
        .is("Minimum number of blocks between two axon or prometheus announcements of one neuron.")
        .affects("Limits serve_axon and serve_prometheus only.")
        .stored("ServingRateLimit")
        .setters(&[owners("sudo_set_serving_rate_limit", &["serving_rate_limit"])])
        .limited("ServingRateLimit")
        .api("serving_rate_limit"),
    row("max_difficulty", Unit::Count, ValueKind::Uint(64))
        .is("Upper bound of the proof-of-work registration difficulty.")
        .affects("The difficulty of proof-of-work registration, where the runtime has that.")
        .stored("MaxDifficulty")
        .setters(&[owners("sudo_set_max_difficulty", &["max_difficulty"])])
        .limited("MaxDifficulty")
        .effect(NO_POW),
    row("weights_version", Unit::Count, ValueKind::Uint(64))
        .is("Minimum version key that a weight submission must carry; 0 switches the check off.")
        .affects("Raising it locks out validators that have not upgraded; weights already stored stay.")
        .aliases(&["weights_version_key"])
        .stored("WeightsVersionKey")
        .setters(&[owners("sudo_set_weights_version_key", &["weights_version_key"])])
        .limit(Limit::VersionKey)
        .api("weights_version"),
    row("adjustment_alpha", Unit::Share64, ValueKind::Uint(64))
        .is("Smoothing factor of the former registration price and difficulty adjustment.")
        .affects("Nothing reads it since the burn half-life model; use burn_half_life and burn_increase_mult.")
        .stored("AdjustmentAlpha")
        .setters(&[owners("sudo_set_adjustment_alpha", &["adjustment_alpha"])])
        .limited("AdjustmentAlpha")
        .effect(inert(
            401,
            "the registration price follows the burn half-life model",
            Some("burn_half_life and burn_increase_mult"),
        )),
    row("immunity_period", Unit::Blocks, ValueKind::Uint(16))
        .is("Blocks for which a newly registered neuron cannot be pruned.")
        .affects("Also protects neurons from trim_to_max_allowed_uids.")
        .stored("ImmunityPeriod")
        .setters(&[owners("sudo_set_immunity_period", &["immunity_period"])])
        .limited("ImmunityPeriod")
        .api("immunity_period"),
    row("min_allowed_weights", Unit::Count, ValueKind::Uint(16))
        .is("Minimum number of weights that a validator must set at once.")
        .affects("Shorter vectors fail with WeightVecLengthIsLow; a single self-weight is exempt.")
        .stored("MinAllowedWeights")
        .setters(&[owners("sudo_set_min_allowed_weights", &["min_allowed_weights"])])
        .limited("MinAllowedWeights")
        .api("min_allowed_weights"),
    row("max_allowed_uids", Unit::Count, ValueKind::Uint(16))
        .is("Maximum number of neurons.")
        .affects("To go below the present number of neurons, trim; times mechanism_count at most 256, in Null consensus 2500.")
        .aliases(&["max_uids"])
        .stored("MaxAllowedUids")
        .setters(&[admin(
            "sudo_set_max_allowed_uids",
            &["max_allowed_uids"],
            &[(0, Root), (326, Owner)],
        )])
        .limited("MaxAllowedUids")
        .bounds(&[
            min(Same("min_allowed_uids"), "AdminUtils.MaxAllowedUidsLessThanMinAllowedUids"),
            min(Neurons, "AdminUtils.MaxAllowedUIdsLessThanCurrentUIds"),
            max(Budget, "AdminUtils.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids"),
            max(Shared("mechanism_count"), "SubtensorModule.TooManyUIDsPerMechanism"),
        ]),
    row("rho", Unit::Count, ValueKind::Uint(16))
        .is("Steepness of the former trust function.")
        .affects("The epoch does not read it.")
        .stored("Rho")
        .setters(&[owners("sudo_set_rho", &["rho"])])
        .limited("Rho")
        .effect(inert(0, "the epoch does not read it", None)),
    row("activity_cutoff", Unit::Blocks, ValueKind::Uint(16))
        .is("Former activity cutoff, in blocks (replaced by activity_cutoff_factor).")
        .affects("Without effect since the cutoff follows activity_cutoff_factor; the runtime API reports the effective cutoff under this name.")
        .stored("ActivityCutoff")
        .setters(&[owners("sudo_set_activity_cutoff", &["activity_cutoff"])])
        .limited("ActivityCutoff")
        .bounds(&[min(Global("MinActivityCutoff", 360), "SubtensorModule.ActivityCutoffTooLow")])
        .effect(inert(
            423,
            "the cutoff follows activity_cutoff_factor",
            Some("activity_cutoff_factor"),
        ))
        .api("activity_cutoff"),
    row("activity_cutoff_factor", Unit::MilliTempos, ValueKind::Uint(32))
        .in_epoch()
        .is("Tempos, in thousandths, after which a validator that has set no weights counts as inactive.")
        .affects("Effective cutoff in blocks = factor * tempo / 1000, so a change of tempo changes it; decides whose stake counts in consensus, hence vtrust (validator trust).")
        .aliases(&["activity_cutoff_factor_milli"])
        .stored("ActivityCutoffFactorMilli")
        .setters(&[
            owners("sudo_set_activity_cutoff_factor", &["factor_milli"]),
            setter("SubtensorModule", "set_activity_cutoff_factor", &["factor_milli"], OWNER),
        ])
        .limited("ActivityCutoffFactorMilli")
        .bounds(&between(
            Constant("MinActivityCutoffFactorMilli", 1_000),
            Constant("MaxActivityCutoffFactorMilli", 50_000),
            "SubtensorModule.ActivityCutoffFactorMilliOutOfBounds",
        ))
        .since(423)
        .api("activity_cutoff_factor"),
    row("min_burn", Unit::Rao, ValueKind::Uint(64))
        .is("Floor of the registration price.")
        .affects("Must stay below max_burn.")
        .stored("MinBurn")
        .setters(&[admin("sudo_set_min_burn", &["min_burn"], &[(0, Root), (315, Owner)])])
        .limited("MinBurn")
        .bounds(&[
            below(Constant("MinBurnUpperBound", 1_000_000_000), "AdminUtils.ValueNotInBounds"),
            below(Same("max_burn"), "AdminUtils.ValueNotInBounds"),
        ])
        .api("min_burn"),
    row("max_burn", Unit::Rao, ValueKind::Uint(64))
        .is("Ceiling of the registration price.")
        .affects("Must stay above min_burn.")
        .stored("MaxBurn")
        .setters(&[admin("sudo_set_max_burn", &["max_burn"], &[(0, Root), (315, Owner)])])
        .limited("MaxBurn")
        .bounds(&[
            above(Constant("MaxBurnLowerBound", 100_000_000), "AdminUtils.ValueNotInBounds"),
            above(Same("min_burn"), "AdminUtils.ValueNotInBounds"),
        ])
        .api("max_burn"),
    row("bonds_moving_avg", Unit::PerMillion, ValueKind::Uint(64))
        .in_epoch()
        .is("How slowly bonds follow weights; the EMA alpha is 1 - raw/1000000.")
        .affects("Bonds and dividends, not vtrust (validator trust); used while liquid alpha is off.")
        .aliases(&["bonds_moving_average"])
        .stored("BondsMovingAverage")
        .setters(&[owners("sudo_set_bonds_moving_average", &["bonds_moving_average"])])
        .limited("BondsMovingAverage")
        .bounds(&[owner(max(Literal(975_000), "AdminUtils.BondsMovingAverageMaxReached"))])
        .api("bonds_moving_avg"),
    row("bonds_penalty", Unit::Share16, ValueKind::Uint(16))
        .in_epoch()
        .is("How far bonds are built from clipped weights: 0 raw, 65535 clipped.")
        .affects("Bonds and dividends, not vtrust (validator trust).")
        .stored("BondsPenalty")
        .setters(&[owners("sudo_set_bonds_penalty", &["bonds_penalty"])])
        .limited("BondsPenalty"),
    row("commit_reveal_weights_enabled", Unit::Switch, ValueKind::Bool)
        .in_epoch()
        .is("Validators commit their weights first and reveal them later.")
        .affects("While on, plain set_weights and the owner's trigger_epoch fail; weights take effect commit_reveal_period epochs later.")
        .aliases(&["commit_reveal_enabled"])
        .stored("CommitRevealWeightsEnabled")
        .setters(&[owners("sudo_set_commit_reveal_weights_enabled", &["enabled"])])
        .limited("CommitRevealEnabled")
        .api("commit_reveal_weights_enabled"),
    row("liquid_alpha_enabled", Unit::Switch, ValueKind::Bool)
        .in_epoch()
        .is("Bonds follow weights at a speed of their own for every validator and miner.")
        .affects("Dividends, not vtrust (validator trust); active only while yuma3 is on.")
        .stored("LiquidAlphaOn")
        .setters(&[owners("sudo_set_liquid_alpha_enabled", &["enabled"])])
        .limited("LiquidAlphaEnabled")
        .effect(Effect::When("yuma3 is on", &["yuma3_enabled"]))
        .api("liquid_alpha_enabled"),
    row("alpha_low", Unit::Share16, ValueKind::Uint(16))
        .in_epoch()
        .is("Slowest liquid-alpha speed.")
        .affects("One call and one rate limit together with alpha_high; needs liquid alpha on when it is set.")
        .stored_as(item("SubtensorModule", "AlphaValues", Part::Field(0)))
        .setters(&[owners("sudo_set_alpha_values", &["alpha_low", "alpha_high"])])
        .limited("AlphaValues")
        .bounds(&[
            min(Literal(1_638), "SubtensorModule.AlphaLowOutOfRange"),
            max(Same("alpha_high"), "SubtensorModule.AlphaLowOutOfRange"),
        ])
        .effect(LIQUID_ALPHA)
        .api("alpha_low"),
    row("alpha_high", Unit::Share16, ValueKind::Uint(16))
        .in_epoch()
        .is("Fastest liquid-alpha speed.")
        .affects("One call and one rate limit together with alpha_low; needs liquid alpha on when it is set.")
        .stored_as(item("SubtensorModule", "AlphaValues", Part::Field(1)))
        .setters(&[owners("sudo_set_alpha_values", &["alpha_low", "alpha_high"])])
        .limited("AlphaValues")
        .bounds(&[min(Literal(1_638), "SubtensorModule.AlphaHighTooLow")])
        .effect(LIQUID_ALPHA)
        .api("alpha_high"),
    row("commit_reveal_period", Unit::Epochs, ValueKind::Uint(64))
        .in_epoch()
        .is("Epochs between the commit and the reveal of weights.")
        .affects("A change re-dates the commits that are already stored.")
        .aliases(&["commit_reveal_weights_interval", "reveal_period"])
        .stored("RevealPeriodEpochs")
        .setters(&[owners("sudo_set_commit_reveal_weights_interval", &["interval"])])
        .limited("WeightCommitInterval")
        .bounds(&[
            min(Literal(1), "SubtensorModule.RevealPeriodTooSmall"),
            max(Literal(100), "SubtensorModule.RevealPeriodTooLarge"),
        ])
        .api("commit_reveal_period"),
    row("transfers_enabled", Unit::Switch, ValueKind::Bool)
        .is("Stake of this subnet may be transferred between coldkeys.")
        .affects("Transfers of stake only.")
        .aliases(&["toggle_transfer", "transfer_toggle"])
        .stored("TransferToggle")
        .setters(&[owners("sudo_set_toggle_transfer", &["toggle"])])
        .limited("TransferEnabled")
        .api("transfers_enabled"),
    row("recycle_or_burn", Unit::Choice, ValueKind::Choice(&["burn", "recycle"]))
        .is("What happens to the miner emission of the owner's burn UIDs.")
        .affects("Recycled alpha can be emitted again, burned alpha cannot.")
        .stored("RecycleOrBurn")
        .setters(&[owners("sudo_set_recycle_or_burn", &["recycle_or_burn"])])
        .limited("RecycleOrBurn")
        .since(320),
    row("alpha_sigmoid_steepness", Unit::PerHundred, ValueKind::Int16)
        .in_epoch()
        .is("Steepness, raw/100, of the liquid-alpha sigmoid.")
        .affects("Active only while yuma3 and liquid alpha are on; only root may set negative values.")
        .stored("AlphaSigmoidSteepness")
        .setters(&[admin(
            "sudo_set_alpha_sigmoid_steepness",
            &["steepness"],
            &[(0, Root), (283, Owner)],
        )])
        .limited("AlphaSigmoidSteepness")
        .bounds(&[owner(min(Literal(0), "AdminUtils.NegativeSigmoidSteepness"))])
        .effect(LIQUID_ALPHA)
        .api("alpha_sigmoid_steepness"),
    row("yuma3_enabled", Unit::Switch, ValueKind::Bool)
        .in_epoch()
        .is("Runs Yuma 3 instead of Yuma 2; APIs show it as yuma_version.")
        .affects("Bonds and dividends; liquid alpha needs it.")
        .stored("Yuma3On")
        .setters(&[owners("sudo_set_yuma3_enabled", &["enabled"])])
        .limited("Yuma3Enabled")
        .api("yuma_version"),
    row("bonds_reset_enabled", Unit::Switch, ValueKind::Bool)
        .is("Lets miners reset the bonds towards them.")
        .affects("Bonds and dividends only.")
        .aliases(&["bonds_reset"])
        .stored("BondsResetOn")
        .setters(&[owners("sudo_set_bonds_reset_enabled", &["enabled"])])
        .limited("BondsResetEnabled")
        .since(283)
        .api("bonds_reset_enabled"),
    row("owner_immune_neuron_limit", Unit::Count, ValueKind::Uint(16))
        .is("How many neurons of the owner are immune to pruning.")
        .affects("Pruning only.")
        .aliases(&["immune_owner_uids_limit", "immune_neuron_limit"])
        .stored("ImmuneOwnerUidsLimit")
        .setters(&[owners("sudo_set_owner_immune_neuron_limit", &["immune_neurons"])])
        .limited("ImmuneNeuronLimit")
        .bounds(&between(Literal(1), Literal(10), "SubtensorModule.InvalidValue"))
        .since(306),
    row("burn_half_life", Unit::Blocks, ValueKind::Uint(16))
        .is("Blocks in which the registration price halves when nobody registers.")
        .affects("The registration price, between min_burn and max_burn.")
        .stored("BurnHalfLife")
        .setters(&[owners("sudo_set_burn_half_life", &["burn_half_life"])])
        .limited("BurnHalfLife")
        .bounds(&between(Literal(1), Literal(36_100), "AdminUtils.InvalidValue"))
        .not_on_root()
        .since(401)
        .api("burn_half_life"),
    row("burn_increase_mult", Unit::Fixed64, ValueKind::Uint(128))
        .is("Factor by which one registration raises the price.")
        .affects("The registration price, between min_burn and max_burn.")
        .stored("BurnIncreaseMult")
        .setters(&[owners("sudo_set_burn_increase_mult", &["burn_increase_mult"])])
        .limited("BurnIncreaseMult")
        .bounds(&between(Literal(1 << 64), Literal(3 << 64), "AdminUtils.InvalidValue"))
        .not_on_root()
        .since(401)
        .api("burn_increase_mult"),
    row("owner_cut_enabled", Unit::Switch, ValueKind::Bool)
        .is("The owner receives the owner's cut of the emission.")
        .affects("The owner's income.")
        .stored("OwnerCutEnabled")
        .setters(&[owners("sudo_set_owner_cut_enabled", &["enabled"])])
        .not_on_root()
        .since(411)
        .api("owner_cut_enabled"),
    row("owner_cut_auto_lock_enabled", Unit::Switch, ValueKind::Bool)
        .is("The owner's cut is locked as conviction stake at once.")
        .affects("The owner's income.")
        .stored("OwnerCutAutoLockEnabled")
        .setters(&[owners("sudo_set_owner_cut_auto_lock_enabled", &["enabled"])])
        .not_on_root()
        .since(411)
        .api("owner_cut_auto_lock_enabled"),
    row("min_childkey_take", Unit::Share16, ValueKind::Uint(16))
        .is("Minimum childkey take on this subnet.")
        .affects("Must lie between the network's global minimum and maximum childkey take.")
        .aliases(&["min_childkey_take_per_subnet"])
        .stored("MinChildkeyTakePerSubnet")
        .setters(&[owners("sudo_set_min_childkey_take_per_subnet", &["take"])])
        .limited("MinChildkeyTake")
        .bounds(&between(
            Global("MinChildkeyTake", 0),
            Global("MaxChildkeyTake", 11_796),
            "AdminUtils.InvalidValue",
        ))
        .since(411)
        .api("min_childkey_take"),
    row("tempo", Unit::Blocks, ValueKind::Uint(16))
        .in_epoch()
        .is("Blocks in an epoch.")
        .affects("A change restarts the epoch at once and changes every limit counted in tempos: rate limits, activity cutoff, commit-reveal.")
        .stored("Tempo")
        .setters(&[
            owners("sudo_set_tempo", &["tempo"]).beside("sudo_set_activity_cutoff_factor"),
            setter("SubtensorModule", "set_tempo", &["tempo"], Who(&[(0, Root), (423, Owner)])),
            roots("sudo_set_tempo", &["tempo"]),
        ])
        .limit(Limit::Tempo)
        .bounds(&[
            owner(min(Constant("MinTempo", 360), "SubtensorModule.TempoOutOfBounds")),
            owner(max(Constant("MaxTempo", 50_400), "SubtensorModule.TempoOutOfBounds")),
        ])
        .api("tempo"),
    row("trigger_epoch", Unit::Count, ValueKind::Action)
        .is("Runs an epoch soon, outside the schedule.")
        .affects("An action, not a value: fires AdminFreezeWindow blocks later, and the freeze window lasts until then.")
        .setters(&[setter("SubtensorModule", "trigger_epoch", &[], OWNER)])
        .limited("TriggerEpoch")
        .frozen(Never)
        .since(423),
    row("mechanism_count", Unit::Count, ValueKind::Uint(8))
        .in_epoch()
        .is("Number of independent weight matrices of the subnet.")
        .affects("Lowering it deletes the data of the dropped mechanisms for good; any change resets the emission split.")
        .stored("MechanismCountCurrent")
        .setters(&[owners("sudo_set_mechanism_count", &["mechanism_count"])])
        .limit(Limit::MechanismCount)
        .bounds(&[
            min(Literal(1), "SubtensorModule.InvalidValue"),
            max(Global("MaxMechanismCount", 2), "SubtensorModule.InvalidValue"),
            max(Shared("max_allowed_uids"), "SubtensorModule.TooManyUIDsPerMechanism"),
            max(Literal(16), "SubtensorModule.InvalidValue"),
        ])
        .since(320),
    row("mechanism_emission_split", Unit::Shares, ValueKind::Shares)
        .in_epoch()
        .is("Share of the emission of each mechanism.")
        .affects("Must sum to 65535, with one share for each mechanism; null means an even split.")
        .aliases(&["emission_split"])
        .stored("MechanismEmissionSplit")
        .setters(&[owners("sudo_set_mechanism_emission_split", &["maybe_split"])])
        .limit(Limit::EmissionSplit)
        .since(320),
    row("trim_to_max_allowed_uids", Unit::Count, ValueKind::Action)
        .is("Removes the neurons with the least emission and renumbers the rest.")
        .affects("An action that cannot be undone; subtune never plans it.")
        .aliases(&["trim"])
        .setters(&[owners("sudo_trim_to_max_allowed_uids", &["max_n"])])
        .limit(Limit::Trim)
        .since(320),
    row("sn_owner_hotkey", Unit::Account, ValueKind::Account)
        .in_epoch()
        .is("Hotkey of the subnet owner.")
        .affects("Its neuron is immune and always counts as permitted.")
        .aliases(&["subnet_owner_hotkey"])
        .stored("SubnetOwnerHotkey")
        .setters(&[owners("sudo_set_sn_owner_hotkey", &["hotkey"])])
        .limit(Limit::OwnerHotkey)
        .frozen(Never),
    row("root_claim_threshold", Unit::AlphaRao, ValueKind::Uint(64))
        .is("Minimum root dividend, in alpha rao, that is claimed at all.")
        .affects("Claims of root dividends only; newer runtimes take it for netuid 0 alone.")
        .stored_as(item("SubtensorModule", "RootClaimableThreshold", Part::IntegerOfFixed(32)))
        .setters(&[setter(
            "SubtensorModule",
            "sudo_set_root_claim_threshold",
            &["new_value"],
            // Of which version between them it stopped being the owner's is not known.
            Who(&[(0, Owner), (460, Unclear), (475, Nobody)]),
        )])
        .frozen(Never)
        .bounds(&[max(Literal(10_000_000), "SubtensorModule.InvalidRootClaimThreshold")])
        .since(334),
    row("voting_power_tracking", Unit::Switch, ValueKind::Bool)
        .is("Keeps an average of voting power.")
        .affects("Switching it off takes effect 100800 blocks (14 days) later.")
        .stored("VotingPowerTrackingEnabled")
        .setters(&[setter("SubtensorModule", "enable_voting_power_tracking", &[], OWNER)])
        .frozen(Never)
        .since(380),
    row("token_symbol", Unit::Text, ValueKind::Text)
        .is("Symbol of the subnet's token.")
        .affects("A name from the chain's own list that no other subnet uses.")
        .aliases(&["symbol"])
        .stored("TokenSymbol")
        .setters(&[setter("SubtensorModule", "update_symbol", &["symbol"], OWNER)])
        .frozen(Never)
        .since(290),
    row("weights_rate_limit", Unit::Blocks, ValueKind::Uint(64))
        .is("Minimum number of blocks between two weight submissions of one validator.")
        .affects("Decides how fresh weights can be, hence vtrust (validator trust).")
        .aliases(&["weights_set_rate_limit"])
        .stored("WeightsSetRateLimit")
        .setters(&[admin(
            "sudo_set_weights_set_rate_limit",
            &["weights_set_rate_limit"],
            &[(0, Owner), (247, Root)],
        )])
        .frozen(Never)
        .api("weights_rate_limit"),
    row("kappa", Unit::Share16, ValueKind::Uint(16))
        .in_epoch()
        .is("Share of stake that must agree on a weight: the consensus majority.")
        .affects("A higher value clips more and lowers vtrust (validator trust).")
        .stored("Kappa")
        .setters(&[admin("sudo_set_kappa", &["kappa"], &[(0, Owner), (334, Root)])])
        .limited("Kappa")
        .frozen(Never)
        .api("kappa"),
    row("adjustment_interval", Unit::Blocks, ValueKind::Uint(16))
        .is("Blocks between two adjustments of the former registration price.")
        .affects("Nothing reads it.")
        .stored("AdjustmentInterval")
        .setters(&[roots("sudo_set_adjustment_interval", &["adjustment_interval"])])
        .frozen(Never)
        .effect(inert(
            401,
            "the registration price follows the burn half-life model",
            Some("burn_half_life"),
        )),
    row("target_regs_per_interval", Unit::Count, ValueKind::Uint(16))
        .is("Registrations that the former price adjustment aimed at.")
        .affects("Read for the root network only.")
        .aliases(&["target_registrations_per_interval"])
        .stored("TargetRegistrationsPerInterval")
        .setters(&[roots(
            "sudo_set_target_registrations_per_interval",
            &["target_registrations_per_interval"],
        )])
        .effect(inert(401, "only the root network reads it", None))
        .api("target_regs_per_interval"),
    row("max_regs_per_block", Unit::Count, ValueKind::Uint(16))
        .is("Maximum registrations per block.")
        .affects("Read for the root network only.")
        .aliases(&["max_registrations_per_block"])
        .stored("MaxRegistrationsPerBlock")
        .setters(&[roots("sudo_set_max_registrations_per_block", &["max_registrations_per_block"])])
        .effect(inert(401, "only the root network reads it", None))
        .api("max_regs_per_block"),
    row("max_validators", Unit::Count, ValueKind::Uint(16))
        .in_epoch()
        .is("Maximum number of neurons with a validator permit.")
        .affects("Decides whose weights count, hence vtrust (validator trust).")
        .aliases(&["max_allowed_validators"])
        .stored("MaxAllowedValidators")
        .setters(&[roots("sudo_set_max_allowed_validators", &["max_allowed_validators"])])
        .bounds(&[max(Same("max_allowed_uids"), "AdminUtils.MaxValidatorsLargerThanMaxUIds")])
        .api("max_validators"),
    row("registration_allowed", Unit::Switch, ValueKind::Bool)
        .is("New neurons may register.")
        .affects("From runtime 474, registration for a price alone, and either this or network_pow_registration_allowed has to stay on.")
        .aliases(&["network_registration_allowed"])
        .stored("NetworkRegistrationAllowed")
        .setters(&[admin(
            "sudo_set_network_registration_allowed",
            &["registration_allowed"],
            &[(0, Owner), (290, Root), (474, Owner)],
        )])
        .limit(Limit::HyperparameterIfAny("BurnRegistrationAllowed"))
        .frozen(Frozen::WithLimitOf("registration_allowed"))
        .api("registration_allowed"),
    row("min_difficulty", Unit::Count, ValueKind::Uint(64))
        .is("Lower bound of the proof-of-work registration difficulty.")
        .affects("The difficulty of proof-of-work registration, where the runtime has that.")
        .stored("MinDifficulty")
        .setters(&[roots("sudo_set_min_difficulty", &["min_difficulty"])])
        .effect(NO_POW),
    row("difficulty", Unit::Count, ValueKind::Uint(64))
        .is("Proof-of-work registration difficulty.")
        .affects("The difficulty of proof-of-work registration, where the runtime has that.")
        .stored("Difficulty")
        .setters(&[roots("sudo_set_difficulty", &["difficulty"])])
        .effect(NO_POW),
    row("min_allowed_uids", Unit::Count, ValueKind::Uint(16))
        .is("Minimum value of max_allowed_uids.")
        .affects("Bounds max_allowed_uids and trimming.")
        .stored("MinAllowedUids")
        .setters(&[roots("sudo_set_min_allowed_uids", &["min_allowed_uids"])])
        .bounds(&[
            below(Same("max_allowed_uids"), "AdminUtils.MinAllowedUidsGreaterThanMaxAllowedUids"),
            below(Neurons, "AdminUtils.MinAllowedUidsGreaterThanCurrentUids"),
        ])
        .since(320),
    row("min_non_immune_uids", Unit::Count, ValueKind::Uint(16))
        .is("Minimum number of neurons that must stay prunable.")
        .affects("Pruning only.")
        .stored("MinNonImmuneUids")
        .setters(&[roots("sudo_set_min_non_immune_uids", &["min"])])
        .frozen(Never)
        .since(365),
    row("subtoken_enabled", Unit::Switch, ValueKind::Bool)
        .is("The subnet's token can be traded and staked; APIs call it subnet_is_active.")
        .affects("The owner switches it on once with start_call; nobody but root can switch it off.")
        .stored("SubtokenEnabled")
        .setters(&[roots("sudo_set_subtoken_enabled", &["subtoken_enabled"])])
        .api("subnet_is_active"),
    row("subnet_emission_enabled", Unit::Switch, ValueKind::Bool)
        .is("The subnet takes part in the emission from the pool.")
        .affects("Emission.")
        .stored("SubnetEmissionEnabled")
        .setters(&[roots("sudo_set_subnet_emission_enabled", &["enabled"])])
        .frozen(Never)
        .not_on_root()
        .since(411),
    row("ema_price_halving_period", Unit::Blocks, ValueKind::Uint(64))
        .is("Half-life in blocks of the moving price that decides the emission share.")
        .affects("Emission share.")
        .stored("EMAPriceHalvingBlocks")
        .setters(&[roots("sudo_set_ema_price_halving_period", &["ema_halving"])])
        .frozen(Never)
        .since(252),
    row("swap_fee_rate", Unit::Share16, ValueKind::Uint(16))
        .is("Fee of the subnet's pool.")
        .affects("Price of staking and unstaking.")
        .aliases(&["fee_rate"])
        .stored_as(item("Swap", "FeeRate", Part::Whole))
        .setters(&[setter("Swap", "set_fee_rate", &["rate"], ROOT)])
        .frozen(Never)
        .bounds(&[max(SwapConstant("MaxFeeRate", 10_000), "Swap.FeeRateTooHigh")])
        .since(283),
    row("voting_power_ema_alpha", Unit::PerQuintillion, ValueKind::Uint(64))
        .is("Smoothing of the average voting power.")
        .affects("Voting power only.")
        .stored("VotingPowerEmaAlpha")
        .setters(&[setter("SubtensorModule", "sudo_set_voting_power_ema_alpha", &["alpha"], ROOT)])
        .frozen(Never)
        .bounds(&[max(
            Literal(1_000_000_000_000_000_000),
            "SubtensorModule.InvalidVotingPowerEmaAlpha",
        )])
        .since(380),
    row("network_pow_registration_allowed", Unit::Switch, ValueKind::Bool)
        .is("Proof-of-work registration switch.")
        .affects("Proof-of-work registration only. Where registration_allowed is about registration for a price alone, one of the two has to stay on.")
        .aliases(&["pow_registration_allowed"])
        .stored("NetworkPowRegistrationAllowed")
        .setters(&[admin(
            "sudo_set_network_pow_registration_allowed",
            &["registration_allowed"],
            &[(0, Owner), (401, Nobody), (474, Owner)],
        )])
        .limited("PowRegistrationAllowed")
        .frozen(Frozen::WithLimitOf("registration_allowed"))
        .not_on_root()
        .effect(NO_POW),
    row("max_weights_limit", Unit::Share16, ValueKind::Uint(16))
        .is("Largest share of one weight.")
        .affects("A constant 65535; the stored value is ignored.")
        .aliases(&["max_weight_limit"])
        .stored("MaxWeightsLimit")
        // Runtimes from 365 on have no such call.
        .setters(&[admin(
            "sudo_set_max_weight_limit",
            &["max_weight_limit"],
            &[(0, Owner), (365, Nobody)],
        )])
        .frozen(Never)
        .effect(inert(0, "the chain uses the constant 65535", None))
        .api("max_weights_limit"),
    row("user_liquidity_enabled", Unit::Switch, ValueKind::Bool)
        .is("User-provided liquidity switch.")
        .affects("The call always fails; APIs always report false.")
        .setters(&[setter("Swap", "toggle_user_liquidity", &["enable"], NOBODY)])
        .frozen(Never)
        .effect(inert(424, "user liquidity is switched off for good", None))
        .since(283)
        .api("user_liquidity_enabled"),
    row("scaling_law_power", Unit::PerHundred, ValueKind::Uint(16))
        .is("Exponent of a former stake scaling.")
        .affects("Nothing reads it.")
        .stored("ScalingLawPower")
        .frozen(Never)
        .effect(inert(0, "nothing reads it", None)),
    row("validator_prune_len", Unit::Count, ValueKind::Uint(64))
        .is("Length of a former pruning rule.")
        .affects("Nothing reads it.")
        .stored("ValidatorPruneLen")
        .frozen(Never)
        .effect(inert(0, "nothing reads it", None)),
    row("liquid_alpha_consensus_mode", Unit::Choice, ValueKind::Choice(&["current", "previous", "auto"]))
        .in_epoch()
        .is("Which consensus liquid alpha compares weights with.")
        .affects("auto means previous when bonds_penalty is 65535, else current.")
        .stored("LiquidAlphaConsensusMode")
        .setters(&[owners("sudo_set_liquid_alpha_consensus_mode", &["mode"])])
        .limited("LiquidAlphaConsensusMode")
        .since(426),
    row("collateral_lock_share", Unit::Share16, ValueKind::Uint(16))
        .is("Share of the registration price that is locked as collateral.")
        .affects("Registrations after the change only.")
        .stored("CollateralLockShare")
        .setters(&[owners("sudo_set_collateral_lock_share", &["lock_share"])])
        .limited("CollateralLockShare")
        .bounds(&[max(Literal(62_258), "AdminUtils.CollateralLockShareTooHigh")])
        .not_on_root()
        .since(426)
        .api("collateral_lock_share"),
    row("collateral_drain_ratio", Unit::Fixed64, ValueKind::Uint(128))
        .is("How fast locked collateral drains.")
        .affects("Collateral of registered neurons.")
        .stored("CollateralDrainRatio")
        .setters(&[owners("sudo_set_collateral_drain_ratio", &["drain_ratio"])])
        .limited("CollateralDrainRatio")
        .bounds(&between(
            Literal(1),
            Literal(10 << 64),
            "AdminUtils.CollateralDrainRatioOutOfBounds",
        ))
        .not_on_root()
        .since(426)
        .api("collateral_drain_ratio"),
    row("epoch_consensus", Unit::Choice, ValueKind::Choice(&["yuma", "null"]))
        .in_epoch()
        .is("Which consensus the epoch runs: Yuma, or Null, in which one validator decides.")
        .affects("In Null the permit goes to the neuron with the most stake, max_validators becomes 1, and \
                    vtrust (validator trust) and consensus are 0; bonds, liquid alpha and the activity cutoff do nothing.")
        .aliases(&["subnet_epoch_consensus"])
        .stored("SubnetEpochConsensus")
        .setters(&[owners("sudo_set_epoch_consensus", &["mode"])])
        .limited("EpochConsensus")
        .not_on_root()
        .since(474)
        .api("epoch_consensus"),
    row("trim_null_uids_batch", Unit::Count, ValueKind::Action)
        .is("Removes up to 64 neurons of a subnet in Null consensus, and renumbers the rest.")
        .affects("An action that cannot be undone, one call of several; subtune never plans it.")
        .aliases(&["trim_null"])
        .setters(&[owners("sudo_trim_null_uids_batch", &["target"])])
        .limit(Limit::Trim)
        .since(474),
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
