//! Several subnets in one file: looked at in one go, changed one after the other.

use serde_json::Value;
use subtune_chain::{At, Chain, ConnectOptions, Depth, Endpoint};

use crate::support::{ALICE, BOB, Run, Stage, item};

/// The secret of another account.
pub(crate) const CHARLIE: &str =
    "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Charlie";
const PROFILE: &str =
    "format_version: 1\nname: wanted\ndescription: what is wanted\nsource: us\nhyperparameters:\n";

/// A fleet of both subnets of the local chain; each signs with its owner's key.
fn staged(values: &str) -> Stage {
    let stage = Stage::with_chain();
    write(&stage, values);
    stage
}

pub(crate) fn write(stage: &Stage, values: &str) {
    stage.write("wanted.yaml", format!("{PROFILE}{values}"));
    stage.write(
        "fleet.yaml",
        format!(
            "format_version: 1\nsubnets:\n  \
             46: {{ profile: wanted.yaml, owner: {ALICE}, sign: {{ dev_key: alice }} }}\n  \
             13: {{ profile: wanted.yaml, sign: {{ dev_key: bob }} }}\n"
        ),
    );
}

fn states(run: &Run) -> Vec<(u64, String)> {
    let json = run.json();
    let of =
        |one: &Value| (one["netuid"].as_u64().unwrap(), one["state"].as_str().unwrap().to_owned());
    json["subnets"].as_array().unwrap().iter().map(of).collect()
}

fn pairs(states: &[(u64, &str)]) -> Vec<(u64, String)> {
    states.iter().map(|(netuid, state)| (*netuid, (*state).to_owned())).collect()
}

#[test]
fn a_fleet_is_planned_applied_and_watched_for_drift() {
    let stage = staged("  immunity_period: 12000\n");
    let status = stage.expect("fleet status --json", 0);
    assert_eq!(states(&status), pairs(&[(13, "same"), (46, "drift")]));
    assert_eq!(status.json()["summary"]["drift"], 1);
    // Another hand, elsewhere in the file's folder.
    stage.expect("fleet drift", 3);
    stage.expect("fleet drift --only 13", 0);
    stage.expect("fleet plan", 0);
    stage.expect("fleet plan --detailed-exitcode", 3);
    let plan = stage.expect("fleet plan --output plans.yaml --json", 0).json();
    assert_eq!(plan["subnets"][1]["plan"]["items"][0]["to"], "12000");
    let fee = plan["summary"]["fee_rao"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(fee > 0);
    stage.fails("fleet plan --output plans.yaml", 6, "plans.yaml", "--force");

    let dry = stage.expect("fleet apply --plan plans.yaml --dry-run --json", 0);
    assert_eq!(states(&dry), pairs(&[(13, "nothing"), (46, "dry_run")]));
    let applied = stage.expect("fleet apply --plan plans.yaml --yes --json", 0);
    assert_eq!(states(&applied), pairs(&[(13, "nothing"), (46, "done")]));
    let applied = applied.json();
    let one = &applied["subnets"][1];
    assert_eq!(one["outcome"], "applied");
    assert_eq!(one["receipt"]["netuid"], 46);
    // Where it is pasted, the file of the fleet is not there.
    let back = one["rollback_command"].as_str().unwrap();
    assert!(back.contains("--dev-key alice --network ws://"), "{back}");
    assert_eq!(stage.records(".receipt.yaml").len(), 1);
    stage.expect("fleet drift", 0);
    assert_eq!(
        states(&stage.expect("fleet apply --yes --json", 0)),
        pairs(&[(13, "nothing"), (46, "nothing")])
    );

    // A saved plan is for the state that it was made on; what of it is done already is passed over.
    stage.fails_later("fleet apply --plan plans.yaml --yes", 6, "out of date", "--resume");
    let again = stage.expect("fleet apply --plan plans.yaml --resume --yes --json", 0);
    assert_eq!(states(&again), pairs(&[(13, "nothing"), (46, "nothing")]));
    assert_eq!(stage.records(".receipt.yaml").len(), 1);

    // Where all was as wanted, the saved plans send nothing; the owners are looked at all the same.
    stage.expect("fleet plan --output none.yaml", 0);
    let none = stage.expect("fleet apply --plan none.yaml --yes --json", 0);
    assert_eq!(states(&none), pairs(&[(13, "nothing"), (46, "nothing")]));
    let fleet = stage.read("fleet.yaml");
    stage.write("fleet.yaml", fleet.replace(ALICE, BOB));
    stage.fails("fleet apply --plan none.yaml --yes", 6, "the owner of subnet 46", "changed hands");
    stage.write("fleet.yaml", fleet);

    let text = stage.expect("fleet snapshot --output now", 0).stdout;
    assert!(text.contains("now/13.yaml") && text.contains("now/46.yaml"), "{text}");
    stage.expect("diff 46 now/46.yaml --detailed-exitcode", 0);
    stage.fails("fleet snapshot --output now", 6, "13.yaml", "--force");
}

#[test]
fn what_is_wrong_with_a_fleet_is_told_before_anything_is_sent() {
    let stage = staged("  immunity_period: 12000\n");
    let fleet = stage.read("fleet.yaml");
    let with = |from: &str, to: &str| {
        assert!(fleet.contains(from), "{from}");
        stage.write("fleet.yaml", fleet.replace(from, to));
    };
    stage.fails("fleet status none.yaml", 4, "none.yaml", "exists");
    stage.fails("fleet status wanted.yaml", 4, "this is a profile", "subtune plan");
    stage.fails("fleet status --only 7", 4, "does not name that subnet", "it names 13, 46");
    with("profile: wanted.yaml, owner", "profil: wanted.yaml, owner");
    stage.fails("fleet plan", 4, "fleet.yaml:3: ", "");

    // One that is missing is told beside the others, and nothing is saved or sent.
    with("13: { profile: wanted.yaml", "13: { profile: gone.yaml");
    let plan = stage.expect("fleet plan --output plans.yaml --json", 4);
    assert_eq!(states(&plan), pairs(&[(13, "error"), (46, "drift")]));
    assert!(plan.json()["subnets"][0]["error"]["message"].as_str().unwrap().contains("gone.yaml"));
    assert!(!stage.path("plans.yaml").exists());
    stage.fails("fleet apply --yes", 4, "subnet 13: no built-in profile", "YAML file");

    // The owner that is pinned is looked at before anything else.
    with(ALICE, BOB);
    for line in ["fleet status", "fleet plan", "fleet apply --yes"] {
        stage.fails(line, 6, &format!("the owner of subnet 46 is {ALICE}"), "changed hands");
    }

    // Two owners and one key.
    write(&stage, "  serving_rate_limit: 60\n");
    let fleet = stage.read("fleet.yaml");
    stage.write("fleet.yaml", fleet.replace("dev_key: bob", "dev_key: alice"));
    let told = "subnet 13: ";
    stage.fails("fleet apply --yes", 6, told, BOB);
    let plan = stage.expect("fleet plan --blocked-exitcode --json", 10);
    assert_eq!(states(&plan), pairs(&[(13, "blocked"), (46, "drift")]));

    // Without a terminal nothing is sent unless --yes is given.
    write(&stage, "  serving_rate_limit: 60\n");
    stage.fails_later("fleet apply", 6, "not confirmed", "--yes");
    assert_eq!(stage.records(".receipt.yaml").len(), 0);
    let head = stage.chain().head().0;
    assert_eq!(head, 100_001, "nothing was sent");
}

#[test]
fn the_first_bad_end_stops_the_rest() {
    // The key of one of them turns out to be another one, which only its secret tells.
    let with = |netuid: u16| {
        let stage = staged("  serving_rate_limit: 60\n");
        stage.write("suri", CHARLIE);
        let (of, other) = if netuid == 46 { ("alice", "bob") } else { ("bob", "alice") };
        let fleet = stage.read("fleet.yaml");
        stage.write("fleet.yaml", fleet.replace(&format!("dev_key: {of}"), "suri_file: suri"));
        assert!(stage.read("fleet.yaml").contains(other));
        stage
    };
    let stage = with(46);
    let run = stage.run("fleet apply --yes --json");
    assert_eq!(states(&run), pairs(&[(13, "done"), (46, "failed")]), "{run:?}");
    assert_eq!(run.code, 8);
    let json = run.json();
    let resume = json["summary"]["resume_command"].as_str().unwrap();
    assert!(resume.starts_with("subtune fleet apply "), "{resume}");
    let error = json["subnets"][1]["error"]["message"].as_str().unwrap();
    assert!(error.contains("the owner is"), "{error}");
    assert_eq!(stage.records(".receipt.yaml").len(), 0);
    assert_eq!(stage.records(".rollback.yaml").len(), 0);

    // The first one of all: nothing was sent, and the other is not begun.
    let stage = with(13);
    let run = stage.run("fleet apply --yes --json");
    assert_eq!(states(&run), pairs(&[(13, "failed"), (46, "not_begun")]), "{run:?}");
    assert_eq!(run.code, 6);
    assert_eq!(stage.chain().head().0, 100_001);

    // What the chain's own code refuses of one of them is refused before any is sent.
    let stage = staged("  serving_rate_limit: 60\n");
    stage.set_account(subtune_model::address::parse_ss58(ALICE).unwrap(), 0, 0);
    stage.chain().new_blocks(1).unwrap();
    let head = stage.chain().head();
    stage.fails("fleet apply --yes", 6, "subnet 46: the chain's own code refuses the plan", "fee");
    assert_eq!(stage.chain().head(), head);
}

/// A descriptor gives its secret once: that is told before anything is sent. What is sent is what the file wants.
#[test]
fn a_secret_that_is_read_once_serves_one_transaction() {
    let stage = of_one_owner();
    let fleet = stage.read("fleet.yaml");
    stage.write("fleet.yaml", fleet.replace("dev_key: alice", "suri_file: /dev/fd/3"));
    let phrase = CHARLIE.replace("Charlie", "Alice");
    let line = |options: &str| {
        let shell = format!("exec 3< <(echo '{phrase}'); exec \"$0\" fleet apply --yes {options}");
        let mut command = std::process::Command::new("/bin/bash");
        command.args(["-c", &shell, env!("CARGO_BIN_EXE_subtune")]);
        stage.prepare(&mut command, "");
        Run::of(command.output().unwrap())
    };
    let run = line("");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("a descriptor can be read once"), "{run:?}");
    assert_eq!(nonce(&stage, ALICE), 0);
    let run = line("--atomic --json");
    assert_eq!(states(&run), pairs(&[(13, "done"), (46, "done")]), "{run:?}");

    let stage = staged("  serving_rate_limit: 60\n");
    stage.expect("fleet plan --output plans.yaml", 0);
    write(&stage, "  serving_rate_limit: 61\n");
    let told = "the saved plan sets serving_rate_limit to 60, which the profile does not want";
    stage.fails("fleet apply --plan plans.yaml --yes", 6, told, "subtune fleet plan");
}

/// Killed at any step of any subnet, the next run goes on: nothing is sent twice, and nothing is left out.
#[test]
fn a_fleet_that_is_killed_goes_on() {
    for (step, time) in [
        ("Confirmed", 1),
        ("RollbackWritten", 2),
        ("Recorded", 1),
        ("Submitted", 1),
        ("Submitted", 2),
        ("Included", 1),
        ("Ended", 1),
        ("Ended", 2),
    ] {
        let stage = staged("  serving_rate_limit: 60\n");
        stage.expect("fleet plan --output plans.yaml", 0);
        let mut command = stage.command("fleet apply --plan plans.yaml --yes");
        command.env("SUBTUNE_STOP", format!("{step}:{time}:kill"));
        let killed = command.output().unwrap();
        assert_eq!(killed.status.code(), None, "{step}:{time} was not reached");
        if (step, time) == ("Recorded", 1) {
            // Until the transaction that was signed has died, nobody can tell whether it is on its way.
            stage.chain().new_blocks(20).unwrap();
        }
        let run = stage.expect("fleet apply --plan plans.yaml --resume --yes --json", 0);
        let done = states(&run);
        assert!(done.iter().all(|(_, state)| state == "done" || state == "nothing"), "{done:?}");
        stage.expect("fleet drift", 0);
        // One change of each subnet is on the chain: the nonce of each owner tells.
        for owner in [ALICE, BOB] {
            assert_eq!(nonce(&stage, owner), 1, "{step}:{time} {owner}");
        }
    }
}

/// Each line says of which subnet it is.
#[test]
fn epochs_of_a_fleet_are_told_by_subnet() {
    let stage = crate::forecast::populated();
    let tempo = [&item("SubtensorModule", "Tempo")[..], &13u16.to_le_bytes()].concat();
    stage.chain().set_storage(vec![(tempo, Some(20u16.to_le_bytes().to_vec()))]).unwrap();
    stage.chain().new_blocks(120).unwrap();
    write(&stage, "  immunity_period: 12000\n");
    let run = stage.expect("fleet watch --epochs 1 --json", 0);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |netuid: u64| lines.iter().filter(|line| line["netuid"] == netuid).count();
    assert!(of(13) > 0 && of(46) > 0 && of(13) + of(46) == lines.len(), "{lines:?}");
    stage.chain().new_blocks(30).unwrap();
    let run = stage.expect("fleet watch --epochs 1 --only 46", 0);
    assert!(run.stdout.lines().next().unwrap().starts_with("subnet 46: "), "{run:?}");
    assert!(run.stderr.contains("watching 1 subnet on local"), "{run:?}");
}

/// Two subnets of one owner.
fn of_one_owner() -> Stage {
    let stage = staged("  serving_rate_limit: 60\n");
    let key = [&item("SubtensorModule", "SubnetOwner")[..], &13u16.to_le_bytes()].concat();
    let alice = subtune_model::address::parse_ss58(ALICE).unwrap().to_vec();
    stage.chain().set_storage(vec![(key, Some(alice))]).unwrap();
    stage.chain().new_blocks(1).unwrap();
    let fleet = stage.read("fleet.yaml");
    stage.write("fleet.yaml", fleet.replace("dev_key: bob", "dev_key: alice"));
    stage
}

fn nonce(stage: &Stage, owner: &str) -> u32 {
    let account = subtune_model::address::parse_ss58(owner).unwrap();
    let hash = sp_crypto_hashing::blake2_128(&account);
    let key = [&item("System", "Account")[..], &hash, &account].concat();
    let info = stage.chain().get_storage(&key).unwrap();
    u32::from_le_bytes(info[..4].try_into().unwrap())
}

/// What one key signs for several subnets goes in one transaction, where that is asked for: each subnet has a receipt,
/// a proof and a way back of its own.
#[test]
fn one_key_sends_all_or_nothing() {
    let stage = of_one_owner();
    let dry = stage.expect("fleet apply --atomic --dry-run", 0);
    assert!(dry.stdout.contains("One transaction, all or nothing, for the subnets 13, 46\n"));
    let run = stage.expect("fleet apply --atomic --yes --json", 0);
    assert_eq!(states(&run), pairs(&[(13, "done"), (46, "done")]));
    let json = run.json();
    let receipt = |index: usize| &json["subnets"][index]["receipt"];
    assert_eq!(receipt(0)["extrinsic"], receipt(1)["extrinsic"]);
    assert_eq!((&receipt(0)["netuid"], &receipt(1)["netuid"]), (&13.into(), &46.into()));
    assert_eq!(nonce(&stage, ALICE), 1);
    stage.expect("fleet drift", 0);
    stage.lift_rate_limit();
    stage.expect("rollback 13 --dev-key alice --yes", 0);
    let drift = stage.expect("fleet status --json", 0);
    assert_eq!(states(&drift), pairs(&[(13, "drift"), (46, "same")]));

    // In the first block that takes them again the preflight, which looks at the one before, still says no.
    let stage = of_one_owner();
    stage.lift_freeze_window();
    stage.expect("fleet apply --atomic --yes", 0);
    write(&stage, "  serving_rate_limit: 61\n");
    let fleet = stage.read("fleet.yaml");
    stage.write("fleet.yaml", fleet.replace("dev_key: bob", "dev_key: alice"));
    stage.chain().new_blocks(718).unwrap();
    stage.expect("fleet apply --atomic --yes", 6);
    stage.chain().new_blocks(1).unwrap();
    stage.expect("fleet apply --atomic --yes", 0);

    // Killed at any step, it goes on: nothing is sent twice.
    for step in ["RollbackWritten", "Submitted", "Included", "ReadBack", "Ended"] {
        let stage = of_one_owner();
        stage.expect("fleet plan --output plans.yaml", 0);
        let line = "fleet apply --plan plans.yaml --atomic --yes";
        let mut command = stage.command(line);
        command.env("SUBTUNE_STOP", format!("{step}:1:kill"));
        assert_eq!(command.output().unwrap().status.code(), None, "{step} was not reached");
        stage.expect(&format!("{line} --resume"), 0);
        stage.expect("fleet drift", 0);
        assert_eq!(nonce(&stage, ALICE), 1, "{step}");
        let receipts = stage.expect("history --json", 0).json();
        for receipt in receipts["receipts"].as_array().unwrap() {
            assert_eq!(receipt["outcome"], "applied", "{step}: {receipt}");
        }
    }
}

/// A chain of 128 subnets, each like subnet 46.
fn many(stage: &Stage) -> Vec<u16> {
    let others: Vec<u16> = (1..=128).filter(|netuid| ![13, 46].contains(netuid)).collect();
    let mut pairs = Vec::new();
    for netuid in &others {
        let id = netuid.to_le_bytes();
        for (name, value) in [
            ("NetworksAdded", vec![1]),
            ("SubnetOwner", subtune_model::address::parse_ss58(ALICE).unwrap().to_vec()),
            ("ImmunityPeriod", netuid.to_le_bytes().to_vec()),
        ] {
            pairs.push(([&item("SubtensorModule", name)[..], &id].concat(), Some(value)));
        }
    }
    stage.chain().set_storage(pairs).unwrap();
    stage.chain().new_blocks(1).unwrap();
    (1..=128).collect()
}

/// All at once is what each is alone, at the same block, and takes few requests.
#[tokio::test(flavor = "multi_thread")]
async fn many_subnets_are_read_in_the_requests_of_one() {
    let stage = Stage::with_chain();
    let netuids = many(&stage);
    let endpoint = Endpoint::parse(&stage.url().unwrap(), false).unwrap();
    let chain = Chain::connect(ConnectOptions::new(endpoint)).await.unwrap();
    let requests = || chain.traffic().requests;
    for depth in [Depth::Values, Depth::Rules] {
        let before = requests();
        let all = chain.snapshots(&netuids, &At::Finalized, depth).await.unwrap();
        let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
        println!("{depth:?}: {} requests for 128 subnets", requests() - before);
        if depth == Depth::Values {
            // Some for what is stored, and one for each that the chain's API is asked for.
            assert!(requests() - before < 128 + 20, "{}", requests() - before);
        }
        assert_eq!(all.len(), 128);
        for netuid in [1, 13, 46, 128] {
            let one = &all[usize::from(netuid) - 1];
            let alone = chain.snapshot(netuid, &At::Hash(one.block.hash), depth).await.unwrap();
            assert_eq!(*one, alone, "{netuid}");
            assert!(all.iter().all(|other| other.block == one.block));
        }
    }
    // One that is not there is told for itself.
    let some = chain.snapshots(&[46, 999, 13], &At::Finalized, Depth::Values).await.unwrap();
    assert!(some[0].is_ok() && some[2].is_ok());
    assert!(some[1].as_ref().unwrap_err().what.contains("subnet 999 does not exist"));
}
