//! What is legal and worth a look before signing, each with a stable code.
//!
//! A finding never blocks. Codes are never used for anything else again; `subtune
//! explain CODE` tells what a code means.

use serde::{Deserialize, Serialize};

/// One thing that is worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Stable code, such as `HP103`: see [`CODES`].
    pub code: String,
    /// The hyperparameter that it is about; empty for the plan as a whole.
    pub name: String,
    /// What was found, with its numbers; one sentence without a final full stop.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What a code stands for.
#[derive(Debug)]
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// What is found, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
}

const fn code(code: &'static str, title: &'static str, why: &'static str) -> Code {
    Code { code, title, why }
}

/// No rule that is known decides it.
pub const UNKNOWN_RULE: &str = "HP101";
/// It acts only while something else is on.
pub const DEPENDS: &str = "HP102";
/// Data of mechanisms is deleted.
pub const DELETES_MECHANISMS: &str = "HP103";
/// The emission split is reset.
pub const ERASES_SPLIT: &str = "HP104";
/// A change of tempo moves the epoch and the limits.
pub const MOVES_LIMITS: &str = "HP105";
/// The freeze window is about to start.
pub const WINDOW_STARTS: &str = "HP106";
/// The chain ignores the value.
pub const NO_EFFECT: &str = "HP107";
/// It was changed since subtune set it.
pub const CHANGED_MEANWHILE: &str = "HP108";
/// A value of a snapshot or an import that the owner cannot set.
pub const LEFT_OUT: &str = "HP109";
/// The values were taken from a file that is no profile.
pub const IMPORTED: &str = "HP110";
/// It cannot be rolled back at once.
pub const SLOW_WAY_BACK: &str = "HP113";
/// The chain changes more than what is asked for.
pub const SIDE_EFFECTS: &str = "HP111";
/// The chain is newer than the catalog, and differs in what the plan touches.
pub const NEWER_CHAIN: &str = "HP112";
/// No rule that is known decides it, and the chain's own code accepts it.
pub const DECIDED_BY_CODE: &str = "HP114";
/// subtune's rules and the chain's own code say different things.
pub const RULES_DISAGREE: &str = "HP115";
/// The chain's own code changes more than what is asked for.
pub const MORE_CHANGES: &str = "HP116";
/// A proxy's calls go one by one.
pub const ONE_BY_ONE: &str = "HP301";
/// A multisig waits for more approvals.
pub const WAITS: &str = "HP302";

/// Weights may be set more seldom than an epoch comes.
pub const SLOW_WEIGHTS: &str = "HP201";
/// A miner can be pruned before it was scored.
pub const SHORT_IMMUNITY: &str = "HP202";
/// Validators must name more miners than deserve anything.
pub const MANY_WEIGHTS: &str = "HP203";
/// A validator that misses one epoch counts as inactive.
pub const SHORT_CUTOFF: &str = "HP204";
/// Weights act after the immunity of a miner is over.
pub const STALE_WEIGHTS: &str = "HP205";
/// The subnet can soon be taken over.
pub const TAKEOVER: &str = "HP206";
/// The value of every new subnet.
pub const AS_REGISTERED: &str = "HP207";
/// The value looks as if a float had been printed.
pub const LOOKS_ROUNDED: &str = "HP208";

/// The value is next to nothing in its own unit, and plausible in a larger one.
pub const OTHER_UNIT: &str = "HP209";

/// A goal that the subnet's own settings contradict.
pub const GOAL_CONTRADICTED: &str = "HP401";
/// A goal about something that the subnet does not have.
pub const GOAL_WITHOUT_MEANING: &str = "HP402";

/// Every code there is.
pub static CODES: &[Code] = &[
    code(
        UNKNOWN_RULE,
        "unknown to subtune",
        "Neither the catalog nor the chain's storage shows whether the chain accepts the change. \
         It is included because of --allow-unknown; the pre-send check (dry run on the node) asks \
         the chain before anything is sent.",
    ),
    code(
        DEPENDS,
        "inactive without another setting",
        "The chain stores the value, but reads it only while the switches that it depends on are \
         on.",
    ),
    code(
        DELETES_MECHANISMS,
        "mechanism data is deleted",
        "Lowering mechanism_count permanently deletes the weights and bonds of the dropped \
         mechanisms: a rollback restores only the number.",
    ),
    code(
        ERASES_SPLIT,
        "emission split is reset",
        "Every change of mechanism_count resets the emission split to even.",
    ),
    code(
        MOVES_LIMITS,
        "tempo changes other limits",
        "Changing tempo restarts the epoch; rate limits and the activity cutoff are counted in \
         tempos.",
    ),
    code(
        WINDOW_STARTS,
        "freeze window starts soon",
        "A transaction that arrives later than planned falls into the freeze window and is \
         refused.",
    ),
    code(
        NO_EFFECT,
        "no effect on the chain",
        "The call works and uses up a fee and a rate limit, but nothing on the chain reads the \
         value.",
    ),
    code(
        CHANGED_MEANWHILE,
        "changed since subtune set it",
        "The value is neither what subtune set nor what it was before; the rollback overwrites \
         it.",
    ),
    code(
        LEFT_OUT,
        "left out of a snapshot or an import",
        "A snapshot, or the output of btcli, also holds values that the owner cannot set. As a \
         profile or a rollback target it stands only for what the owner can set; other \
         differences stay as they are.",
    ),
    code(
        IMPORTED,
        "values taken from another tool's output",
        "The file is not a profile: the values of its one exact column were used, and what is \
         rounded, cut off or of uncertain meaning was left out. `subtune import` lists each with \
         its reason.",
    ),
    code(
        SLOW_WAY_BACK,
        "cannot be rolled back at once",
        "The call that switches it off takes effect 100800 blocks (14 days) later. subtune does \
         not send it, because the result could not be verified.",
    ),
    code(
        SIDE_EFFECTS,
        "the chain changes other values too",
        "Switching epoch_consensus also changes max_validators, and max_allowed_uids where the \
         other consensus allows fewer neurons. The rollback profile holds what the owner can set \
         again; what only root can set, the chain restores when the switch is rolled back.",
    ),
    code(
        NEWER_CHAIN,
        "chain is newer than subtune, and differs",
        "A call, storage item or constant that this plan depends on is not what it was in the \
         newest runtime that subtune was checked with. The pre-send check asks the chain before \
         anything is sent, and every value is read back, but what subtune says about permissions, \
         limits and effects may be out of date. `subtune chain` lists the differences.",
    ),
    code(
        DECIDED_BY_CODE,
        "accepted by the chain's own code",
        "Neither the catalog nor the chain's storage shows whether the chain accepts the change, \
         so the runtime's own wasm was run on the state of the plan's block: it accepts it. \
         Nothing was signed or sent for that.",
    ),
    code(
        RULES_DISAGREE,
        "subtune's rules and the chain's code disagree",
        "The runtime's own wasm, run on the state of the plan's block, says something else than \
         the rules that subtune knows: of a change, or of the block from which it is accepted. The code decides what can be sent; the rule is shown for \
         what it explains. It is probably out of date: update subtune.",
    ),
    code(
        MORE_CHANGES,
        "the chain changes other hyperparameters too",
        "When the calls of the plan ran on the chain's own code, these hyperparameters changed \
         along with those that are asked for. The rollback profile holds those that can be set \
         again.",
    ),
    code(
        SLOW_WEIGHTS,
        "weights slower than epochs",
        "With a weights_rate_limit above the tempo, or above the epoch length of the validators' \
         code (--epoch-length), some epochs run on weights that validators would have renewed.",
    ),
    code(
        SHORT_IMMUNITY,
        "immunity shorter than an evaluation",
        "A new miner can be pruned once its immunity is over. Immunity should last a full \
         evaluation or competition round (--round 48h); without a round, one epoch, plus those of \
         commit-reveal while it is on.",
    ),
    code(
        MANY_WEIGHTS,
        "more weights than miners that earn",
        "min_allowed_weights makes each validator weight that many neurons, or all of them if \
         there are fewer. Where a few miners share everything, such as four with 60/25/10/5%, it \
         need not exceed their number. Only neurons with an incentive above 0 in the first \
         mechanism are counted.",
    ),
    code(
        SHORT_CUTOFF,
        "activity cutoff below two tempos",
        "Validators set weights about once an epoch. Below two tempos, one late submission takes \
         a validator's stake out of consensus.",
    ),
    code(
        STALE_WEIGHTS,
        "weights older than the immunity",
        "With commit-reveal, weights take effect commit_reveal_period epochs after the commit: a \
         miner is scored on earlier work, and may lose its immunity first.",
    ),
    code(
        TAKEOVER,
        "owner takeover becomes possible",
        "From an age of 2629800 blocks, at each epoch, ownership passes to the coldkey whose \
         hotkey has the highest conviction, if that is enough: since runtime 447 its own must \
         exceed 18% of the eligible alpha; before, all conviction together must reach 10% of the \
         alpha. After that you cannot roll back. The warning appears while that hotkey belongs to \
         another coldkey and, since 447, has more than half of what is enough.",
    ),
    code(
        AS_REGISTERED,
        "value of every new subnet",
        "It may be intended; often it was copied from a subnet whose owner never chose it.",
    ),
    code(
        LOOKS_ROUNDED,
        "number rounded by a display",
        "Integers above 2^53 that end in zeros, as a floating-point number is printed, are rarely \
         intended: 14757395258967642000 was 14757395258967641292.",
    ),
    code(
        OTHER_UNIT,
        "plausible only in another unit",
        "A bare integer counts the smallest unit: rao, 1/65535, 2^-64. The chain accepts it, but \
         in that unit it is next to nothing. Write the unit that you mean, such as \"1 TAO\" or \
         \"50%\".",
    ),
    code(
        GOAL_CONTRADICTED,
        "goal contradicted by the subnet's settings",
        "Validators set weights no more often than weights_rate_limit lets them, so between two times their \
         weights grow as old as that. A limit on age below it is broken by healthy validators, again and \
         again.",
    ),
    code(
        GOAL_WITHOUT_MEANING,
        "goal without a meaning here",
        "Under Null consensus one validator decides, and the chain stores no trust to speak of: a goal for \
         Vtrust can be neither met nor missed.",
    ),
    code(
        ONE_BY_ONE,
        "NOT all or nothing",
        "The proxy type permits the setters but not a batch of them, so each call is wrapped \
         separately: if one fails, the chain continues, and the others stay applied.",
    ),
    code(
        WAITS,
        "waits for other signatories",
        "A multisig executes the call only with the last approval: the rate limits, freeze window \
         and values at that block decide.",
    ),
];

/// What a code stands for.
#[must_use]
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code.eq_ignore_ascii_case(code))
}

/// A finding of this code.
#[must_use]
pub fn finding(code: &str, name: &str, message: impl Into<String>, hint: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        name: name.to_owned(),
        message: message.into(),
        hint: hint.to_owned(),
    }
}
