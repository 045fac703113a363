//! Variables, paths and what btcli is set to, as the real process meets them.

use std::process::Command;

use crate::support::{Run, Stage};

/// The tool on a stage, without the variable that names its chain.
fn command(stage: &Stage, line: &str) -> Command {
    let mut command = stage.command(line);
    command.env_remove("BT_NETWORK");
    command
}

fn run(command: &mut Command) -> Run {
    Run::of(command.output().unwrap())
}

#[test]
fn a_neighbours_network_is_used_and_told() {
    let stage = Stage::with_chain();
    let url = stage.url().unwrap();
    for variable in ["BT_SUBTENSOR_NETWORK", "BT_SUBTENSOR_CHAIN_ENDPOINT"] {
        let run = run(command(&stage, "show 46").env(variable, format!("{url}\n")));
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(run.stderr, format!("network: {url}, from {variable}\n"));
    }
    let place =
        stage.write("home/.bittensor/config.yml", format!("network: {url}\nuse_cache: true\n"));
    let told = run(&mut command(&stage, "show 46"));
    assert_eq!(
        (told.code, told.stderr),
        (0, format!("network: {url}, from {}\n", place.display()))
    );
    // A file of btcli 11 comes first; what is wrong with it stops nothing.
    let damaged = stage.write("home/.bittensor/btcli.json", "{\"network\": ");
    let told = run(&mut command(&stage, "show 46"));
    assert_eq!(told.code, 0, "{told:?}");
    let warning = format!("warning: {} is not read: ", damaged.display());
    assert!(told.stderr.starts_with(&warning) && told.stderr.contains("network: ws"), "{told:?}");
    let place = stage.write("other.json", format!("{{\"network\": \"{url}\"}}"));
    let told = run(command(&stage, "show 46").env("BTCLI_CONFIG", &place));
    assert_eq!(told.stderr, format!("network: {url}, from {}\n", place.display()));
    // What is subtune's own goes without saying.
    let own = run(command(&stage, "show 46").env("BT_NETWORK", &url).env("BT_WALLET", "x"));
    assert_eq!((own.code, own.stderr.as_str()), (0, ""));
    let option = format!("show 46 --network {url}");
    let option = run(command(&stage, &option).env("BT_SUBTENSOR_NETWORK", "test"));
    assert_eq!((option.code, option.stderr.as_str()), (0, ""));
    // `local` is where btcli has it.
    let local = run(command(&stage, "show 46 --network local").env("BT_CHAIN_ENDPOINT", &url));
    assert_eq!(local.code, 0, "{local:?}");
    assert!(local.stderr.contains("from BT_CHAIN_ENDPOINT, which says where `local` is"));
}

#[test]
fn a_neighbours_network_that_is_none_is_an_error_with_its_place() {
    let stage = Stage::offline();
    let wrong = run(command(&stage, "show 46").env("BT_SUBTENSOR_NETWORK", "latent-lite"));
    let error = "BT_SUBTENSOR_NETWORK: the network latent-lite is gone";
    wrong.check_failure(false, 2, error, "use finney");
    stage.write("home/.bittensor/btcli.json", "{\"network\": \"ws://user:hush@192.0.2.2:9944\"}");
    let plain = run(&mut command(&stage, "show 46"));
    plain.check_failure(false, 2, "btcli.json: ws://192.0.2.2:9944 is not encrypted", "wss://");
    assert!(!plain.stderr.contains("hush"));
}

#[test]
fn a_neighbours_wallet_is_used_and_told() {
    let stage = Stage::offline();
    let key = format!("0x{}", "46".repeat(32));
    stage.write("home/.bittensor/wallets/mine/coldkeypub.txt", &key);
    stage.write("home/there/owner/coldkeypub.txt", &key);
    let list = |stage: &Stage| run(&mut stage.command("wallet list --format json"));
    let usual = list(&stage);
    assert_eq!((usual.code, usual.stderr.as_str()), (0, ""));
    assert_eq!(usual.json()["wallets"][0]["name"], "mine");
    stage.write("home/.bittensor/config.yml", "wallet_path: ~/there\nwallet_name: owner\n");
    let told = list(&stage);
    assert_eq!(told.json()["wallets"][0]["name"], "owner");
    let there = stage.path("home/there");
    assert_eq!(told.json()["folder"], there.display().to_string());
    let place = stage.path("home/.bittensor/config.yml");
    let line = format!("directory of the wallets: {}, from {}\n", there.display(), place.display());
    assert_eq!(told.stderr, line);
}

/// Commands that need no chain neither fail nor speak because of anything around them.
#[test]
fn what_needs_no_setting_does_not_look_at_any() {
    let stage = Stage::offline();
    stage.write("home/.bittensor/btcli.json", "{");
    stage.write("home/.bittensor/config.yml", "network: [nowhere");
    let profile = include_str!("../../profiles/dust-floor.yaml");
    stage.write("p.yaml", profile);
    for line in ["check p.yaml", "explain tempo", "profiles", "completions bash", "man", "history"]
    {
        for value in ["", "\n", "nowhere"] {
            let mut command = command(&stage, line);
            for variable in ["BT_NETWORK", "BT_SUBTENSOR_NETWORK", "BT_WALLET", "BT_WALLET_NAME"] {
                command.env(variable, value);
            }
            let run = run(&mut command);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line} {value:?}");
        }
    }
}

/// An empty variable is not set, and a line end is none of a value.
#[test]
fn variables_are_read_alike() {
    let stage = Stage::with_chain();
    let url = stage.url().unwrap();
    let names = [
        "BT_NETWORK",
        "BT_SUBTENSOR_NETWORK",
        "BT_SUBTENSOR_CHAIN_ENDPOINT",
        "BT_CHAIN_ENDPOINT",
        "BTCLI_CONFIG",
        "BTCLI_CONFIG_PATH",
        "SUBTUNE_STATE_DIR",
        "SUBTUNE_CACHE_DIR",
        "BT_WALLET_NAME",
        "BT_WALLET_PATH",
        "BT_WALLET",
        "BT_WALLET_PASSWORD",
        "BT_WALLET_PASSWORD_FILE",
    ];
    for empty in ["", "\n"] {
        let mut show = stage.command(&format!("show 46 --network {url}"));
        let mut history = stage.command("history");
        for name in names {
            show.env(name, empty);
            history.env(name, empty);
        }
        for command in [&mut show, &mut history] {
            let run = run(command);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{empty:?}");
        }
        assert!(stage.path("home/.cache/subtune").exists(), "the default is used");
    }
    let mut show = stage.command("show 46");
    show.env("BT_NETWORK", format!("{url}\r\n")).env("SUBTUNE_CACHE_DIR", "~/kept\n");
    assert_eq!(run(&mut show).code, 0);
    assert!(stage.path("home/kept").exists());
    let show = stage.expect("show 46 --cache-dir ~/also", 0);
    assert_eq!(show.stderr, "");
    assert!(stage.path("home/also").exists() && !stage.path("~").exists());
}

/// The shell leaves a `~` alone in `--profile=~/x`.
#[test]
fn a_profile_in_the_home_directory_is_found() {
    let stage = Stage::offline();
    stage.write("home/p.yaml", include_str!("../../profiles/dust-floor.yaml"));
    stage.expect("check ~/p.yaml", 0);
    stage.expect("check ./~/p.yaml", 4);
}
