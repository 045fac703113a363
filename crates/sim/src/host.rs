//! What a runtime may call of its host.

use std::cell::Cell;
use std::mem::discriminant;

use sp_core::{Pair as _, ed25519, sr25519};
use sp_wasm_interface::FunctionContext as _;
use sp_wasm_interface::{Function, HostFunctions as _, Pointer, Value, ValueType};
use wasmi::{Caller, Error, F32, F64, FuncType, Linker, Module, Val, ValType};

use crate::memory::{Context, Host, Signer};
use crate::{SimError, SimErrorKind};

/// What a runtime imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its name.
    pub name: String,
    /// Whether it is offered. A runtime may import what it never calls.
    pub offered: bool,
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs a runtime just now: a panic is caught then, and nobody's bug.
#[must_use]
pub fn in_runtime() -> bool {
    INSIDE.get()
}

/// Runs what may panic because a runtime makes it.
pub(crate) fn guarded<R>(run: impl FnOnce() -> R) -> Result<R, SimError> {
    let before = INSIDE.replace(true);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    INSIDE.set(before);
    result
        .map_err(|_| SimError::new(SimErrorKind::Trap, "it asked of its host what no runtime may"))
}

/// Runs a host function. Its panic must end here: the interpreter's own functions let none through,
/// but abort the program.
fn caught(run: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    guarded(run).unwrap_or_else(|error| Err(fault(error.what)))
}

/// The functions of `sp-io` that are offered as they are. Left out is what needs a node (off-chain
/// workers, keystores), child storage, and cryptography that no call made here uses, which would bring
/// large tables. Of tries only the root of a list is offered, which a block has of its transactions: one
/// of any keys is built by recursion, as deep as the keys are long.
fn offered() -> Vec<&'static dyn Function> {
    [
        sp_io::storage::HostFunctions::host_functions(),
        sp_io::hashing::HostFunctions::host_functions(),
        sp_io::trie::HostFunctions::host_functions(),
        sp_io::panic_handler::HostFunctions::host_functions(),
    ]
    .concat()
    .into_iter()
    .filter(|function| !function.name().starts_with("ext_trie_") || is_list(function.name()))
    .collect()
}

fn is_list(name: &str) -> bool {
    name.contains("_ordered_root_")
}

/// Most bytes of a list whose root is wanted. For each of them there may be an item, and a node.
const LIST: usize = 1 << 20;

/// How many bytes could be copied while one is hashed.
const HASHING: usize = 8;

/// What an entry in the overlay takes beside its bytes.
const ENTRY: usize = 256;

/// Whether a function adds what it is given to the state.
fn writes(name: &str) -> bool {
    name.starts_with("ext_storage_set_")
        || name.starts_with("ext_storage_append_")
        || name.starts_with("ext_storage_clear_version_")
}

/// Every function that the module imports: offered, or a trap that says its name.
pub(crate) fn link(linker: &mut Linker<Host>, module: &Module) -> Result<Vec<Import>, SimError> {
    let offered = offered();
    let mut imports = Vec::new();
    for import in module.imports() {
        let wasmi::ExternType::Func(ty) = import.ty() else { continue };
        let name = import.name().to_owned();
        let function = offered.iter().find(|function| function.name() == name);
        let mut known = import.module() == "env";
        let linked = match (known, own(&name), function) {
            (true, Some(own), _) => linker.func_new(
                import.module(),
                &name,
                ty.clone(),
                move |caller, params, results| caught(|| own(caller, params, results)),
            ),
            (true, None, Some(function)) => {
                let function = *function;
                let (writes, is_list) = (writes(&name), is_list(&name));
                let hashes = is_list || name.starts_with("ext_hashing_");
                linker.func_new(
                    import.module(),
                    &name,
                    func_type(function),
                    move |mut caller, params, results| {
                        if writes {
                            room(&mut caller, params)?;
                        }
                        if hashes {
                            let work = passed(params).saturating_mul(HASHING);
                            Context(&mut caller).spend(work).map_err(fault)?;
                        }
                        if is_list && passed(params) > LIST {
                            let bound = "the run lists more than it may";
                            return Err(fault(Context(&mut caller).hit(bound)));
                        }
                        caught(|| call(function, &mut caller, params, results))
                    },
                )
            }
            (_, _, None) | (false, _, _) => {
                known = false;
                let missing = name.clone();
                linker.func_new(import.module(), &name, ty.clone(), move |_, _, _| {
                    Err(fault(format!("{MISSING}{missing}")))
                })
            }
        };
        // Two imports by one name are one.
        if linked.is_ok() {
            imports.push(Import { name, offered: known });
        }
    }
    Ok(imports)
}

/// What stands before the name of a host function that is not offered.
pub(crate) const MISSING: &str = "no host function ";

type Own = fn(Caller<'_, Host>, &[Val], &mut [Val]) -> Result<(), Error>;

/// Functions that are made here: those of `sp-io` stop the whole program where a runtime misuses
/// them, or do what is not wanted.
fn own(name: &str) -> Option<Own> {
    Some(match name {
        "ext_allocator_malloc_version_1" => |mut caller, params, results| {
            let size = u32_of(params, 0)?;
            let pointer = Context(&mut caller).allocate_memory(size).map_err(fault)?;
            give(results, Val::I32(u32::from(pointer).cast_signed()))
        },
        "ext_allocator_free_version_1" => |mut caller, params, _| {
            let pointer = u32_of(params, 0)?;
            Context(&mut caller).deallocate_memory(Pointer::new(pointer)).map_err(fault)
        },
        "ext_storage_start_transaction_version_1" => |mut caller, _, _| {
            Context(&mut caller).spend(0).map_err(fault)?;
            if caller.data().open >= caller.data().nesting {
                let bound = "the run opens more storage transactions than it may";
                return Err(fault(Context(&mut caller).hit(bound)));
            }
            let host = caller.data_mut();
            host.open = host.open.saturating_add(1);
            sp_io::storage::start_transaction();
            Ok(())
        },
        "ext_storage_rollback_transaction_version_1" => |mut caller, _, _| {
            closes(&mut caller)?;
            sp_io::storage::rollback_transaction();
            Ok(())
        },
        "ext_storage_commit_transaction_version_1" => |mut caller, _, _| {
            closes(&mut caller)?;
            sp_io::storage::commit_transaction();
            Ok(())
        },
        "ext_crypto_sr25519_verify_version_1" | "ext_crypto_sr25519_verify_version_2" => {
            |mut caller, params, results| {
                let Signed { signature, message, public, trusted } = signed(&mut caller, params)?;
                let good = trusted
                    || sr25519::Pair::verify(
                        &sr25519::Signature::from_raw(signature),
                        message,
                        &sr25519::Public::from_raw(public),
                    );
                give(results, Val::I32(good.into()))
            }
        }
        "ext_crypto_ed25519_verify_version_1" => |mut caller, params, results| {
            let Signed { signature, message, public, trusted } = signed(&mut caller, params)?;
            let good = trusted
                || ed25519::Pair::verify(
                    &ed25519::Signature::from_raw(signature),
                    message,
                    &ed25519::Public::from_raw(public),
                );
            give(results, Val::I32(good.into()))
        },
        // Nobody listens; but many a runtime says here why it gives up.
        "ext_logging_log_version_1" => |mut caller, params, _| {
            let (from, size) = fat(i64_of(params, 2)?)?;
            if matches!(params.first(), Some(Val::I32(0))) {
                let mut context = Context(&mut caller);
                let text = context.read_memory(Pointer::new(from), size.min(500)).map_err(fault)?;
                caller.data_mut().logged = Some(String::from_utf8_lossy(&text).into_owned());
            }
            Ok(())
        },
        "ext_logging_max_level_version_1" => |_, _, results| give(results, Val::I32(0)),
        // Signatures are checked one by one.
        "ext_crypto_start_batch_verify_version_1" => |_, _, _| Ok(()),
        "ext_crypto_finish_batch_verify_version_1" => |_, _, results| give(results, Val::I32(1)),
        // Nobody listens; and what is kept for others is no state.
        "ext_offchain_index_set_version_1"
        | "ext_offchain_index_clear_version_1"
        | "ext_transaction_index_index_version_1"
        | "ext_transaction_index_renew_version_1"
        | "ext_misc_print_num_version_1"
        | "ext_misc_print_utf8_version_1"
        | "ext_misc_print_hex_version_1"
        | "ext_wasm_tracing_event_version_1"
        | "ext_wasm_tracing_exit_version_1" => |_, _, _| Ok(()),
        "ext_wasm_tracing_enabled_version_1" => |_, _, results| give(results, Val::I32(0)),
        "ext_wasm_tracing_enter_span_version_1" => |_, _, results| give(results, Val::I64(0)),
        _ => return None,
    })
}

/// Bytes that the arguments point to: a pointer below, a length above.
fn passed(params: &[Val]) -> usize {
    params.iter().fold(0, |sum: usize, param| match param {
        Val::I64(number) => {
            sum.saturating_add(usize::try_from(number.cast_unsigned() >> 32).unwrap_or(usize::MAX))
        }
        _ => sum,
    })
}

/// Takes what is about to be written from the room that there is.
fn room(caller: &mut Caller<'_, Host>, params: &[Val]) -> Result<(), Error> {
    let host = caller.data_mut();
    let left = host.room.checked_sub(passed(params).saturating_add(ENTRY));
    host.room = left.unwrap_or(0);
    left.map(drop).ok_or_else(|| fault(Context(caller).hit("the run writes more than it may")))
}

fn closes(caller: &mut Caller<'_, Host>) -> Result<(), Error> {
    Context(caller).spend(0).map_err(fault)?;
    let host = caller.data_mut();
    let left = host.open.checked_sub(1);
    host.open = left.unwrap_or(0);
    left.map(drop)
        .ok_or_else(|| fault("it closes a storage transaction that is not open".to_owned()))
}

/// What a verification is asked about.
struct Signed {
    signature: [u8; 64],
    message: Vec<u8>,
    public: [u8; 32],
    /// Whether it is the signer's signature of zeros.
    trusted: bool,
}

fn signed(caller: &mut Caller<'_, Host>, params: &[Val]) -> Result<Signed, Error> {
    let (signature, public) = (u32_of(params, 0)?, u32_of(params, 2)?);
    let (from, size) = fat(i64_of(params, 1)?)?;
    let mut context = Context(caller);
    let message = context.read_memory(Pointer::new(from), size).map_err(fault)?;
    let (mut of_signer, mut of_key) = ([0; 64], [0; 32]);
    context.read_memory_into(Pointer::new(signature), &mut of_signer).map_err(fault)?;
    context.read_memory_into(Pointer::new(public), &mut of_key).map_err(fault)?;
    // A verification is as much work as this many bytes are to copy; and the message is hashed.
    let work = message.len().saturating_mul(HASHING).saturating_add(1 << 20);
    context.spend(work).map_err(fault)?;
    let trusted = of_signer == [0; 64] && caller.data().signer == Some(Signer(of_key));
    Ok(Signed { signature: of_signer, message, public: of_key, trusted })
}

/// Calls a function of `sp-io`.
fn call(
    function: &dyn Function,
    caller: &mut Caller<'_, Host>,
    params: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let values: Vec<Value> = params.iter().map(value).collect::<Result<_, _>>()?;
    let mut context = Context(caller);
    context.spend(0).map_err(fault)?;
    let result = function.execute(&mut context, &mut values.into_iter()).map_err(fault)?;
    // Work whose size shows only now, and a panic that was told and not yet brought about.
    context.spend(0).map_err(fault)?;
    if context.0.data().panic.is_some() {
        return Err(fault("a panic".to_owned()));
    }
    match (result, results) {
        (None, []) => Ok(()),
        (Some(value), results) => give(results, val(value)),
        (None, _) => Err(fault("a host function gave nothing".to_owned())),
    }
}

fn func_type(function: &dyn Function) -> FuncType {
    let signature = function.signature();
    FuncType::new(
        signature.args.iter().map(|ty| val_type(*ty)).collect::<Vec<_>>(),
        signature.return_value.map(val_type),
    )
}

const fn val_type(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::I64 => ValType::I64,
        ValueType::F32 => ValType::F32,
        ValueType::F64 => ValType::F64,
    }
}

fn value(val: &Val) -> Result<Value, Error> {
    match val {
        Val::I32(number) => Ok(Value::I32(*number)),
        Val::I64(number) => Ok(Value::I64(*number)),
        Val::F32(number) => Ok(Value::F32(number.to_bits())),
        Val::F64(number) => Ok(Value::F64(number.to_bits())),
        Val::V128(_) | Val::FuncRef(_) | Val::ExternRef(_) => {
            Err(fault("it passes what no host function takes".to_owned()))
        }
    }
}

fn val(value: Value) -> Val {
    match value {
        Value::I32(number) => Val::I32(number),
        Value::I64(number) => Val::I64(number),
        Value::F32(number) => Val::F32(F32::from_bits(number)),
        Value::F64(number) => Val::F64(F64::from_bits(number)),
    }
}

fn give(results: &mut [Val], value: Val) -> Result<(), Error> {
    match results {
        [result] if discriminant(result) == discriminant(&value) => {
            *result = value;
            Ok(())
        }
        _ => Err(fault("it imports a host function as what it is not".to_owned())),
    }
}

fn u32_of(params: &[Val], at: usize) -> Result<u32, Error> {
    match params.get(at) {
        Some(Val::I32(number)) => Ok(number.cast_unsigned()),
        _ => Err(fault("it imports a host function as what it is not".to_owned())),
    }
}

fn i64_of(params: &[Val], at: usize) -> Result<i64, Error> {
    match params.get(at) {
        Some(Val::I64(number)) => Ok(*number),
        _ => Err(fault("it imports a host function as what it is not".to_owned())),
    }
}

/// A pointer below, a length above.
fn fat(number: i64) -> Result<(u32, u32), Error> {
    let number = number.cast_unsigned();
    let narrow = |number: u64| u32::try_from(number).map_err(|error| fault(error.to_string()));
    Ok((narrow(number & u64::from(u32::MAX))?, narrow(number >> 32)?))
}

pub(crate) fn fault(what: String) -> Error {
    Error::new(what)
}
