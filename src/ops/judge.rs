//! A plan before the chain's own code: it is run here, and decides what can go.

use std::collections::BTreeMap;

use subtune_model::error::Result;
use subtune_model::origin::{Multisig, Origin};
use subtune_model::plan::{Call, Item, Plan, Status};
use subtune_model::planner::stage::Stage;
use subtune_model::ports::{ChainError, Inside, Simulate};
use subtune_model::schedule;
use subtune_model::simulation::{Judgement, Ran, Simulation, Trial, Tried, Verdict};
use subtune_model::snapshot::{Guards, Snapshot};
use subtune_model::terms::Terms;

use super::inside::{Came, came};
use super::way_back::more_changes;

/// Most times that a plan is made anew because the code refuses a call of it.
const ROUNDS: usize = 8;

/// Runs the calls of a plan on the chain's own code and makes the plan anew by what that says: what no
/// rule decides goes or does not, and where the rules and the code disagree, the code is right. The terms
/// are then those of the new plan. Where the code cannot be run the plan stays as it is, and says why.
pub async fn judge(
    chain: &impl Simulate,
    mut plan: Plan,
    snapshot: &Snapshot,
    terms: &mut Terms,
    signer: &str,
) -> Plan {
    let court = Court { chain, snapshot, signer };
    match court.judged(&plan, terms).await {
        Ok((judged, verdicts)) => {
            *terms = verdicts;
            judged
        }
        Err(error) => {
            plan.judgement = Some(Judgement::Unavailable { reason: error.what });
            plan
        }
    }
}

/// Runs the calls of each stage on the chain's own code: in its block, after the stages before it, and
/// in the block before, in which they are to be refused. Each stage then has what that says; what is
/// worth a look is told of the whole, and so is why the code cannot be run.
pub async fn judge_stages(
    chain: &impl Simulate,
    whole: &mut Plan,
    stages: &mut [Stage],
    snapshot: &Snapshot,
    terms: &Terms,
    signer: &str,
) {
    let court = Court { chain, snapshot, signer };
    match court.staged(stages, terms).await {
        Ok(found) => {
            let new: Vec<_> =
                found.into_iter().filter(|finding| !whole.findings.contains(finding)).collect();
            whole.findings.extend(new);
        }
        Err(error) => whole.judgement = Some(Judgement::Unavailable { reason: error.what }),
    }
}

/// What decides with the chain's own code, on the state of a block.
pub(super) struct Court<'a, C> {
    pub(super) chain: &'a C,
    pub(super) snapshot: &'a Snapshot,
    pub(super) signer: &'a str,
}

impl<C: Simulate> Court<'_, C> {
    async fn judged(&self, plan: &Plan, terms: &Terms) -> Result<(Plan, Terms)> {
        let mut terms = terms.clone();
        let (mut requests, mut bytes) = (0u64, 0u64);
        let mut count = |simulation: &Simulation| {
            requests = requests.saturating_add(simulation.requests);
            bytes = bytes.saturating_add(simulation.bytes);
        };
        // What was found beside what planning itself finds.
        let own = self.planned(plan, &terms).findings;
        let kept: Vec<_> =
            plan.findings.iter().filter(|finding| !own.contains(finding)).cloned().collect();
        // And what nobody wanted to be told of it.
        let dropped: Vec<_> =
            own.into_iter().filter(|finding| !plan.findings.contains(finding)).collect();
        // A multisig names its calls by their hash: what it proposes is not changed under its hands.
        let fixed = matches!(terms.origin, Origin::Multisig(_));
        let mut now = plan.clone();
        let doubted = if fixed { Vec::new() } else { self.doubted(plan, &terms) };
        if doubted.is_empty() && plan.calls.is_empty() {
            return Ok((now, terms));
        }
        let whole = self.trial(&plan.calls, &terms);
        let after: Vec<_> = doubted.iter().map(|call| with(&plan.calls, call)).collect();
        let mut trials: Vec<_> = whole.into_iter().collect();
        let first = trials.len();
        trials.extend(after.iter().filter_map(|calls| self.trial(calls, &terms)));
        let mut simulation = self.run(&trials).await?;
        count(&simulation);
        for ((call, calls), tried) in
            doubted.iter().zip(&after).zip(simulation.tried.drain(first..).collect::<Vec<_>>())
        {
            let said = outcome(&terms.origin, calls, &tried)?.pop().unwrap_or(Ok(()));
            // Where a rule says no as well, its words are the better ones.
            if said.is_ok() || ruleless(plan, call) {
                hear(&mut terms.verdicts, call, said);
            }
        }
        for _ in 0..ROUNDS {
            let again = self.planned(plan, &terms);
            if !again.sent_otherwise(&now).is_empty() {
                let Some(trial) = self.trial(&again.calls, &terms) else {
                    now = again;
                    break;
                };
                simulation = self.run(&[trial]).await?;
                count(&simulation);
            }
            now = again;
            let Some(tried) = simulation.tried.first().filter(|_| !now.calls.is_empty()) else {
                break;
            };
            let calls = outcome(&terms.origin, &now.calls, tried)?;
            if fixed || let_in(tried).is_err() || calls.iter().all(Result::is_ok) {
                break;
            }
            // All of a batch is refused with one: which one, those before it tell.
            let blamed = match calls.iter().filter(|call| call.is_err()).count() {
                all if all == now.calls.len() && all > 1 => self.blamed(&now, &terms).await?,
                _ => now.calls.iter().cloned().zip(calls.clone()).find(|(_, said)| said.is_err()),
            };
            let Some((call, said)) = blamed else { break };
            hear(&mut terms.verdicts, &call, said);
        }
        let times = self.times(&now, &terms).await?;
        times.took.iter().for_each(&mut count);
        let tried = simulation.tried.first().filter(|_| !now.calls.is_empty());
        let block = terms.block(self.snapshot);
        let ran = tried.map(|tried| self.ran(&now.calls, tried, &simulation, block, &terms));
        now.judgement = ran.transpose()?.map(|ran| Judgement::Ran(Ran { requests, bytes, ..ran }));
        now.fee_rao = plan.fee_rao;
        now.findings.retain(|finding| !dropped.contains(finding));
        now.findings.extend(kept);
        now.findings.extend(more_changes(&now, self.snapshot));
        times.note(&mut now);
        Ok((now, terms))
    }

    /// What running these calls has come to.
    pub(super) fn ran(
        &self,
        calls: &[Call],
        tried: &Tried,
        simulation: &Simulation,
        block: u64,
        terms: &Terms,
    ) -> Result<Ran> {
        Ok(Ran {
            spec_version: simulation.spec_version,
            code_hash: simulation.code_hash,
            block,
            confirmed: None,
            refused: tried.result.clone().err(),
            waits: waits(&terms.origin),
            calls: outcome(&terms.origin, calls, tried)?,
            // The last approval costs its signer something else.
            fee_rao: tried.fee_rao.filter(|_| !waits(&terms.origin)),
            effects: tried.effects.clone(),
            requests: simulation.requests,
            bytes: simulation.bytes,
        })
    }

    /// The plan once more, by these terms.
    pub(super) fn planned(&self, plan: &Plan, terms: &Terms) -> Plan {
        Plan::build(self.snapshot, &plan.wishes(), &plan.source, terms)
    }

    /// The calls of what the plan does not send although the chain would be asked: what no rule decides,
    /// and what a rule forbids.
    fn doubted(&self, plan: &Plan, terms: &Terms) -> Vec<Call> {
        let asked = |item: &&Item| {
            matches!(
                item.status,
                Status::Unknown { .. }
                    | Status::Later { .. }
                    | Status::NotPermitted { error: Some(_), .. }
                    | Status::Invalid { error: Some(_), .. }
            )
        };
        let names = plan.items.iter().filter(asked).map(|item| item.name.clone());
        let mut wide = terms.clone();
        wide.verdicts.extend(names.map(|name| (name, Verdict::Accepted)));
        let all = self.planned(plan, &wide).calls;
        all.into_iter().filter(|call| !plan.calls.contains(call)).collect()
    }

    /// The first call with which the calls are refused, and why.
    async fn blamed(
        &self,
        plan: &Plan,
        terms: &Terms,
    ) -> Result<Option<(Call, Result<(), ChainError>)>> {
        let heads: Vec<_> = (1..=plan.calls.len()).map(|count| &plan.calls[..count]).collect();
        let trials: Vec<_> = heads.iter().filter_map(|calls| self.trial(calls, terms)).collect();
        let simulation = self.run(&trials).await?;
        for (calls, tried) in heads.iter().zip(&simulation.tried) {
            let said = outcome(&terms.origin, calls, tried)?.pop().unwrap_or(Ok(()));
            if said.is_err() {
                return Ok(calls.last().cloned().map(|call| (call, said)));
            }
        }
        Ok(None)
    }

    /// A transaction of these calls. A multisig that waits for more approvals runs none of them yet: what
    /// they will come to is seen as its account makes them.
    fn trial(&self, calls: &[Call], terms: &Terms) -> Option<Trial> {
        self.trial_in(terms.block(self.snapshot), calls, &self.snapshot.guards, None, terms)
    }

    /// The same in a block, with the epochs until then as the schedule of these guards foretells them,
    /// and after another trial.
    pub(super) fn trial_in(
        &self,
        block: u64,
        calls: &[Call],
        guards: &Guards,
        after: Option<usize>,
        terms: &Terms,
    ) -> Option<Trial> {
        if calls.is_empty() {
            return None;
        }
        let signer = match &terms.origin {
            Origin::Multisig(Multisig { account, .. }) if waits(&terms.origin) => account,
            _ => self.signer,
        };
        Some(Trial {
            calls: calls.to_vec(),
            origin: as_tried(&terms.origin),
            signer: signer.to_owned(),
            lent: waits(&terms.origin),
            block,
            epochs: schedule::noted(guards, block),
            after,
        })
    }

    pub(super) async fn run(&self, trials: &[Trial]) -> Result<Simulation> {
        self.chain.simulate(self.snapshot.netuid, &self.snapshot.block.hash, trials).await
    }
}

/// Whether no rule decides what a call sets.
fn ruleless(plan: &Plan, call: &Call) -> bool {
    let unknown = |item: &Item| matches!(item.status, Status::Unknown { .. });
    plan.items.iter().any(|item| call.sets.contains(&item.name) && unknown(item))
}

/// Whether the transaction was let in at all: what keeps it out is its signer's matter, not that of a
/// call.
fn let_in(tried: &Tried) -> Result<(), &ChainError> {
    match &tried.result {
        Err(error) if tried.fee_rao.is_none() => Err(error),
        _ => Ok(()),
    }
}

/// Whether a multisig does not run the calls with this approval.
pub(super) const fn waits(origin: &Origin) -> bool {
    matches!(origin, Origin::Multisig(multisig) if !multisig.runs())
}

/// The signing mode of a trial: that of a multisig's own account, where it waits for more approvals.
fn as_tried(origin: &Origin) -> Origin {
    match origin {
        Origin::Multisig(multisig) if waits(origin) => {
            multisig.proxy.clone().map_or(Origin::Direct, Origin::Proxy)
        }
        origin => origin.clone(),
    }
}

fn with(calls: &[Call], call: &Call) -> Vec<Call> {
    calls.iter().chain([call]).cloned().collect()
}

/// Notes what the code says of a call, by the hyperparameters that it sets.
fn hear(verdicts: &mut BTreeMap<String, Verdict>, call: &Call, said: Result<(), ChainError>) {
    let verdict = match said {
        Ok(()) => Verdict::Accepted,
        Err(error) => Verdict::Refused(error),
    };
    for name in &call.sets {
        verdicts.insert(name.clone(), verdict.clone());
    }
}

/// What became of each call of a transaction.
pub(super) fn outcome(
    origin: &Origin,
    calls: &[Call],
    tried: &Tried,
) -> Result<Vec<Result<(), ChainError>>> {
    let origin = as_tried(origin);
    Ok(match came(&origin, calls, tried.result.clone(), tried.inside.clone())? {
        Came::Through | Came::Waits => calls.iter().map(|_| Ok(())).collect(),
        Came::Refused(error) => calls.iter().map(|_| Err(error.clone())).collect(),
        // One result for each call, in their order: that was checked just now.
        Came::Apart(_) => tried
            .inside
            .iter()
            .filter_map(|inner| match inner {
                Inside::Proxied(said) => Some(said.clone()),
                Inside::Run(_) | Inside::Waits => None,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use subtune_model::error::Error;
    use subtune_model::finding::{DECIDED_BY_CODE, RULES_DISAGREE};
    use subtune_model::hash::Hash32;
    use subtune_model::origin::Proxy;
    use subtune_model::plan::Wish;
    use subtune_model::planner::stage;
    use subtune_model::rules::RATE_LIMIT;
    use subtune_model::value::Value;
    use subtune_model::world::world;

    use super::*;

    /// Code that refuses some calls, and notes what it was asked.
    #[derive(Default)]
    struct Code {
        refuses: Vec<(&'static str, &'static str)>,
        /// Calls with the block from which they are accepted.
        limited: Vec<(&'static str, u64)>,
        gone: bool,
        asked: Mutex<Vec<Vec<String>>>,
    }

    impl Simulate for Code {
        async fn simulate(&self, _: u16, _: &Hash32, trials: &[Trial]) -> Result<Simulation> {
            if self.gone {
                return Err(Error::chain("no code here"));
            }
            let tried = |trial: &Trial| {
                let names = trial.calls.iter().map(|call| call.call.clone());
                self.asked.lock().unwrap().push(names.collect());
                let refused = trial.calls.iter().find_map(|call| {
                    let refused = self.refuses.iter().find(|(name, _)| call.call == *name);
                    let limited =
                        |(name, from): &&(&str, u64)| call.call == *name && trial.block < *from;
                    let limited = self.limited.iter().find(limited).map(|_| RATE_LIMIT);
                    Some(ChainError::named(refused.map(|(_, error)| *error).or(limited)?))
                });
                let result = refused.map_or(Ok(()), Err);
                Tried { result, inside: Vec::new(), fee_rao: Some(7), effects: Vec::new() }
            };
            Ok(Simulation {
                spec_version: 475,
                code_hash: Hash32::new([1; 32]),
                tried: trials.iter().map(tried).collect(),
                requests: 1,
                bytes: 10,
            })
        }
    }

    async fn judged(code: &Code, world: &Snapshot, wishes: &[(&str, u128)]) -> (Plan, Terms) {
        let wish = |(name, raw): &(&str, u128)| Wish {
            name: (*name).to_owned(),
            value: Value::Uint(*raw),
        };
        let wishes: Vec<_> = wishes.iter().map(wish).collect();
        let mut terms = Terms::default();
        let plan = Plan::build(world, &wishes, "test", &terms);
        let plan = judge(code, plan, world, &mut terms, &world.owner).await;
        (plan, terms)
    }

    fn ran(plan: &Plan) -> &Ran {
        match &plan.judgement {
            Some(Judgement::Ran(ran)) => ran,
            other => panic!("{other:?}"),
        }
    }

    fn codes(plan: &Plan) -> Vec<(&str, &str)> {
        plan.findings
            .iter()
            .filter(|finding| [DECIDED_BY_CODE, RULES_DISAGREE].contains(&finding.code.as_str()))
            .map(|finding| (finding.code.as_str(), finding.name.as_str()))
            .collect()
    }

    const TWO: [(&str, u128); 2] = [("immunity_period", 9_000), ("rho", 20)];

    #[tokio::test]
    async fn what_both_accept_goes_as_it_is() {
        let (code, world) = (Code::default(), world());
        let (plan, terms) = judged(&code, &world, &TWO).await;
        assert_eq!(plan.calls.len(), 2);
        assert_eq!(ran(&plan).calls, [Ok(()), Ok(())]);
        assert_eq!((ran(&plan).fee_rao, ran(&plan).requests), (Some(7), 1), "one question");
        assert!(codes(&plan).is_empty() && terms.verdicts.is_empty());
    }

    #[tokio::test]
    async fn the_call_that_the_code_refuses_is_found_and_left_out() {
        let refuses = vec![("sudo_set_rho", "AdminUtils.SomethingNew")];
        let code = Code { refuses, ..Code::default() };
        let world = world();
        let (plan, terms) = judged(&code, &world, &TWO).await;
        assert_eq!(plan.calls.len(), 1);
        assert_eq!(ran(&plan).calls, [Ok(())]);
        let rho = plan.items.iter().find(|item| item.name == "rho").unwrap();
        assert!(
            matches!(&rho.status, Status::NotPermitted { error: Some(error), .. }
                if error == "AdminUtils.SomethingNew"),
            "{rho:?}"
        );
        assert_eq!(codes(&plan), [(RULES_DISAGREE, "rho")]);
        // Planned again, before the send, it comes to the same.
        let again = Plan::build(&world, &plan.wishes(), &plan.source, &terms);
        assert_eq!(plan.sent_otherwise(&again), Vec::<String>::new());
    }

    #[tokio::test]
    async fn what_a_rule_forbids_and_the_code_accepts_goes_and_is_told() {
        let mut world = world();
        // A limit that a newer chain no longer has.
        world.guards.last_change.insert("immunity_period".to_owned(), 1_090);
        let (plan, _) = judged(&Code::default(), &world, &TWO).await;
        assert_eq!(plan.calls.len(), 2);
        assert_eq!(codes(&plan), [(RULES_DISAGREE, "immunity_period")]);
        // Where the code says what the rules say, nothing is told.
        let limited = vec![("sudo_set_immunity_period", 1_810)];
        let code = Code { limited, ..Code::default() };
        let (plan, _) = judged(&code, &world, &TWO).await;
        assert_eq!((plan.calls.len(), codes(&plan)), (1, Vec::new()));
        assert!(plan.items.iter().any(|item| matches!(item.status, Status::Later { .. })));
    }

    /// The block of what has to wait is tried, and so is the one before.
    #[tokio::test]
    async fn the_code_confirms_the_block_or_says_otherwise() {
        let mut world = world();
        world.guards.last_change.insert("immunity_period".to_owned(), 1_090);
        let from = |block| {
            let limited = vec![("sudo_set_immunity_period", block)];
            Code { limited, ..Code::default() }
        };
        let (plan, _) = judged(&from(1_810), &world, &TWO).await;
        assert_eq!(codes(&plan), Vec::new());
        let said = plan.confirmed["immunity_period"].as_ref().unwrap();
        assert!(said.holds() && said.first, "{said:?}");
        let refused = said.refused().map(|(block, error)| (block, error.name.as_str()));
        assert_eq!(
            (said.block, refused, said.epoch),
            (1_810, Some((1_809, RATE_LIMIT)), Some(1_720))
        );
        assert_eq!(ran(&plan).confirmed, None, "the next block needs no confirmation");
        for (block, says) in [
            (1_700, "accepts it in block 1809 already"),
            (1_811, "refuses it in block 1810 (SubtensorModule.TxRateLimitExceeded"),
        ] {
            let (plan, _) = judged(&from(block), &world, &TWO).await;
            assert_eq!(codes(&plan), [(RULES_DISAGREE, "immunity_period")]);
            let found =
                plan.findings.iter().find(|finding| finding.code == RULES_DISAGREE).unwrap();
            assert!(found.message.contains("accepts it from block 1810, but"), "{found:?}");
            assert!(found.message.contains(says), "{found:?}");
            assert!(!plan.confirmed["immunity_period"].as_ref().unwrap().holds());
        }
    }

    /// A minimum above the old maximum, which has to wait longer: there is nothing to try.
    #[tokio::test]
    async fn what_cannot_be_tried_alone_is_not_confirmed() {
        let mut world = world();
        for (name, last, value) in
            [("min_burn", 1_080, 600_000_000), ("max_burn", 1_090, 700_000_000)]
        {
            world.guards.last_change.insert(name.to_owned(), last);
            world.hyperparameters.insert(name.to_owned(), Value::Uint(value));
        }
        let wishes = [("min_burn", 800_000_000), ("max_burn", 900_000_000)];
        let limited = vec![("sudo_set_max_burn", 1_810), ("sudo_set_min_burn", 1_800)];
        let code = Code { limited, ..Code::default() };
        let (plan, _) = judged(&code, &world, &wishes).await;
        assert!(plan.items.iter().all(|item| matches!(item.status, Status::Later { .. })));
        assert_eq!(plan.confirmed["min_burn"], None);
        assert!(plan.confirmed["max_burn"].as_ref().is_some_and(|said| said.holds()));
    }

    /// Each stage is tried in its block, after the stages before it.
    #[tokio::test]
    async fn stages_are_tried_in_their_blocks() {
        let mut world = world();
        world.guards.last_change.insert("immunity_period".to_owned(), 1_090);
        let wishes = TWO.map(|(name, raw)| Wish { name: name.to_owned(), value: Value::Uint(raw) });
        let terms = Terms::default();
        let whole = stage::together(&world, &wishes, "test", &terms).unwrap();
        let tried = async |block: u64| {
            let limited = vec![("sudo_set_immunity_period", block)];
            let code = Code { limited, ..Code::default() };
            let mut plan = whole.plan.clone();
            let mut stages = stage::stages(&world, whole.clone(), &terms, true);
            judge_stages(&code, &mut plan, &mut stages, &world, &terms, &world.owner).await;
            let said: Vec<_> =
                stages.iter().map(|stage| ran(&stage.plan).confirmed.clone().unwrap()).collect();
            (said, codes(&plan).len())
        };
        let (said, odd) = tried(1_810).await;
        let blocks: Vec<_> = said.iter().map(|said| (said.block, said.before.is_some())).collect();
        assert_eq!((blocks, odd), (vec![(1_101, false), (1_810, true)], 0));
        assert!(said.iter().all(|said| said.holds()));
        let (said, odd) = tried(2_000).await;
        assert_eq!((said[1].holds(), odd), (false, 1));
    }

    #[tokio::test]
    async fn without_the_code_the_rules_decide_and_it_is_said() {
        let code = Code { gone: true, ..Code::default() };
        let world = world();
        let (plan, _) = judged(&code, &world, &TWO).await;
        assert_eq!(plan.calls.len(), 2);
        assert_eq!(
            plan.judgement,
            Some(Judgement::Unavailable { reason: "no code here".to_owned() })
        );
    }

    /// Each call of a proxy that may not batch has a result of its own, by the chain's name for it.
    #[test]
    fn what_is_refused_apart_keeps_its_name() {
        let real = "real".to_owned();
        let proxy = Proxy { real, proxy_type: "Owner".to_owned(), apart: true, real_pays: None };
        let wish =
            |(name, raw): (&str, u128)| Wish { name: name.to_owned(), value: Value::Uint(raw) };
        let world = world();
        let calls = Plan::build(&world, &TWO.map(wish), "test", &Terms::default()).calls;
        let error = ChainError::named("SubtensorModule.TxRateLimitExceeded");
        assert!(!error.meaning.is_empty());
        let inside = vec![Inside::Proxied(Ok(())), Inside::Proxied(Err(error.clone()))];
        let tried = Tried { result: Ok(()), inside, fee_rao: Some(7), effects: Vec::new() };
        let said = outcome(&Origin::Proxy(proxy), &calls, &tried).unwrap();
        assert_eq!(said, [Ok(()), Err(error)]);
    }

    #[tokio::test]
    async fn nothing_wanted_asks_nothing() {
        let (code, world) = (Code::default(), world());
        let now = world.hyperparameters["rho"].as_u64().unwrap();
        let (plan, _) = judged(&code, &world, &[("rho", now.into())]).await;
        assert_eq!(plan.judgement, None);
        assert!(code.asked.lock().unwrap().is_empty());
    }
}
