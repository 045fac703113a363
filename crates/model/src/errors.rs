//! What the chain's errors mean, and what an owner does about each: **the** file to
//! edit when the chain gains an error.
//!
//! All errors of SubtensorModule, AdminUtils, Utility, Proxy, Multisig, SafeMode and
//! System in the runtimes 365, 393, 424 and 475, the errors that belong to no pallet, and
//! the reasons for which a transaction is turned away before it runs. A test compares
//! the rows with the metadata. An error without a row keeps the chain's own words.
//! `Trie.*` has no rows: no call that an owner signs checks such a proof.

/// One error of the chain.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// `Pallet.Name`, or a bare name such as `BadOrigin`.
    pub name: &'static str,
    /// What it means, to be read after the name and a colon.
    pub meaning: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// A rule of the chain that stands behind errors and covers many hyperparameters.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name, as in `RateLimit`.
    pub name: &'static str,
    /// Other names, in small letters and without separators.
    aliases: &'static [&'static str],
    /// What it is, one sentence.
    pub meaning: &'static str,
    /// The rule in parts: what the part is about, and what holds.
    pub parts: &'static [(&'static str, &'static str)],
    /// What to do about it.
    pub advice: &'static str,
    /// The errors that it gives, by full name.
    pub errors: &'static [&'static str],
}

/// What a name of an error stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// No error.
    Nothing,
    /// This one.
    One(&'static Entry),
    /// A bare name that errors of several pallets have.
    Several(Vec<&'static Entry>),
}

impl Topic {
    /// The topic behind an error, by the error's full name.
    #[must_use]
    pub fn of(error: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.errors.contains(&error))
    }

    /// The topic of this name, however it is written: `FreezeWindow`, `freeze-window`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        let wanted = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
        TOPICS.iter().find(|topic| {
            topic.name.eq_ignore_ascii_case(&wanted) || topic.aliases.contains(&wanted.as_str())
        })
    }
}

/// Why a transaction is not let in before any call runs, by number: the chain's name, and the
/// node's words (sp-runtime, `InvalidTransaction`). 7 is `Custom`, which has a number of its own.
pub const INVALID: [(&str, &str); 13] = [
    ("Call", "Transaction call is not expected"),
    ("Payment", "Inability to pay some fees (e.g. account balance too low)"),
    ("Future", "Transaction will be valid in the future"),
    ("Stale", "Transaction is outdated"),
    ("BadProof", "Transaction has a bad signature"),
    ("AncientBirthBlock", "Transaction has an ancient birth block"),
    ("ExhaustsResources", "Transaction would exhaust the block limits"),
    ("Custom", "InvalidTransaction custom error"),
    ("BadMandatory", "A call was labelled as mandatory, but resulted in an Error."),
    (
        "MandatoryValidation",
        "Transaction dispatch is mandatory; transactions must not be validated.",
    ),
    ("BadSigner", "Invalid signing address"),
    ("IndeterminateImplicit", "The implicit data was unable to be calculated"),
    ("UnknownOrigin", "The transaction extension did not authorize any origin"),
];
/// The same where the chain cannot tell (`UnknownTransaction`).
pub const UNKNOWN: [(&str, &str); 2] = [
    ("CannotLookup", "Could not lookup information required to validate the transaction"),
    ("NoUnsignedValidator", "Could not find an unsigned validator for the unsigned transaction"),
];

/// What a node answers with before any call runs, by the code of JSON-RPC: its words, and the row
/// that explains them (sc-rpc-api, `author`; below -32000 the limits of public endpoints).
const NODE: &[(i64, &str, &str)] = &[
    (1001, "Extrinsic has invalid format", "Pool.BadFormat"),
    (1002, "Verification Error", "Pool.VerificationError"),
    (1010, "Invalid Transaction", "Pool.InvalidTransaction"),
    (1011, "Unknown Transaction Validity", "Pool.UnknownValidity"),
    (1012, "Transaction is temporarily banned", "Pool.TemporarilyBanned"),
    (1013, "Transaction already imported", "Pool.AlreadyImported"),
    (1014, "Priority is too low", "Pool.TooLowPriority"),
    (1015, "Cycle Detected", "Pool.CycleDetected"),
    (1016, "Immediately Dropped", "Pool.ImmediatelyDropped"),
    (1018, "Transaction cannot be propagated", "Pool.Unactionable"),
    (1019, "Transaction does not provide any tags", "Pool.NoTags"),
    (1020, "Invalid block ID", "Pool.InvalidBlockId"),
    (1021, "The pool is not accepting future transactions", "Pool.Future"),
    (-32004, "storage work rate limit exceeded", "Node.TooManyRequests"),
    (-32005, "rate limit exceeded", "Node.TooManyRequests"),
    (429, "Too Many Requests", "Node.TooManyRequests"),
    (4003, "State already discarded for", "Node.StateDiscarded"),
];

/// The row of a node's answer that needs no more than its code; `None` where the words behind the
/// code tell more, or nothing is known of it.
#[must_use]
pub fn of_node(code: i64) -> Option<&'static str> {
    let told_by_its_words = [1010, 1011].contains(&code);
    let found = NODE.iter().find(|(known, ..)| *known == code && !told_by_its_words);
    found.map(|(.., name)| *name)
}

/// The error in what a node or a client has printed: `1014`, `Priority is too low: (0 vs 0)`,
/// `1010: Invalid Transaction: Custom error: 6`, or a whole line of a log.
#[must_use]
pub fn find_printed(text: &str) -> Option<&'static Entry> {
    let text = text.trim().to_ascii_lowercase();
    let entry = |name: &str| ALL.iter().find(|row| row.name == name);
    if let Some((_, rest)) = text.rsplit_once("custom error: ") {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return match find(&format!("InvalidTransaction.Custom({digits})")) {
            Found::One(row) => Some(row),
            _ => None,
        };
    }
    if let Ok(code) = text.parse::<i64>() {
        return NODE.iter().find(|(known, ..)| *known == code).and_then(|(.., name)| entry(name));
    }
    // The most telling words come first: «Invalid Transaction» stands before all others.
    let reasons =
        INVALID.iter().map(|(name, words)| (*words, format!("InvalidTransaction.{name}")));
    let unknown =
        UNKNOWN.iter().map(|(name, words)| (*words, format!("UnknownTransaction.{name}")));
    let told = |words: &str| {
        let words = words.to_ascii_lowercase();
        // A part of them, too: «Inability to pay some fees» is how clients cut it.
        text.contains(&words) || (text.len() >= 12 && words.starts_with(text.as_str()))
    };
    if let Some((_, name)) = reasons.chain(unknown).find(|(words, _)| told(words)) {
        return entry(&name);
    }
    let general = |name: &str| ["Pool.InvalidTransaction", "Pool.UnknownValidity"].contains(&name);
    let mut nodes: Vec<_> = NODE.iter().collect();
    nodes.sort_by_key(|(.., name)| general(name));
    if let Some((.., name)) = nodes.iter().find(|(_, words, _)| told(words)) {
        return entry(name);
    }
    let numbers =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    let mut codes = numbers.filter(|code: &i64| (1000..1100).contains(code));
    let code = codes.next()?;
    NODE.iter().find(|(known, ..)| *known == code).and_then(|(.., name)| entry(name))
}

/// The error of this name: in full, or without its pallet where that says enough;
/// `::` for the dot and letters of any size are understood.
#[must_use]
pub fn find(name: &str) -> Found {
    let wanted = name.trim().replace("::", ".");
    if let Some(row) = ALL.iter().find(|row| row.name.eq_ignore_ascii_case(&wanted)) {
        return Found::One(row);
    }
    let mut named = ALL.iter().filter(|row| bare(row.name).eq_ignore_ascii_case(&wanted));
    match (named.next(), named.next()) {
        (Some(one), None) => Found::One(one),
        (Some(one), Some(two)) => Found::Several([one, two].into_iter().chain(named).collect()),
        // A number without a row of its own is still one of the chain's own reasons.
        (None, _) => match wanted.strip_suffix(')').and_then(|wanted| wanted.split_once('(')) {
            Some((group, code)) if code.parse::<u8>().is_ok() => find(group),
            _ => Found::Nothing,
        },
    }
}

/// The error or topic whose name looks most like this one, with the number of letters between
/// them, if any does.
#[must_use]
pub fn nearest(name: &str) -> Option<(usize, &'static str)> {
    let wanted = name.to_ascii_lowercase().replace("::", ".");
    let between = |wanted: &str, known: &str| {
        strsim::damerau_levenshtein(wanted, &known.to_ascii_lowercase())
    };
    let errors = ALL.iter().map(|row| {
        let whole = between(&wanted, row.name).min(between(&wanted, bare(row.name)));
        // The right error of the wrong pallet.
        (whole.min(between(bare(&wanted), bare(row.name)).saturating_add(1)), row.name)
    });
    let topics = TOPICS.iter().map(|topic| (between(&wanted, topic.name), topic.name));
    topics
        .chain(errors)
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (wanted.len() / 3).max(2))
}

/// The name without its pallet.
fn bare(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, bare)| bare)
}

const fn row(name: &'static str, meaning: &'static str, advice: &'static str) -> Entry {
    Entry { name, meaning, advice }
}

/// The rules that cover many hyperparameters.
pub static TOPICS: &[Topic] = &[
    Topic {
        name: "RateLimit",
        aliases: &["ratelimits", "txratelimit", "ownerhyperparamratelimit"],
        meaning: "an owner may change the same hyperparameter again only after so many blocks; \
                  going back is a change, too",
        parts: &[
            ("most", "tempo × OwnerHyperparamRateLimit: 2 tempos by default, 720 blocks = 2h 24m"),
            (
                "weights_version",
                "tempo × WeightsVersionKeyRateLimit: 5 tempos by default, 1800 blocks = 6h",
            ),
            ("tempo", "360 blocks = 1h 12m"),
            ("mechanisms", "mechanism_count and mechanism_emission_split: 7200 blocks = 1d each"),
            ("trim", "trim_to_max_allowed_uids: 216000 blocks = 30d"),
            ("owner hotkey", "sn_owner_hotkey: 50400 blocks = 7d, for root, too"),
            (
                "no limit",
                "owner_cut_enabled, owner_cut_auto_lock_enabled, root_claim_threshold, \
                 voting_power_tracking, token_symbol",
            ),
            (
                "counted",
                "for each hyperparameter on its own (alpha_low and alpha_high as one), from its last \
                 change that succeeded and that an owner made, by the tempo of now",
            ),
        ],
        advice: "`subtune plan` tells the block from which a change goes, and `subtune apply \
                 --wait` waits for it",
        errors: &["SubtensorModule.TxRateLimitExceeded"],
    },
    Topic {
        name: "FreezeWindow",
        aliases: &["adminfreezewindow", "freeze", "weightswindow", "adminwindow"],
        meaning: "in the last blocks before an epoch of the subnet nobody may change its \
                  hyperparameters, root included",
        parts: &[
            (
                "closed",
                "the last AdminFreezeWindow minus 1 blocks before an epoch: by default 9 of every 360 \
                 blocks, 108 s; the block of the epoch itself is open",
            ),
            (
                "pending epoch",
                "while an epoch that was triggered or put off waits, it stays closed until then",
            ),
            (
                "before runtime 423",
                "the last AdminFreezeWindow blocks, the block of the epoch included; an epoch comes \
                 every tempo + 1 blocks",
            ),
            ("short tempo", "with a tempo of AdminFreezeWindow or less only the epochs are open"),
            (
                "not for",
                "sn_owner_hotkey, token_symbol, root_claim_threshold, voting_power_tracking, and \
                 some that only root sets: `subtune explain NAME` tells",
            ),
        ],
        advice: "`subtune plan` tells the block at which the window ends, and `subtune apply \
                 --wait` waits for it",
        errors: &[
            "SubtensorModule.AdminActionProhibitedDuringWeightsWindow",
            "SubtensorModule.AutoEpochAlreadyImminent",
        ],
    },
];

// What to do about the many errors that mean little to an owner, or the same.
const ACCOUNT: &str =
    "no change of a hyperparameter gives it: it is about accounts and their tokens";
const BOUNDS: &str =
    "`subtune explain NAME` tells the bounds, and `subtune plan` checks them on the chain";
const BUG: &str =
    "no change of a hyperparameter should give it: tell the developers of the chain the block";
const CHILDREN: &str = "no change of a hyperparameter gives it: it is about child hotkeys";
const BASKETS: &str = "no change of a hyperparameter gives it: it is about baskets of root stake";
const DISSOLVED: &str =
    "no change of a hyperparameter gives it: it is about subnets that are dissolved";
const START: &str = "no change of a hyperparameter gives it: it is about the start of a subnet";
const DISPUTE: &str = "wait until the dispute is settled; subtune cannot do anything about it";
const FUNDS: &str =
    "send TAO to the signer: a change costs about 0.0002 TAO, and 500 rao must stay";
const IDENTITY: &str = "no change of a hyperparameter gives it: it is about identities";
const KEYS: &str =
    "no change of a hyperparameter gives it: it is about swapping and associating keys";
const LEASES: &str = "no change of a hyperparameter gives it: it is about leased subnets";
const LOCKS: &str = "no change of a hyperparameter gives it: it is about locked stake";
const PROXIES: &str = "no change of a hyperparameter gives it: it is about derived accounts";
const REGISTRATION: &str = "no change of a hyperparameter gives it: it is about registration";
const SAFE_MODE: &str =
    "no change of a hyperparameter gives it: it is about entering and leaving the safe mode";
const SERVING: &str =
    "no change of a hyperparameter gives it: it is about neurons that announce themselves";
const SHIELD: &str = "no change by subtune gives it: it sends no shielded transactions";
const SIGNATURE: &str =
    "make a new plan, so that it is signed anew; if it happens again, subtune needs an update";
const STAKING: &str = "no change of a hyperparameter gives it: it is about stake";
const SWAP: &str =
    "do the announced swap first, then make a new plan and sign with the new coldkey";
const TAKES: &str = "no change of a hyperparameter gives it: it is about the takes of hotkeys";
const UPGRADES: &str = "no change of a hyperparameter gives it: it is about runtime upgrades";
const WEIGHTS: &str =
    "no change of a hyperparameter gives it: it is about the weights of validators";

/// Every error, by name. The numbers of `InvalidTransaction.Custom` are those on which all
/// published versions of the chain agree; the meaning of 25 and above differs between them.
pub static ALL: &[Entry] = &[
    row(
        "AdminUtils.BondsMovingAverageMaxReached",
        "an owner may set bonds_moving_avg to at most 975000",
        "take 975000 or less; only root may go above",
    ),
    row(
        "AdminUtils.CollateralDrainRatioOutOfBounds",
        "collateral_drain_ratio must be above 0 and at most 10",
        "take a value inside the bounds",
    ),
    row(
        "AdminUtils.CollateralLockShareTooHigh",
        "collateral_lock_share must be at most 62258, about 95%",
        "take 62258 or less",
    ),
    row(
        "AdminUtils.Deprecated",
        "the chain has retired this call: it always fails",
        "leave the hyperparameter out; `subtune explain NAME` says what to use instead",
    ),
    row(
        "AdminUtils.GrandpaChangeDelayMustBeZero",
        "a change of the finality authorities must take effect in the block itself",
        UPGRADES,
    ),
    row("AdminUtils.InvalidValue", "the value is outside the bounds of the hyperparameter", BOUNDS),
    row(
        "AdminUtils.MaxAllowedUIdsLessThanCurrentUIds",
        "max_allowed_uids must not be below the number of neurons on the subnet",
        "take at least that number; only trim_to_max_allowed_uids takes neurons off a subnet",
    ),
    row(
        "AdminUtils.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids",
        "max_allowed_uids must be at most 256",
        "take 256 or less, and with two mechanisms 128 or less",
    ),
    row(
        "AdminUtils.MaxAllowedUidsLessThanMinAllowedUids",
        "max_allowed_uids must not be below min_allowed_uids of the subnet",
        "take at least min_allowed_uids, which only root can lower",
    ),
    row(
        "AdminUtils.MaxValidatorsLargerThanMaxUIds",
        "max_validators must be at most max_allowed_uids of the subnet",
        "leave it out: only root can set max_validators",
    ),
    row(
        "AdminUtils.MinAllowedUidsGreaterThanCurrentUids",
        "min_allowed_uids must be below the number of neurons on the subnet",
        "leave it out: only root can set min_allowed_uids",
    ),
    row(
        "AdminUtils.MinAllowedUidsGreaterThanMaxAllowedUids",
        "min_allowed_uids must be below max_allowed_uids of the subnet",
        "leave it out: only root can set min_allowed_uids",
    ),
    row(
        "AdminUtils.NegativeSigmoidSteepness",
        "an owner may not make alpha_sigmoid_steepness negative",
        "take 0 or more; only root may go below",
    ),
    row(
        "AdminUtils.NotPermittedOnRootSubnet",
        "this hyperparameter cannot be set on the root network (netuid 0)",
        "name another netuid, or leave the hyperparameter out",
    ),
    row(
        "AdminUtils.POWRegistrationDisabled",
        "runtimes 401 to 473 have no registration by proof of work: its switch always fails there",
        "leave network_pow_registration_allowed out on such a runtime",
    ),
    row(
        "AdminUtils.SubnetDoesNotExist",
        "there is no such subnet",
        "check the netuid and --network",
    ),
    row(
        "AdminUtils.ValueNotInBounds",
        "the value is outside its bounds: min_burn must be below 1 TAO, max_burn above 0.1 TAO, and min_burn below max_burn",
        "put both into one plan: subtune orders them so that min_burn stays below max_burn",
    ),
    row("Arithmetic.DivisionByZero", "the chain has divided by zero", BUG),
    row("Arithmetic.Overflow", "a number of the chain has become too large", BUG),
    row("Arithmetic.Underflow", "a number of the chain has become too small", BUG),
    row(
        "BadOrigin",
        "the signer is not the owner of the subnet, or only root may make this call",
        "`subtune show NETUID` names the owner and who may set what; sign with the owner's coldkey",
    ),
    row(
        "CannotLookup",
        "the chain does not find the account or data that the call names",
        "check the accounts and the netuid in the call",
    ),
    row(
        "ConsumerRemaining",
        "something on the chain still needs this account, so it cannot be removed",
        ACCOUNT,
    ),
    row("Corruption", "the state of the chain is damaged", BUG),
    row(
        "Exhausted",
        "a resource that the call needs is used up in this block",
        "make a new plan and try again in a later block",
    ),
    row(
        "InvalidTransaction.AncientBirthBlock",
        "it took too long: its era is over",
        "make a new plan: a transaction is good for 16 blocks",
    ),
    row(
        "InvalidTransaction.BadMandatory",
        "a call that only a block's author makes has failed",
        BUG,
    ),
    row(
        "InvalidTransaction.BadProof",
        "the signature does not fit this chain or runtime",
        SIGNATURE,
    ),
    row(
        "InvalidTransaction.BadSigner",
        "the signer may not make this call",
        "sign with the owner's coldkey, without Sudo.sudo around the call",
    ),
    row(
        "InvalidTransaction.Call",
        "the call is not allowed now",
        "make a new plan, and check that the chain is not in safe mode",
    ),
    row(
        "InvalidTransaction.Custom",
        "a check of the chain's own refuses the transaction, for a reason that subtune does not know",
        "look the number up in the errors of Subtensor",
    ),
    row(
        "InvalidTransaction.Custom(0)",
        "a coldkey swap is announced for the signer: until it is done nothing else goes",
        SWAP,
    ),
    row("InvalidTransaction.Custom(1)", "the amount of stake is too low", STAKING),
    row("InvalidTransaction.Custom(10)", "the hotkey is not registered", WEIGHTS),
    row("InvalidTransaction.Custom(11)", "the IP address cannot be used", SERVING),
    row(
        "InvalidTransaction.Custom(12)",
        "the neuron announced itself less than serving_rate_limit blocks ago",
        SERVING,
    ),
    row("InvalidTransaction.Custom(13)", "the port cannot be used", SERVING),
    row("InvalidTransaction.Custom(14)", "nothing can be staked at this price", STAKING),
    row("InvalidTransaction.Custom(15)", "the reveal round is over already", WEIGHTS),
    row("InvalidTransaction.Custom(16)", "there are no committed weights to reveal", WEIGHTS),
    row("InvalidTransaction.Custom(17)", "the weights are revealed outside their time", WEIGHTS),
    row("InvalidTransaction.Custom(18)", "the lists of a batch are of different lengths", WEIGHTS),
    row("InvalidTransaction.Custom(19)", "the hotkey has no UID on the subnet", WEIGHTS),
    row("InvalidTransaction.Custom(2)", "the account has too little TAO", FUNDS),
    row("InvalidTransaction.Custom(20)", "an EVM key was associated too short a while ago", KEYS),
    row(
        "InvalidTransaction.Custom(21)",
        "the coldkey swap of the signer is disputed: nothing goes until that is settled",
        DISPUTE,
    ),
    row(
        "InvalidTransaction.Custom(22)",
        "the account behind the proxy cannot be looked up",
        "check the proxied account",
    ),
    row("InvalidTransaction.Custom(23)", "the shielded transaction cannot be read", SHIELD),
    row("InvalidTransaction.Custom(24)", "the shielded transaction is for another key", SHIELD),
    row(
        "InvalidTransaction.Custom(255)",
        "the chain finds the request wrong, without saying why",
        "make a new plan; `subtune plan` checks every rule that it knows",
    ),
    row(
        "InvalidTransaction.Custom(3)",
        "there is no such subnet",
        "check the netuid and --network",
    ),
    row("InvalidTransaction.Custom(4)", "there is no such hotkey", STAKING),
    row("InvalidTransaction.Custom(5)", "there is less stake than is to be taken off", STAKING),
    row(
        "InvalidTransaction.Custom(6)",
        "too many transactions of this kind in too short a time",
        "wait some blocks, then make a new plan",
    ),
    row(
        "InvalidTransaction.Custom(7)",
        "the pool of the subnet is too small for the amount",
        STAKING,
    ),
    row(
        "InvalidTransaction.Custom(8)",
        "the price would move more than the caller allows",
        STAKING,
    ),
    row("InvalidTransaction.Custom(9)", "the subnet lets no stake be transferred", STAKING),
    row(
        "InvalidTransaction.ExhaustsResources",
        "the block is full",
        "make a new plan and try again in some blocks",
    ),
    row(
        "InvalidTransaction.Future",
        "an earlier transaction of the signer is missing",
        "wait until the others of the signer are in a block, then make a new plan",
    ),
    row(
        "InvalidTransaction.IndeterminateImplicit",
        "the chain cannot work out what was signed beside the call",
        SIGNATURE,
    ),
    row(
        "InvalidTransaction.MandatoryValidation",
        "only a block's author may make this call",
        "leave it out: no owner can send it",
    ),
    row("InvalidTransaction.Payment", "the account has too little TAO for the fee", FUNDS),
    row(
        "InvalidTransaction.Stale",
        "the signer has sent another transaction meanwhile",
        "make a new plan: `subtune plan` shows what the other one has changed",
    ),
    row(
        "InvalidTransaction.UnknownOrigin",
        "the chain does not take the signature for anybody's",
        SIGNATURE,
    ),
    row(
        "Multisig.AlreadyApproved",
        "this signatory has approved the call before",
        "let another signatory approve it",
    ),
    row(
        "Multisig.AlreadyStored",
        "the call is stored on the chain already",
        "approve it by its hash",
    ),
    row(
        "Multisig.MaxWeightTooLow",
        "the call weighs more than the last signatory has allowed",
        "let the last signatory approve it with a higher max_weight",
    ),
    row(
        "Multisig.MinimumThreshold",
        "a multisig needs a threshold of 2 or more",
        "use the threshold with which the account was made",
    ),
    row(
        "Multisig.NoApprovalsNeeded",
        "the call has all the approvals it needs",
        "let one signatory execute it with as_multi; outside the freeze window",
    ),
    row(
        "Multisig.NoTimepoint",
        "the call waits for approvals already, so its timepoint must be named",
        "name the block and index of the first approval",
    ),
    row(
        "Multisig.NotFound",
        "no such call waits for approvals",
        "check the call, the threshold and the signatories; it may be done or cancelled",
    ),
    row(
        "Multisig.NotOwner",
        "only the signatory that opened the call can cancel it",
        "let the signatory that gave the first approval cancel it",
    ),
    row(
        "Multisig.SenderInSignatories",
        "the sender stands among the other signatories",
        "name the others only",
    ),
    row(
        "Multisig.SignatoriesOutOfOrder",
        "the other signatories are not in the order of their public keys",
        "sort them by public key",
    ),
    row("Multisig.TooFewSignatories", "no other signatory is named", "name all the others"),
    row(
        "Multisig.TooManySignatories",
        "a multisig has at most 100 signatories",
        "use the signatories with which the account was made",
    ),
    row(
        "Multisig.UnexpectedTimepoint",
        "a timepoint is named, but no such call waits for approvals",
        "leave the timepoint out of the first approval; else the call may be done or cancelled",
    ),
    row(
        "Multisig.WrongTimepoint",
        "the call was opened at another timepoint",
        "name the block and index of the first approval",
    ),
    row(
        "NoProviders",
        "the account does not exist, since nothing holds it up",
        "send some TAO to it first: 500 rao at least",
    ),
    row(
        "Node.StateDiscarded",
        "the node no longer keeps the state of so old a block",
        "use `--network archive` for older blocks",
    ),
    row(
        "Node.TooManyRequests",
        "the node limits how much one address may ask of it, and that much has been asked",
        "wait a minute and try again, or name another node with --network",
    ),
    row(
        "Other",
        "the chain gives no reason",
        "run `subtune plan` again, and look at the block in an explorer",
    ),
    row(
        "Pool.AlreadyImported",
        "the node has this very transaction already",
        "do not send it again: `subtune history --refresh` asks the chain for its outcome",
    ),
    row(
        "Pool.BadFormat",
        "the bytes are not a transaction of this runtime",
        "make a new plan: the runtime may have been upgraded since the transaction was made",
    ),
    row("Pool.CycleDetected", "transactions of the pool wait for each other", BUG),
    row(
        "Pool.Future",
        "the pool takes no transaction that must wait for an earlier one",
        "wait until the earlier transaction of the signer is in a block, then make a new plan",
    ),
    row(
        "Pool.ImmediatelyDropped",
        "the pool of the node is full",
        "try again in some blocks, or name another node with --network",
    ),
    row(
        "Pool.InvalidBlockId",
        "the node does not know the block that the transaction was checked at",
        "try again in some blocks, or name another node with --network",
    ),
    row(
        "Pool.InvalidTransaction",
        "the transaction is turned away before it runs; the words behind the code tell why",
        "explain those words: `subtune explain \"Custom error: 6\"`, `subtune explain \"Transaction is outdated\"`",
    ),
    row("Pool.NoTags", "the transaction takes no place in the pool", BUG),
    row(
        "Pool.TemporarilyBanned",
        "the node has turned this very transaction away a moment ago",
        "make a new plan: a new transaction is not banned",
    ),
    row(
        "Pool.TooLowPriority",
        "another transaction of the signer with the same nonce waits in the pool",
        "wait until the other one is in a block (`subtune history` lists those sent here), then make a new plan",
    ),
    row(
        "Pool.Unactionable",
        "the node can neither pass the transaction on nor put it into a block of its own",
        "name another node with --network",
    ),
    row(
        "Pool.UnknownValidity",
        "the node cannot tell whether the transaction is valid",
        "try again in some blocks, or name another node with --network",
    ),
    row(
        "Pool.VerificationError",
        "the node could not check the transaction",
        "try again in some blocks, or name another node with --network",
    ),
    row(
        "Proxy.AnnouncementDepositInvariantViolated",
        "the deposit for the announcements of the proxy does not add up",
        BUG,
    ),
    row("Proxy.Duplicate", "the account is such a proxy already", "go on: it can be used"),
    row("Proxy.InvalidDerivedAccountId", "no account can be derived for the pure proxy", PROXIES),
    row(
        "Proxy.NoPermission",
        "a proxy may not give itself more rights than it has",
        "sign the call as the owner itself",
    ),
    row("Proxy.NoSelfProxy", "an account cannot be its own proxy", "name another account"),
    row(
        "Proxy.NotFound",
        "the account has no such proxy",
        "check the delegate, the proxy type and the delay",
    ),
    row(
        "Proxy.NotProxy",
        "the signer is not a proxy of this type for the account",
        "check the proxied account, or let it add the signer as a proxy",
    ),
    row(
        "Proxy.TooMany",
        "the account has as many proxies or announcements as it may: 20 proxies",
        "remove one first",
    ),
    row(
        "Proxy.Unannounced",
        "the proxy has a delay, and the call was not announced, or too short a while ago",
        "announce the call, wait for the delay, then send it as proxy_announced",
    ),
    row(
        "Proxy.Unproxyable",
        "the type of the proxy does not cover this call",
        "use a proxy type that covers it, or sign as the owner itself",
    ),
    row("RootNotAllowed", "root may not make this call", "sign it with the owner's coldkey"),
    row(
        "SafeMode.AlreadyDeposited",
        "the account has a deposit in the safe mode already",
        SAFE_MODE,
    ),
    row("SafeMode.CannotReleaseYet", "the deposit cannot be released yet", SAFE_MODE),
    row("SafeMode.CurrencyError", "the deposit cannot be held or released", SAFE_MODE),
    row(
        "SafeMode.Entered",
        "the chain is in safe mode, which lets no hyperparameter change",
        "wait until SafeMode.EnteredUntil has passed, then make a new plan",
    ),
    row("SafeMode.Exited", "the chain is not in safe mode", SAFE_MODE),
    row("SafeMode.NoDeposit", "the account has no deposit in the safe mode", SAFE_MODE),
    row(
        "SafeMode.NotConfigured",
        "this chain does not let anybody but root enter or leave the safe mode",
        SAFE_MODE,
    ),
    row(
        "SubtensorModule.AccountRejectsLockedAlpha",
        "the receiving coldkey takes no locked alpha",
        LOCKS,
    ),
    row("SubtensorModule.ActiveLockExists", "the coldkey has a lock already", LOCKS),
    row(
        "SubtensorModule.ActivityCutoffFactorMilliOutOfBounds",
        "activity_cutoff_factor must be from 1000 to 50000, which is 1 to 50 tempos",
        "take a value inside the bounds",
    ),
    row(
        "SubtensorModule.ActivityCutoffTooLow",
        "activity_cutoff must be at least MinActivityCutoff of the chain, 360 blocks by default",
        "take a greater value; from runtime 423 on set activity_cutoff_factor instead",
    ),
    row(
        "SubtensorModule.AddStakeBurnRateLimitExceeded",
        "stake was added and burnt on this subnet too short a while ago",
        STAKING,
    ),
    row(
        "SubtensorModule.AdminActionProhibitedDuringWeightsWindow",
        "no changes are accepted in the freeze window before an epoch",
        "`subtune plan` tells the block at which it ends, and `subtune apply --wait` waits for it",
    ),
    row(
        "SubtensorModule.AllNetworksInImmunity",
        "no subnet can make room for a new one: all are still immune",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.AlphaHighTooLow",
        "alpha_high must be at least 1638",
        "take 1638 or more, and not less than alpha_low",
    ),
    row(
        "SubtensorModule.AlphaLowOutOfRange",
        "alpha_low must be at least 1638 and at most alpha_high",
        "set alpha_low and alpha_high in one plan: one call carries both",
    ),
    row("SubtensorModule.AmountTooLow", "the amount is below the least one", STAKING),
    row(
        "SubtensorModule.AnnouncedColdkeyHashDoesNotMatch",
        "the new coldkey is not the one that was announced",
        KEYS,
    ),
    row(
        "SubtensorModule.AutoEpochAlreadyImminent",
        "the next epoch comes within the freeze window anyway",
        "wait for that epoch: there is nothing to trigger",
    ),
    row(
        "SubtensorModule.BalanceWithdrawalError",
        "the amount cannot be taken from the coldkey",
        STAKING,
    ),
    row(
        "SubtensorModule.BasketConcentrationCapExceeded",
        "a trade would leave too much of a basket in one subnet",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketDepositPending",
        "a deposit of root dividends has to be settled first",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketHasNoWeights",
        "a basket has no holdings; the chain no longer returns it",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketLiquidityCapExceeded",
        "a trade would leave the basket with too much of the alpha of a subnet",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketMinOutNotMet",
        "a trade of a basket would have brought less than the minimum asked for",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketSameSubnet",
        "a trade of a basket goes from a subnet to itself",
        BASKETS,
    ),
    row("SubtensorModule.BasketSwapBatchEmpty", "a batch of basket trades is empty", BASKETS),
    row("SubtensorModule.BasketTradingDisabled", "trading of baskets is switched off", BASKETS),
    row(
        "SubtensorModule.BasketTradingFrozen",
        "trading of the basket of this hotkey is frozen",
        BASKETS,
    ),
    row(
        "SubtensorModule.BasketTurnoverBudgetExceeded",
        "a trade is larger than what the basket may trade for now",
        BASKETS,
    ),
    row(
        "SubtensorModule.BeneficiaryDoesNotOwnHotkey",
        "the hotkey is not one of the lease's beneficiary",
        LEASES,
    ),
    row(
        "SubtensorModule.BetaBasketSeedInProgress",
        "baskets are being set up, and root stake cannot be moved until they are",
        BASKETS,
    ),
    row(
        "SubtensorModule.CallDisabled",
        "the chain has switched this call off",
        "leave it out, and look for news of the runtime",
    ),
    row(
        "SubtensorModule.CanNotSetRootNetworkWeights",
        "nobody can set weights on the root network",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.CannotAffordLockCost",
        "the coldkey has less TAO than a new subnet costs",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.CannotBurnOrRecycleOnRootSubnet",
        "nothing can be burnt or recycled on the root network",
        STAKING,
    ),
    row(
        "SubtensorModule.CannotUnstakeLock",
        "the amount that was locked for the subnet cannot be unstaked",
        STAKING,
    ),
    row(
        "SubtensorModule.CannotUseSystemAccount",
        "sn_owner_hotkey must not be an account of the chain's own",
        "name a hotkey that you hold",
    ),
    row(
        "SubtensorModule.ChildParentInconsistency",
        "a hotkey cannot be both child and parent here",
        CHILDREN,
    ),
    row("SubtensorModule.ColdKeyAlreadyAssociated", "the new coldkey has hotkeys already", KEYS),
    row(
        "SubtensorModule.ColdkeyCollateralIncomplete",
        "a coldkey swap could not move all collateral",
        KEYS,
    ),
    row(
        "SubtensorModule.ColdkeyCollateralPositionsFull",
        "the coldkey has collateral with the maximum number of hotkeys on the subnet",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.ColdkeyIsInArbitration",
        "the coldkey is in arbitration over a swap, so nothing of it moves",
        "wait until the arbitration is over, then make a new plan",
    ),
    row("SubtensorModule.ColdkeySwapAlreadyDisputed", "the coldkey swap is disputed already", KEYS),
    row(
        "SubtensorModule.ColdkeySwapAnnounced",
        "a coldkey swap is announced for the signer: until it is done nothing else goes",
        SWAP,
    ),
    row(
        "SubtensorModule.ColdkeySwapAnnouncementNotFound",
        "no coldkey swap is announced for the account",
        KEYS,
    ),
    row(
        "SubtensorModule.ColdkeySwapClearTooEarly",
        "the announcement of the coldkey swap cannot be taken back yet",
        KEYS,
    ),
    row(
        "SubtensorModule.ColdkeySwapDisputed",
        "the coldkey swap of the signer is disputed: nothing goes until that is settled",
        DISPUTE,
    ),
    row(
        "SubtensorModule.ColdkeySwapReannouncedTooEarly",
        "another coldkey swap cannot be announced yet",
        KEYS,
    ),
    row(
        "SubtensorModule.ColdkeySwapTooEarly",
        "the announced coldkey swap cannot be done yet",
        KEYS,
    ),
    row(
        "SubtensorModule.ColdkeySwapTooHeavy",
        "the coldkey has more stake than one coldkey swap can move",
        KEYS,
    ),
    row(
        "SubtensorModule.CommitPayloadTooLarge",
        "committed weights have more bytes than the consensus of the subnet takes",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.CommitQueueFull",
        "the queue of committed weights of a subnet in Null consensus is full",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.CommitRevealDisabled",
        "the subnet takes no commits of weights: commit_reveal_weights_enabled is off",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.CommitRevealEnabled",
        "the subnet takes weights by commit and reveal only: commit_reveal_weights_enabled is on",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.CommittingWeightsTooFast",
        "weights were committed less than weights_rate_limit blocks ago",
        WEIGHTS,
    ),
    row("SubtensorModule.DelegateTakeTooHigh", "the take is above the highest one", TAKES),
    row("SubtensorModule.DelegateTakeTooLow", "the take is below the lowest one", TAKES),
    row(
        "SubtensorModule.DelegateTxRateLimitExceeded",
        "the take was changed too short a while ago",
        TAKES,
    ),
    row(
        "SubtensorModule.Deprecated",
        "the chain has retired this call: it always fails",
        "leave it out; `subtune explain NAME` says what to use instead",
    ),
    row(
        "SubtensorModule.DisabledTemporarily",
        "the chain has switched this call off for the time being",
        "try again after the next runtime upgrade",
    ),
    row("SubtensorModule.DuplicateChild", "a child stands twice in the list", CHILDREN),
    row("SubtensorModule.DuplicateUids", "a UID stands twice among the weights", WEIGHTS),
    row(
        "SubtensorModule.DynamicTempoBlockedByCommitReveal",
        "no epoch can be triggered while commit_reveal_weights_enabled is on",
        "wait for the next epoch: subtune does not send trigger_epoch",
    ),
    row(
        "SubtensorModule.EpochTriggerAlreadyPending",
        "an epoch is triggered already and has not run yet",
        "wait until it has run; until then the freeze window lasts",
    ),
    row(
        "SubtensorModule.EvmKeyAssociateRateLimitExceeded",
        "an EVM key was associated too short a while ago",
        KEYS,
    ),
    row(
        "SubtensorModule.EvmKeyAssociationLimitExceeded",
        "the EVM address has the maximum number of UIDs on this subnet",
        KEYS,
    ),
    row(
        "SubtensorModule.ExpectedBeneficiaryOrigin",
        "only the beneficiary of the lease may do this",
        LEASES,
    ),
    row(
        "SubtensorModule.ExpiredWeightCommit",
        "the weights are revealed later than commit_reveal_period allows",
        WEIGHTS,
    ),
    row("SubtensorModule.FailedToSchedule", "the coldkey swap cannot be scheduled", KEYS),
    row(
        "SubtensorModule.FaucetDisabled",
        "this chain has no faucet",
        "use a development chain, or get TAO otherwise",
    ),
    row(
        "SubtensorModule.FirstEmissionBlockNumberAlreadySet",
        "the subnet has been started before",
        REGISTRATION,
    ),
    row("SubtensorModule.HotKeyAccountNotExists", "there is no such hotkey", STAKING),
    row("SubtensorModule.HotKeyAlreadyDelegate", "the hotkey is a delegate already", TAKES),
    row(
        "SubtensorModule.HotKeyAlreadyRegisteredInSubNet",
        "the hotkey is registered on the subnet already",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.HotKeyNotRegisteredInNetwork",
        "the hotkey is not registered on any subnet",
        SERVING,
    ),
    row(
        "SubtensorModule.HotKeyNotRegisteredInSubNet",
        "the hotkey is not registered on the subnet",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.HotKeySetTxRateLimitExceeded",
        "the hotkey was set or swapped too short a while ago",
        KEYS,
    ),
    row(
        "SubtensorModule.HotKeySwapOnSubnetIntervalNotPassed",
        "the hotkey was swapped on this subnet too short a while ago",
        KEYS,
    ),
    row(
        "SubtensorModule.IncorrectCommitRevealVersion",
        "the weights were committed by another version of commit and reveal",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.IncorrectWeightVersionKey",
        "the validator's weights carry a version below weights_version of the subnet",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.InputLengthsUnequal",
        "the lists of a batch are of different lengths",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.InsufficientAlphaBalance",
        "the account has too little alpha staked",
        STAKING,
    ),
    row("SubtensorModule.InsufficientBalance", "the account has too little TAO", FUNDS),
    row(
        "SubtensorModule.InsufficientLiquidity",
        "the pool of the subnet is too small for the amount",
        STAKING,
    ),
    row(
        "SubtensorModule.InsufficientStakeForLock",
        "there is less stake on the subnet than is to be locked",
        LOCKS,
    ),
    row("SubtensorModule.InsufficientTaoBalance", "the account has too little TAO", FUNDS),
    row(
        "SubtensorModule.InvalidBatchLength",
        "a batch of weights is empty, or has more items than there are subnets",
        WEIGHTS,
    ),
    row("SubtensorModule.InvalidChild", "the hotkey cannot be a child here", CHILDREN),
    row(
        "SubtensorModule.InvalidChildkeyTake",
        "the childkey take is not between the lowest (min_childkey_take) and the highest one",
        TAKES,
    ),
    row("SubtensorModule.InvalidDifficulty", "the proof of work is too weak", REGISTRATION),
    row("SubtensorModule.InvalidIdentity", "the identity does not have the right form", IDENTITY),
    row("SubtensorModule.InvalidIpAddress", "the IP address cannot be used", SERVING),
    row("SubtensorModule.InvalidIpType", "the IP type must be 4 or 6", SERVING),
    row(
        "SubtensorModule.InvalidLeaseBeneficiary",
        "the account cannot be the beneficiary of the lease",
        LEASES,
    ),
    row("SubtensorModule.InvalidNumRootClaim", "the number of root claims is not allowed", STAKING),
    row("SubtensorModule.InvalidPort", "the port cannot be used", SERVING),
    row(
        "SubtensorModule.InvalidRecoveredPublicKey",
        "the signature was made by another EVM key",
        KEYS,
    ),
    row(
        "SubtensorModule.InvalidRevealCommitHashNotMatch",
        "the revealed weights are not those that were committed",
        WEIGHTS,
    ),
    row("SubtensorModule.InvalidRevealRound", "the reveal round is over already", WEIGHTS),
    row(
        "SubtensorModule.InvalidRootClaimThreshold",
        "root_claim_threshold must be at most 10000000",
        "take 10000000 or less",
    ),
    row("SubtensorModule.InvalidSeal", "the proof of work does not fit", REGISTRATION),
    row("SubtensorModule.InvalidSubnetNumber", "the number of subnets is not allowed", STAKING),
    row(
        "SubtensorModule.InvalidValue",
        "the value is outside the bounds of the hyperparameter, or a split does not fit",
        BOUNDS,
    ),
    row(
        "SubtensorModule.InvalidVotingPowerEmaAlpha",
        "voting_power_ema_alpha must be at most 10^18",
        "leave it out: only root can set it",
    ),
    row("SubtensorModule.InvalidWorkBlock", "the proof of work is for another block", REGISTRATION),
    row(
        "SubtensorModule.KeepStakeBlockedByCollateral",
        "a hotkey swap that keeps the stake is refused while the old hotkey has collateral",
        KEYS,
    ),
    row("SubtensorModule.LeaseCannotEndInThePast", "the lease would end in the past", LEASES),
    row("SubtensorModule.LeaseDoesNotExist", "there is no such lease", LEASES),
    row("SubtensorModule.LeaseHasNoEndBlock", "the lease has no end", LEASES),
    row("SubtensorModule.LeaseHasNotEnded", "the lease is not over yet", LEASES),
    row("SubtensorModule.LeaseNetuidNotFound", "the lease has no subnet", LEASES),
    row(
        "SubtensorModule.LiquidAlphaDisabled",
        "liquid alpha must be on to set the alpha values",
        "set liquid_alpha_enabled to true in the same plan: subtune sends it first",
    ),
    row("SubtensorModule.LockHotkeyMismatch", "the lock is for another hotkey", LOCKS),
    row(
        "SubtensorModule.LockIdOverFlow",
        "the coldkey has registered too many subnets",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.MaxWeightExceeded",
        "a weight is above max_weights_limit of the subnet",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.MechanismDoesNotExist",
        "the subnet has no such mechanism, or does not exist",
        "check the netuid, and mechanism_count with `subtune show NETUID`",
    ),
    row(
        "SubtensorModule.NeedWaitingMoreBlocksToStarCall",
        "the subnet is too young to be started",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.NetworkDissolveAlreadyQueued",
        "the subnet is already waiting to be dissolved",
        DISSOLVED,
    ),
    row(
        "SubtensorModule.NetworkTxRateLimitExceeded",
        "a subnet was registered too short a while ago",
        REGISTRATION,
    ),
    row("SubtensorModule.NeuronNoValidatorPermit", "the neuron has no validator permit", WEIGHTS),
    row("SubtensorModule.NewColdKeyIsHotkey", "the new coldkey is a hotkey", KEYS),
    row("SubtensorModule.NewHotKeyIsSameWithOld", "the new hotkey is the old one", KEYS),
    row(
        "SubtensorModule.NewHotKeyNotCleanForRootSwap",
        "the new hotkey has stake or claims on the root network",
        KEYS,
    ),
    row("SubtensorModule.NoExistingLock", "the coldkey has no lock on the subnet", LOCKS),
    row(
        "SubtensorModule.NoNeuronIdAvailable",
        "the subnet has no room for another neuron",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.NoWeightsCommitFound",
        "there are no committed weights to reveal",
        WEIGHTS,
    ),
    row("SubtensorModule.NonAssociatedColdKey", "the hotkey belongs to another coldkey", KEYS),
    row(
        "SubtensorModule.NotEnoughAlphaOutToRecycle",
        "the subnet has less alpha than is to be recycled",
        STAKING,
    ),
    row(
        "SubtensorModule.NotEnoughBalanceToPaySwapColdKey",
        "the coldkey has too little TAO to pay for its swap",
        KEYS,
    ),
    row(
        "SubtensorModule.NotEnoughBalanceToPaySwapHotKey",
        "the coldkey has too little TAO to pay for the swap of a hotkey",
        KEYS,
    ),
    row(
        "SubtensorModule.NotEnoughBalanceToStake",
        "the coldkey has less TAO than is to be staked",
        STAKING,
    ),
    row("SubtensorModule.NotEnoughStake", "the hotkey has too little stake", STAKING),
    row(
        "SubtensorModule.NotEnoughStakeToSetChildkeys",
        "the parent hotkey has too little stake of its own",
        CHILDREN,
    ),
    row(
        "SubtensorModule.NotEnoughStakeToSetWeights",
        "the validator has too little stake to set weights",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.NotEnoughStakeToWithdraw",
        "there is less stake than is to be taken off",
        STAKING,
    ),
    row("SubtensorModule.NotRootSubnet", "the call is for the root network only", WEIGHTS),
    row(
        "SubtensorModule.NotSubnetOwner",
        "the signer does not own the subnet",
        "`subtune show NETUID` names the owner; sign with the owner's coldkey",
    ),
    row("SubtensorModule.Overflow", "a number of the chain has become too large", BUG),
    row("SubtensorModule.PrecisionLoss", "the amount cannot be unstaked exactly", STAKING),
    row(
        "SubtensorModule.ProportionOverflow",
        "the shares of the children sum to more than the whole",
        CHILDREN,
    ),
    row(
        "SubtensorModule.RegistrationNotPermittedOnRootSubnet",
        "this cannot be done on the root network (netuid 0)",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.RegistrationPriceLimitExceeded",
        "registration costs more than the caller is ready to pay",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.RevealPeriodTooLarge",
        "commit_reveal_period must be at most 100 epochs",
        "take a value from 1 to 100",
    ),
    row(
        "SubtensorModule.RevealPeriodTooSmall",
        "commit_reveal_period must be at least 1 epoch",
        "take a value from 1 to 100",
    ),
    row(
        "SubtensorModule.RevealTooEarly",
        "the weights are revealed before commit_reveal_period is over",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.RootClaimTooHeavy",
        "a root claim covers too many hotkeys and baskets for one call",
        STAKING,
    ),
    row("SubtensorModule.RootNetworkDoesNotExist", "the chain has no root network", REGISTRATION),
    row(
        "SubtensorModule.RootStakeLocked",
        "root stake is held for a while after it was last changed or claimed",
        STAKING,
    ),
    row(
        "SubtensorModule.RootWeightCapExceeded",
        "a cap on weights of the root network; the chain no longer returns it",
        BASKETS,
    ),
    row(
        "SubtensorModule.RootWeightSettingDisabled",
        "weights of the root network are gone; the chain no longer returns it",
        BASKETS,
    ),
    row(
        "SubtensorModule.SameAutoStakeHotkeyAlreadySet",
        "this hotkey is the one for automatic staking already",
        STAKING,
    ),
    row("SubtensorModule.SameNetuid", "both subnets are the same", STAKING),
    row(
        "SubtensorModule.ServingRateLimitExceeded",
        "the neuron announced itself less than serving_rate_limit blocks ago",
        SERVING,
    ),
    row(
        "SubtensorModule.SettingWeightsTooFast",
        "the validator set weights less than weights_rate_limit blocks ago",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.SlippageTooHigh",
        "the price would move more than the caller allows",
        STAKING,
    ),
    row(
        "SubtensorModule.StakeTooLowForRoot",
        "the hotkey has too little stake for the root network",
        REGISTRATION,
    ),
    row("SubtensorModule.StakeUnavailable", "the stake is locked", LOCKS),
    row(
        "SubtensorModule.StakingOperationRateLimitExceeded",
        "stake was moved too short a while ago",
        STAKING,
    ),
    row(
        "SubtensorModule.StakingRateLimitExceeded",
        "stake was moved too short a while ago",
        STAKING,
    ),
    row("SubtensorModule.StartCallNotReady", "the subnet is too young to be started", START),
    row(
        "SubtensorModule.SubNetRegistrationDisabled",
        "the subnet takes no registrations of this sort: registration_allowed is off",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.SubnetBuybackRateLimitExceeded",
        "a subnet was bought back too recently",
        STAKING,
    ),
    row(
        "SubtensorModule.SubnetLimitReached",
        "there are as many subnets as there may be, and none can go",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.SubnetNotExists",
        "there is no such subnet",
        "check the netuid and --network",
    ),
    row(
        "SubtensorModule.SubtokenDisabled",
        "the token of the subnet is not traded yet: subtoken_enabled is off",
        STAKING,
    ),
    row("SubtensorModule.SwapAlreadyScheduled", "a coldkey swap is scheduled already", KEYS),
    row(
        "SubtensorModule.SymbolAlreadyInUse",
        "another subnet has this token_symbol",
        "take a symbol that no subnet has",
    ),
    row(
        "SubtensorModule.SymbolDoesNotExist",
        "token_symbol must be one of the chain's own list",
        "take a symbol of that list",
    ),
    row(
        "SubtensorModule.TempoOutOfBounds",
        "an owner may set tempo to 360 to 50400 blocks, 72 minutes to 7 days",
        "take a value inside the bounds",
    ),
    row("SubtensorModule.TooManyChildren", "a hotkey has at most 5 children", CHILDREN),
    row(
        "SubtensorModule.TooManyRegistrationsThisBlock",
        "max_regs_per_block neurons have registered in this block",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.TooManyRegistrationsThisInterval",
        "too many neurons have registered in this interval (see target_regs_per_interval)",
        REGISTRATION,
    ),
    row(
        "SubtensorModule.TooManyStakingHotkeys",
        "the coldkey stakes through the maximum number of hotkeys",
        STAKING,
    ),
    row(
        "SubtensorModule.TooManyUIDsPerMechanism",
        "max_allowed_uids times mechanism_count must be at most 256",
        "lower max_allowed_uids in the same plan: 128 goes with two mechanisms",
    ),
    row(
        "SubtensorModule.TooManyUnrevealedCommits",
        "too many committed weights wait to be revealed",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.TransactorAccountShouldBeHotKey",
        "the call must be signed by the hotkey",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.TransferDisallowed",
        "the subnet lets no stake be transferred: transfers_enabled is off",
        STAKING,
    ),
    row(
        "SubtensorModule.TrimmingWouldExceedMaxImmunePercentage",
        "after the trim 80% or more of the neurons would be immune",
        "take a greater number, or wait until fewer neurons are immune",
    ),
    row(
        "SubtensorModule.TxChildkeyTakeRateLimitExceeded",
        "the childkey take was changed too short a while ago",
        TAKES,
    ),
    row(
        "SubtensorModule.TxRateLimitExceeded",
        "the same hyperparameter was changed too short a while ago",
        "`subtune plan` tells the block from which it goes, and `subtune apply --wait` waits for it",
    ),
    row("SubtensorModule.UidMapCouldNotBeCleared", "the UIDs of the subnet cannot be cleared", BUG),
    row(
        "SubtensorModule.UidVecContainInvalidOne",
        "a weight is for a UID that the subnet does not have",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.UidsLengthExceedUidsInSubNet",
        "there are more weights than neurons",
        WEIGHTS,
    ),
    row(
        "SubtensorModule.UnableToRecoverPublicKey",
        "the signature of the EVM key cannot be read",
        KEYS,
    ),
    row("SubtensorModule.UnlockAmountTooHigh", "less is locked than is to be unlocked", LOCKS),
    row(
        "SubtensorModule.VotingPowerTrackingNotEnabled",
        "voting_power_tracking is off already",
        "leave it out: nothing is to be done",
    ),
    row(
        "SubtensorModule.WaitingForDissolvedSubnetCleanup",
        "a dissolved subnet is still being cleaned up",
        DISSOLVED,
    ),
    row(
        "SubtensorModule.WeightVecLengthIsLow",
        "there are fewer weights than min_allowed_weights of the subnet",
        WEIGHTS,
    ),
    row("SubtensorModule.WeightVecNotEqualSize", "there are not as many weights as UIDs", WEIGHTS),
    row(
        "SubtensorModule.ZeroBalanceAfterWithdrawn",
        "nothing would be left on the coldkey",
        STAKING,
    ),
    row("SubtensorModule.ZeroMaxStakeAmount", "nothing can be staked at this price", STAKING),
    row(
        "Swap.FeeRateTooHigh",
        "swap_fee_rate is above the highest one of the chain",
        "leave it out: only root can set swap_fee_rate",
    ),
    row(
        "System.CallFiltered",
        "the chain does not let this call through now: safe mode, a batch in a batch, or a proxy that may not make it",
        "sign as the owner itself, without a batch of your own around it; if the chain is in safe mode, wait until SafeMode.EnteredUntil has passed",
    ),
    row(
        "System.FailedToExtractRuntimeVersion",
        "the new runtime does not tell its version",
        UPGRADES,
    ),
    row("System.InvalidSpecName", "the new runtime has another name", UPGRADES),
    row("System.MultiBlockMigrationsOngoing", "a migration is still running", UPGRADES),
    row(
        "System.NonDefaultComposite",
        "the account holds more than a balance, so it cannot be removed",
        ACCOUNT,
    ),
    row(
        "System.NonZeroRefCount",
        "something on the chain still needs this account, so it cannot be removed",
        ACCOUNT,
    ),
    row("System.NothingAuthorized", "no upgrade is authorized", UPGRADES),
    row("System.SpecVersionNeedsToIncrease", "the new runtime is not newer", UPGRADES),
    row("System.Unauthorized", "this code is not the one that was authorized", UPGRADES),
    row(
        "Token.BelowMinimum",
        "the balance would fall below the existential deposit of 500 rao",
        FUNDS,
    ),
    row("Token.Blocked", "the account takes no tokens", ACCOUNT),
    row("Token.CannotCreate", "the account to be paid cannot be created", ACCOUNT),
    row("Token.CannotCreateHold", "nothing can be held on the account", ACCOUNT),
    row(
        "Token.Frozen",
        "the tokens of the account are frozen",
        "sign with an account that has free TAO",
    ),
    row("Token.FundsUnavailable", "the account has too little TAO", FUNDS),
    row("Token.NotExpendable", "the account would have too little left to live on", FUNDS),
    row("Token.OnlyProvider", "the tokens are all that keeps the account alive", FUNDS),
    row("Token.UnknownAsset", "there is no such token", ACCOUNT),
    row("Token.Unsupported", "this token does not do that", ACCOUNT),
    row("TooManyConsumers", "too much on the chain needs this account", ACCOUNT),
    row(
        "Transactional.LimitReached",
        "calls are nested too deeply",
        "send the calls with fewer batches or proxies around them",
    ),
    row(
        "Transactional.NoLayer",
        "a call that must be undone as a whole is not prepared for it",
        BUG,
    ),
    row(
        "Unavailable",
        "what the call needs is not there now",
        "make a new plan and try again in a later block",
    ),
    row(
        "UnknownTransaction.CannotLookup",
        "the chain cannot look up what it needs to check the transaction",
        "check that the signer's account has TAO, or name another node with --network",
    ),
    row("UnknownTransaction.NoUnsignedValidator", "the transaction is not signed", SIGNATURE),
    row("Utility.InvalidDerivedAccount", "no account can be derived for the call", PROXIES),
    row(
        "Utility.TooManyCalls",
        "the batch holds more calls than the chain allows",
        "take fewer hyperparameters at a time with --only",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules, schedule};

    fn one(name: &str) -> &'static str {
        match find(name) {
            Found::One(row) => row.name,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn the_rows_are_sorted_and_say_something() {
        for pair in ALL.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} comes too late", pair[1].name);
        }
        let topics = TOPICS.iter().map(|topic| (topic.name, topic.meaning, topic.advice));
        for (name, meaning, advice) in
            ALL.iter().map(|row| (row.name, row.meaning, row.advice)).chain(topics)
        {
            for text in [meaning, advice] {
                assert!(text.split(' ').count() >= 3, "{name}: {text}");
                assert!(!text.ends_with('.') && !text.contains("  "), "{name}: {text}");
            }
        }
    }

    #[test]
    fn a_name_is_found_in_every_form() {
        for form in [
            "SubtensorModule.TxRateLimitExceeded",
            "SubtensorModule::TxRateLimitExceeded",
            "TxRateLimitExceeded",
            "txratelimitexceeded",
            "subtensormodule::TXRATELIMITEXCEEDED",
        ] {
            assert_eq!(one(form), rules::RATE_LIMIT, "{form}");
        }
        assert_eq!(one("badorigin"), rules::BAD_ORIGIN);
        assert_eq!(one("CannotLookup"), "CannotLookup");
        assert_eq!(one("UnknownTransaction.CannotLookup"), "UnknownTransaction.CannotLookup");
        for form in ["Custom(21)", "custom(21)", "InvalidTransaction::Custom(21)"] {
            assert_eq!(one(form), "InvalidTransaction.Custom(21)", "{form}");
        }
        assert_eq!(one("InvalidTransaction.Custom(99)"), "InvalidTransaction.Custom");
        assert_eq!(find("Custom(x)"), Found::Nothing);
        assert_eq!(find("Custom(256)"), Found::Nothing);
        assert_eq!(find("tempo"), Found::Nothing);
        let Found::Several(rows) = find("InvalidValue") else { panic!("not several") };
        let names: Vec<_> = rows.iter().map(|row| row.name).collect();
        assert_eq!(names, ["AdminUtils.InvalidValue", "SubtensorModule.InvalidValue"]);
    }

    #[test]
    fn what_a_node_prints_is_found() {
        let printed = |text: &str| find_printed(text).map(|row| row.name);
        for (text, name) in [
            ("1014", "Pool.TooLowPriority"),
            ("1010", "Pool.InvalidTransaction"),
            ("-32005", "Node.TooManyRequests"),
            ("Priority is too low", "Pool.TooLowPriority"),
            ("priority is too low: (0 vs 18446744073709551615)", "Pool.TooLowPriority"),
            ("{'code': 1014, 'message': 'Priority is too low: (1 vs 1)'}", "Pool.TooLowPriority"),
            ("Custom error: 6", "InvalidTransaction.Custom(6)"),
            ("1010: Invalid Transaction: Custom error: 6", "InvalidTransaction.Custom(6)"),
            (
                "Invalid Transaction (1010), Custom error: 255 | Please consult",
                "InvalidTransaction.Custom(255)",
            ),
            ("Custom error: 99", "InvalidTransaction.Custom"),
            ("1010: Invalid Transaction: Transaction is outdated", "InvalidTransaction.Stale"),
            ("Inability to pay some fees", "InvalidTransaction.Payment"),
            (
                "Inability to pay some fees (e.g. account balance too low)",
                "InvalidTransaction.Payment",
            ),
            ("Invalid Transaction", "Pool.InvalidTransaction"),
            ("Transaction is temporarily banned", "Pool.TemporarilyBanned"),
            ("RPC error 1016", "Pool.ImmediatelyDropped"),
            ("State already discarded for 0xab", "Node.StateDiscarded"),
        ] {
            assert_eq!(printed(text), Some(name), "{text}");
        }
        for text in
            ["", "tempo", "7", "Custom error: x", "Custom error: 256", "block 9233781", "Call"]
        {
            assert_eq!(printed(text), None, "{text}");
        }
        for (_, _, name) in NODE {
            assert_eq!(one(name), *name);
        }
    }

    #[test]
    fn a_misspelt_name_has_a_neighbour() {
        let near = |name| nearest(name).map(|(_, name)| name);
        assert_eq!(near("TxRateLimitExceded"), Some(rules::RATE_LIMIT));
        assert_eq!(near("subtensormodule::txratelimitexceeded"), Some(rules::RATE_LIMIT));
        assert_eq!(near("FreezWindow"), Some("FreezeWindow"));
        assert_eq!(near("xyzzyxyzzy"), None);
    }

    #[test]
    fn the_topics_are_found_and_name_errors_that_are_there() {
        for form in ["RateLimit", "rate-limit", "rate_limit", "ratelimits"] {
            assert_eq!(Topic::find(form).map(|topic| topic.name), Some("RateLimit"), "{form}");
        }
        for form in ["FreezeWindow", "freeze-window", "freeze_window", "AdminFreezeWindow"] {
            assert_eq!(Topic::find(form).map(|topic| topic.name), Some("FreezeWindow"), "{form}");
        }
        for error in TOPICS.iter().flat_map(|topic| topic.errors) {
            assert_eq!(one(error), *error);
        }
        assert_eq!(Topic::of(rules::RATE_LIMIT).map(|topic| topic.name), Some("RateLimit"));
        assert_eq!(Topic::of(rules::FREEZE_WINDOW).map(|topic| topic.name), Some("FreezeWindow"));
        let said: String =
            TOPICS.iter().flat_map(|topic| topic.parts).map(|(_, part)| *part).collect();
        for limit in
            [360, schedule::MECHANISM_LIMIT, schedule::TRIM_LIMIT, schedule::OWNER_HOTKEY_LIMIT]
        {
            assert!(said.contains(&format!("{limit} blocks")), "{limit}: {said}");
        }
    }
}
