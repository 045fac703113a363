//! How near a subnet is to passing to the coldkey of its most convicted hotkey.

use parity_scale_codec::Encode as _;
use subtune_model::address::ss58;
use subtune_model::error::Result;
use subtune_model::snapshot::{Conviction, Known};
use subxt::metadata::Metadata;

use super::metadata::AtBlock;
use super::storage::{lookup, number};
use super::{Chain, decode, names};

const API: &str = "StakeInfoRuntimeApi";
const MOST: &str = "get_most_convicted_hotkey_on_subnet";
const OF_ONE: &str = "get_hotkey_conviction";

/// What a runtime API is asked.
struct Question {
    name: String,
    args: Vec<u8>,
    output: u32,
}

/// The question to a method with these named arguments, in the order of the metadata.
fn question(
    metadata: &Metadata,
    (api, method): (&str, &str),
    args: &[(&str, Vec<u8>)],
) -> Known<Question> {
    let name = format!("{api}_{method}");
    let found = metadata.runtime_api_trait_by_name(api).and_then(|api| api.method_by_name(method));
    let Some(found) = found else { return Known::Unset };
    let given = |input: &str| args.iter().find(|(name, _)| *name == input);
    let in_order: Option<Vec<_>> = found.inputs().map(|input| given(&input.name)).collect();
    match in_order {
        Some(in_order) if in_order.len() == args.len() => Known::Is(Question {
            name,
            args: in_order.into_iter().flat_map(|(_, bytes)| bytes.clone()).collect(),
            output: found.output_ty(),
        }),
        _ => Known::Unreadable(format!("{name} has other arguments than subtune knows")),
    }
}

impl Chain {
    /// The hotkey with the highest conviction on a subnet and how high it is, in at most three
    /// requests. [`Known::Unset`] where nobody has any.
    pub(super) async fn conviction(
        &self,
        at: &AtBlock,
        netuid: u16,
        one_decides: bool,
    ) -> Result<Known<Conviction>> {
        let metadata = &*at.runtime.metadata;
        let subnet = ("netuid", netuid.encode());
        let hotkey = match self.told(at, (API, MOST), std::slice::from_ref(&subnet)).await? {
            Known::Is(hotkey) => hotkey,
            Known::Unset => return Ok(Known::Unset),
            Known::Unreadable(why) => return Ok(Known::Unreadable(why)),
        };
        let hotkey = match option(&hotkey) {
            Some(None) => return Ok(Known::Unset),
            Some(Some(hotkey)) => decode::account_of(hotkey),
            None => None,
        };
        let Some(hotkey) = hotkey else { return Ok(odd(MOST)) };
        let key = scale_value::Value::from_bytes(hotkey);
        let of_subnet = [scale_value::Value::u128(netuid.into())];
        let item = |pallet: &str, name: &str| lookup(metadata, pallet, name, &of_subnet);
        let owner = lookup(metadata, names::SUBTENSOR, "Owner", &[key]);
        let out = item(names::SUBTENSOR, "SubnetAlphaOut");
        // Before one hotkey's own decided, all alpha counted.
        let less =
            [item(names::SUBTENSOR, "SubnetProtocolAlpha"), item("AlphaAssets", "AlphaBurned")];
        let keys = [&owner, &out]
            .into_iter()
            .chain(&less)
            .filter_map(Known::is)
            .map(|entry| entry.key.clone())
            .collect();
        let args = [("hotkey", hotkey.to_vec()), subnet];
        let (own, answers) =
            tokio::join!(self.told(at, (API, OF_ONE), &args), self.read(keys, &at.hash));
        let (own, answers) = (own?, answers?);
        let own = match own {
            Known::Is(own) => decode::integer(&own),
            Known::Unset => return Ok(odd(OF_ONE)),
            Known::Unreadable(why) => return Ok(Known::Unreadable(why)),
        };
        let Some(own) = own else { return Ok(odd(OF_ONE)) };
        let coldkey = answers.known(owner.as_ref(), metadata, decode::account_of);
        let mut eligible = match answers.known(out.as_ref(), metadata, number) {
            Known::Is(out) => out,
            Known::Unset => return Ok(no_item("SubnetAlphaOut")),
            Known::Unreadable(why) => return Ok(Known::Unreadable(why)),
        };
        for part in less.iter().filter(|_| one_decides) {
            match answers.known(part.as_ref(), metadata, number) {
                Known::Is(part) => eligible = eligible.saturating_sub(part),
                Known::Unset => {
                    return Ok(no_item("SubnetProtocolAlpha or AlphaAssets.AlphaBurned"));
                }
                Known::Unreadable(why) => return Ok(Known::Unreadable(why)),
            }
        }
        Ok(coldkey.and_then(|coldkey| {
            Known::Is(Conviction { hotkey: ss58(&hotkey), coldkey: ss58(&coldkey), own, eligible })
        }))
    }

    /// The answer of a runtime API, decoded; [`Known::Unreadable`] also where there is none.
    pub(super) async fn told(
        &self,
        at: &AtBlock,
        method: (&str, &str),
        args: &[(&str, Vec<u8>)],
    ) -> Result<Known<scale_value::Value<u32>>> {
        let metadata = &*at.runtime.metadata;
        let Question { name, args, output } = match question(metadata, method, args) {
            Known::Is(question) => question,
            Known::Unset => {
                let (api, method) = method;
                return Ok(Known::Unreadable(format!("this chain has no {api}.{method}")));
            }
            Known::Unreadable(why) => return Ok(Known::Unreadable(why)),
        };
        let Some(bytes) = self.try_call(&name, &args, &at.hash).await? else {
            let (api, method) = method;
            return Ok(Known::Unreadable(format!("this node has no {api}.{method}")));
        };
        let value = decode::scale(&bytes, output, metadata.types());
        Ok(value.map_or_else(|| odd_answer(method), Known::Is))
    }
}

/// What is inside an `Option`; `None` when it is something else.
pub(super) fn option(value: &scale_value::Value<u32>) -> Option<Option<&scale_value::Value<u32>>> {
    let scale_value::ValueDef::Variant(variant) = &value.value else { return None };
    match (variant.name.as_str(), variant.values.values().next()) {
        ("None", None) => Some(None),
        ("Some", Some(inside)) => Some(Some(inside)),
        _ => None,
    }
}

fn odd<T>(method: &str) -> Known<T> {
    odd_answer((API, method))
}

/// What the answer of a runtime API is that makes no sense.
pub(super) fn odd_answer<T>((api, method): (&str, &str)) -> Known<T> {
    Known::Unreadable(format!("{api}.{method} has a form that subtune does not know"))
}

fn no_item<T>(name: &str) -> Known<T> {
    Known::Unreadable(format!("this chain has no {name}"))
}
