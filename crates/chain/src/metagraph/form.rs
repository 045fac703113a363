//! The forms in which the chain keeps what it knows of neurons.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use scale_value::{At as _, ValueDef};
use subtune_model::address::ss58;
use subtune_model::snapshot::Known;
use subtune_model::value::Value;

use super::super::conviction::option;
use super::super::decode;
use super::super::storage::number;
use super::Scale;

/// Most parents and children of a neuron; the chain lets it have five children.
const FAMILY: usize = 4_096;

/// A list of integers or of switches, which count as 0 and 1.
pub(super) fn numbers(value: &Scale) -> Option<Vec<u64>> {
    let ValueDef::Composite(fields) = &value.value else { return None };
    let one = |value: &Scale| match decode::plain(value)? {
        Value::Bool(on) => Some(u64::from(on)),
        Value::Uint(number) => u64::try_from(number).ok(),
        _ => None,
    };
    fields.values().map(one).collect()
}

/// A list of amounts, which may be optional.
pub(super) fn amounts(value: &Scale) -> Option<Vec<u64>> {
    match option(value) {
        Some(inside) => numbers(inside?),
        None => numbers(value),
    }
}

/// A row of uids and shares.
pub(super) fn pairs(value: &Scale) -> Option<Vec<(u16, u16)>> {
    let ValueDef::Composite(fields) = &value.value else { return None };
    let pair = |field: &Scale| match decode::list(field)?.as_slice() {
        [uid, share] => Some((u16::try_from(*uid).ok()?, u16::try_from(*share).ok()?)),
        _ => None,
    };
    fields.values().map(pair).collect()
}

/// Whether shares come to no more than everything.
pub(super) fn is_whole(shares: &[(u64, String)]) -> bool {
    let sum = shares.iter().map(|(share, _)| u128::from(*share)).sum::<u128>();
    sum <= u128::from(u64::MAX)
}

/// Shares of 2^64 - 1 and hotkeys.
pub(super) fn shares(value: &Scale) -> Option<Vec<(u64, String)>> {
    let ValueDef::Composite(fields) = &value.value else { return None };
    if fields.len() > FAMILY {
        return None;
    }
    let one = |field: &Scale| {
        let ValueDef::Composite(pair) = &field.value else { return None };
        let mut pair = pair.values();
        let (share, hotkey) = (number(pair.next()?)?, decode::account_of(pair.next()?)?);
        Some((share, ss58(&hotkey)))
    };
    fields.values().map(one).collect()
}

/// Where a neuron is reached; without an address it serves nothing.
pub(super) fn axon(value: &Scale) -> Option<Known<String>> {
    let value = match option(value) {
        Some(None) => return Some(Known::Unset),
        Some(Some(inside)) => inside,
        None => value,
    };
    let field = |name: &str| decode::integer(value.at(name)?);
    let (ip, port, kind) = (field("ip")?, u16::try_from(field("port")?).ok()?, field("ip_type")?);
    let ip = match (ip, kind) {
        (0, _) => return Some(Known::Unset),
        (ip, 4) => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(ip).ok()?)),
        (ip, 6) => IpAddr::V6(Ipv6Addr::from_bits(ip)),
        _ => return None,
    };
    Some(Known::Is(SocketAddr::new(ip, port).to_string()))
}
