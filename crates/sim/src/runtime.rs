//! A runtime that can be called.

use std::collections::BTreeMap;
use std::time::Instant;

use sc_allocator::FreeingBumpHeapAllocator;
use sp_core::Blake2Hasher;
use sp_externalities::set_and_run_with_externalities;
use sp_state_machine::{Ext, OverlayedChanges};

use wasmi::{
    CompilationMode, Config, Engine, ExternType, Linker, Memory, MemoryType, Module, OperatorCost,
    Store, StoreLimitsBuilder, TrapCode, Val,
};

use crate::fork::View;
use crate::host;
use crate::memory::{Host, PAGE, Signer, TOO_MUCH_MEMORY, TOO_MUCH_WORK};
use crate::{Code, Entry, Fork, Import, Limits, SimError, SimErrorKind, Wanted};

/// A call of a runtime's entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeCall {
    /// The entry point, such as `BlockBuilder_apply_extrinsic`.
    pub method: String,
    /// Its arguments, encoded.
    pub args: Vec<u8>,
}

/// Calls that are run one after the other on the same state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The calls.
    pub calls: Vec<RuntimeCall>,
    /// Whose signature of zeros is taken for good in these calls.
    pub signer: Option<[u8; 32]>,
}

/// What calls came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The answers, encoded, one for each call.
    pub answers: Vec<Vec<u8>>,
    /// All that the calls have written, with the value that it has now.
    pub changes: Vec<Entry>,
    /// Instructions, all calls together.
    pub fuel: u64,
}

/// How far a run has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To its end.
    Done(Ran),
    /// To where it needs more of the state.
    Wants(Wanted),
}

/// Most calls inside each other, and most bytes of their variables: all on the heap of this machine.
const RECURSION: usize = 10_000;
const STACK: usize = 4 << 20;

/// A runtime, ready to be called.
pub struct Runtime {
    engine: Engine,
    module: Module,
    linker: Linker<Host>,
    imports: Vec<Import>,
    /// The memory that it wants to be given, if it has none of its own.
    memory: Option<(String, String, MemoryType)>,
    limits: Limits,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runtime({} imports)", self.imports.len())
    }
}

impl Runtime {
    /// Prepares code for being run. Nothing of it runs yet, and a function is checked when it is called
    /// first: that is paid for like its instructions.
    ///
    /// # Errors
    /// When it is not valid, or not of the kind that runtimes are: with a start function, several
    /// memories, several results of a function.
    pub fn new(code: &Code, limits: Limits) -> Result<Self, SimError> {
        let mut config = Config::default();
        // A call clears the variables of what it calls.
        let calls = OperatorCost { call: 8, call_indirect: 8, ..OperatorCost::default() };
        config
            .operator_cost(calls)
            .set_max_recursion_depth(RECURSION)
            .set_max_stack_height(STACK)
            .consume_fuel(true)
            .allow_start_fn(false)
            .ignore_custom_sections(true)
            .compilation_mode(CompilationMode::Lazy)
            .wasm_multi_memory(false)
            .wasm_multi_value(false)
            .wasm_tail_call(false)
            .wasm_custom_page_sizes(false);
        let engine = Engine::new(&config);
        let invalid = |error: wasmi::Error| {
            SimError::new(SimErrorKind::Code, format!("the code is no valid wasm: {error}"))
        };
        let module = host::guarded(|| Module::new(&engine, code.wasm()))?.map_err(invalid)?;
        let mut linker = Linker::new(&engine);
        let imports = host::link(&mut linker, &module)?;
        let memory = module.imports().find_map(|import| match import.ty() {
            ExternType::Memory(ty) => {
                Some((import.module().to_owned(), import.name().to_owned(), *ty))
            }
            _ => None,
        });
        Ok(Self { engine, module, linker, imports, memory, limits })
    }

    /// The same code within other bounds.
    #[must_use]
    pub fn within(&self, limits: Limits) -> Self {
        let Self { engine, module, linker, imports, memory, limits: _ } = self;
        Self {
            engine: engine.clone(),
            module: module.clone(),
            linker: linker.clone(),
            imports: imports.clone(),
            memory: memory.clone(),
            limits,
        }
    }

    /// What it imports of its host.
    #[must_use]
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// The entry points that it offers.
    pub fn exports(&self) -> impl Iterator<Item = &str> {
        self.module
            .exports()
            .filter(|export| matches!(export.ty(), ExternType::Func(_)))
            .map(|export| export.name())
    }

    /// Runs calls on a fork, which stays as it is. Where it lacks something, that is said instead:
    /// the fork is told, and the same is run again.
    ///
    /// # Errors
    /// When the runtime gives up, needs what is not offered, or hits a bound.
    pub fn run(&self, fork: &Fork, asked: &Asked) -> Result<Step, SimError> {
        let view = View::of(fork);
        let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
        for (key, value) in fork.planted() {
            overlay.set_storage(key.clone(), value.clone());
        }
        let (mut answers, mut fuel) = (Vec::new(), 0u64);
        let mut failed = None;
        let mut answered = 0usize;
        for call in &asked.calls {
            let done = self.call(&view, &mut overlay, call, asked.signer).and_then(|done| {
                answered = answered.saturating_add(done.0.len());
                self.holds(answered, &mut overlay).map(|()| done)
            });
            match done {
                Ok((answer, spent)) => {
                    answers.push(answer);
                    fuel = fuel.saturating_add(spent);
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // What a value was before it was written may not have been asked yet.
        for (key, _) in overlay.changes().filter(|_| failed.is_none()) {
            if !fork.planted().contains_key(key) {
                view.before(key);
            }
        }
        // What went wrong on a state that is not the true one says nothing, but for a bound.
        let wanted = view.wanted()?;
        match failed {
            Some(error) if wanted.is_empty() || error.kind == SimErrorKind::Bound => {
                return Err(error);
            }
            _ if !wanted.is_empty() => return Ok(Step::Wants(wanted)),
            _ => {}
        }
        let mut changes = BTreeMap::new();
        for (key, value) in overlay.changes_mut() {
            changes.insert(key.clone(), value.value().cloned());
        }
        let changes = changes
            .into_iter()
            .filter(|(key, value)| fork.told(key) != Some(value))
            .map(|(key, value)| Entry { key, value })
            .collect();
        Ok(Step::Done(Ran { answers, changes, fuel }))
    }

    /// Whether there is room for what calls have answered and written.
    fn holds(
        &self,
        answered: usize,
        overlay: &mut OverlayedChanges<Blake2Hasher>,
    ) -> Result<(), SimError> {
        let most = self.limits.state;
        let written = overlay.changes_mut().fold(0usize, |sum, (key, value)| {
            sum.saturating_add(key.len()).saturating_add(value.value().map_or(0, Vec::len))
        });
        if answered > most || written > most {
            let what = format!("the run answers or writes more than {} MiB", most >> 20);
            return Err(SimError::new(SimErrorKind::Bound, what));
        }
        Ok(())
    }

    /// One call, in an instance of its own, as a node makes it.
    fn call(
        &self,
        view: &View<'_>,
        overlay: &mut OverlayedChanges<Blake2Hasher>,
        call: &RuntimeCall,
        signer: Option<[u8; 32]>,
    ) -> Result<(Vec<u8>, u64), SimError> {
        let Limits { memory, fuel, nesting, time, state, .. } = self.limits;
        let host = Host {
            limits: StoreLimitsBuilder::new()
                .memory_size(memory)
                .table_elements(1 << 17)
                .instances(1)
                .memories(2)
                .tables(1)
                .build(),
            memory: None,
            heap: None,
            pages: u32::try_from(memory / PAGE).unwrap_or(u32::MAX),
            panic: None,
            logged: None,
            bound: None,
            until: Instant::now().checked_add(time).unwrap_or_else(Instant::now),
            room: state,
            open: 0,
            nesting,
            signer: signer.map(Signer),
        };
        let mut store = Store::new(&self.engine, host);
        store.limiter(|host| &mut host.limits);
        store.set_fuel(fuel).map_err(|error| trap(&error, store.data()))?;
        let opened = overlay.enter_runtime();
        debug_assert!(opened.is_ok(), "one call at a time");
        let answer = host::guarded(|| {
            let mut ext = Ext::new(overlay, view, None);
            let answer = set_and_run_with_externalities(&mut ext, || self.enter(&mut store, call));
            // What the runtime left open is rolled back. After a panic the overlay is of no use.
            let closed = overlay.exit_runtime();
            debug_assert!(closed.is_ok(), "one call at a time");
            answer
        });
        let spent = fuel.saturating_sub(store.get_fuel().unwrap_or(0));
        Ok((answer??, spent))
    }

    fn enter(&self, store: &mut Store<Host>, call: &RuntimeCall) -> Result<Vec<u8>, SimError> {
        let missing = |what: String| SimError::new(SimErrorKind::Missing, what);
        let mut linker = None;
        if let Some((module, name, ty)) = &self.memory {
            let memory = Memory::new(&mut *store, *ty).map_err(|_| {
                SimError::new(SimErrorKind::Bound, "the code wants more memory than it may have")
            })?;
            let given = linker.insert(self.linker.clone());
            given
                .define(module, name, memory)
                .map_err(|error| trap(&error.into(), store.data()))?;
            store.data_mut().memory = Some(memory);
        }
        let instance = linker
            .as_ref()
            .unwrap_or(&self.linker)
            .instantiate_and_start(&mut *store, &self.module)
            .map_err(|error| unfit(&error))?;
        if store.data().memory.is_none() {
            let memory = instance.get_memory(&*store, "memory");
            store.data_mut().memory = memory;
        }
        let memory =
            store.data().memory.ok_or_else(|| missing("the code has no memory".to_owned()))?;
        let base = match instance.get_global(&*store, "__heap_base").map(|it| it.get(&*store)) {
            Some(Val::I32(base)) => base.cast_unsigned(),
            _ => return Err(missing("the code has no __heap_base".to_owned())),
        };
        let mut heap = FreeingBumpHeapAllocator::new(base);
        let run = instance
            .get_typed_func::<(u32, u32), u64>(&*store, &call.method)
            .map_err(|_| missing(format!("the runtime has no entry point {}", call.method)))?;
        let size = u32::try_from(call.args.len())
            .map_err(|_| SimError::new(SimErrorKind::Bound, "the arguments are too long"))?;
        let at = place(&mut heap, store, memory, &call.args, size)?;
        store.data_mut().heap = Some(heap);
        let answer =
            run.call(&mut *store, (at, size)).map_err(|error| trap(&error, store.data()))?;
        // A pointer below, a length above.
        let part =
            |number: u64| usize::try_from(number & u64::from(u32::MAX)).unwrap_or(usize::MAX);
        let (from, size) = (part(answer), part(answer >> 32));
        let bytes =
            from.checked_add(size).and_then(|to| memory.data(&*store).get(from..to)).ok_or_else(
                || SimError::new(SimErrorKind::Trap, "its answer lies outside of its memory"),
            )?;
        Ok(bytes.to_vec())
    }
}

/// Puts the arguments into the memory.
fn place(
    heap: &mut FreeingBumpHeapAllocator,
    store: &mut Store<Host>,
    memory: Memory,
    args: &[u8],
    size: u32,
) -> Result<u32, SimError> {
    let full = |_| SimError::new(SimErrorKind::Bound, "the arguments do not fit into its memory");
    let pages = store.data().pages;
    let at = heap
        .allocate(&mut crate::memory::Heap { store: &mut *store, memory, pages }, size)
        .map_err(|_| full(()))?;
    let at = u32::from(at);
    let start = usize::try_from(at).map_err(|_| full(()))?;
    memory.write(&mut *store, start, args).map_err(|_| full(()))?;
    Ok(at)
}

/// Why an instance could not be made.
fn unfit(error: &wasmi::Error) -> SimError {
    let words = error.to_string();
    if words.contains("a resource limiter denied") {
        return SimError::new(SimErrorKind::Bound, "the code wants more memory than it may have");
    }
    SimError::new(SimErrorKind::Code, format!("the code does not fit its host: {words}"))
}

/// Why a call has ended before its end.
fn trap(error: &wasmi::Error, host: &Host) -> SimError {
    let bound = |what: &str| SimError::new(SimErrorKind::Bound, what);
    let gave_up =
        |why: &str| SimError::new(SimErrorKind::Trap, format!("the runtime gave up: {why}"));
    if let Some(what) = host.bound {
        return bound(what);
    }
    if let Some(message) = &host.panic {
        return gave_up(message);
    }
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel) => bound(TOO_MUCH_WORK),
        Some(TrapCode::GrowthOperationLimited) => bound(TOO_MUCH_MEMORY),
        Some(TrapCode::UnreachableCodeReached) => match &host.logged {
            Some(message) => gave_up(message),
            None => gave_up(TrapCode::UnreachableCodeReached.trap_message()),
        },
        Some(code) => gave_up(code.trap_message()),
        None => match error.to_string().split_once(host::MISSING) {
            Some((_, name)) => SimError::new(
                SimErrorKind::Missing,
                format!("the runtime calls {name}, which is not offered here"),
            ),
            None => gave_up(&error.to_string()),
        },
    }
}
