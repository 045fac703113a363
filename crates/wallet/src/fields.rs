//! The JSON inside a keyfile, read without ever copying a secret: every text borrows from the
//! buffer that it was read from, which is wiped when dropped.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use subtune_model::address;
use subtune_model::error::{Error, Result};

use crate::key::Scheme;

/// One field that should be a text.
#[derive(Default)]
pub(crate) enum Field<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// A text, in the buffer of the file.
    Text(&'a str),
    /// A text with escapes, which no field of a sound keyfile needs. It would have to be copied to
    /// be read. (Wallets restored from a seed whose bytes happen to be UTF-8 have such a
    /// `secretSeed`: a defect of the wallet library, which writes the raw bytes instead of the
    /// hex.)
    Escaped,
    /// Something else than a text.
    NotText,
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Self::Value, E> {
        Ok(if text.is_empty() { Field::Absent } else { Field::Text(text) })
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<Self::Value, E> {
        Ok(Field::Escaped)
    }

    fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
        Ok(Field::Absent)
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<Self::Value, E> {
        Ok(Field::NotText)
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<Self::Value, E> {
        Ok(Field::NotText)
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<Self::Value, E> {
        Ok(Field::NotText)
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<Self::Value, E> {
        Ok(Field::NotText)
    }

    fn visit_seq<A: SeqAccess<'de>>(
        self,
        mut items: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::NotText)
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut entries: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::NotText)
    }
}

/// In the wallet library's numbers.
impl<'de> Deserialize<'de> for Scheme {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        match Option::<u64>::deserialize(deserializer)? {
            None | Some(1) => Ok(Self::Sr25519),
            Some(0) => Ok(Self::Ed25519),
            Some(_) => Err(D::Error::custom("an unknown signature scheme")),
        }
    }
}

/// The fields of a keyfile. Others are left alone: a newer wallet may add some.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
pub(crate) struct Fields<'a> {
    account_id: Field<'a>,
    public_key: Field<'a>,
    ss58_address: Field<'a>,
    /// Which kind of key the secret makes.
    pub(crate) crypto_type: Scheme,
    /// The mnemonic, without derivation path or password.
    pub(crate) secret_phrase: Field<'a>,
    /// The mini-secret, 32 bytes in hex.
    pub(crate) secret_seed: Field<'a>,
    /// The expanded secret key in hex: 64 bytes for sr25519, 32 for ed25519.
    pub(crate) private_key: Field<'a>,
}

/// Reads the JSON of a keyfile. The parser's own error is dropped, because it can quote the
/// content.
pub(crate) fn parse<'a>(json: &'a [u8], path: &Path) -> Result<Fields<'a>> {
    serde_json::from_slice(json).map_err(|error| {
        let what = if error.is_data() {
            "has a field that is given twice, of the wrong type, or unknown as a key type"
        } else {
            "does not hold valid JSON"
        };
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::wallet(format!("the keyfile {} {what} ({place})", path.display()))
            .hint(super::RESTORE)
    })
}

impl Fields<'_> {
    /// Whether any secret is in it, usable or not.
    pub(crate) const fn names_secret(&self) -> bool {
        !matches!(
            (&self.secret_phrase, &self.secret_seed, &self.private_key),
            (Field::Absent, Field::Absent, Field::Absent)
        )
    }

    /// The account that the fields claim; `None` when they claim none.
    ///
    /// # Errors
    /// When one of them cannot be read, or two of them differ.
    pub(crate) fn account(&self, path: &Path) -> Result<Option<[u8; 32]>> {
        let mut claimed = None;
        for (name, field, read) in [
            (
                "ss58Address",
                &self.ss58_address,
                (|text| address::parse_ss58(text).ok()) as fn(&str) -> Option<[u8; 32]>,
            ),
            ("publicKey", &self.public_key, public_key),
            ("accountId", &self.account_id, public_key),
        ] {
            let account = match field {
                Field::Absent => continue,
                Field::Text(text) => read(text),
                Field::Escaped | Field::NotText => None,
            };
            let Some(account) = account else {
                return Err(Error::wallet(format!(
                    "{name} in the keyfile {} is not an account",
                    path.display()
                )));
            };
            if claimed.is_some_and(|other| other != account) {
                return Err(Error::wallet(format!(
                    "the keyfile {} contradicts itself: {name} is another account",
                    path.display()
                )));
            }
            claimed = Some(account);
        }
        Ok(claimed)
    }
}

/// The key in a very old `coldkeypub.txt`: the hex and nothing else.
pub(crate) fn bare_public_key(bytes: &[u8]) -> Option<[u8; 32]> {
    public_key(std::str::from_utf8(bytes).ok()?.trim())
}

fn public_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> String {
        parse(json.as_bytes(), Path::new("coldkey")).err().unwrap().what
    }

    fn read(json: &str) -> Fields<'_> {
        parse(json.as_bytes(), Path::new("coldkey")).ok().unwrap()
    }

    #[test]
    fn every_field_may_be_absent_or_null_and_others_are_left_alone() {
        for json in [
            "{}",
            r#"{"secretPhrase":null,"cryptoType":null}"#,
            r#"{"futureField":{"a":[1,2.5,"x\n"]},"cryptoType":1}"#,
            "{\"secretPhrase\":\"\"} \n",
        ] {
            let fields = read(json);
            assert!(matches!(fields.secret_phrase, Field::Absent), "{json}");
            assert!(fields.crypto_type == Scheme::Sr25519, "{json}");
            assert!(fields.account(Path::new("coldkey")).unwrap().is_none());
        }
        assert!(read(r#"{"cryptoType":0}"#).crypto_type == Scheme::Ed25519);
    }

    #[test]
    fn what_is_not_a_plain_text_is_told_apart() {
        for wrong in [
            "1",
            "-1",
            "1.5",
            "1e400",
            "true",
            "[1,[2]]",
            r#"{"a":{"b":1}}"#,
            "123456789012345678901234567890",
        ] {
            assert!(
                matches!(
                    read(&format!(r#"{{"secretPhrase":{wrong}}}"#)).secret_phrase,
                    Field::NotText
                ),
                "{wrong}"
            );
        }
        assert!(matches!(read(r#"{"secretSeed":"0x\u0011"}"#).secret_seed, Field::Escaped));
        assert!(matches!(read(r#"{"secretSeed":"0x11"}"#).secret_seed, Field::Text("0x11")));
    }

    #[test]
    fn an_error_tells_the_place_and_never_the_content() {
        assert_eq!(
            refusal(r#"{"secretPhrase":"drive obey"#),
            "the keyfile coldkey does not hold valid JSON (line 1, column 27)"
        );
        for wrong in [r#""sesame""#, "2", "-1", "1.0", "[]", "true", "99999999999999999999"] {
            let what = refusal(&format!(r#"{{"cryptoType":{wrong}}}"#));
            assert!(what.contains("of the wrong type") && !what.contains("sesame"), "{what}");
        }
        assert!(refusal(r#"{"secretSeed":"a","secretSeed":"b"}"#).contains("given twice"));
        assert!(refusal("{} x").contains("valid JSON"));
        assert!(refusal("{\"a\":\"\u{1}\"}").contains("valid JSON"));
        assert!(parse(b"{\"secretPhrase\":\"\xff\"}", Path::new("coldkey")).is_err());
        assert!(refusal(&format!(r#"{{"a":{}"#, "[".repeat(60_000))).contains("valid JSON"));
    }
}
