//! Snapshots, plans and receipts.

use super::*;

#[test]
fn snapshots_survive_to_the_bit() {
    let snapshot = snapshot();
    let text = write_snapshot(&snapshot).unwrap();
    assert!(text.contains("burn_increase_mult: 23242897532874035036\n"), "{text}");
    assert!(
        text.starts_with("format_version: 1\nkind: snapshot\nchain:\n  network: finney\n"),
        "{text}"
    );
    assert_eq!(parse_snapshot(&text, "s.yaml"), Ok(snapshot.clone()));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &text).unwrap();
    assert_eq!(read_snapshot(file.path()).unwrap(), snapshot);
    // The chain's answer is kept even where a profile would be asked about it.
    for row in catalog::ALL.iter() {
        for value in samples(row) {
            let one = Snapshot {
                hyperparameters: [(row.name.to_owned(), value.clone())].into(),
                unset: Default::default(),
                ..snapshot.clone()
            };
            let text = write_snapshot(&one).unwrap();
            assert_eq!(from_saved(&text, "s.yaml"), Ok(one), "{text}");
        }
    }
}

#[test]
fn bad_snapshots_are_refused_with_the_line() {
    let good = write_snapshot(&snapshot()).unwrap();
    let whats = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let list = parse_snapshot(&good.replacen(from, to, 1), "s.yaml").expect_err(to);
        assert!(list.iter().all(|complaint| !complaint.hint.is_empty()));
        list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let refused = |from: &str, to: &str, part: &str| {
        let text = whats(from, to);
        assert!(text.contains(part) && text.contains("s.yaml:"), "{to}: {text}");
    };
    refused("format_version: 1", "format_version: 2", "s.yaml:1: format_version 2 is newer");
    refused("kind: snapshot", "kind: plan", "s.yaml:2: kind: unknown variant `plan`");
    refused("netuid: 46", "netuid: 46\nextra: 1", "unknown field `extra`");
    refused("netuid: 46", "netuid: 46\nextra: 340282366920938463463374607431768211455", "extra");
    refused("netuid: 46\n", "", "missing field `netuid`");
    refused("netuid: 46", "netuid: 65536", "65536");
    refused("spec_version: 425", "spec_version: x", "s.yaml:6: chain.spec_version: ");
    refused("spec_version: 425", "spec_version: 425\n  more: 1", "unknown field `more`");
    refused("  spec_version: 425\n", "", "missing field `spec_version`");
    refused("weights_version: 18446744073709551615", "weights_version: 1.8e19", "not exact");
    refused(
        "weights_version: 18446744073709551615",
        "weights_version: 18446744073709551616",
        "weights_version: it must be",
    );
    refused("weights_version", "weights_versoin", "unknown hyperparameter weights_versoin");
    refused("weights_version", "weights_version_key", "unknown hyperparameter");
    refused("recycle_or_burn: burn", "recycle_or_burn: Burn", "burn or recycle, not Burn");
    refused(&format!("sn_owner_hotkey: {ALICE}"), "sn_owner_hotkey: nobody", "not an SS58");
    refused("- 25535", "- 25536", "sum to 65536");
    refused("- 25535", &format!("- {}", u128::MAX), "but must sum to 65535");
    refused("- token_symbol", "- rho", "unset names rho");
    refused("  min_burn: 'it", "  token_symbol: 'it", "token_symbol cannot be unreadable");
    refused("  min_burn: 'it has a form: \"odd\"'", "  min_burn: ' '", "does not say why min_burn");
    refused("netuid: 46", "netuid: &a 46", "anchor");
    refused("netuid: 46", "netuid: 46\nnetuid: 47", "is set twice");
    refused("netuid: 46", "netuid: !!int 46", "tag");
    refused(
        &format!("genesis_hash: {HASH}"),
        "genesis_hash: 0x12x",
        "s.yaml:5: chain.genesis_hash: not a hash",
    );
    for text in ["", "x", "[]", "a: 1\n---\nb: 1\n", "\0"] {
        assert!(parse_snapshot(text, "s.yaml").is_err(), "{text:?}");
    }
    let line = whats("recycle_or_burn: burn", "recycle_or_burn: keep");
    let at = good.lines().position(|line| line.contains("recycle_or_burn")).unwrap() + 1;
    assert!(line.starts_with(&format!("s.yaml:{at}: recycle_or_burn: ")), "{line}");
}

#[test]
fn plans_survive_to_the_bit() {
    let reason = String::from("null");
    let error = Some(String::from("1e3"));
    let statuses = [
        Status::Ready,
        Status::Later { block: u64::MAX, reason: reason.clone(), error: "e".into() },
        Status::NotPermitted { reason: reason.clone(), error: error.clone() },
        Status::Invalid { reason: reason.clone(), error },
        Status::Invalid { reason, error: None },
        Status::Unknown { reason: "null".into() },
        Status::Unchanged,
    ];
    let mut items = Vec::new();
    for (name, value) in awkward() {
        for (index, status) in statuses.iter().enumerate() {
            items.push(Item {
                name: name.clone(),
                // None is a value; what is not known is none.
                from: (index > 0).then_some(Value::None),
                to: value.clone(),
                status: status.clone(),
                inert: Some("12".into()),
            });
        }
    }
    let plan = Plan {
        format_version: 1,
        kind: PlanKind::Plan,
        chain: chain(),
        base: block(),
        netuid: 46,
        owner: ALICE.into(),
        source: "p".into(),
        items,
        calls: vec![call()],
        origin: Origin::default(),
        fee_rao: Some(u64::MAX),
        findings: vec![finding::finding("HP101", "n", "m", "h")],
        judgement: None,
        forecast: Vec::new(),
        code_refuses: std::collections::BTreeSet::new(),
        confirmed: std::collections::BTreeMap::new(),
    };
    let text = serde_yaml::to_string(&plan).unwrap();
    assert_eq!(from_saved::<Plan>(&text, "plan"), Ok(plan), "{text}");
    let extra = from_saved::<Plan>(&format!("{text}extra: 1\n"), "plan").unwrap_err();
    assert!(extra[0].what.contains("unknown field `extra`"), "{extra:?}");
}

#[test]
fn receipts_survive_to_the_bit() {
    let change = |(name, value): (String, Value)| Change { name, from: value.clone(), to: value };
    let place =
        Place { block: u64::MAX, block_hash: hash(), index: u32::MAX, fee_rao: Some(u64::MAX) };
    let bare = Place { fee_rao: None, ..place.clone() };
    let proxy = Proxy {
        real: ALICE.into(),
        proxy_type: "Owner".into(),
        apart: true,
        real_pays: Some(false),
    };
    let own = Multisig {
        account: ALICE.into(),
        proxy: None,
        threshold: 2,
        others: vec![ALICE.into()],
        call_hash: hash(),
        call_data: "0x00".into(),
        timepoint: Some(Timepoint { height: u64::MAX, index: 2 }),
        approvals: 2,
        max_weight: Weight { ref_time: u64::MAX, proof_size: 0 },
        deposit_rao: Some(u64::MAX),
    };
    let nested = Multisig { proxy: Some(proxy.clone()), ..own.clone() };
    let origins =
        [Origin::Direct, Origin::Proxy(proxy), Origin::Multisig(own), Origin::Multisig(nested)];
    for (outcome, origin) in [
        Outcome::Sending,
        Outcome::Applied { place: place.clone() },
        Outcome::Applied { place: bare },
        Outcome::NotProved {
            place: place.clone(),
            differs: awkward().into_iter().map(change).collect(),
        },
        Outcome::Partial {
            place: place.clone(),
            refused: vec![Refused { names: vec!["rho".into()], error: "e".into() }],
            differs: Vec::new(),
        },
        Outcome::Proposed { place: place.clone(), since: None },
        Outcome::Proposed {
            place: place.clone(),
            since: Some(Since::Gone {
                block: u64::MAX,
                differs: awkward().into_iter().map(change).collect(),
            }),
        },
        Outcome::Proposed { place: place.clone(), since: Some(Since::Cancelled { block: 7 }) },
        Outcome::Failed { place, error: "e".into() },
        Outcome::Expired,
        Outcome::Rejected { error: "1010: bad".into() },
    ]
    .into_iter()
    .zip(origins.into_iter().cycle())
    {
        let receipt = Receipt {
            format_version: 1,
            id: "20251201".into(),
            signed_at: "2025-12-01T00:00:00Z".into(),
            chain: chain(),
            netuid: 46,
            command: Command::Rollback,
            source: "p".into(),
            signer: ALICE.into(),
            origin,
            plan_digest: HASH.into(),
            changes: awkward().into_iter().map(change).collect(),
            calls: vec![call()],
            rollback: Some("r.yaml".into()),
            transaction: Transaction { hash: hash(), nonce: u64::MAX, birth: 1, death: 65 },
            proposed: None,
            outcome,
        };
        let text = serde_yaml::to_string(&receipt).unwrap();
        assert_eq!(from_saved::<Receipt>(&text, "receipt"), Ok(receipt), "{text}");
        for extra in ["extra: 1\n", "  extra: 1\n"] {
            let list = from_saved::<Receipt>(&format!("{text}{extra}"), "receipt").unwrap_err();
            assert!(list[0].what.contains("extra"), "{text}{extra}: {list:?}");
        }
    }
}
