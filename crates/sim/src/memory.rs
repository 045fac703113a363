//! The memory of a runtime, as its host sees it.

use std::time::Instant;

use sc_allocator::FreeingBumpHeapAllocator;
use sp_wasm_interface::{FunctionContext, Pointer, WordSize};
use wasmi::{AsContext as _, AsContextMut, Caller, Memory, StoreLimits};

/// The one whose signature of zeros is taken for good: so a call is dispatched as its signer, with
/// nobody's key.
///
/// What comes of it can be shown and never sent: to every other host such a signature is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signer(pub(crate) [u8; 32]);

/// What a run keeps beside the runtime.
pub(crate) struct Host {
    pub(crate) limits: StoreLimits,
    pub(crate) memory: Option<Memory>,
    pub(crate) heap: Option<FreeingBumpHeapAllocator>,
    /// Most pages of 64 KiB.
    pub(crate) pages: u32,
    /// What the runtime said before it gave up.
    pub(crate) panic: Option<String>,
    /// The last error that it logged: what a panic says, too, in most runtimes.
    pub(crate) logged: Option<String>,
    /// The bound that a host function has hit.
    pub(crate) bound: Option<&'static str>,
    pub(crate) until: Instant,
    /// Bytes that it may still write to the state.
    pub(crate) room: usize,
    /// Open storage transactions.
    pub(crate) open: u32,
    pub(crate) nesting: u32,
    /// Whose signature is taken for good.
    pub(crate) signer: Option<Signer>,
}

/// What a page of linear memory holds.
pub(crate) const PAGE: usize = 65_536;

/// Instructions that a copied byte counts for, as a fraction.
const BYTES_PER_FUEL: u64 = 8;

/// What a host function is given of the runtime that calls it.
pub(crate) struct Context<'a, 'b>(pub(crate) &'a mut Caller<'b, Host>);

impl<'b> Context<'_, 'b> {
    pub(crate) fn memory(&self) -> Result<Memory, String> {
        self.0.data().memory.ok_or_else(|| "the runtime has no memory".to_owned())
    }

    /// Says which bound was hit.
    pub(crate) fn hit(&mut self, bound: &'static str) -> String {
        self.0.data_mut().bound = Some(bound);
        bound.to_owned()
    }

    /// Counts work that the host does, and ends what takes too long: not all work of a host function
    /// shows in its arguments.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), String> {
        if Instant::now() > self.0.data().until {
            return Err(self.hit(TOO_LONG));
        }
        let work = u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES_PER_FUEL;
        let left = self.0.get_fuel().map_err(|error| error.to_string())?;
        let left = left.checked_sub(work.saturating_add(1));
        self.0.set_fuel(left.unwrap_or(0)).map_err(|error| error.to_string())?;
        left.map(drop).ok_or_else(|| self.hit(TOO_MUCH_WORK))
    }

    fn heap<R>(
        &mut self,
        run: impl FnOnce(
            &mut FreeingBumpHeapAllocator,
            &mut Heap<'_, Caller<'b, Host>>,
        ) -> Result<R, sc_allocator::Error>,
    ) -> Result<R, String> {
        let memory = self.memory()?;
        let pages = self.0.data().pages;
        let mut heap = self.0.data_mut().heap.take().ok_or("the runtime has no heap")?;
        let result = run(&mut heap, &mut Heap { store: self.0, memory, pages });
        self.0.data_mut().heap = Some(heap);
        result.map_err(|error| match error {
            sc_allocator::Error::AllocatorOutOfSpace
            | sc_allocator::Error::RequestedAllocationTooLarge => self.hit(TOO_MUCH_MEMORY),
            error => format!("its heap: {error}"),
        })
    }
}

pub(crate) const TOO_MUCH_WORK: &str = "the run takes more instructions than it may";
pub(crate) const TOO_MUCH_MEMORY: &str = "the run wants more memory than it may have";
const TOO_LONG: &str = "the run takes longer than it may";

impl FunctionContext for Context<'_, '_> {
    fn read_memory(&mut self, address: Pointer<u8>, size: WordSize) -> Result<Vec<u8>, String> {
        let (from, size) = (usize_of(address.into())?, usize_of(size)?);
        self.spend(size)?;
        let memory = self.memory()?;
        let outside = || "it points outside of its memory".to_owned();
        let to = from.checked_add(size).ok_or_else(outside)?;
        Ok(memory.data(self.0.as_context()).get(from..to).ok_or_else(outside)?.to_vec())
    }

    fn read_memory_into(&mut self, address: Pointer<u8>, into: &mut [u8]) -> Result<(), String> {
        self.spend(into.len())?;
        let memory = self.memory()?;
        let from = usize_of(address.into())?;
        memory.read(self.0.as_context(), from, into).map_err(|error| error.to_string())
    }

    fn write_memory(&mut self, address: Pointer<u8>, data: &[u8]) -> Result<(), String> {
        self.spend(data.len())?;
        let memory = self.memory()?;
        let to = usize_of(address.into())?;
        memory.write(self.0.as_context_mut(), to, data).map_err(|error| error.to_string())
    }

    fn allocate_memory(&mut self, size: WordSize) -> Result<Pointer<u8>, String> {
        self.heap(|heap, memory| heap.allocate(memory, size))
    }

    fn deallocate_memory(&mut self, pointer: Pointer<u8>) -> Result<(), String> {
        self.heap(|heap, memory| heap.deallocate(memory, pointer))
    }

    fn register_panic_error_message(&mut self, message: &str) {
        self.0.data_mut().panic = Some(message.chars().take(500).collect());
    }
}

fn usize_of(number: u32) -> Result<usize, String> {
    usize::try_from(number).map_err(|error| error.to_string())
}

/// The memory, as the allocator wants it.
pub(crate) struct Heap<'a, S> {
    pub(crate) store: &'a mut S,
    pub(crate) memory: Memory,
    pub(crate) pages: u32,
}

impl<S: AsContextMut<Data = Host>> sc_allocator::Memory for Heap<'_, S> {
    fn with_access_mut<R>(&mut self, run: impl FnOnce(&mut [u8]) -> R) -> R {
        run(self.memory.data_mut(self.store.as_context_mut()))
    }

    fn with_access<R>(&self, run: impl FnOnce(&[u8]) -> R) -> R {
        run(self.memory.data(self.store.as_context()))
    }

    fn grow(&mut self, additional: u32) -> Result<(), ()> {
        let grown = self.memory.grow(self.store.as_context_mut(), u64::from(additional));
        grown.map(drop).map_err(drop)
    }

    fn pages(&self) -> u32 {
        u32::try_from(self.memory.size(self.store.as_context())).unwrap_or(u32::MAX)
    }

    fn max_pages(&self) -> Option<u32> {
        Some(self.pages)
    }
}
