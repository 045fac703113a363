//! Metrics of subnets, as a script and as a real Prometheus gets them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use subtune_devnet::{Options, Seal};

use crate::support::{Run, Stage};

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts an exporter on a free port; where it serves.
fn exporter(stage: &Stage, what: &str) -> (Running, String) {
    let mut command = stage.command(&format!("exporter {what} --listen 127.0.0.1:0"));
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
    // Somebody has to read what else it says.
    std::thread::spawn(move || lines.for_each(drop));
    (Running(child), address)
}

/// What a server says to a request: the status line, and the body.
fn http(address: &str, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let all = String::from_utf8(all).unwrap();
    let (head, body) = all.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

fn scrape(address: &str) -> String {
    let (status, body) = http(address, "GET /metrics HTTP/1.1");
    assert_eq!(status, "HTTP/1.1 200 OK");
    body
}

/// The value of a metric, as text.
#[track_caller]
fn value(text: &str, metric: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(&format!("{metric} ")));
    found.unwrap_or_else(|| panic!("no {metric} in {text}")).to_owned()
}

fn with_fleet() -> Stage {
    let stage = Stage::with_options(Options { seal: Seal::Instant, ..Options::default() });
    crate::fleet::write(&stage, "  immunity_period: 12000\n");
    stage
}

#[test]
fn a_block_is_read_once_and_every_digit_is_there() {
    let stage = with_fleet();
    let (_exporter, address) = exporter(&stage, "fleet.yaml");
    let first = scrape(&address);
    for (metric, expected) in [
        ("subtune_node_up", "1"),
        ("subtune_block_number", "100001"),
        ("subtune_hyperparameter{netuid=\"46\",name=\"adjustment_alpha\"}", "14757395258967641292"),
        ("subtune_hyperparameter{netuid=\"46\",name=\"immunity_period\"}", "7200"),
        ("subtune_hyperparameter_wanted{netuid=\"46\",name=\"immunity_period\"}", "12000"),
        ("subtune_hyperparameter_drift{netuid=\"46\",name=\"immunity_period\"}", "1"),
        ("subtune_hyperparameter_drift{netuid=\"13\",name=\"immunity_period\"}", "0"),
        ("subtune_subnet_state{netuid=\"46\",state=\"drift\"}", "1"),
        ("subtune_subnet_state{netuid=\"13\",state=\"same\"}", "1"),
        ("subtune_owner_as_pinned{netuid=\"46\"}", "1"),
        ("subtune_next_epoch_blocks{netuid=\"46\"}", "259"),
        ("subtune_hyperparameter_locked_blocks{netuid=\"46\",name=\"immunity_period\"}", "0"),
    ] {
        assert_eq!(value(&first, metric), expected, "{metric}");
    }
    // Ten scrapes of one block cost one read; each asks the node for its head alone.
    let requests = |text: &str| value(text, "subtune_node_requests_total").parse::<u64>().unwrap();
    let ten: Vec<_> = (0..10).map(|_| scrape(&address)).collect();
    let last = &ten[9];
    assert_eq!(value(last, "subtune_block_reads_total"), "1");
    assert_eq!(value(last, "subtune_scrapes_total"), "11");
    assert_eq!(requests(last) - requests(&first), 10);
    // Several at the same time share one read, too.
    stage.set_46("ImmunityPeriod", &12_000u16.to_le_bytes());
    stage.chain().new_blocks(1).unwrap();
    let all: Vec<String> = std::thread::scope(|scope| {
        let each: Vec<_> = (0..8).map(|_| scope.spawn(|| scrape(&address))).collect();
        each.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for text in &all {
        let drift = "subtune_hyperparameter_drift{netuid=\"46\",name=\"immunity_period\"}";
        assert_eq!(value(text, drift), "0");
        assert_eq!(value(text, "subtune_block_reads_total"), "2");
    }
    // The owner changes hands.
    stage.give_46_to([7; 32], 1);
    stage.chain().new_blocks(1).unwrap();
    assert_eq!(value(&scrape(&address), "subtune_owner_as_pinned{netuid=\"46\"}"), "0");
    assert!(http(&address, "POST /metrics HTTP/1.1").0.contains("405"));
    assert!(http(&address, "GET /x HTTP/1.1").0.contains("404"));
}

#[test]
fn what_is_not_known_is_not_told() {
    let mut stage = with_fleet();
    let (_exporter, address) = exporter(&stage, "--netuids 46,999");
    let text = scrape(&address);
    // One that is not there is an error of its own.
    assert_eq!(value(&text, "subtune_subnet_state{netuid=\"999\",state=\"error\"}"), "1");
    assert_eq!(value(&text, "subtune_subnet_state{netuid=\"46\",state=\"same\"}"), "1");
    assert!(!text.contains("subtune_hyperparameter_wanted"));
    // The node goes, and with it all that was known of the chain.
    stage.stop_chain();
    let text = scrape(&address);
    assert_eq!(value(&text, "subtune_node_up"), "0");
    assert_eq!(value(&text, "subtune_node_errors_total"), "1");
    assert!(!text.contains("subtune_hyperparameter{") && !text.contains("subtune_block_number"));
    assert_eq!(value(&scrape(&address), "subtune_node_errors_total"), "2");
}

#[test]
fn an_exporter_that_cannot_serve_says_so() {
    let stage = with_fleet();
    stage.fails("exporter", 2, "no subnet is given", "--netuids");
    stage.fails("exporter none.yaml", 4, "none.yaml", "exists");
    let (_exporter, address) = exporter(&stage, "--netuids 46");
    let line = format!("exporter --netuids 46 --listen {address}");
    stage.fails(&line, 1, "cannot be listened on", "--listen");
}

/// Asks until the answer is as it should be; Prometheus works in seconds.
fn until(address: &str, path: &str, good: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let (_, body) = http(address, &format!("GET {path} HTTP/1.0"));
        let found = serde_json::from_str(&body).unwrap_or(Value::Null);
        if good(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{path}: {body}");
    }
}

fn query(address: &str, expression: &str) -> Value {
    let encoded: String = expression.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let (_, body) = http(address, &format!("GET /api/v1/query?query={encoded} HTTP/1.0"));
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// The files in examples/monitoring, with a real Prometheus and its own tool.
#[test]
#[cfg_attr(
    not(prometheus),
    ignore = "needs SUBTUNE_PROMETHEUS, the directory of prometheus and promtool"
)]
fn a_real_prometheus_scrapes_it() {
    let programs = std::path::PathBuf::from(std::env::var("SUBTUNE_PROMETHEUS").unwrap());
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/monitoring");
    let promtool = |arguments: &[&str], input: &str| {
        let mut command = Command::new(programs.join("promtool"));
        command.args(arguments).current_dir(&examples);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!(run.code, 0, "{arguments:?} {run:?}");
    };
    promtool(&["check", "config", "prometheus.yml"], "");
    promtool(&["test", "rules", "subtune.rules.test.yml"], "");
    let mut stage = with_fleet();
    let (_exporter, exports) = exporter(&stage, "fleet.yaml");
    // The names and units are as they should be.
    promtool(&["check", "metrics"], &scrape(&exports));

    let config = std::fs::read_to_string(examples.join("prometheus.yml")).unwrap();
    let config =
        config.replace("127.0.0.1:9464", &exports).replace("30s", "1s").replace("20s", "1s");
    let rules = examples.join("subtune.rules.yml");
    let config = config.replace("subtune.rules.yml", &rules.display().to_string());
    stage.write("prometheus.yml", config);
    // A port that was free a moment ago.
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut command = Command::new(programs.join("prometheus"));
    command.arg(format!("--config.file={}", stage.path("prometheus.yml").display()));
    command.arg(format!("--storage.tsdb.path={}", stage.path("tsdb").display()));
    command.arg(format!("--web.listen-address={own}")).stdin(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let _prometheus = Running(child);
    let ready = lines.any(|line| line.unwrap().contains("ready to receive web requests"));
    assert!(ready, "prometheus has ended");
    std::thread::spawn(move || lines.for_each(drop));

    let up = |health: &'static str| {
        move |found: &Value| found["data"]["activeTargets"][0]["health"] == health
    };
    until(&own, "/api/v1/targets", up("up"));
    let rules = until(&own, "/api/v1/rules", |found| found["status"] == "success");
    assert_eq!(rules["data"]["groups"][0]["rules"].as_array().unwrap().len(), 9);
    for (expression, expected) in [
        ("subtune_node_up", "1"),
        ("sum by (netuid) (subtune_hyperparameter_drift{netuid=\"46\"})", "1"),
        ("subtune_hyperparameter{netuid=\"46\",name=\"immunity_period\"}", "7200"),
    ] {
        let answer = query(&own, expression);
        println!("{expression}: {}", answer["data"]["result"]);
        assert_eq!(answer["data"]["result"][0]["value"][1], expected, "{expression}: {answer}");
    }
    // Every panel of the dashboard asks what Prometheus understands.
    let dashboard = std::fs::read_to_string(examples.join("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let mut asked = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap().replace("$netuid", ".*");
            let answer = query(&own, &expression);
            assert_eq!(answer["status"], "success", "{expression}: {answer}");
            asked += 1;
        }
    }
    assert!(asked > 10, "{asked}");
    // The node goes: the target stays up, and says so.
    stage.stop_chain();
    let path = "/api/v1/query?query=subtune_node_up";
    until(&own, path, |found| found["data"]["result"][0]["value"][1] == "0");
    until(&own, "/api/v1/targets", up("up"));
    let gone = query(&own, "subtune_block_number");
    assert_eq!(gone["data"]["result"], serde_json::json!([]), "nothing is told that is not so");
}
