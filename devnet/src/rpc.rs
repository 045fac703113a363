//! The JSON-RPC methods, with the names and shapes that clients of a Substrate node expect.

use crate::{
    AccountId, Balance, BlockNumber, Hash, Header, START, VERSION,
    chain::{Sealed, State},
    metadata_at,
    node::{Event, Node, Refusal, Status},
};
use codec::{Decode, Encode};
use jsonrpsee::{
    PendingSubscriptionSink, RpcModule, SubscriptionMessage, SubscriptionSink,
    core::RegisterMethodError,
    types::{ErrorObjectOwned, Params},
};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use serde_json::{Value, json};
use sp_core::{Bytes, crypto::Ss58Codec};
use sp_runtime::traits::{BlakeTwo256, Hash as _};
use std::sync::Arc;
use tokio::sync::{
    broadcast::{self, error::RecvError},
    mpsc,
};

type Answer = Result<Value, ErrorObjectOwned>;

/// Most keys in one answer.
const MAX_KEYS: usize = 1_000;
/// Most blocks that `dev_newBlock` makes at once.
const MAX_NEW_BLOCKS: u32 = 1_000_000;

fn error(code: i32, message: &str, data: &str) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, message, Some(data))
}

fn invalid(what: impl std::fmt::Display) -> ErrorObjectOwned {
    error(-32602, "Invalid params", &what.to_string())
}

fn internal(what: impl std::fmt::Display) -> ErrorObjectOwned {
    error(-32603, "Internal error", &what.to_string())
}

fn unknown_block() -> ErrorObjectOwned {
    error(-32000, "Client error", "UnknownBlock: header not found in db")
}

/// Code, message and data of a refused transaction, as a Substrate node gives them.
pub(crate) fn explain(refusal: &Refusal) -> (i32, &'static str, String) {
    match refusal {
        Refusal::BadFormat => (1002, "Verification Error: Execution failed", "bad extrinsic".to_owned()),
        Refusal::Invalid(invalid) => {
            let text: &'static str = (*invalid).into();
            let data = match invalid {
                sp_runtime::transaction_validity::InvalidTransaction::Custom(code) => {
                    format!("Custom error: {code}")
                }
                _ => text.to_owned(),
            };
            (1010, "Invalid Transaction", data)
        }
        Refusal::Unknown(unknown) => {
            let text: &'static str = (*unknown).into();
            (1011, "Unknown Transaction Validity", text.to_owned())
        }
        Refusal::AlreadyKnown => (1013, "Transaction Already Imported", "the transaction is already in the pool".to_owned()),
        Refusal::Slot => (
            1014,
            "Priority is too low: (1 vs 1)",
            "The transaction has too low priority to replace another transaction already in the pool.".to_owned(),
        ),
    }
}

fn refused(refusal: &Refusal) -> ErrorObjectOwned {
    let (code, message, data) = explain(refusal);
    error(code, message, &data)
}

fn to_hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn header_json(header: &Header) -> Value {
    serde_json::to_value(header).unwrap_or_default()
}

fn version_json() -> Value {
    serde_json::to_value(&VERSION).unwrap_or_default()
}

fn value_json(value: Option<Vec<u8>>) -> Value {
    value.map_or(Value::Null, |value| to_hex(&value).into())
}

/// In the words of a Substrate node, by which clients know it.
fn discarded(block: Hash) -> ErrorObjectOwned {
    let message = format!("Client error: UnknownBlock: State already discarded for {block:?}");
    ErrorObjectOwned::owned(4003, message, None::<()>)
}

/// A block whose state can be read.
fn block_of(node: &Node, at: Option<Hash>) -> Result<Sealed, ErrorObjectOwned> {
    let block = node.block(at).ok_or_else(unknown_block)?;
    if node.keeps_state(&block) { Ok(block) } else { Err(discarded(block.hash)) }
}

fn state_of(node: &Node, at: Option<Hash>) -> Result<State, ErrorObjectOwned> {
    block_of(node, at).map(|block| block.state)
}

/// A block's number in any form that clients use: none, a number, or hex.
fn hash_of_number(node: &Node, number: &Value) -> Answer {
    let number: u64 = match number {
        Value::Null => return Ok(json!(node.head().hash)),
        Value::Array(numbers) => {
            return numbers
                .iter()
                .map(|number| hash_of_number(node, number))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::from);
        }
        Value::Number(number) => number.as_u64().ok_or_else(|| invalid("not a block number"))?,
        Value::String(text) => match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).map_err(invalid)?,
            None => text.parse().map_err(invalid)?,
        },
        _ => return Err(invalid("not a block number")),
    };
    let known = BlockNumber::try_from(number).ok().and_then(|number| node.by_number(number));
    Ok(known.map_or(Value::Null, |block| json!(block.hash)))
}

fn account(text: &str) -> Result<AccountId, ErrorObjectOwned> {
    AccountId::from_ss58check(text).map_err(|_| invalid("not an SS58 address"))
}

fn changes_json(block: Hash, state: &State, keys: &[Bytes]) -> Value {
    let changes: Vec<Value> =
        keys.iter().map(|key| json!([to_hex(key), value_json(state.get(key))])).collect();
    json!({ "block": block, "changes": changes })
}

fn call_info<T: Decode>(
    node: &Node,
    method: &str,
    params: &Params<'_>,
) -> Result<T, ErrorObjectOwned> {
    let mut params = params.sequence();
    let extrinsic: Bytes = params.next()?;
    let state = state_of(node, params.optional_next()?)?;
    let length = u32::try_from(extrinsic.len()).map_err(invalid)?;
    let mut arguments = extrinsic.0;
    arguments.extend(length.encode());
    let answer = state
        .call(method, &arguments)
        .map_err(|why| error(1002, "Unable to query dispatch info.", &why))?;
    T::decode(&mut &answer[..]).map_err(internal)
}

type Method = (&'static [&'static str], fn(&Node, Params<'_>) -> Answer);

/// Methods that look at the chain, each with its aliases.
const METHODS: &[Method] = &[
    // chain
    (&["chain_getBlockHash", "chain_getHead"], |node, params| {
        let number: Option<Value> = params.sequence().optional_next()?;
        hash_of_number(node, &number.unwrap_or_default())
    }),
    (&["chain_getFinalizedHead", "chain_getFinalisedHead"], |node, _| {
        Ok(json!(node.finalized().hash))
    }),
    (&["chain_getHeader"], |node, params| {
        Ok(node
            .block(params.sequence().optional_next()?)
            .map_or(Value::Null, |block| header_json(&block.header)))
    }),
    (&["chain_getBlock"], |node, params| {
        Ok(node.block(params.sequence().optional_next()?).map_or(Value::Null, |block| {
            let extrinsics: Vec<String> =
                block.extrinsics.iter().map(|bytes| to_hex(bytes)).collect();
            json!({
                "block": { "header": header_json(&block.header), "extrinsics": extrinsics },
                "justifications": null,
            })
        }))
    }),
    // state
    (&["state_getStorage", "state_getStorageAt"], |node, params| {
        let mut params = params.sequence();
        let key: Bytes = params.next()?;
        Ok(value_json(state_of(node, params.optional_next()?)?.get(&key)))
    }),
    (&["state_getStorageHash", "state_getStorageHashAt"], |node, params| {
        let mut params = params.sequence();
        let key: Bytes = params.next()?;
        let value = state_of(node, params.optional_next()?)?.get(&key);
        Ok(value.map_or(Value::Null, |value| json!(BlakeTwo256::hash(&value))))
    }),
    (&["state_getStorageSize", "state_getStorageSizeAt"], |node, params| {
        let mut params = params.sequence();
        let key: Bytes = params.next()?;
        Ok(json!(state_of(node, params.optional_next()?)?.get(&key).map(|value| value.len())))
    }),
    (&["state_queryStorageAt"], |node, params| {
        let mut params = params.sequence();
        let keys: Vec<Bytes> = params.next()?;
        let block = block_of(node, params.optional_next()?)?;
        Ok(json!([changes_json(block.hash, &block.state, &keys)]))
    }),
    (&["state_getKeysPaged", "state_getKeysPagedAt"], |node, params| {
        let mut params = params.sequence();
        let prefix: Option<Bytes> = params.optional_next()?;
        let count: usize = params.next()?;
        let start: Option<Bytes> = params.optional_next()?;
        if count > MAX_KEYS {
            return Err(error(
                4002,
                "count exceeds maximum value",
                &format!("value: {count}, max: {MAX_KEYS}"),
            ));
        }
        let state = state_of(node, params.optional_next()?)?;
        let start = start.filter(|start| !start.is_empty());
        let keys = state.keys(prefix.as_deref().unwrap_or_default(), count, start.as_deref());
        Ok(keys.iter().map(|key| to_hex(key)).collect())
    }),
    (&["state_getKeys"], |node, params| {
        let mut params = params.sequence();
        let prefix: Bytes = params.next()?;
        let keys = state_of(node, params.optional_next()?)?.keys(&prefix, usize::MAX, None);
        Ok(keys.iter().map(|key| to_hex(key)).collect())
    }),
    (&["state_getPairs"], |node, params| {
        let mut params = params.sequence();
        let prefix: Bytes = params.next()?;
        let state = state_of(node, params.optional_next()?)?;
        let keys = state.keys(&prefix, usize::MAX, None);
        Ok(keys.iter().map(|key| json!([to_hex(key), value_json(state.get(key))])).collect())
    }),
    (&["state_getMetadata"], |node, params| {
        state_of(node, params.sequence().optional_next()?)?;
        Ok(to_hex(metadata_at(14).unwrap_or_default()).into())
    }),
    (&["state_getRuntimeVersion", "chain_getRuntimeVersion"], |node, params| {
        state_of(node, params.sequence().optional_next()?)?;
        Ok(version_json())
    }),
    (&["state_call", "state_callAt"], |node, params| {
        let mut params = params.sequence();
        let method: String = params.next()?;
        let arguments: Bytes = params.next()?;
        let state = state_of(node, params.optional_next()?)?;
        match state.call(&method, &arguments) {
            Ok(answer) => Ok(to_hex(&answer).into()),
            Err(why) => Err(error(4003, "Client error: Execution failed", &why)),
        }
    }),
    // author
    (&["author_submitExtrinsic"], |node, params| {
        let extrinsic: Bytes = params.sequence().next()?;
        node.submit(&extrinsic, None).map(|hash| json!(hash)).map_err(|refusal| refused(&refusal))
    }),
    (&["author_pendingExtrinsics"], |node, _| {
        Ok(node.pending().iter().map(|bytes| to_hex(bytes)).collect())
    }),
    // payment
    (&["payment_queryInfo"], |node, params| {
        let info: RuntimeDispatchInfo<Balance> =
            call_info(node, "TransactionPaymentApi_query_info", &params)?;
        serde_json::to_value(info).map_err(internal)
    }),
    (&["payment_queryFeeDetails"], |node, params| {
        let details: FeeDetails<Balance> =
            call_info(node, "TransactionPaymentApi_query_fee_details", &params)?;
        serde_json::to_value(details).map_err(internal)
    }),
    // system
    (&["system_name"], |_, _| Ok(json!("subtune-devnet"))),
    (&["system_version"], |_, _| Ok(json!(env!("CARGO_PKG_VERSION")))),
    (&["system_chain"], |_, _| Ok(json!("Subtune devnet"))),
    (&["system_chainType"], |_, _| Ok(json!("Development"))),
    (&["system_properties"], |_, _| {
        Ok(json!({ "ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO" }))
    }),
    (&["system_health"], |_, _| {
        Ok(json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false }))
    }),
    (&["system_nodeRoles"], |_, _| Ok(json!(["Authority"]))),
    (&["system_peers", "system_localListenAddresses"], |_, _| Ok(json!([]))),
    (&["system_syncState"], |node, _| {
        let head = node.head().header.number;
        Ok(json!({ "startingBlock": START, "currentBlock": head, "highestBlock": head }))
    }),
    (&["system_accountNextIndex", "account_nextIndex"], |node, params| {
        let who: String = params.sequence().next()?;
        Ok(json!(node.next_nonce(&account(&who)?)))
    }),
    (&["system_dryRun", "system_dryRunAt"], |node, params| {
        let mut params = params.sequence();
        let extrinsic: Bytes = params.next()?;
        let state = state_of(node, params.optional_next()?)?;
        match state.call("BlockBuilder_apply_extrinsic", &extrinsic) {
            Ok(answer) => Ok(to_hex(&answer).into()),
            Err(why) => Err(error(8000, "Unable to dry run extrinsic", &why)),
        }
    }),
    // development
    (&["dev_newBlock"], |node, params| {
        let count: Option<u32> = params.sequence().optional_next()?;
        let count = count.unwrap_or(1);
        if count > MAX_NEW_BLOCKS {
            return Err(invalid(format!("more than {MAX_NEW_BLOCKS} blocks")));
        }
        node.seal(count).map(|hash| json!(hash)).map_err(internal)
    }),
    (&["dev_reorganize"], |node, params| {
        let count: u32 = params.sequence().next()?;
        node.reorganize(count).map(|hash| json!(hash)).map_err(internal)
    }),
    (&["dev_setStorage"], |node, params| {
        let given: Vec<Value> = params.parse()?;
        // The pairs are the first parameter, or the parameters themselves.
        let bare = given.first().and_then(|pair| pair.get(0)).is_some_and(Value::is_string);
        let pairs = if bare {
            Value::Array(given)
        } else {
            given.into_iter().next().ok_or_else(|| invalid("no pairs"))?
        };
        let pairs: Vec<(Bytes, Option<Bytes>)> = serde_json::from_value(pairs).map_err(invalid)?;
        let changes: Vec<_> =
            pairs.into_iter().map(|(key, value)| (key.0, value.map(|value| value.0))).collect();
        node.change(&changes).map(|hash| json!(hash)).map_err(internal)
    }),
];

/// Sends one notification; false when the subscriber is gone.
async fn notify(sink: &SubscriptionSink, value: &Value) -> bool {
    match SubscriptionMessage::new(sink.method_name(), sink.subscription_id(), value) {
        Ok(message) => sink.send(message).await.is_ok(),
        Err(_) => false,
    }
}

/// The next event, unless the subscriber goes first. Events that were missed are left out.
async fn next_event(
    sink: &SubscriptionSink,
    events: &mut broadcast::Receiver<Event>,
) -> Option<Event> {
    loop {
        tokio::select! {
            () = sink.closed() => return None,
            event = events.recv() => match event {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            },
        }
    }
}

async fn watch_heads(pending: PendingSubscriptionSink, node: Arc<Node>, finalized: bool) {
    let mut events = node.events();
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let now = if finalized { node.finalized() } else { node.head() };
    let mut last = now.header.number;
    if !notify(&sink, &header_json(&now.header)).await {
        return;
    }
    while let Some(event) = next_event(&sink, &mut events).await {
        let header = match (event, finalized) {
            (Event::Best(header, _), false) | (Event::Finalized(header), true) => header,
            _ => continue,
        };
        if header.number > last {
            last = header.number;
            if !notify(&sink, &header_json(&header)).await {
                return;
            }
        }
    }
}

async fn watch_version(pending: PendingSubscriptionSink) {
    let Ok(sink) = pending.accept().await else {
        return;
    };
    if notify(&sink, &version_json()).await {
        sink.closed().await;
    }
}

async fn watch_storage(pending: PendingSubscriptionSink, node: Arc<Node>, keys: Vec<Bytes>) {
    let mut events = node.events();
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let head = node.head();
    let mut known: Vec<Option<Vec<u8>>> = keys.iter().map(|key| head.state.get(key)).collect();
    if !notify(&sink, &changes_json(head.hash, &head.state, &keys)).await {
        return;
    }
    while let Some(event) = next_event(&sink, &mut events).await {
        let Event::Best(header, state) = event else {
            continue;
        };
        let mut changes = Vec::new();
        for (key, old) in keys.iter().zip(&mut known) {
            let new = state.get(key);
            if *old != new {
                changes.push(json!([to_hex(key), value_json(new.clone())]));
                *old = new;
            }
        }
        if !changes.is_empty()
            && !notify(&sink, &json!({ "block": header.hash(), "changes": changes })).await
        {
            return;
        }
    }
}

async fn watch_extrinsic(pending: PendingSubscriptionSink, node: Arc<Node>, extrinsic: Bytes) {
    let (watcher, mut statuses) = mpsc::unbounded_channel();
    if let Err(refusal) = node.submit(&extrinsic, Some(watcher)) {
        pending.reject(refused(&refusal)).await;
        return;
    }
    let Ok(sink) = pending.accept().await else {
        return;
    };
    loop {
        let status = tokio::select! {
            () = sink.closed() => return,
            status = statuses.recv() => status,
        };
        let Some(status) = status else { return };
        let (value, last) = match status {
            Status::Ready => (json!("ready"), false),
            Status::Future => (json!("future"), false),
            Status::InBlock(hash) => (json!({ "inBlock": hash }), false),
            Status::Retracted(hash) => (json!({ "retracted": hash }), false),
            Status::Finalized(hash) => (json!({ "finalized": hash }), true),
            Status::Invalid => (json!("invalid"), true),
        };
        if !notify(&sink, &value).await || last {
            return;
        }
    }
}

/// All methods.
pub(crate) fn methods(node: Arc<Node>) -> Result<RpcModule<Node>, RegisterMethodError> {
    let mut module = RpcModule::from_arc(node);
    for (names, method) in METHODS {
        let method = *method;
        for name in *names {
            module.register_blocking_method(name, move |params, node, _| method(&node, params))?;
        }
    }

    const NEW: [(&str, &str, &str); 4] = [
        ("chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads"),
        ("chain_subscribeNewHead", "chain_newHead", "chain_unsubscribeNewHead"),
        ("subscribe_newHead", "chain_newHead", "unsubscribe_newHead"),
        ("chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads"),
    ];
    for (subscribe, notification, unsubscribe) in NEW {
        module.register_subscription(
            subscribe,
            notification,
            unsubscribe,
            |_, pending, node, _| watch_heads(pending, node, false),
        )?;
    }
    const FINAL: [(&str, &str); 2] = [
        ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads"),
        ("chain_subscribeFinalisedHeads", "chain_unsubscribeFinalisedHeads"),
    ];
    for (subscribe, unsubscribe) in FINAL {
        module.register_subscription(
            subscribe,
            "chain_finalizedHead",
            unsubscribe,
            |_, pending, node, _| watch_heads(pending, node, true),
        )?;
    }
    const VERSIONS: [(&str, &str); 2] = [
        ("state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion"),
        ("chain_subscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"),
    ];
    for (subscribe, unsubscribe) in VERSIONS {
        module.register_subscription(
            subscribe,
            "state_runtimeVersion",
            unsubscribe,
            |_, pending, _, _| watch_version(pending),
        )?;
    }
    module.register_subscription(
        "state_subscribeStorage",
        "state_storage",
        "state_unsubscribeStorage",
        |params, pending, node, _| async move {
            match params.sequence().optional_next::<Vec<Bytes>>() {
                Ok(keys) => watch_storage(pending, node, keys.unwrap_or_default()).await,
                Err(why) => pending.reject(why).await,
            }
        },
    )?;
    module.register_subscription(
        "author_submitAndWatchExtrinsic",
        "author_extrinsicUpdate",
        "author_unwatchExtrinsic",
        |params, pending, node, _| async move {
            match params.sequence().next::<Bytes>() {
                Ok(extrinsic) => watch_extrinsic(pending, node, extrinsic).await,
                Err(why) => pending.reject(why).await,
            }
        },
    )?;

    let mut names: Vec<&str> = module.method_names().collect();
    names.push("rpc_methods");
    names.sort_unstable();
    let names = json!({ "methods": names });
    module.register_method("rpc_methods", move |_, _, _| names.clone())?;
    Ok(module)
}
