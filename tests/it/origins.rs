//! Signing for the owner: as a proxy of each type, and as a signatory of a multisig.

use std::process::Stdio;
use std::time::Duration;

use sp_crypto_hashing::{twox_64, twox_128};
use subtune_chain::{Chain, ConnectOptions as Connection, Endpoint};
use subtune_devnet::Seal;
use subtune_model::address;
use subtune_model::origin::{Origin, Proxy, multisig_account};
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::{ChainRead as _, ChainWrite as _, Inclusion, Inside, Submitted};
use subtune_model::signature::Signature;
use subtune_model::terms::Terms;
use subtune_model::value::Value;
use subtune_wallet::dev;

use crate::support::{ALICE, BOB, Run, Stage};

pub(crate) const TWO: &str = "--set immunity_period=9000 --set max_burn=50TAO";

fn account(name: &str) -> [u8; 32] {
    dev::unlock(name).unwrap().account()
}

pub(crate) fn ss58(name: &str) -> String {
    address::ss58(&account(name))
}

/// Where a map hashed by twox64 keeps the value of a key.
fn hashed(pallet: &str, item: &str, key: &[u8]) -> Vec<u8> {
    let prefix = [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat();
    [&prefix, &twox_64(key)[..], key].concat()
}

/// Gives an account these proxies: delegate, number of the type, delay.
pub(crate) fn proxies(stage: &Stage, real: [u8; 32], entries: &[(&str, u8, u32)]) {
    let entries: Vec<_> =
        entries.iter().map(|(delegate, ty, delay)| (account(delegate), *ty, *delay)).collect();
    proxy_accounts(stage, real, &entries);
}

fn proxy_accounts(stage: &Stage, real: [u8; 32], entries: &[([u8; 32], u8, u32)]) {
    let mut value = vec![u8::try_from(entries.len() * 4).unwrap()];
    for (delegate, ty, delay) in entries {
        value.extend(delegate);
        value.push(*ty);
        value.extend(delay.to_le_bytes());
    }
    value.extend(93_000_000u64.to_le_bytes());
    stage.chain().set_storage(vec![(hashed("Proxy", "Proxies", &real), Some(value))]).unwrap();
}

pub(crate) const ANY: u8 = 0;
pub(crate) const OWNER: u8 = 1;
const NON_TRANSFER: u8 = 3;
const STAKING: u8 = 8;
const LEASE: u8 = 16;

/// A stage on which Alice has these proxies.
pub(crate) fn with_proxies(seal: Seal, entries: &[(&str, u8, u32)]) -> Stage {
    let stage = Stage::with(seal);
    proxies(&stage, account("alice"), entries);
    stage
}

fn as_proxy(wishes: &str, delegate: &str) -> String {
    format!("apply 46 {wishes} --proxy-for {ALICE} --dev-key {delegate} --yes")
}

/// The owner's rate-limit slot of a hyperparameter, as if it had just been changed.
fn just_changed(stage: &Stage, slot: u8) {
    let prefix = [twox_128(b"SubtensorModule"), twox_128(b"LastRateLimitedBlock")].concat();
    let key = [&prefix[..], &[1, 46, 0, slot]].concat();
    let now = u64::from(stage.chain().head().0).to_le_bytes().to_vec();
    stage.chain().set_storage(vec![(key, Some(now))]).unwrap();
}

const IMMUNITY_PERIOD: u8 = 5;
const MAX_BURN: u8 = 12;

/// Runs a command, and does something between its send and the block.
fn meanwhile(stage: &Stage, line: &str, then: impl FnOnce()) -> Run {
    let mut command = stage.command(line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while stage.chain().pending() == 0 {
        if child.try_wait().unwrap().is_some() {
            panic!("it ended without sending: {:?}", Run::of(child.wait_with_output().unwrap()));
        }
        std::thread::yield_now();
    }
    then();
    stage.chain().new_blocks(1).unwrap();
    Run::of(child.wait_with_output().unwrap())
}

fn raw(stage: &Stage, name: &str) -> String {
    let shown = stage.expect("show 46 --format json", 0).json();
    shown["hyperparameters"][name]["raw"].as_str().unwrap().to_owned()
}

/// The way back from what dave ran is signed in the same way, by the command that was told.
#[track_caller]
fn goes_back(stage: &Stage, run: &serde_json::Value) {
    stage.lift_rate_limit();
    let back = run["rollback_command"].as_str().unwrap().trim_start_matches("subtune ");
    for (name, outcome) in [("eve", "proposed"), ("charlie", "applied")] {
        let back = back.replace("--dev-key dave", &format!("--dev-key {name}"));
        stage.expect(&format!("{back} --yes"), 0);
        assert_eq!(newest(stage)["outcome"], outcome);
    }
    assert_eq!(raw(stage, "immunity_period"), "7200");
}

fn newest(stage: &Stage) -> serde_json::Value {
    let history = stage.expect("history 46 --format json", 0).json();
    history["receipts"].as_array().unwrap().last().unwrap().clone()
}

/// Makes the newest record one whose end is not known, and asks the chain again.
fn asked_again(stage: &Stage) -> serde_json::Value {
    // Of two records of one second the later one need not come last by its name.
    let id = newest(stage)["id"].as_str().unwrap().to_owned();
    let path = stage.records(&format!("{id}.receipt.yaml")).pop().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let (kept, _) = text.split_once("outcome:").unwrap();
    std::fs::write(&path, format!("{kept}outcome:\n  state: sending\n")).unwrap();
    assert_eq!(newest(stage)["outcome"], "unknown");
    stage.expect("history 46 --refresh", 0);
    newest(stage)
}

#[test]
fn a_broad_proxy_signs_one_atomic_batch() {
    let stage = with_proxies(Seal::Instant, &[("charlie", NON_TRANSFER, 0)]);
    let plan =
        stage.expect(&format!("plan 46 {TWO} --proxy-for {ALICE} --signer {}", ss58("charlie")), 0);
    for part in [
        "One transaction (extrinsic), all or nothing: Proxy.proxy of Utility.batch_all",
        &format!("Signed as proxy (NonTransfer) for {ALICE}"),
        "TAO, paid by the signer",
    ] {
        assert!(plan.stdout.contains(part), "{part}: {}", plan.stdout);
    }
    assert!(!plan.stdout.contains("HP301"), "{}", plan.stdout);
    let run = stage.expect(&format!("{} --format json", as_proxy(TWO, "charlie")), 0).json();
    assert_eq!(run["outcome"], "applied");
    let receipt = &run["receipt"];
    assert_eq!(receipt["signer"], ss58("charlie"));
    assert_eq!(receipt["signing_mode"]["real"], ALICE);
    assert_eq!(receipt["signing_mode"]["proxy_type"], "NonTransfer");
    assert_eq!(receipt["signing_mode"]["atomic"], true);
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "max_burn")], ["9000", "50000000000"]);
    assert_eq!(asked_again(&stage)["outcome"], "applied");

    // The way back is signed in the same way.
    stage.lift_rate_limit();
    let back = run["rollback_command"].as_str().unwrap().trim_start_matches("subtune ");
    assert!(back.contains(&format!(" --proxy-for {ALICE} --dev-key charlie")), "{back}");
    let back = stage.expect(&format!("{back} --yes"), 0).stdout;
    assert!(back.contains("proxy (NonTransfer)"), "{back}");
    assert_eq!(raw(&stage, "immunity_period"), "7200");
}

#[test]
fn a_call_that_fails_inside_a_broad_proxy_takes_all_of_them_down_and_is_named() {
    let stage = with_proxies(Seal::Manual, &[("charlie", ANY, 0)]);
    let run = meanwhile(&stage, &as_proxy(TWO, "charlie"), || just_changed(&stage, MAX_BURN));
    run.check_failure(true, 6, "the chain refused max_burn: SubtensorModule.TxRateLimit", "");
    assert!(run.stderr.contains("nothing changed (fee "), "{}", run.stderr);
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    for receipt in [newest(&stage), asked_again(&stage)] {
        assert_eq!(receipt["outcome"], "failed");
        let error = receipt["error"].as_str().unwrap();
        assert!(error.starts_with("SubtensorModule.TxRateLimitExceeded"), "{error}");
    }
}

#[test]
fn an_owner_proxy_goes_call_by_call_and_says_so() {
    let stage = with_proxies(Seal::Manual, &[("charlie", OWNER, 0)]);
    let line = format!("plan 46 {TWO} --proxy-for {ALICE} --signer {}", ss58("charlie"));
    let text = stage.expect(&line, 0).stdout;
    for part in ["NOT all or nothing: Utility.batch_all of 2 times", "HP301"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // One call alone is all or nothing by itself.
    let one = line.replace(" --set max_burn=50TAO", "");
    let text = stage.expect(&one, 0).stdout;
    assert!(
        text.contains("One transaction (extrinsic): Proxy.proxy of AdminUtils")
            && !text.contains("HP301")
    );

    let run = meanwhile(&stage, &as_proxy(TWO, "charlie"), || just_changed(&stage, MAX_BURN));
    let error = "refused max_burn: SubtensorModule.TxRateLimitExceeded";
    run.check_failure(true, 8, error, "subtune rollback 46 --to ");
    assert!(run.stderr.contains("; immunity_period stays"), "{}", run.stderr);
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "max_burn")], ["9000", "100000000000"]);
    for receipt in [newest(&stage), asked_again(&stage)] {
        assert_eq!(receipt["outcome"], "partial");
        assert_eq!(receipt["refused"][0]["names"][0], "max_burn");
        assert_eq!(receipt["refused"].as_array().unwrap().len(), 1);
        assert_eq!(receipt["differs"].as_array().unwrap().len(), 0);
    }
    let text = stage.whole_history("history 46");
    assert!(text.contains("refused    max_burn: SubtensorModule.TxRateLimit"), "{text}");
    // What stays can be taken back.
    let back = "rollback 46 --dry-run --format json --skip-blocked --dev-key alice";
    stage.lift_rate_limit();
    let back = stage.expect(back, 0).json();
    assert_eq!(back["plan"]["calls"].as_array().unwrap().len(), 1, "{back}");
}

#[test]
fn an_owner_proxy_of_which_every_call_fails_has_changed_nothing() {
    let stage = with_proxies(Seal::Manual, &[("charlie", OWNER, 0)]);
    let run = meanwhile(&stage, &as_proxy(TWO, "charlie"), || {
        just_changed(&stage, MAX_BURN);
        just_changed(&stage, IMMUNITY_PERIOD);
    });
    run.check_failure(
        true,
        6,
        "refused max_burn: SubtensorModule.TxRateLimit",
        "run `subtune plan` again",
    );
    assert!(run.stderr.contains("; immunity_period: SubtensorModule"), "{}", run.stderr);
    assert_eq!(newest(&stage)["outcome"], "failed");
    assert_eq!(asked_again(&stage)["outcome"], "failed");
}

#[test]
fn who_is_no_proxy_or_a_late_one_is_told_what_the_owner_signs() {
    let entries = [("charlie", OWNER, 10), ("dave", STAKING, 0)];
    let stage = with_proxies(Seal::Instant, &entries);
    let head = stage.chain().head();
    let eve = as_proxy(TWO, "eve");
    let hint = format!("`subtune proxy setup 46 --delegate {}", ss58("eve"));
    stage.fails(&eve, 6, &format!("{} is not a proxy of {ALICE}", ss58("eve")), &hint);
    let late = as_proxy(TWO, "charlie");
    stage.fails(&late, 6, "only with a delay (Owner: 10 blocks)", "subtune proxy setup 46");
    let bobs = late.replace(ALICE, BOB);
    stage.fails(&bobs, 6, &format!("{BOB} does not own subnet 46"), ALICE);
    let nothing = "a proxy of type Staking may not call AdminUtils.sudo_set_immunity_period";
    stage.fails(&as_proxy(TWO, "dave"), 6, nothing, "subtune proxy setup 46");
    stage.fails(
        &format!("plan 46 {TWO} --proxy-for {ALICE}"),
        2,
        "act with a key of their own",
        "--signer",
    );
    stage.fails(&as_proxy(TWO, "eve").replace(ALICE, "5Grw"), 4, "5Grw", "");
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
    assert!(stage.records(".rollback.yaml").is_empty());
}

#[test]
fn what_the_type_forbids_is_never_with_this_key() {
    let stage = with_proxies(Seal::Instant, &[("charlie", STAKING, 0), ("charlie", OWNER, 0)]);
    let wishes = "--set immunity_period=9000 --set voting_power_tracking=true";
    let line = format!("plan 46 {wishes} --proxy-for {ALICE} --signer {}", ss58("charlie"));
    let plan = stage.expect(&format!("{line} --format json"), 0).json();
    assert_eq!(plan["signing_mode"]["proxy_type"], "Owner", "the one with which most can go");
    let tracking = &plan["items"][1];
    assert_eq!(
        [&tracking["name"], &tracking["state"], &tracking["error"]],
        ["voting_power_tracking", "not_permitted", "System.CallFiltered"]
    );
    let line = as_proxy(wishes, "charlie");
    let error = "a proxy of type Owner may not call SubtensorModule.enable_voting_power_tracking";
    stage.fails(&line, 6, error, "--skip-blocked applies the rest");
    stage.expect(&format!("{line} --skip-blocked"), 0);
    assert_eq!(raw(&stage, "immunity_period"), "9000");
    let show = stage.expect("show 46 --format json", 0).stdout;
    assert!(show.contains("\"voting_power_tracking\""), "{show}");
}

#[test]
fn the_beneficiary_of_a_lease_signs_for_its_account() {
    let stage = Stage::with_chain();
    let lease_account = [9; 32];
    stage.give_46_to(lease_account, 0);
    let set = |key, value: Vec<u8>| stage.chain().set_storage(vec![(key, Some(value))]).unwrap();
    let of = |item: &str, key: &[u8]| hashed("SubtensorModule", item, key);
    let netuid = 46u16.to_le_bytes();
    set(of("SubnetUidToLeaseId", &netuid), 3u32.to_le_bytes().to_vec());
    // Beneficiary, coldkey, hotkey, share, end block, netuid, cost.
    let parts: [&[u8]; 7] =
        [&account("charlie"), &lease_account, &[8; 32], &[30], &[0], &netuid, &1u64.to_le_bytes()];
    set(of("SubnetLeases", &3u32.to_le_bytes()), parts.concat());
    proxies(&stage, lease_account, &[("charlie", LEASE, 0)]);
    let lease = address::ss58(&lease_account);
    let line = |set: &str| format!("apply 46 {set} --proxy-for {lease} --dev-key charlie --yes");
    let run = stage.expect(&format!("{} --format json", line(TWO)), 0).json();
    assert_eq!(run["outcome"], "applied");
    assert_eq!(run["receipt"]["signing_mode"]["proxy_type"], "SubnetLeaseBeneficiary");
    assert_eq!(run["receipt"]["signing_mode"]["atomic"], false);
    assert_eq!(raw(&stage, "max_burn"), "50000000000");
    let error = "type SubnetLeaseBeneficiary may not call AdminUtils.sudo_set_min_burn";
    stage.fails(&line("--set min_burn=0.1TAO"), 6, error, "subtune proxy setup 46");
    // Without the proxy it is as before.
    let direct = "apply 46 --set rho=11 --dev-key charlie --yes";
    stage.fails(direct, 6, "the subnet is leased (lease 3)", "");
}

/// What the type forbids the chain refuses inside a transaction that succeeds.
#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_call_shows_as_the_chain_says_it() {
    let stage = with_proxies(Seal::Instant, &[("charlie", OWNER, 0)]);
    let endpoint = Endpoint::parse(&stage.chain().url(), false).unwrap();
    let timeout = Duration::from_secs(30);
    let chain = Chain::connect(Connection { timeout, ..Connection::new(endpoint) }).await.unwrap();
    let snapshot = chain.latest(46).await.unwrap();
    let wishes =
        [("immunity_period", Value::Uint(9_000)), ("voting_power_tracking", Value::Bool(true))];
    let wishes = wishes.map(|(name, value)| Wish { name: name.to_owned(), value });
    let calls = Plan::build(&snapshot, &wishes, "test", &Terms::default()).calls;
    assert_eq!(calls.len(), 2);
    let key = dev::unlock("charlie").unwrap();
    let run = async |apart: bool| {
        let proxy_type = "Owner".to_owned();
        let real = ALICE.to_owned();
        let origin = Origin::Proxy(Proxy { real, proxy_type, apart, real_pays: Some(false) });
        let unsigned = chain.prepare(&calls, &origin, &ss58("charlie")).await.unwrap();
        let signed = chain.sign(&unsigned, &|payload| key.sign(payload)).await.unwrap();
        assert!(matches!(chain.preflight(&signed).await, Ok(Some(Ok(())))), "the outer call alone");
        assert!(matches!(chain.submit(&signed).await, Submitted::Pooled));
        let found = chain.find(&signed.transaction, 0).await.unwrap();
        let Inclusion::Included { result: Ok(()), inside, .. } = found else { panic!("{found:?}") };
        inside
            .into_iter()
            .map(|inner| match inner {
                Inside::Proxied(result) => result.err().map_or("ok".to_owned(), |error| error.name),
                Inside::Run(_) | Inside::Waits => panic!("no multisig"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(run(false).await, ["System.CallFiltered"], "no batch with this type");
    assert_eq!(run(true).await, ["ok", "System.CallFiltered"]);
}

/// Signs an encoded call with a development key and puts it on the chain.
async fn signed_elsewhere(stage: &Stage, name: &str, call_data: &str) {
    use subxt::config::SubstrateConfig;
    use subxt::utils::{AccountId32, MultiSignature};
    struct Key(subtune_wallet::Unlocked);
    impl subxt::tx::Signer<SubstrateConfig> for Key {
        fn account_id(&self) -> AccountId32 {
            AccountId32(self.0.account())
        }
        fn sign(&self, payload: &[u8]) -> MultiSignature {
            match self.0.sign(payload) {
                Signature::Sr25519(bytes) => MultiSignature::Sr25519(bytes),
                Signature::Ed25519(bytes) => MultiSignature::Ed25519(bytes),
            }
        }
    }
    let url = stage.chain().url();
    let api = subxt::OnlineClient::<SubstrateConfig>::from_insecure_url(url).await.unwrap();
    let bytes = hex::decode(call_data.trim_start_matches("0x")).unwrap();
    let at = api.at_current_block().await.unwrap();
    let call = at.tx().from_call_data_bytes(&bytes).unwrap();
    let key = Key(dev::unlock(name).unwrap());
    let mut tx = at.tx();
    let sent = tx.sign_and_submit_then_watch_default(&call, &key).await.unwrap();
    sent.wait_for_finalized_success().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_signs_once_and_then_another_key_changes_the_subnet() {
    let stage = Stage::with_chain();
    let charlie = ss58("charlie");
    let line = format!("proxy setup 46 --delegate {charlie} {TWO} --set min_burn=0.1TAO");
    let text = stage.expect(&line, 0).stdout;
    for part in ["Proxy.add_proxy", "Owner", "0.093 TAO, given back", "one by one, NOT all"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let setup = stage.expect(&format!("{line} --format json"), 0).json();
    assert_eq!(setup["owner"], ALICE);
    assert_eq!(setup["exists"], false);
    // Proxy 16, add_proxy 1, the account, Owner 1, no delay.
    let account = hex::encode(account("charlie"));
    assert_eq!(setup["add"]["call_data"], format!("0x100100{account}0100000000"));
    assert_eq!(setup["remove"]["call_data"], format!("0x100200{account}0100000000"));
    let names = |field: &str| -> Vec<String> {
        let names = setup[field].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert!(names("permits").contains(&"immunity_period".to_owned()));
    for name in ["sn_owner_hotkey", "voting_power_tracking"] {
        assert!(names("forbids").contains(&name.to_owned()), "{setup}");
    }

    stage.fails(&as_proxy(TWO, "charlie"), 6, "is not a proxy of", "subtune proxy setup 46");
    signed_elsewhere(&stage, "alice", setup["add"]["call_data"].as_str().unwrap()).await;
    stage.expect(&as_proxy(TWO, "charlie"), 0);
    assert_eq!(raw(&stage, "immunity_period"), "9000");
    let text = stage.expect(&line, 0).stdout;
    assert!(text.contains("It is signed already") && text.contains("0.033 TAO"), "{text}");
    let listed = stage.expect(&format!("proxy list {ALICE} --format json"), 0).json();
    assert_eq!(
        listed["proxies"],
        serde_json::json!([{
            "delegate": charlie,
            "proxy_type": "Owner",
            "delay": 0,
            "hyperparameters": "one by one",
        }])
    );
    signed_elsewhere(&stage, "alice", setup["remove"]["call_data"].as_str().unwrap()).await;
    let listed = stage.expect(&format!("proxy list {ALICE}"), 0).stdout;
    assert_eq!(listed, format!("{ALICE} has no proxies\n"));
}

#[test]
fn the_narrowest_type_that_works_is_offered() {
    let stage = Stage::with_chain();
    let charlie = ss58("charlie");
    let offered = |wishes: &str| {
        let line = format!("proxy setup 46 --delegate {charlie} {wishes} --format json");
        stage.expect(&line, 0).json()["proxy_type"].as_str().unwrap().to_owned()
    };
    assert_eq!(offered(""), "Owner");
    assert_eq!(offered("--set immunity_period=9000"), "SubnetLeaseBeneficiary");
    assert_eq!(offered("--set min_burn=0.1TAO --set immunity_period=9000"), "Owner");
    assert_eq!(offered("--set voting_power_tracking=true"), "NonFungible");
    // What only root may set needs no right.
    assert_eq!(offered("--profile subnet13-aligned"), "SubnetLeaseBeneficiary");
    let line = format!("proxy setup 46 --delegate {charlie} --set weights_rate_limit=360");
    stage.fails(&line, 6, "the owner may set none of the requested changes", "subtune plan");
    let own = format!("proxy setup 46 --delegate {ALICE}");
    stage.fails(&own, 4, "owns subnet 46 itself", "act for it");
    stage.fails("proxy setup 46 --delegate 5Grw", 4, "5Grw", "");
    stage.fails("proxy list 5Grw", 4, "5Grw", "");
}

/// A stage on which subnet 46 belongs to a multisig of Charlie, Dave and Eve.
pub(crate) fn with_multisig(seal: Seal, threshold: u16) -> Stage {
    let stage = Stage::with(seal);
    let signatories = ["charlie", "dave", "eve"].map(account);
    stage.give_46_to(multisig_account(&signatories, threshold), 0);
    stage
}

fn as_signatory(wishes: &str, name: &str, threshold: u16) -> String {
    // Each in another order: the chain wants one of its own.
    let [mut all, other] =
        [["charlie", "dave", "eve"], ["eve", "charlie", "dave"]].map(|all| all.map(ss58));
    if name == "dave" {
        all = other;
    }
    let all = all.join(",");
    format!("apply 46 {wishes} --multisig {all} --threshold {threshold} --dev-key {name} --yes")
}

#[test]
fn two_of_three_propose_and_run_a_change_that_is_proved() {
    let stage = with_multisig(Seal::Instant, 2);
    let proposed = stage.expect(&as_signatory(TWO, "charlie", 2), 0);
    for part in ["proposed", "approval 1 of 2: proposed the call", "the others run the same"] {
        assert!(proposed.stdout.contains(part), "{part}: {}", proposed.stdout);
    }
    for part in ["HP302", "Deposit: 0.196 TAO", "all or nothing: Multisig.as_multi of"] {
        assert!(proposed.stderr.contains(part), "{part}: {}", proposed.stderr);
    }
    let first = newest(&stage);
    assert_eq!(first["outcome"], "proposed");
    let origin = &first["signing_mode"];
    assert_eq!((&origin["runs"], &origin["timepoint"]), (&false.into(), &serde_json::Value::Null));
    assert!(proposed.stdout.contains(origin["call_data"].as_str().unwrap()), "{}", proposed.stdout);
    assert_eq!(raw(&stage, "immunity_period"), "7200", "nothing has changed");
    assert_eq!(asked_again(&stage)["outcome"], "proposed");

    // The second run of the same signatory sees it pending.
    let hash = origin["call_hash"].as_str().unwrap();
    let again = as_signatory(TWO, "charlie", 2);
    stage.fails(
        &again,
        6,
        &format!("has already approved {hash}: 1 of 2"),
        "the other signatories",
    );
    stage.fails("rollback 46 --dev-key alice --yes", 4, "no receipt for subnet 46", "--to");

    // Blocks later, the same profile is the same call.
    stage.chain().new_blocks(7).unwrap();
    let all = ["charlie", "dave", "eve"].map(ss58).join(",");
    let signer = ss58("dave");
    let plan = format!("plan 46 {TWO} --multisig {all} --threshold 2 --signer {signer}");
    let plan = stage.expect(&plan, 0).stdout;
    assert!(plan.contains("approval 2 of 2: runs the call") && plan.contains(hash), "{plan}");
    assert!(!plan.contains("HP302") && !plan.contains("Deposit"), "{plan}");
    let run = stage.expect(&format!("{} --format json", as_signatory(TWO, "dave", 2)), 0).json();
    assert_eq!(run["outcome"], "applied");
    let origin = &run["receipt"]["signing_mode"];
    assert_eq!(origin["call_hash"], hash);
    assert_eq!(origin["timepoint"]["height"], first["block"]);
    assert_eq!(origin["timepoint"]["index"], first["extrinsic_index"]);
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "max_burn")], ["9000", "50000000000"]);
    assert_eq!(asked_again(&stage)["outcome"], "applied");
    let late = stage.expect(&as_signatory(TWO, "eve", 2), 0).stdout;
    assert!(late.contains("Nothing to do"), "{late}");

    goes_back(&stage, &run);
}

/// A saved plan names the signing mode, too: it is taken without being named again, and any other is refused.
#[test]
fn a_saved_plan_is_signed_as_it_shows() {
    let stage = with_proxies(Seal::Instant, &[("charlie", NON_TRANSFER, 0)]);
    let charlie = ss58("charlie");
    let plan = format!("plan 46 {TWO} --proxy-for {ALICE} --signer {charlie} --out the.plan");
    stage.expect(&plan, 0);
    let own = "apply --plan the.plan --yes --dev-key alice";
    stage.fails(own, 6, "is not a proxy of", "subtune proxy setup 46");
    // The owner takes the wide right away, and gives one that may not batch.
    proxies(&stage, account("alice"), &[("charlie", OWNER, 0)]);
    let line = "apply --plan the.plan --yes --dev-key charlie";
    let error = format!(
        "the signature: as proxy (NonTransfer) of {ALICE} then, as proxy (Owner) of {ALICE}, each \
         call apart now"
    );
    stage.fails(line, 6, &error, "run `subtune plan` again");
    assert!(stage.records(".rollback.yaml").is_empty());
    proxies(&stage, account("alice"), &[("charlie", NON_TRANSFER, 0), ("dave", ANY, 0)]);
    let run = stage.expect(line, 0);
    assert!(run.stdout.contains("proxy (NonTransfer)"), "{}", run.stdout);
}

#[test]
fn a_saved_proposal_is_not_sent_as_the_approval_that_runs_it() {
    let stage = with_multisig(Seal::Instant, 2);
    let all = ["charlie", "dave", "eve"].map(ss58).join(",");
    let plan = |name: &str, file: &str| {
        let signer = ss58(name);
        format!("plan 46 {TWO} --multisig {all} --threshold 2 --signer {signer} --out {file}")
    };
    for name in ["charlie", "dave"] {
        stage.expect(&plan(name, &format!("{name}.plan")), 0);
    }
    let line = |file: &str, name: &str| format!("apply --plan {file}.plan --yes --dev-key {name}");
    stage.fails(&line("charlie", "dave"), 6, "another signatory", "--signer");
    stage.expect(&line("charlie", "charlie"), 0);
    stage.fails(
        &line("dave", "dave"),
        6,
        "the signature: approval 1 of 2",
        "run `subtune plan` again",
    );
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    stage.expect(&format!("{} --force", plan("dave", "dave.plan")), 0);
    stage.expect(&line("dave", "dave"), 0);
    assert_eq!(raw(&stage, "immunity_period"), "9000");
}

#[test]
fn three_of_three_need_one_more_in_between() {
    let stage = with_multisig(Seal::Instant, 3);
    let one = "--set immunity_period=9000";
    for (name, said) in [
        ("eve", "approval 1 of 3: proposed the call"),
        ("dave", "approval 2 of 3: the call waited for more"),
    ] {
        let run = stage.expect(&as_signatory(one, name, 3), 0).stdout;
        assert!(run.contains(said) && run.contains("proposed"), "{run}");
    }
    // Another change is another proposal.
    let other = stage.expect(&as_signatory("--set rho=11", "dave", 3), 0).stdout;
    assert!(other.contains("approval 1 of 3: proposed the call"), "{other}");
    let run = stage.expect(&as_signatory(one, "charlie", 3), 0).stdout;
    assert!(run.contains("read back from block"), "{run}");
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "rho")], ["9000", "10"]);
}

#[test]
fn one_of_three_needs_nobody_else() {
    let stage = with_multisig(Seal::Instant, 1);
    let run = stage.expect(&as_signatory(TWO, "eve", 1), 0);
    assert!(run.stderr.contains("Multisig.as_multi_threshold_1 of"), "{}", run.stderr);
    assert_eq!(newest(&stage)["outcome"], "applied");
    assert_eq!(asked_again(&stage)["outcome"], "applied");
    assert_eq!(raw(&stage, "max_burn"), "50000000000");
}

#[test]
fn what_the_chain_refuses_inside_the_last_approval_is_a_failure() {
    let stage = with_multisig(Seal::Manual, 2);
    let first = meanwhile(&stage, &as_signatory(TWO, "charlie", 2), || {});
    assert_eq!(first.code, 0, "{first:?}");
    let run = meanwhile(&stage, &as_signatory(TWO, "dave", 2), || just_changed(&stage, MAX_BURN));
    run.check_failure(true, 6, "the chain refused max_burn: SubtensorModule.TxRateLimit", "");
    assert!(run.stderr.contains("nothing changed (fee "), "{}", run.stderr);
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    for receipt in [newest(&stage), asked_again(&stage)] {
        assert_eq!(receipt["outcome"], "failed");
    }
    // The first record is told so, too.
    let first = oldest(&stage);
    assert_eq!(first["outcome"], "failed");
    assert!(first["error"].as_str().unwrap().starts_with("SubtensorModule.TxRateLimit"), "{first}");
}

/// The oldest record after the chain was asked.
fn oldest(stage: &Stage) -> serde_json::Value {
    let history = stage.expect("history 46 --refresh --format json", 0).json();
    history["receipts"][0].clone()
}

#[test]
fn a_proposal_that_others_run_is_brought_up_to_date() {
    let stage = with_multisig(Seal::Instant, 3);
    let block = |value: &serde_json::Value| value.as_u64().unwrap();
    stage.expect(&as_signatory(TWO, "charlie", 3), 0);
    let first = oldest(&stage);
    assert_eq!(
        (&first["outcome"], &first["proposal"]["approvals"]),
        (&"proposed".into(), &1.into())
    );
    let proposed = block(&first["block"]);
    stage.chain().new_blocks(40).unwrap();
    stage.expect(&as_signatory(TWO, "eve", 3), 0);
    let text = stage.whole_history("history 46 --refresh");
    let head = stage.chain().head().0;
    let said = format!("2 of 3 approvals at block {head}, nothing changed so far");
    assert_eq!(text.matches(&said).count(), 2, "{said}: {text}");
    stage.fails("rollback 46 --dev-key alice --yes", 4, "no receipt for subnet 46", "--to");

    stage.chain().new_blocks(25).unwrap();
    let run = stage.expect(&format!("{} --format json", as_signatory(TWO, "dave", 3)), 0).json();
    stage.chain().new_blocks(70).unwrap();
    // What somebody changes later is not what the proposal came to.
    stage.set_46("ImmunityPeriod", &7u16.to_le_bytes());
    let first = oldest(&stage);
    assert_eq!(first["outcome"], "applied", "{first}");
    assert_eq!(first["proposal"], serde_json::Value::Null);
    assert_eq!(block(&first["proposed_in_block"]), proposed);
    assert_eq!(first["block_hash"], run["receipt"]["block_hash"]);
    assert_eq!(first["extrinsic_index"], run["receipt"]["extrinsic_index"]);
    let text = stage.whole_history("history 46");
    assert!(text.contains(&format!("  proposed   in block {proposed}\n")), "{text}");
    assert!(!text.contains("pending"), "{text}");
}

/// The depositor of a proposal takes it back with another tool.
async fn cancelled(stage: &Stage, name: &str, receipt: &serde_json::Value) {
    use subxt::dynamic::Value;
    let origin = &receipt["signing_mode"];
    let others = origin["other_signatories"].as_array().unwrap().iter();
    let others = others.map(|other| address::parse_ss58(other.as_str().unwrap()).unwrap());
    let hash = hex::decode(origin["call_hash"].as_str().unwrap().trim_start_matches("0x")).unwrap();
    let number = |value: &serde_json::Value| Value::u128(value.as_u64().unwrap().into());
    let timepoint =
        [("height", number(&receipt["block"])), ("index", number(&receipt["extrinsic_index"]))];
    let fields = vec![
        ("threshold", number(&origin["threshold"])),
        ("other_signatories", Value::unnamed_composite(others.map(Value::from_bytes))),
        ("timepoint", Value::named_composite(timepoint)),
        ("call_hash", Value::from_bytes(hash)),
    ];
    let fields = subxt::ext::scale_value::Composite::named(fields);
    let url = stage.chain().url();
    let api = subxt::OnlineClient::<subxt::SubstrateConfig>::from_insecure_url(url).await.unwrap();
    let at = api.at_current_block().await.unwrap();
    let call = subxt::dynamic::tx("Multisig", "cancel_as_multi", fields);
    let data = at.tx().call_data(&call).unwrap();
    signed_elsewhere(stage, name, &hex::encode(data)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_is_cancelled_is_told_as_that() {
    let stage = with_multisig(Seal::Instant, 2);
    stage.expect(&as_signatory(TWO, "charlie", 2), 0);
    stage.chain().new_blocks(9).unwrap();
    cancelled(&stage, "charlie", &newest(&stage)).await;
    let block = stage.chain().head().0;
    stage.chain().new_blocks(30).unwrap();
    let first = oldest(&stage);
    assert_eq!(
        (&first["outcome"], &first["proposal"]["block"]),
        (&"cancelled".into(), &block.into())
    );
    let text = stage.whole_history("history 46");
    assert!(text.contains(&format!("cancelled  in block {block}: nothing changed")), "{text}");
    // The same again is another proposal, and the first stays what it is.
    stage.expect(&as_signatory(TWO, "charlie", 2), 0);
    assert_eq!([&oldest(&stage)["outcome"], &newest(&stage)["outcome"]], ["cancelled", "proposed"]);
}

/// A node that has thrown the states away in between cannot tell who ended it, and how.
#[test]
fn what_a_node_no_longer_has_is_not_guessed() {
    let kept = std::sync::Arc::new(std::sync::Mutex::new(None::<String>));
    let only = kept.clone();
    let stage = with_multisig(Seal::Instant, 2).through(Box::new(move |method, params| {
        let only = only.lock().unwrap().clone();
        let state = matches!(method, "state_queryStorageAt" | "state_getStorage");
        match only {
            Some(head) if state && params[1] != head.as_str() => {
                crate::proxy::Reply::Refuse(4003, "State already discarded")
            }
            _ => crate::proxy::Reply::Pass,
        }
    }));
    let asked = || {
        *kept.lock().unwrap() = Some(format!("{:?}", stage.chain().head().1));
        let first = oldest(&stage);
        let text = stage.whole_history("history 46");
        *kept.lock().unwrap() = None;
        (first, text)
    };
    stage.expect(&as_signatory(TWO, "charlie", 2), 0);
    stage.expect(&as_signatory(TWO, "dave", 2), 0);
    stage.chain().new_blocks(9).unwrap();
    let (first, text) = asked();
    assert_eq!(first["outcome"], "no longer pending", "{first}");
    assert_eq!(first["differs"], serde_json::json!([]));
    assert!(text.contains("run or cancelled") && text.contains("values are as proposed"), "{text}");
    stage.set_46("ImmunityPeriod", &7u16.to_le_bytes());
    let (first, text) = asked();
    assert_eq!(first["differs"][0]["name"], "immunity_period");
    assert!(text.contains("the values are not as proposed"), "{text}");
    // Another node may tell.
    assert_eq!(oldest(&stage)["outcome"], "applied");
}

#[test]
fn a_multisig_that_is_none_is_refused() {
    let stage = with_multisig(Seal::Instant, 2);
    let head = stage.chain().head();
    let good = as_signatory(TWO, "charlie", 2);
    let hint = address::ss58(&multisig_account(&["charlie", "dave", "eve"].map(account), 2));
    let three = good.replace("--threshold 2", "--threshold 3");
    stage.fails(&three, 6, "does not own subnet 46", &hint);
    let four = good.replace("--threshold 2", "--threshold 4");
    stage.fails(&four, 4, "a threshold of 4 do not form a valid multisig", "every signatory once");
    let twice = good.replace(&ss58("eve"), &ss58("dave"));
    stage.fails(&twice, 4, "2 different signatories of 3 named", "every signatory once");
    let bob = good.replace("--dev-key charlie", "--dev-key bob");
    stage.fails(&bob, 6, &format!("{BOB} is none of the signatories"), "including the signing key");
    let none = stage.expect(&good.replace("--threshold 2", ""), 2);
    assert!(none.stderr.contains("--threshold <N>"), "{}", none.stderr);
    stage.fails(&good.replace(&ss58("eve"), "5Grw"), 4, "5Grw", "");
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
    assert!(stage.records(".rollback.yaml").is_empty());
}

/// A stage on which Alice owns subnet 46 and has made a multisig of Charlie, Dave and Eve her proxy.
fn with_multisig_as_proxy(seal: Seal, threshold: u16, ty: u8, delay: u32) -> (Stage, String) {
    let stage = Stage::with(seal);
    let multisig = multisig_account(&["charlie", "dave", "eve"].map(account), threshold);
    stage.set_account(multisig, 0, 1_000_000_000);
    proxy_accounts(&stage, account("alice"), &[(multisig, ty, delay)]);
    (stage, address::ss58(&multisig))
}

fn for_alice(wishes: &str, name: &str, threshold: u16) -> String {
    format!("{} --proxy-for {ALICE}", as_signatory(wishes, name, threshold))
}

#[test]
fn a_multisig_that_is_a_proxy_proposes_and_runs_a_change_that_is_proved() {
    let (stage, multisig) = with_multisig_as_proxy(Seal::Instant, 2, ANY, 0);
    let proposed = stage.expect(&for_alice(TWO, "charlie", 2), 0);
    for part in ["proposed", "approval 1 of 2: proposed the call", "the others run the same"] {
        assert!(proposed.stdout.contains(part), "{part}: {}", proposed.stdout);
    }
    for part in [
        "all or nothing: Multisig.as_multi of Proxy.proxy of",
        &format!("Signed as multisig {multisig}"),
        &format!("which is proxy (Any) for {ALICE}"),
        "as the last approval will run it:\n  accepted, 2 of 2 calls took effect\n",
        "TAO, paid by the signer",
        "HP302",
        "Deposit: 0.196 TAO",
    ] {
        assert!(proposed.stderr.contains(part), "{part}: {}", proposed.stderr);
    }
    let first = newest(&stage);
    assert_eq!(first["outcome"], "proposed");
    assert_eq!(raw(&stage, "immunity_period"), "7200", "nothing has changed");
    assert_eq!(asked_again(&stage)["outcome"], "proposed");
    let again = for_alice(TWO, "charlie", 2);
    stage.fails(&again, 6, ": 1 of 2", "the other signatories");

    stage.chain().new_blocks(7).unwrap();
    let all = ["charlie", "dave", "eve"].map(ss58).join(",");
    let signer = ss58("dave");
    let plan = format!(
        "plan 46 {TWO} --multisig {all} --threshold 2 --proxy-for {ALICE} --signer {signer}"
    );
    let text = stage.expect(&plan, 0).stdout;
    let hash = first["signing_mode"]["call_hash"].as_str().unwrap();
    assert!(text.contains("approval 2 of 2: runs the call") && text.contains(hash), "{text}");
    let origin = stage.expect(&format!("{plan} --format json"), 0).json()["signing_mode"].clone();
    let proxy = serde_json::json!({ "real": ALICE, "proxy_type": "Any", "atomic": true });
    assert_eq!((&origin["kind"], &origin["proxy"]), (&"multisig".into(), &proxy), "{origin}");

    let run = stage.expect(&format!("{} --format json", for_alice(TWO, "dave", 2)), 0).json();
    assert_eq!(run["outcome"], "applied");
    assert_eq!(run["receipt"]["signing_mode"]["call_hash"], hash);
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "max_burn")], ["9000", "50000000000"]);
    assert_eq!(asked_again(&stage)["outcome"], "applied");

    goes_back(&stage, &run);
}

#[test]
fn a_call_that_fails_inside_the_proxy_of_a_multisig_is_no_success() {
    let (stage, _) = with_multisig_as_proxy(Seal::Manual, 2, ANY, 0);
    let first = meanwhile(&stage, &for_alice(TWO, "charlie", 2), || {});
    assert_eq!(first.code, 0, "{first:?}");
    let run = meanwhile(&stage, &for_alice(TWO, "dave", 2), || just_changed(&stage, MAX_BURN));
    run.check_failure(true, 6, "the chain refused max_burn: SubtensorModule.TxRateLimit", "");
    assert!(run.stderr.contains("nothing changed (fee "), "{}", run.stderr);
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    for receipt in [newest(&stage), asked_again(&stage)] {
        assert_eq!(receipt["outcome"], "failed");
    }
}

#[test]
fn an_owner_proxy_of_a_multisig_goes_call_by_call_and_says_so() {
    let (stage, _) = with_multisig_as_proxy(Seal::Manual, 2, OWNER, 0);
    let first = meanwhile(&stage, &for_alice(TWO, "charlie", 2), || {});
    for part in ["NOT all or nothing: Multisig.as_multi of", "HP301", "HP302"] {
        assert!(first.stderr.contains(part), "{part}: {first:?}");
    }
    let run = meanwhile(&stage, &for_alice(TWO, "dave", 2), || just_changed(&stage, MAX_BURN));
    let error = "refused max_burn: SubtensorModule.TxRateLimitExceeded";
    run.check_failure(true, 8, error, "subtune rollback 46 --to ");
    assert!(run.stderr.contains("; immunity_period stays"), "{}", run.stderr);
    assert_eq!([raw(&stage, "immunity_period"), raw(&stage, "max_burn")], ["9000", "100000000000"]);
    for receipt in [newest(&stage), asked_again(&stage)] {
        assert_eq!(receipt["outcome"], "partial");
        assert_eq!(receipt["refused"][0]["names"][0], "max_burn");
    }
}

#[test]
fn one_signatory_is_enough_for_a_multisig_of_one_that_is_a_proxy() {
    let (stage, _) = with_multisig_as_proxy(Seal::Instant, 1, NON_TRANSFER, 0);
    let run = stage.expect(&for_alice(TWO, "eve", 1), 0);
    assert!(
        run.stderr.contains("all or nothing: Multisig.as_multi_threshold_1 of"),
        "{}",
        run.stderr
    );
    assert_eq!(newest(&stage)["outcome"], "applied");
    assert_eq!(asked_again(&stage)["outcome"], "applied");
    assert_eq!(raw(&stage, "max_burn"), "50000000000");
}

#[test]
fn a_multisig_that_is_no_proxy_or_a_late_one_is_told_what_the_owner_signs() {
    let (stage, multisig) = with_multisig_as_proxy(Seal::Instant, 2, ANY, 20);
    let head = stage.chain().head();
    let hint = format!("`subtune proxy setup 46 --delegate {multisig}");
    let late = for_alice(TWO, "charlie", 2);
    stage.fails(&late, 6, "only with a delay (Any: 20 blocks)", &hint);
    let other = address::ss58(&multisig_account(&["charlie", "dave", "eve"].map(account), 3));
    let hint = format!("`subtune proxy setup 46 --delegate {other}");
    let three = for_alice(TWO, "charlie", 3);
    stage.fails(&three, 6, &format!("{other} is not a proxy of {ALICE}"), &hint);
    let bobs = late.replace(ALICE, BOB);
    stage.fails(&bobs, 6, &format!("{BOB} does not own subnet 46"), ALICE);
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
}
