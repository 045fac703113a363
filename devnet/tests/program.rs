//! The program: its one line, its RPC over plain HTTP, and its end.

#![expect(clippy::panic, reason = "tests stop at what they did not expect")]

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_subtune-devnet"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("ready ws://").expect("it is ready").to_owned();
        Self { child, address }
    }

    fn ask(&self, method: &str, params: Value) -> Value {
        let body =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }

    fn at_finalized(&self) -> Value {
        json!([self.get("chain_getFinalizedHead", json!([]))])
    }

    fn get(&self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        answer.get("result").unwrap_or_else(|| panic!("{method}: {answer}")).clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_answers_and_stops() {
    let mut program = Program::start(&["--seal", "manual", "--finality-lag", "2"]);
    let head = program.get("chain_getHeader", json!([]));
    assert_eq!(head["number"], "0x186a2", "the lag is built before it is ready");
    let finalized = program.get("chain_getFinalizedHead", json!([]));
    assert_eq!(program.get("chain_getBlockHash", json!([100_000])), finalized);
    assert_eq!(program.get("chain_getBlockHash", json!([1])), Value::Null);
    assert!(program.get("chain_getBlockHash", json!([0])).is_string());

    // One block per call, and the state of every block stays.
    let key = "0x658faa385070e074c85bf6b568cf0555b0de68017bccc12ad7dc7c6308f746a7";
    let before = program.get("chain_getHead", json!([]));
    let after = program.get("dev_setStorage", json!([[[key, "0x0300"]]]));
    assert_ne!(before, after);
    assert_eq!(program.get("state_getStorage", json!([key])), "0x0300");
    assert_eq!(program.get("state_getStorage", json!([key, before])), Value::Null);
    let bare = program.get("dev_setStorage", json!([[key, null]]));
    let read = program.get("state_queryStorageAt", json!([[key], bare]));
    assert_eq!(read, json!([{ "block": bare, "changes": [[key, null]] }]));
    assert_eq!(
        program.get("dev_newBlock", json!([5])),
        program.get("chain_getBlockHash", json!([100_009]))
    );
    let block = program.get("chain_getBlock", json!([]));
    assert_eq!(block["block"]["extrinsics"].as_array().map(Vec::len), Some(1), "the time");

    let keys =
        program.get("state_getKeysPaged", json!(["0x658faa385070e074c85bf6b568cf0555", 2, null]));
    let next = json!(["0x658faa385070e074c85bf6b568cf0555", 1, keys[0]]);
    assert_eq!(program.get("state_getKeysPaged", next)[0], keys[1]);
    let epoch = json!(["SubnetInfoRuntimeApi_get_next_epoch_start_block", "0x2e00"]);
    assert_eq!(program.get("state_call", epoch), "0x01a487010000000000");
    let bad = program.ask("state_call", json!(["SubnetInfoRuntimeApi_get_dynamic_info", "0x"]));
    assert_eq!(bad["error"]["code"], 4003);
    let bad = program.ask("author_submitExtrinsic", json!(["0x1234"]));
    assert_eq!(bad["error"]["code"], 1002);
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    assert_eq!(program.get("system_accountNextIndex", json!([alice])), 0);
    assert_eq!(program.get("state_getRuntimeVersion", json!([]))["specVersion"], 475);

    let status =
        Command::new("kill").arg(program.child.id().to_string()).status().expect("kill runs");
    assert!(status.success());
    assert_eq!(program.child.wait().expect("it ends").code(), Some(0));
}

/// As many states as were asked for, and of the older blocks all but the state.
#[test]
fn it_forgets_old_states() {
    let program =
        Program::start(&["--seal", "manual", "--finality-lag", "2", "--keep-states", "4"]);
    program.get("dev_newBlock", json!([20]));
    let finalized = program.get("chain_getHeader", program.at_finalized());
    assert_eq!(finalized["number"], "0x186b4");
    let hash = |number: u32| program.get("chain_getBlockHash", json!([number]));
    let version = |number| program.ask("state_getRuntimeVersion", json!([hash(number)]));
    for number in 100_017..=100_022 {
        assert_eq!(version(number)["result"]["specVersion"], 475, "{number}");
    }
    let old = hash(100_016);
    let said = "Client error: UnknownBlock: State already discarded for ";
    let said = format!("{said}{}", old.as_str().expect("a hash"));
    let reads = [
        ("state_getRuntimeVersion", json!([old])),
        ("state_getMetadata", json!([old])),
        ("state_getStorage", json!(["0x00", old])),
        ("state_queryStorageAt", json!([["0x00"], old])),
        ("state_getKeysPaged", json!(["0x00", 1, null, old])),
        ("state_call", json!(["Core_version", "0x", old])),
    ];
    for (method, params) in reads {
        let error = program.ask(method, params)["error"].clone();
        assert_eq!(error, json!({ "code": 4003, "message": said }), "{method}");
    }
    assert!(program.get("chain_getBlock", json!([old])).is_object(), "the block is still known");
    assert!(version(0)["error"].is_object(), "genesis is as old as any");
}

#[test]
fn it_changes_its_mind() {
    let program = Program::start(&["--seal", "manual", "--finality-lag", "3"]);
    program.get("dev_newBlock", json!([5]));
    let hash = |number: u32| program.get("chain_getBlockHash", json!([number]));
    let (kept, lost) = (hash(100_005), hash(100_007));
    let finalized = program.get("chain_getFinalizedHead", json!([]));
    assert!(program.ask("dev_reorganize", json!([4]))["error"].is_object(), "one is final");
    assert_eq!(finalized, program.get("chain_getFinalizedHead", json!([])));
    let head = program.get("dev_reorganize", json!([3]));
    assert_eq!(hash(100_009), head, "the branch that wins is longer");
    assert_eq!(hash(100_005), kept);
    assert_ne!(hash(100_007), lost);
    let header = || program.get("chain_getHeader", json!([lost]));
    assert_eq!(header()["number"], "0x186a7", "it is known by its hash");
    program.get("dev_newBlock", json!([1]));
    assert_eq!(header(), Value::Null, "until another block is final in its place");
}

#[test]
fn it_makes_blocks_by_itself() {
    let program = Program::start(&["--seal", "5"]);
    let number = || program.get("chain_getHeader", json!([]))["number"].clone();
    let first = number();
    // Asking takes longer than a block.
    assert!((0..1_000).any(|_| number() != first));
}
