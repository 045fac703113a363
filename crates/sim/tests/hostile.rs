//! Runtimes that mean harm: each hits a bound, and nothing else happens.
//!
//! `cargo test -p subtune-sim --test hostile -- --nocapture` prints what each of them took.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test says that it fails by a panic, reads /proc, and prints a table"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use subtune_sim::SimErrorKind::{Bound, Code as NoCode, Missing, Trap};
use subtune_sim::{
    Asked, Code, Entry, Fork, Limits, Runtime, RuntimeCall, SimError, SimErrorKind, Step,
};

/// What one test measures, another must not add to.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A tenth of a second of work.
fn limits() -> Limits {
    Limits { fuel: 50_000_000, ..Limits::default() }
}

/// A module with memory and all that a runtime needs, some imports, and this entry point.
fn module(imports: &str, body: &str) -> String {
    format!(
        r#"(module
            (import "env" "memory" (memory 1))
            {imports}
            (global (export "__heap_base") i32 (i32.const 32768))
            (data (i32.const 0) "\03\ff\ff\ff\ff")
            (data (i32.const 64) "it is over")
            (func (export "run") (param i32 i32) (result i64) (local $i i32) {body}))"#
    )
}

/// A function of the host, by the name `$it`.
fn import(name: &str, signature: &str) -> String {
    format!(r#"(import "env" "{name}" (func $it {signature}))"#)
}

fn calls(count: usize) -> Asked {
    let call = RuntimeCall { method: "run".to_owned(), args: vec![7; 10] };
    Asked { calls: vec![call; count], signer: None }
}

fn bytes_of(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap()
}

fn run_bytes(bytes: &[u8], limits: Limits) -> Result<Step, SimError> {
    let runtime = Runtime::new(&Code::read(bytes, &limits)?, limits)?;
    runtime.run(&Fork::new(limits), &calls(1))
}

fn run(wat: &str, limits: Limits) -> Result<Step, SimError> {
    run_bytes(&bytes_of(wat), limits)
}

/// The peak of this process since the last look, where it can be told.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Checks what a run came to, and prints what it took.
fn ends(name: &str, kind: SimErrorKind, words: &str, run: impl FnOnce() -> Result<Step, SimError>) {
    let before = peak().and_then(|_| peak());
    let since = Instant::now();
    let error = match run() {
        Err(error) => error,
        Ok(step) => panic!("{name}: {step:?}"),
    };
    let took = since.elapsed().as_millis();
    let most = before.and_then(|before| Some(peak()?.saturating_sub(before) >> 10));
    let most = most.map_or_else(|| "?".to_owned(), |most| most.to_string());
    let said: String = error.what.chars().take(60).collect();
    println!("| {name} | {kind:?} | {most} MiB | {took} ms | {said} |");
    assert_eq!(error.kind, kind, "{name}: {error}");
    assert!(error.what.contains(words), "{name}: {error}");
    assert!(!subtune_sim::in_runtime(), "{name}");
    assert!(most.parse().is_ok_and(|most: u64| most < 400) || most == "?", "{name}: {most} MiB");
}

const LOOP: &str = "(loop (br 0)) (unreachable)";
const TOO_MUCH: &str = "more instructions than it may";
const NO_ROOM: &str = "more memory than it may have";

/// A pointer and a length, as host functions take them.
fn fat(from: u64, size: u64) -> String {
    format!("(i64.const {})", (size << 32 | from).cast_signed())
}

#[test]
fn work_and_memory_without_end() {
    let _alone = alone();
    ends("endless loop", Bound, TOO_MUCH, || run(&module("", LOOP), limits()));
    let recursion = r#"(func $f (param i32) (result i64) (call $f (local.get 0)))"#;
    let wat =
        module("", "(call $f (i32.const 0))").replace("(global", &format!("{recursion}(global"));
    ends("recursion without end", Trap, "stack", || run(&wat, limits()));
    let grow = "(loop (drop (memory.grow (i32.const 1))) (br 0)) (unreachable)";
    ends("growing memory", Bound, TOO_MUCH, || run(&module("", grow), limits()));
    let own = r#"(module (memory (export "memory") 32768))"#;
    ends("2 GiB of its own memory", Bound, NO_ROOM, || run(own, limits()));
    let imported = r#"(module (import "env" "memory" (memory 32768)))"#;
    ends("2 GiB of imported memory", Bound, NO_ROOM, || run(imported, limits()));
    let table = module("", "(i64.const 0)").replace("(global", "(table 4000000 funcref) (global");
    ends("a table of 4,000,000", Bound, NO_ROOM, || run(&table, limits()));
    let malloc = import("ext_allocator_malloc_version_1", "(param i32) (result i32)");
    let body = "(loop (drop (call $it (i32.const 100000))) (br 0)) (unreachable)";
    ends("malloc without end", Bound, NO_ROOM, || run(&module(&malloc, body), limits()));
    let body = "(drop (call $it (i32.const -1))) (i64.const 0)";
    ends("malloc of 4 GiB", Bound, NO_ROOM, || run(&module(&malloc, body), limits()));
    // What a host function does for long without much of an argument is bounded by time.
    let exists = import("ext_storage_exists_version_1", "(param i64) (result i32)");
    let body = format!("(loop (drop (call $it {})) (br 0)) (unreachable)", fat(0, 1));
    let now = Limits { time: Duration::ZERO, ..limits() };
    ends("no time", Bound, "longer than it may", || run(&module(&exists, &body), now));
    let hash = import("ext_hashing_keccak_512_version_1", "(param i64) (result i32)");
    let body = format!("(loop (drop (call $it {})) (br 0)) (unreachable)", fat(0, 60_000));
    let few = Limits { fuel: 1_000_000, ..limits() };
    ends("hashes without end", Bound, TOO_MUCH, || run(&module(&hash, &body), few));
}

#[test]
fn pointers_to_nowhere() {
    let _alone = alone();
    let get = import("ext_storage_get_version_1", "(param i64) (result i64)");
    for (name, from, size) in [
        ("address out of bounds", 0xffff_fff0, 4),
        ("address and length overflow", 0xffff_fff0, 32),
        ("end out of bounds", 65_530, 16),
        ("length of 4 GiB", 0, 0xffff_ffff),
    ] {
        let wat = module(&get, &format!("(call $it {})", fat(from, size)));
        ends(name, Trap, "outside of its memory", || run(&wat, Limits::default()));
    }
    let read = import("ext_storage_read_version_1", "(param i64 i64 i32) (result i64)");
    let wat = module(&read, &format!("(call $it {} {} (i32.const 0))", fat(0, 1), fat(65_536, 1)));
    ends("place for a value", Trap, "outside of its memory", || run(&wat, limits()));
    let verify = import("ext_crypto_sr25519_verify_version_2", "(param i32 i64 i32) (result i32)");
    for (name, signature, key) in [("wild signature", -1, 0), ("wild key", 0, 65_520)] {
        let wat = module(
            &verify,
            &format!(
                "(drop (call $it (i32.const {signature}) {} (i32.const {key}))) (i64.const 0)",
                fat(0, 1)
            ),
        );
        ends(name, Trap, "out of bounds", || run(&wat, limits()));
    }
    for (name, answer) in [("wild answer", -1i64), ("answer over the end", (2 << 32) | 65_535)] {
        let wat = module("", &format!("(i64.const {answer})"));
        ends(name, Trap, "its answer lies outside", || run(&wat, limits()));
    }
    let both = r#"(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
        (import "env" "ext_allocator_free_version_1" (func $free (param i32)))"#;
    let twice = "(local.set $i (call $malloc (i32.const 8))) (call $free (local.get $i))
        (call $free (local.get $i)) (i64.const 0)";
    ends("double free", Trap, "its heap", || run(&module(both, twice), limits()));
    for pointer in [0, 12_345, -8] {
        let wild = format!("(call $free (i32.const {pointer})) (i64.const 0)");
        ends("free of a wild pointer", Trap, "its heap", || run(&module(both, &wild), limits()));
    }
    let high = module("", "(i64.const 0)").replace("i32.const 32768", "i32.const -1");
    ends("a heap at the end of the world", Trap, "what no runtime may", || run(&high, limits()));
}

#[test]
fn imports_and_exports_that_are_not_what_they_should_be() {
    let _alone = alone();
    let unknown = import("ext_mind_read_version_1", "(result i64)");
    ends("an unknown import, called", Missing, "calls ext_mind_read_version_1", || {
        run(&module(&unknown, "(call $it)"), limits())
    });
    let uncalled = run(&module(&unknown, "(i64.const 0)"), limits()).unwrap();
    assert!(matches!(uncalled, Step::Done(ran) if ran.answers == [Vec::<u8>::new()]));
    let elsewhere =
        r#"(import "host" "ext_storage_get_version_1" (func $it (param i64) (result i64)))"#;
    let wat = module(elsewhere, "(call $it (i64.const 0))");
    ends("a known import of another module", Missing, "not offered", || run(&wat, limits()));
    let long = import(&"x".repeat(90_000), "(result i64)");
    ends("a name of 90,000 letters", Missing, "xxx", || {
        run(&module(&long, "(call $it)"), limits())
    });

    let wrong = import("ext_storage_get_version_1", "(param i32)");
    let wat = module(&wrong, "(call $it (i32.const 0)) (i64.const 0)");
    ends("a wrong signature", NoCode, "does not fit its host", || run(&wat, limits()));
    let wrong = import("ext_allocator_malloc_version_1", "(param i64) (result i32)");
    let wat = module(&wrong, "(drop (call $it (i64.const 0))) (i64.const 0)");
    ends("a wrong argument", Trap, "as what it is not", || run(&wat, limits()));
    let wrong = import("ext_allocator_malloc_version_1", "(param i32) (result f64)");
    let wat = module(&wrong, "(drop (call $it (i32.const 0))) (i64.const 0)");
    ends("a wrong answer", Trap, "as what it is not", || run(&wat, limits()));
    let wrong = r#"(import "env" "memory2" (global i32))"#;
    ends("an imported global", NoCode, "does not fit", || {
        run(&module(wrong, "(i64.const 0)"), limits())
    });

    let fine = module("", "(i64.const 0)");
    let no_memory = fine.replace(r#"(import "env" "memory" (memory 1))"#, "");
    let no_memory: String = no_memory.lines().filter(|line| !line.contains("(data")).collect();
    ends("no memory", Missing, "has no memory", || run(&no_memory, limits()));
    let no_base = fine.replace("__heap_base", "base");
    ends("no __heap_base", Missing, "has no __heap_base", || run(&no_base, limits()));
    let no_entry = fine.replace("\"run\"", "\"walk\"");
    ends("no entry point", Missing, "no entry point run", || run(&no_entry, limits()));
    let other = fine.replace("(result i64)", "").replace("(i64.const 0)", "");
    ends("an entry point without an answer", Missing, "no entry point run", || {
        run(&other, limits())
    });
    let start = fine.replace("(global", "(func $s) (start $s) (global");
    ends("a start function", NoCode, "no valid wasm", || run(&start, limits()));
}

#[test]
fn code_that_is_none_or_too_much() {
    let _alone = alone();
    ends("not wasm", NoCode, "not wasm", || run_bytes(b"MZ not wasm", limits()));
    ends("nothing", NoCode, "not wasm", || run_bytes(&[], limits()));
    ends("four letters", NoCode, "no valid wasm", || run_bytes(b"\0asm", limits()));
    let whole = bytes_of(&module("", "(i64.const 0)"));
    let parts = (8..whole.len()).filter_map(|length| whole.get(..length));
    let ran = parts.filter(|part| run_bytes(part, limits()).is_ok());
    assert_eq!(ran.count(), 2, "nothing misses its data, and its names");
    ends("33 MiB", Bound, "larger than 32 MiB", || run_bytes(&vec![0; 33 << 20], limits()));
    // Blocks of one byte, repeated 131,072 times, in four bytes each.
    let mut bomb = vec![82, 188, 83, 118, 70, 219, 142, 5, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for _ in 0..100_000 {
        bomb.extend([0x02, 0x00, 0x10, b'a']);
    }
    ends("a zstd bomb of 12 GiB", Bound, "larger than 32 MiB", || run_bytes(&bomb, limits()));
    let short = bomb.get(..50).unwrap();
    ends("truncated zstd", NoCode, "cannot be unpacked", || run_bytes(short, limits()));
    let window = [82, 188, 83, 118, 70, 219, 142, 5, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0];
    ends("a zstd window of 3.75 TiB", NoCode, "unpacked", || run_bytes(&window, limits()));

    let locals = module("", "(i64.const 0)")
        .replace("(local $i i32)", &format!("(local {})", "i64 ".repeat(49_000)));
    let bytes = bytes_of(&locals);
    ends("49,000 variables", Bound, "variables", || run_bytes(&bytes, limits()));
    // A section of functions: its length, their number, and a type for each.
    let mut bytes = b"\0asm\x01\0\0\0\x03\xe3\xa7\x12\xe0\xa7\x12".to_vec();
    bytes.resize(bytes.len() + 300_000, 0);
    ends("300,000 functions", Bound, "more functions", || run_bytes(&bytes, limits()));
    let several = r#"(module (func (result i32 i32) (i32.const 0) (i32.const 0)))"#;
    ends("several results", NoCode, "no valid wasm", || run(several, limits()));

    // A function is checked, and paid for, when it is called first.
    let invalid = r#"(func $f (result i64) (i32.add (i64.const 1) (f32.const 2)))"#;
    let with = |body| module("", body).replace("(global", &format!("{invalid} (global"));
    assert!(matches!(run(&with("(i64.const 0)"), limits()), Ok(Step::Done(_))));
    ends("an invalid function", Trap, "type mismatch", || run(&with("(call $f)"), limits()));

    // Deep and wide code is read without a stack, and paid for.
    let deep = format!("{}{}(i64.const 0)", "block ".repeat(200_000), "end ".repeat(200_000));
    assert!(matches!(run(&module("", &deep), limits()), Ok(Step::Done(_))));
    let wide = format!("block i32.const 0 br_table {} end ", "0 ".repeat(60_000)).repeat(10);
    let bytes = bytes_of(&module("", &format!("{wide}(i64.const 0)")));
    let few = Limits { fuel: 1_000_000, ..limits() };
    ends("600,000 targets", Bound, TOO_MUCH, || run_bytes(&bytes, few));
}

#[test]
fn a_state_without_end() {
    let _alone = alone();
    let get = import("ext_storage_get_version_1", "(param i64) (result i64)");
    let wat = module(&get, &format!("(call $it {})", fat(0, 5_000)));
    ends("a key of 5,000 bytes", Bound, "too many or too long keys", || run(&wat, limits()));
    let many = format!(
        "(loop (i32.store (i32.const 0) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
            (drop (call $it {})) (br_if 0 (i32.lt_u (local.get $i) (i32.const 2000)))) (i64.const 0)",
        fat(0, 4)
    );
    let few = Limits { keys: 1_000, ..limits() };
    ends("2,000 keys", Bound, "too many or too long keys", || run(&module(&get, &many), few));
    let next = import("ext_storage_next_key_version_1", "(param i64) (result i64)");
    ends("2,000 next keys", Bound, "too many", || run(&module(&next, &many), few));
    let long = many.replace(&fat(0, 4), &fat(0, 4_000));
    let small = Limits { state: 1 << 20, ..Limits::default() };
    ends("8 MiB of keys", Bound, "too many or too long keys", || run(&module(&get, &long), small));

    let set = import("ext_storage_set_version_1", "(param i64 i64)");
    let body = format!("(loop (call $it {} {}) (br 0)) (unreachable)", fat(0, 1), fat(0, 60_000));
    ends("writes without end", Bound, "writes more than it may", || {
        run(&module(&set, &body), limits())
    });
    let append = import("ext_storage_append_version_1", "(param i64 i64)");
    ends("appends without end", Bound, "writes more than it may", || {
        run(&module(&append, &body), limits())
    });
    let empty = format!("(loop (call $it {0} {0}) (br 0)) (unreachable)", fat(0, 0));
    ends("empty writes without end", Bound, "writes more than it may", || {
        run(&module(&set, &empty), limits())
    });

    // Answers add up over calls, of which each is within its bounds.
    let limits = Limits { state: 100_000, ..limits() };
    let runtime = |wat: &str| Runtime::new(&Code::read(&bytes_of(wat), &limits).unwrap(), limits);
    let long = runtime(&module("", &fat(0, 60_000))).unwrap();
    assert!(long.run(&Fork::new(limits), &calls(1)).is_ok());
    ends("two long answers", Bound, "answers or writes more", || {
        long.run(&Fork::new(limits), &calls(2))
    });

    let mut fork = Fork::new(limits);
    let entry = |key: u8, size| Entry { key: vec![key], value: Some(vec![0; size]) };
    let error = fork.tell([entry(0, 60_000), entry(1, 60_000)]).unwrap_err();
    assert_eq!(error.kind, Bound);
    let back = [subtune_sim::Gap { after: vec![2], next: Some(vec![1]) }];
    assert!(fork.tell_gaps(back).unwrap_err().what.contains("out of order"));
}

#[test]
fn storage_transactions_that_do_not_match() {
    let _alone = alone();
    for what in ["rollback", "commit"] {
        let close = import(&format!("ext_storage_{what}_transaction_version_1"), "");
        ends(&format!("{what} of nothing"), Trap, "closes a storage transaction", || {
            run(&module(&close, "(call $it) (i64.const 0)"), limits())
        });
    }
    let start = import("ext_storage_start_transaction_version_1", "");
    let body = "(loop (call $it) (br 0)) (unreachable)";
    ends("transactions without end", Bound, "more storage transactions", || {
        run(&module(&start, body), limits())
    });
    // What is left open is rolled back, and the next call finds nothing of it.
    let imports = format!(
        r#"{start} (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))"#
    );
    let body = format!("(call $it) (call $set {} {}) (i64.const 0)", fat(0, 1), fat(0, 5));
    let code = Code::read(&bytes_of(&module(&imports, &body)), &limits()).unwrap();
    let runtime = Runtime::new(&code, limits()).unwrap();
    let Step::Done(ran) = runtime.run(&Fork::new(limits()), &calls(2)).unwrap() else {
        panic!("nothing is missing")
    };
    assert!(ran.changes.is_empty());
}

#[test]
fn panics_end_the_run_and_nothing_else() {
    let _alone = alone();
    // Appending to a list of 4,294,967,295 items overflows in the host.
    let both = r#"(import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
        (import "env" "ext_storage_append_version_1" (func $append (param i64 i64)))"#;
    let body =
        format!("(call $set {0} {1}) (call $append {0} {0}) (i64.const 0)", fat(0, 1), fat(0, 5));
    ends("a panic of its host", Trap, "what no runtime may", || {
        run(&module(both, &body), limits())
    });
    assert!(run(&module(both, "(i64.const 0)"), limits()).is_ok(), "the next run is not touched");

    let abort = import("ext_panic_handler_abort_on_panic_version_1", "(param i64)");
    let body = format!("(call $it {}) {LOOP}", fat(64, 10));
    ends("a panic that goes on", Trap, "gave up: it is over", || {
        run(&module(&abort, &body), limits())
    });
    let log = import("ext_logging_log_version_1", "(param i32 i64 i64)");
    let body = format!("(call $it (i32.const 0) {} {}) (unreachable)", fat(0, 0), fat(64, 10));
    ends("a panic that is logged", Trap, "gave up: it is over", || {
        run(&module(&log, &body), limits())
    });

    let root = import("ext_trie_blake2_256_root_version_2", "(param i64 i32) (result i32)");
    let body = "(drop (call $it (i64.const 0) (i32.const 0))) (i64.const 0)";
    ends("a trie of any keys", Missing, "ext_trie_blake2_256_root_version_2", || {
        run(&module(&root, body), limits())
    });
    let root = import("ext_trie_blake2_256_ordered_root_version_2", "(param i64 i32) (result i32)");
    let body = format!(
        "(drop (memory.grow (i32.const 100))) (drop (call $it {} (i32.const 1))) (i64.const 0)",
        fat(0, 2 << 20)
    );
    ends("a list of 2 MiB", Bound, "lists more than it may", || {
        run(&module(&root, &body), limits())
    });
}

/// Each pass wants one more key, whatever it is told: the fork's bound ends it, or the caller's.
#[test]
fn a_runtime_that_never_has_enough() {
    let _alone = alone();
    let exists = import("ext_storage_exists_version_1", "(param i64) (result i32)");
    let body = format!(
        "(loop (i32.store (i32.const 0) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
            (br_if 0 (call $it {}))) (i64.const 0)",
        fat(0, 4)
    );
    let limits = Limits { keys: 40, ..limits() };
    let code = Code::read(&bytes_of(&module(&exists, &body)), &limits).unwrap();
    let runtime = Runtime::new(&code, limits).unwrap();
    let mut fork = Fork::new(limits);
    let mut passes = 0;
    let error = loop {
        passes += 1;
        let Step::Wants(wanted) = runtime.run(&fork, &calls(1)).unwrap() else {
            panic!("it has enough")
        };
        assert_eq!(wanted.values.len(), 1);
        let told = wanted.values.into_iter().map(|key| Entry { key, value: Some(vec![1]) });
        if let Err(error) = fork.tell(told) {
            break error;
        }
    };
    assert_eq!((error.kind, passes), (Bound, 41));
}
