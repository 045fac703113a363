//! What the chain's errors mean, and what an owner does about each: how one is found.
//!
//! The words are in `data/errors.yaml`, **the** file to edit when the chain gains an error; its head
//! says which errors it holds and how an entry is written.

/// One error of the chain.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorRow {
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
    One(&'static ErrorRow),
    /// A bare name that errors of several pallets have.
    Several(Vec<&'static ErrorRow>),
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

/// Why a transaction is rejected before any call runs, by number: the chain's name, and the
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
pub fn find_printed(text: &str) -> Option<&'static ErrorRow> {
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
    let known = || ALL.iter().filter(|row| !crate::catalog::is_forgotten(row.name));
    if let Some(row) = known().find(|row| row.name.eq_ignore_ascii_case(&wanted)) {
        return Found::One(row);
    }
    let mut named = known().filter(|row| bare(row.name).eq_ignore_ascii_case(&wanted));
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

/// The rules that cover many hyperparameters.
pub static TOPICS: &[Topic] = &[
    Topic {
        name: "RateLimit",
        aliases: &["ratelimits", "txratelimit", "ownerhyperparamratelimit"],
        meaning: "an owner can change the same hyperparameter again only after a number of blocks; \
                  a rollback counts as a change",
        parts: &[
            ("most", "tempo × OwnerHyperparamRateLimit: 2 tempos by default, 720 blocks = 2h 24m"),
            (
                "weights_version",
                "tempo × WeightsVersionKeyRateLimit: 5 tempos by default, 1800 blocks = 6h",
            ),
            ("tempo", "360 blocks = 1h 12m"),
            ("mechanisms", "mechanism_count and mechanism_emission_split: 7200 blocks = 1d each"),
            ("trim", "trim_to_max_allowed_uids: 216000 blocks = 30d"),
            ("owner hotkey", "sn_owner_hotkey: 50400 blocks = 7d, for root as well"),
            (
                "no limit",
                "owner_cut_enabled, owner_cut_auto_lock_enabled, root_claim_threshold, \
                 voting_power_tracking, token_symbol",
            ),
            (
                "counted",
                "for each hyperparameter separately (alpha_low and alpha_high as one), from an \
                 owner's last successful change, at the current tempo",
            ),
        ],
        advice: "`subtune plan` shows the block from which the change is accepted, and `subtune apply \
                 --wait` waits until then",
        errors: &["SubtensorModule.TxRateLimitExceeded"],
    },
    Topic {
        name: "FreezeWindow",
        aliases: &["adminfreezewindow", "freeze", "weightswindow", "adminwindow"],
        meaning: "in the last blocks before an epoch of the subnet nobody can change its \
                  hyperparameters, root included",
        parts: &[
            (
                "frozen",
                "the last AdminFreezeWindow minus 1 blocks before an epoch: by default 9 of every 360 \
                 blocks, 108 s; the block of the epoch itself is not frozen",
            ),
            (
                "pending epoch",
                "while an epoch that was triggered or postponed is pending, all blocks before it are frozen",
            ),
            (
                "before runtime 423",
                "the last AdminFreezeWindow blocks, the block of the epoch included; an epoch comes \
                 every tempo + 1 blocks",
            ),
            (
                "short tempo",
                "with a tempo of AdminFreezeWindow or less, every block but that of the epoch is frozen",
            ),
            (
                "not for",
                "sn_owner_hotkey, token_symbol, root_claim_threshold, voting_power_tracking, and \
                 some that only root sets: `subtune explain NAME` shows which",
            ),
        ],
        advice: "`subtune plan` shows the block at which the window ends, and `subtune apply \
                 --wait` waits until then",
        errors: &[
            "SubtensorModule.AdminActionProhibitedDuringWeightsWindow",
            "SubtensorModule.AutoEpochAlreadyImminent",
        ],
    },
];

/// Every error, by name: the entries of `data/errors.yaml`, which the build has checked.
pub static ALL: &[ErrorRow] = include!(concat!(env!("OUT_DIR"), "/errors.rs"));

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
