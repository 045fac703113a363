//! A transaction on its way to the machine that signs it, and back: one JSON file.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::format;
use crate::hash::Hash32;
use crate::signature::Signature;
use crate::snapshot::ChainId;

/// Version of the file format.
pub const FORMAT_VERSION: u32 = 1;
/// Largest file that is read: metadata of 338 KB, as finney's, makes one of 0.7 MB.
pub const MAX_BYTES: usize = 8 << 20;
/// Longest call that is read. The largest plan makes one of about 1 KB.
pub const MAX_CALL: usize = 64 << 10;
/// For how many blocks a transaction is valid that is signed on another machine: 51 minutes.
pub const DEFAULT_ERA: u64 = 256;
/// The chain takes no era that is shorter, and remembers no block hashes for one that is longer.
pub const ERAS: std::ops::RangeInclusive<u64> = 4..=2_048;

/// A transaction that is not sent yet, with all that its signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColdFile {
    /// Version of this format.
    pub format_version: u32,
    /// Whether it is signed yet.
    pub kind: ColdStage,
    /// What it is about, for people; nothing else reads it.
    pub summary: Vec<String>,
    /// The chain it is for.
    pub chain: ChainId,
    /// `transaction_version` of the runtime.
    pub transaction_version: u32,
    /// The subnet that it changes.
    pub netuid: u16,
    /// SS58 address that signs.
    pub signer: String,
    /// The signer's nonce.
    pub nonce: u64,
    /// For how long it is valid.
    pub era: Era,
    /// The call, encoded.
    pub call_data: Hex,
    /// All that is signed: the call, what the extensions send, what they only sign.
    pub payload: Hex,
    /// Digest of the metadata, when the payload holds it.
    pub metadata_digest: Option<Hex>,
    /// The metadata by which the call is read; only before it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Hex>,
    /// The plan as `subtune plan --output` saves it: YAML, since JSON readers round its integers.
    pub plan: String,
    /// The signature, once it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureText>,
}

/// How far a file has come; its `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColdStage {
    /// To be signed.
    Unsigned,
    /// To be sent.
    Signed,
}

/// The blocks in which a transaction can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Era {
    /// Number of blocks, a power of two.
    pub blocks: u64,
    /// The block before the first that can hold it.
    pub birth: u64,
    /// Hash of that block.
    pub birth_hash: Hash32,
    /// Clock time of that block, milliseconds since 1970, as the node told it.
    pub birth_time_ms: Option<u64>,
}

impl Era {
    /// First block that can no longer hold the transaction.
    #[must_use]
    pub const fn death(&self) -> u64 {
        self.birth.saturating_add(self.blocks)
    }
}

/// Bytes, written as `0x…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

/// A signature, written as the chain encodes it: a byte for the scheme, then 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureText(pub Signature);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{}", hex::encode(&self.0))
    }
}

impl std::str::FromStr for Hex {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").ok_or("bytes are written as 0x…")?;
        hex::decode(digits).map(Self).map_err(|_| "bytes are written in pairs of digits 0-9a-f")
    }
}

impl std::str::FromStr for SignatureText {
    type Err = &'static str;

    /// 64 bytes, which are taken for sr25519, or one more before them that names the scheme.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Hex(bytes) = text.parse()?;
        let (scheme, bytes) = match bytes.split_first() {
            Some((scheme, rest)) if rest.len() == 64 => (*scheme, rest),
            _ => (1, bytes.as_slice()),
        };
        let bytes = <[u8; 64]>::try_from(bytes).map_err(|_| "a signature has 64 bytes")?;
        match scheme {
            0 => Ok(Self(Signature::Ed25519(bytes))),
            1 => Ok(Self(Signature::Sr25519(bytes))),
            _ => Err("a signature is of scheme 0 (ed25519) or 1 (sr25519)"),
        }
    }
}

impl std::fmt::Display for SignatureText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Signature::Ed25519(bytes) => write!(f, "0x00{}", hex::encode(bytes)),
            Signature::Sr25519(bytes) => write!(f, "0x01{}", hex::encode(bytes)),
        }
    }
}

/// Text in both directions.
macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}
as_text!(Hex);
as_text!(SignatureText);

/// What every version of the format has.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
    kind: ColdStage,
}

/// The stage that a file says it is of, whatever else is wrong with it.
#[must_use]
pub fn stage_of(bytes: &[u8]) -> Option<ColdStage> {
    serde_json::from_slice(bytes).ok().map(|Head { kind, .. }| kind)
}

/// Longest part of a message of the JSON reader that is passed on: it quotes the file.
const MAX_QUOTED: usize = 160;

/// Reads a file of either stage, strictly. What the bytes in it mean is not looked at.
///
/// # Errors
/// What is wrong with it, in words that follow on the name of the file.
pub fn parse(bytes: &[u8]) -> Result<ColdFile, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("has {} bytes, more than {MAX_BYTES}", bytes.len()));
    }
    let json = |error: serde_json::Error| {
        let text: String = error.to_string().chars().take(MAX_QUOTED).collect();
        format!("is not a transaction that subtune wrote: {text}")
    };
    let Head { format_version, kind } = serde_json::from_slice(bytes).map_err(json)?;
    if let Err(unreadable) = format::check(format_version.into(), FORMAT_VERSION) {
        return Err(format!("is not read: {}", unreadable.what));
    }
    let file: ColdFile = serde_json::from_slice(bytes).map_err(json)?;
    let wrong = if !ERAS.contains(&file.era.blocks) || !file.era.blocks.is_power_of_two() {
        Some("has an era that is not a power of two from 4 to 2048 blocks")
    } else if file.era.birth > u32::MAX.into() || file.nonce > u32::MAX.into() {
        Some("has a block number or nonce that no chain has")
    } else if file.call_data.0.is_empty() || file.call_data.0.len() > MAX_CALL {
        Some("has a call that is empty or too long")
    } else if !file.payload.0.starts_with(&file.call_data.0) {
        Some("has a payload that does not begin with its call")
    } else if file.metadata_digest.as_ref().is_some_and(|digest| digest.0.len() != 32) {
        Some("has a metadata digest that is not of 32 bytes")
    } else {
        match (kind, &file.metadata, &file.signature) {
            (ColdStage::Unsigned, Some(_), None) | (ColdStage::Signed, None, Some(_)) => None,
            (ColdStage::Unsigned, None, _) => Some("has no metadata"),
            (ColdStage::Unsigned, _, Some(_)) => Some("is unsigned and has a signature"),
            (ColdStage::Signed, Some(_), _) => Some("is signed and still has its metadata"),
            (ColdStage::Signed, _, None) => Some("is signed and has no signature"),
        }
    };
    wrong.map_or(Ok(file), |what| Err(what.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn unsigned() -> Value {
        let hash = format!("0x{}", "11".repeat(32));
        json!({
            "format_version": 1, "kind": "unsigned", "summary": ["one line"],
            "chain": { "network": "local", "genesis_hash": hash, "spec_version": 425 },
            "transaction_version": 1, "netuid": 46, "signer": "5Grw", "nonce": 3,
            "era": { "blocks": 256, "birth": 100, "birth_hash": hash, "birth_time_ms": null },
            "call_data": "0x1302", "payload": "0x130245", "metadata_digest": null,
            "metadata": "0x6d657461", "plan": "kind: plan\n",
        })
    }

    fn refusal(field: &str, value: Value) -> String {
        let mut file = unsigned();
        let (path, name) = field.rsplit_once('/').unwrap_or(("", field));
        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
        file.pointer_mut(&path).unwrap()[name] = value;
        parse(file.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn a_file_goes_there_and_back() {
        let mut file = parse(unsigned().to_string().as_bytes()).unwrap();
        assert_eq!(file.era.death(), 356);
        for signature in [Signature::Sr25519([7; 64]), Signature::Ed25519([8; 64])] {
            file.kind = ColdStage::Signed;
            file.metadata = None;
            file.signature = Some(SignatureText(signature));
            let text = serde_json::to_string_pretty(&file).unwrap();
            assert_eq!(parse(text.as_bytes()).unwrap(), file);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (field, value, what) in [
            ("format_version", json!(2), "format_version 2 is newer"),
            ("format_version", json!(0), "format_version is 0"),
            ("kind", json!("sealed"), "unknown variant `sealed`"),
            ("more", json!(1), "unknown field `more`"),
            ("era/more", json!(1), "unknown field `more`"),
            ("netuid", json!(70_000), "expected u16"),
            ("nonce", json!(-1), "expected u64"),
            ("nonce", json!(1u64 << 33), "no chain has"),
            ("nonce", json!(1.5), "expected u64"),
            ("era/blocks", json!(255), "not a power of two"),
            ("era/blocks", json!(4_096), "not a power of two"),
            ("era/birth", json!(u64::MAX), "no chain has"),
            ("era/birth_hash", json!("0x11"), "not a hash of 32 bytes"),
            ("chain/genesis_hash", json!("local"), "not a hash of 32 bytes"),
            ("call_data", json!("1302"), "written as 0x"),
            ("call_data", json!("0x130"), "in pairs"),
            ("call_data", json!("0x"), "empty or too long"),
            ("call_data", json!(format!("0x{}", "00".repeat(MAX_CALL + 1))), "empty or too long"),
            ("payload", json!("0x1402"), "does not begin with its call"),
            ("metadata_digest", json!("0x11"), "not of 32 bytes"),
            ("metadata", json!(null), "has no metadata"),
            ("signature", json!(format!("0x01{}", "11".repeat(64))), "and has a signature"),
            ("signature", json!("0x01"), "a signature has 64 bytes"),
            ("signature", json!(format!("0x02{}", "11".repeat(64))), "of scheme 0"),
        ] {
            let told = refusal(field, value.clone());
            assert!(told.contains(what), "{field}: {told}");
            assert!(told.len() < 300, "{told}");
        }
        let mut signed = unsigned();
        signed["kind"] = json!("signed");
        let told = parse(signed.to_string().as_bytes()).unwrap_err();
        assert_eq!(told, "is signed and still has its metadata");
        signed["metadata"] = Value::Null;
        let told = parse(signed.to_string().as_bytes()).unwrap_err();
        assert_eq!(told, "is signed and has no signature");
    }

    #[test]
    fn no_bytes_are_too_odd() {
        for bytes in [&b""[..], b"{", b"[]", b"null", b"\xff\xfe", &[b'['; 100_000]] {
            assert!(parse(bytes).unwrap_err().starts_with("is not a transaction"), "{bytes:?}");
        }
        assert!(parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err().contains("more than"));
        let text = unsigned().to_string();
        for end in 0..text.len() {
            assert!(parse(&text.as_bytes()[..end]).is_err());
        }
        let twice = text.replacen("\"netuid\"", "\"netuid\":46,\"netuid\"", 1);
        assert!(parse(twice.as_bytes()).unwrap_err().contains("duplicate field"));
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = bytes[index].wrapping_add(1);
            let _ = parse(&bytes);
        }
    }
}
