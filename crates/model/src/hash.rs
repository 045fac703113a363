//! A hash of 32 bytes: a block, a transaction, the genesis of a chain.
//!
//! A node, a file and an argument can say anything; what went through here is `0x` and 64
//! hexadecimal digits in lower case, so it can be a part of a path, be shown, and be compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 32 bytes, written as `0x` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash32([u8; 32]);

/// What is wrong with a text that is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAHash;

impl fmt::Display for NotAHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a hash of 32 bytes: write 0x and 64 hexadecimal digits")
    }
}

impl std::error::Error for NotAHash {}

impl Hash32 {
    /// The hash with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Blake2-256, as the chain names transactions and calls.
    #[must_use]
    pub fn blake2(bytes: &[u8]) -> Self {
        Self(sp_crypto_hashing::blake2_256(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its 64 digits, without `0x`.
    #[must_use]
    pub fn digits(&self) -> String {
        hex::encode(self.0)
    }

    /// As people recognise it: `0x2f0555…6c03`.
    #[must_use]
    pub fn short(&self) -> String {
        let [first, second, third, .., last_but_one, last] = &self.0;
        let head = hex::encode([*first, *second, *third]);
        format!("0x{head}…{}", hex::encode([*last_but_one, *last]))
    }
}

impl FromStr for Hash32 {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0; 32];
        let digits = text.strip_prefix("0x").ok_or(NotAHash)?;
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", self.digits())
    }
}

impl fmt::Debug for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Hash32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A visitor, so that the reader can tell the place of what is wrong.
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Hash32;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("0x and 64 hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Hash32, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl schemars::JsonSchema for Hash32 {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hash32".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^0x[0-9a-fA-F]{64}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";

    #[test]
    fn a_hash_is_exactly_32_bytes_of_hex() {
        let hash: Hash32 = TEXT.parse().unwrap();
        assert_eq!(hash.to_string(), TEXT);
        assert_eq!(format!("{hash:?}"), TEXT);
        assert_eq!(hash.short(), "0x2f0555…6c03");
        let upper = TEXT.to_ascii_uppercase().replace("0X", "0x");
        assert_eq!(upper.parse(), Ok(hash));
        let cut = |end: usize| TEXT[..end].to_owned();
        for bad in [
            String::new(),
            "0x".to_owned(),
            cut(64),
            cut(65),
            format!("{TEXT}0"),
            format!("{TEXT}00"),
            format!(" {TEXT}"),
            format!("{TEXT}\n"),
            format!("0x{TEXT}"),
            TEXT[2..].to_owned(),
            TEXT.replace("0x", "0X"),
            format!("0x{}", "../".repeat(22).get(..64).unwrap()),
            format!("0x{}", "é".repeat(32)),
            format!("0x+{}", &TEXT[3..]),
            format!("0x{}\u{1b}", &TEXT[3..]),
        ] {
            assert_eq!(bad.parse::<Hash32>(), Err(NotAHash), "{bad:?}");
            let json = serde_json::to_string(&bad).unwrap();
            let said = serde_json::from_str::<Hash32>(&json).unwrap_err().to_string();
            assert!(said.starts_with("not a hash"), "{said}");
        }
        assert!(serde_json::from_str::<Hash32>("7").is_err());
    }

    #[test]
    fn a_hash_goes_through_files_as_its_text() {
        let hash: Hash32 = TEXT.parse().unwrap();
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{TEXT}\""));
        assert_eq!(serde_json::from_str::<Hash32>(&json).unwrap(), hash);
        let yaml = serde_yaml::to_string(&hash).unwrap();
        assert_eq!(serde_yaml::from_str::<Hash32>(&yaml).unwrap(), hash);
        assert_eq!(serde_yaml::from_str::<Hash32>(TEXT).unwrap(), hash, "without quotes");
    }
}
