//! A key from a secret URI: a mnemonic or a seed, with or without a derivation path, as Substrate's
//! tools write it: `phrase//hard/soft///password`.

use bip39::Language;
use sp_core::crypto::{Pair as _, SecretStringError};
use sp_core::sr25519;
use zeroize::{Zeroize as _, Zeroizing};

use crate::Unlocked;

/// The reason never quotes the text; of a mnemonic it tells positions alone.
pub fn parse(text: &str) -> Result<Unlocked, String> {
    let text = tidy(text);
    let (phrase, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
    // Substrate would put the development phrase, which is public, in front.
    if phrase.is_empty() {
        return Err(
            "there is no mnemonic or seed, only a development key's path at most".to_owned()
        );
    }
    // All that Substrate's reader would refuse with a copy of the text in its error is refused here.
    let odd = |c: char| !c.is_ascii_alphanumeric() && c != ' ';
    if phrase.contains(odd) {
        let word = phrase.split(' ').position(|word| word.contains(odd)).unwrap_or_default();
        return Err(format!(
            "word {} of the mnemonic has a character that no word has, perhaps one that cannot be \
             seen",
            word.saturating_add(1)
        ));
    }
    if !is_path(rest) {
        return Err("the derivation path behind the mnemonic or seed has an empty part or a \
                    character that cannot be seen"
            .to_owned());
    }
    let (pair, mut seed) =
        sr25519::Pair::from_string_with_seed(&text, None).map_err(|error| match error {
            SecretStringError::InvalidPhrase => wrong_phrase(phrase),
            SecretStringError::InvalidSeed | SecretStringError::InvalidSeedLength => {
                "the seed is not 0x and 64 hex digits".to_owned()
            }
            _ => "it is not written as a secret URI".to_owned(),
        })?;
    seed.zeroize();
    Ok(Unlocked::sr25519(pair))
}

/// The text as Substrate wants it: one blank between words, whatever white space was there; none in
/// a seed. What stands behind the first slash is left alone, since a password may have blanks.
fn tidy(text: &str) -> Zeroizing<String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let (phrase, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
    let between = if phrase.starts_with("0x") { "" } else { " " };
    // Room for all of it, so that the buffer never moves and leaves a copy behind.
    let mut tidy = Zeroizing::new(String::with_capacity(text.len()));
    for word in phrase.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push_str(between);
        }
        tidy.push_str(word);
    }
    tidy.push_str(rest);
    tidy
}

/// Whether this is `//hard/soft///password`, each part of which may be missing.
fn is_path(text: &str) -> bool {
    let (path, password) = match text.split_once("///") {
        Some((path, password)) => (path, password),
        None => (text, ""),
    };
    // Each part begins with one slash or two: an empty part is a slash too many.
    let parts = path.strip_prefix('/').map(|path| path.strip_prefix('/').unwrap_or(path));
    let sound = parts.is_none_or(|parts| {
        let separated = parts.replace("//", "/");
        let sound = separated.split('/').all(|part| !part.is_empty());
        drop(Zeroizing::new(separated));
        sound
    });
    sound && !path.chars().chain(password.chars()).any(char::is_control)
}

/// What is wrong with a mnemonic, by position: its words are the secret.
fn wrong_phrase(phrase: &str) -> String {
    let words = || phrase.split_whitespace();
    let count = words().count();
    if ![12, 15, 18, 21, 24].contains(&count) {
        let seed =
            count == 1 && phrase.len() == 64 && phrase.bytes().all(|b| b.is_ascii_hexdigit());
        return match (seed, count) {
            (true, _) => "the seed has no 0x in front".to_owned(),
            (false, 1) => "the mnemonic has 1 word, not 12, 15, 18, 21 or 24".to_owned(),
            (false, _) => format!("the mnemonic has {count} words, not 12, 15, 18, 21 or 24"),
        };
    }
    let list = Language::English.word_list();
    let known = |word: &str| list.binary_search(&word).is_ok();
    let mut wrong = Vec::new();
    for (word, place) in words().zip(1usize..) {
        if known(word) {
            continue;
        }
        let small = Zeroizing::new(word.to_ascii_lowercase());
        // The word that is meant is never named: it would be a part of the secret.
        let near = if known(&small) {
            ": it has capital letters"
        } else if list.iter().any(|known| strsim::damerau_levenshtein(known, word) == 1) {
            ", though one letter away from a word of it"
        } else {
            ""
        };
        wrong.push(format!(
            "word {place} of the mnemonic is not in the English list of BIP-39{near}"
        ));
    }
    if wrong.is_empty() {
        return "the words of the mnemonic are in the list, but its checksum is wrong: a word is \
                another one, or two have changed places"
            .to_owned();
    }
    wrong.join("; ")
}

#[cfg(test)]
mod tests {
    use subtune_model::address::ss58;

    use super::*;

    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    const SEED: &str = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

    fn address(text: &str) -> String {
        parse(text).map(|key| ss58(&key.account())).unwrap_or_else(|why| why)
    }

    /// Addresses as `Keypair.create_from_uri` of bittensor-wallet 4.1.1 tells them.
    #[test]
    fn what_substrate_reads_is_read() {
        let root = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for (text, expected) in [
            (PHRASE.to_owned(), root),
            (format!("  {PHRASE}\n"), root),
            (SEED.to_owned(), root),
            (format!("{PHRASE}//Alice"), alice),
            (format!("{SEED}//Alice"), alice),
            (format!("{PHRASE}//Alice/soft"), "5C8PhJPLE54x23RjmqBcEEnALryCDWdTJM5xLaoL9W8XEpnt"),
            (format!("{PHRASE}///secret"), "5HK6uyFmwszxvvpJrcKAz7sGijnCGQdn3XxGnWQMHu4ZAi2y"),
            (format!("{SEED}//hard/soft"), "5F9Awe4TLRmnDEtqq1AWMsJFRoFPctHt5Licz4B6X5LoWV9e"),
            (
                format!("{PHRASE}//hard/soft///secret"),
                "5E9PUenfKv2FaCGgBfusZmP7kVrioa7eaDPRjVdA8AjGWcVN",
            ),
            // White space is white space.
            (PHRASE.replace(' ', "\n"), root),
            (PHRASE.replace(' ', "  "), root),
            (PHRASE.replace("lake ", "lake\r\n"), root),
            (PHRASE.replace(' ', "\t"), root),
            (PHRASE.replace(' ', "\u{a0}"), root),
            (format!("\u{feff}{PHRASE}\r\n"), root),
            (format!("{PHRASE}\n//Alice\n"), alice),
            (format!("{} {}", &SEED[..40], &SEED[40..]), root),
            (format!("{PHRASE}//42/7"), "5DspSKUC5pij6uWzeHtDbpcYu43MAyP9ED1G6yFJJuSq7zVm"),
        ] {
            assert_eq!(address(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_makes_no_key_is_refused_without_quoting_it() {
        for (text, why) in [
            ("", "no mnemonic or seed"),
            (" \n", "no mnemonic or seed"),
            ("//Alice", "no mnemonic or seed"),
            ("///password", "no mnemonic or seed"),
            ("bottom drive obey", "the mnemonic has 3 words, not 12"),
            ("bottom", "the mnemonic has 1 word, not 12"),
            (&format!("{PHRASE} walk"), "the mnemonic has 13 words"),
            (
                &PHRASE.replace("walk", "walks"),
                "word 12 of the mnemonic is not in the English list",
            ),
            (&PHRASE.replace("walk", "walks"), "one letter away from a word of it"),
            (&PHRASE.replace("walk", "xyzzy"), "BIP-39"),
            (&PHRASE.replace("obey", "oby"), "word 3 of the mnemonic"),
            (
                &PHRASE.replace("obey", "Obey"),
                "word 3 of the mnemonic is not in the English list of BIP-39: it has capital",
            ),
            (&PHRASE.replace("obey", "ob\u{200b}ey"), "word 3 of the mnemonic has a character"),
            (&PHRASE.replace("walk", "wall"), "its checksum is wrong"),
            (&format!("{PHRASE}//"), "empty part"),
            (&format!("{PHRASE}//a//"), "empty part"),
            (&format!("{PHRASE}//a\u{7}"), "cannot be seen"),
            (&SEED[..40], "the seed"),
            (&format!("{SEED}00"), "the seed"),
            (&SEED[2..], "the seed has no 0x in front"),
            (&format!("{PHRASE} /"), ""),
        ] {
            let what = parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(what.contains(why), "{text}: {what}");
            for word in PHRASE.split(' ').chain(["walks", "wall", "xyzzy", "fac795"]) {
                assert!(
                    !what.split(' ').any(|said| said.trim_matches([',', ':']) == word),
                    "{what}"
                );
            }
        }
    }
}
