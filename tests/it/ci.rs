//! The workflows of `examples/ci`, run as a runner would: their own shell, the real tool, the local chain, and a forge
//! that is made of files.

mod github;
mod gitlab;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use subtune_wallet::dev;

use crate::fleet::CHARLIE;
use crate::origins::{OWNER, proxies, ss58};
use crate::support::{ALICE, BOB, Run, Stage, finish, item};

/// A file of the examples.
fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn account(name: &str) -> [u8; 32] {
    dev::unlock(name).unwrap().account()
}

/// Lets Charlie, the key of CI, sign for the owners of both subnets by the narrowest proxy type.
fn let_ci_sign(stage: &Stage) {
    for owner in ["alice", "bob"] {
        proxies(stage, account(owner), &[("charlie", OWNER, 0)]);
    }
    stage.chain().new_blocks(1).unwrap();
}

/// The repository of the owner of the subnets: what `examples/ci/fleet` is, for the local chain.
fn repository(stage: &Stage, immunity: &str) {
    let fleet = example("fleet/fleet.yaml");
    assert!(fleet.contains(&ss58("charlie")) && fleet.contains(ALICE) && fleet.contains(BOB));
    let network = format!("network: {}", stage.url().unwrap());
    stage.write("repo/fleet.yaml", fleet.replace("network: finney", &network));
    for name in ["profiles/13.yaml", "profiles/46.yaml", "goals/46.yaml"] {
        let text = example(&format!("fleet/{name}"));
        let text = match name {
            "profiles/46.yaml" => text.replace("40h", immunity),
            "profiles/13.yaml" => text.replace("serving_rate_limit: 50", "serving_rate_limit: 60"),
            _ => text,
        };
        stage.write(&format!("repo/{name}"), text);
    }
}

/// How many transactions an account has sent.
fn sent(stage: &Stage, name: &str) -> u32 {
    let account = account(name);
    let hash = sp_crypto_hashing::blake2_128(&account);
    let key = [&item("System", "Account")[..], &hash, &account].concat();
    let info = stage.chain().get_storage(&key).unwrap();
    u32::from_le_bytes(info[..4].try_into().unwrap())
}

fn immunity_period(stage: &Stage) -> u16 {
    u16::from_le_bytes(stage.get_46("ImmunityPeriod").unwrap().try_into().unwrap())
}

/// Another hand sets a value.
fn another_hand(stage: &Stage, immunity: u16) {
    stage.set_46("ImmunityPeriod", &immunity.to_le_bytes());
    stage.chain().new_blocks(1).unwrap();
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        // As an artifact is kept: the content, and no permission.
        std::fs::write(to, std::fs::read(from).unwrap()).unwrap();
        return;
    }
    for entry in std::fs::read_dir(from).unwrap() {
        let name = entry.unwrap().file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}

/// A program of a test in the place of one that would use the network.
fn program(stage: &Stage, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = stage.write(&format!("bin/{name}"), text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a script as a runner does, in a folder.
fn script(
    stage: &Stage,
    shell: &[&str],
    text: &str,
    folder: &Path,
    variables: &BTreeMap<String, String>,
) -> Run {
    let file = stage.write("script.sh", text);
    let tool = Path::new(env!("CARGO_BIN_EXE_subtune")).parent().unwrap();
    let mut command = Command::new("/usr/bin/env");
    stage.prepare(&mut command, "bash");
    command.args(shell).arg(file).current_dir(folder);
    // The network is that of the file, and the records are where the job says.
    command.env_remove("BT_NETWORK").env_remove("SUBTUNE_STATE_DIR");
    let own = std::env::var("PATH").unwrap();
    let path = format!("{}:{}:{own}", stage.path("bin").display(), tool.display());
    command.env("PATH", path).env("FORGE", stage.path("forge")).env("CI", "true").envs(variables);
    finish(&mut command)
}

/// The secret of CI is nowhere but in its variable.
fn tells_no_secret(stage: &Stage, said: &str) {
    let mut files = vec![stage.path("forge"), stage.path("jobs")];
    assert!(!said.contains(CHARLIE));
    while let Some(path) = files.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => files.extend(entries.map(|entry| entry.unwrap().path())),
            Err(_) => {
                let content = std::fs::read(&path).unwrap();
                let content = String::from_utf8_lossy(&content);
                assert!(!content.contains(CHARLIE), "{}", path.display());
            }
        }
    }
}

/// The entries of a list of the forge.
fn list(stage: &Stage, name: &str) -> Vec<Value> {
    let path = stage.path(format!("forge/{name}.json"));
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| "[]".to_owned());
    serde_json::from_str(&text).unwrap()
}

fn keep(stage: &Stage, name: &str, list: &[Value]) {
    stage.write(&format!("forge/{name}.json"), serde_json::to_string(list).unwrap());
}

/// Puts a release on the forge, and gives the SHA-256 of its archive.
fn release(stage: &Stage, version: &str) -> String {
    let name = format!("subtune-{version}-x86_64-unknown-linux-gnu");
    let tool = env!("CARGO_BIN_EXE_subtune");
    program(stage, &format!("{name}/bin/subtune"), &format!("#!/bin/sh\nexec {tool} \"$@\"\n"));
    let releases = stage.write("forge/releases/x", "");
    let releases = releases.parent().unwrap();
    let archive = releases.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--create", "--gzip", "--file"]).arg(&archive);
    tar.arg("--directory").arg(stage.path("bin")).arg(&name);
    assert!(tar.status().unwrap().success());
    let sums = Command::new("sha256sum")
        .arg(format!("{name}.tar.gz"))
        .current_dir(releases)
        .output()
        .unwrap();
    let sums = String::from_utf8(sums.stdout).unwrap();
    std::fs::write(releases.join("SHA256SUMS"), &sums).unwrap();
    sums.split_whitespace().next().unwrap().to_owned()
}

/// The action installs the release that is asked for, and nothing else.
#[test]
fn the_action_installs_what_was_pinned() {
    let stage = &Stage::offline();
    program(stage, "curl", include_str!("ci/curl.sh"));
    let version = env!("CARGO_PKG_VERSION");
    let sha256 = release(stage, version);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = std::fs::read_to_string(root.join("action.yml")).unwrap();
    let action: Value = serde_yaml::from_str(&action).unwrap();
    assert_eq!(action["inputs"]["repository"]["default"], "${{ github.action_repository }}");
    let text = action["runs"]["steps"][0]["run"].as_str().unwrap();
    let install = |changed: &[(&str, &str)]| -> (Run, String) {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        for name in ["GITHUB_OUTPUT", "GITHUB_PATH"] {
            variables.insert(name.to_owned(), stage.write(name, "").display().to_string());
        }
        let temporary = stage.path("").display().to_string();
        let given = [
            ("VERSION", version),
            ("SHA256", ""),
            ("REPOSITORY", "owner/subtune"),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("RUNNER_TEMP", &temporary),
            ("GITHUB_SERVER_URL", "https://forge"),
        ];
        for (name, value) in given.iter().chain(changed) {
            variables.insert((*name).to_owned(), (*value).to_owned());
        }
        let shell = ["--noprofile", "--norc", "-eo", "pipefail"];
        let run = script(stage, &shell, text, &stage.path(""), &variables);
        (run, stage.read("GITHUB_OUTPUT"))
    };
    for sha256 in ["", &sha256] {
        let (run, outputs) = install(&[("SHA256", sha256)]);
        assert_eq!(run.code, 0, "{run:?}");
        let path = outputs.lines().find_map(|line| line.strip_prefix("path=")).unwrap();
        assert!(Path::new(path).is_file() && outputs.contains(&format!("version={version}\n")));
        assert_eq!(
            stage.read("GITHUB_PATH").trim(),
            Path::new(path).parent().unwrap().display().to_string()
        );
    }
    let other = "0".repeat(64);
    release(stage, "9.9.9");
    for (changed, told) in [
        ([("SHA256", other.as_str())], "has another SHA-256"),
        ([("SHA256", "abc")], "64 hexadecimal digits"),
        ([("VERSION", "")], "a version such as"),
        ([("VERSION", "../../x")], "a version such as"),
        ([("VERSION", "7.7.7")], "cannot download"),
        ([("VERSION", "9.9.9")], "the archive holds subtune"),
        // The newest SHA256SUMS does not name the older archive.
        ([("VERSION", version)], "not exactly once"),
        ([("REPOSITORY", "")], "OWNER/NAME"),
        ([("RUNNER_ARCH", "ARM64")], "x86_64 only"),
    ] {
        let (run, outputs) = install(&changed);
        assert_eq!(run.code, 1, "{changed:?} {run:?}");
        assert!(run.stdout.contains("::error title=subtune::"), "{run:?}");
        assert!(run.stdout.contains(told), "{told}: {run:?}");
        assert_eq!(outputs + &stage.read("GITHUB_PATH"), "");
    }
}
