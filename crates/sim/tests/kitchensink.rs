//! A stranger's runtime: that of the SDK's own example node, as its crate ships it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test says that it fails by a panic, and has files of its own"
)]

use std::path::PathBuf;
use std::process::Command;

use parity_scale_codec::{Decode, Encode};
use subtune_sim::{Asked, Code, Entry, Fork, Gap, Limits, Ran, Runtime, RuntimeCall, Step};

/// The runtime that `frame-system-benchmarking` ships for its own tests.
fn code() -> Code {
    let run = |program: &str, args: &[&str]| {
        let mut command = Command::new(std::env::var(program).unwrap_or(program.to_lowercase()));
        let output = command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let version = run("RUSTC", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = run(
        "CARGO",
        &["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host],
    );
    let (folder, _) = metadata
        .split('"')
        .filter_map(|text| text.split_once("/Cargo.toml"))
        .find(|(folder, _)| folder.contains("/frame-system-benchmarking-"))
        .unwrap();
    let path = PathBuf::from(folder).join("res/kitchensink_runtime.compact.compressed.wasm");
    Code::read(&std::fs::read(path).unwrap(), &Limits::default()).unwrap()
}

fn call(method: &str, args: impl Encode) -> RuntimeCall {
    RuntimeCall { method: method.to_owned(), args: args.encode() }
}

/// Runs on a state that is known whole.
fn run(runtime: &Runtime, fork: &mut Fork, asked: &Asked) -> Ran {
    loop {
        match runtime.run(fork, asked).unwrap() {
            Step::Done(ran) => return ran,
            Step::Wants(wanted) => {
                let nothing = wanted.values.into_iter().map(|key| Entry { key, value: None });
                fork.tell(nothing).unwrap();
                let last = wanted.after.into_iter().map(|after| Gap { after, next: None });
                fork.tell_gaps(last).unwrap();
            }
        }
    }
}

#[test]
fn it_says_its_version_and_its_metadata() {
    let code = code();
    let runtime = Runtime::new(&code, Limits::default()).unwrap();
    let mut fork = Fork::new(Limits::default());
    let calls = vec![call("Core_version", ()), call("Metadata_metadata", ())];
    let ran = run(&runtime, &mut fork, &Asked { calls, signer: None });
    let [version, metadata] = ran.answers.as_slice() else { panic!("two answers") };
    assert_eq!(String::decode(&mut version.as_slice()).unwrap(), "node");
    let metadata = Vec::<u8>::decode(&mut metadata.as_slice()).unwrap();
    assert!(metadata.starts_with(b"meta\x0e"));
    let missing =
        |name: &str| runtime.imports().iter().any(|import| import.name == name && !import.offered);
    assert!(missing("ext_benchmarking_current_time_version_1"));
    assert!(!missing("ext_storage_get_version_1"));
}
