//! A plan before the chain's own code: it is run here, and decides what can go.

use std::collections::BTreeMap;

use subtune_model::error::Result;
use subtune_model::origin::{Multisig, Origin};
use subtune_model::plan::{Call, Item, Plan, Status};
use subtune_model::ports::{ChainError, Simulate};
use subtune_model::simulation::{Judgement, Ran, Simulation, Trial, Tried, Verdict};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::inside::{Came, came};

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

struct Court<'a, C> {
    chain: &'a C,
    snapshot: &'a Snapshot,
    signer: &'a str,
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
            hear(&mut terms.verdicts, call, said);
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
            if fixed || calls.iter().all(Result::is_ok) {
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
        let tried = simulation.tried.first().filter(|_| !now.calls.is_empty());
        now.judgement = match tried {
            None => None,
            Some(tried) => {
                let calls = outcome(&terms.origin, &now.calls, tried)?;
                let refused = tried.result.clone().err();
                Some(Judgement::Ran(Ran {
                    spec_version: simulation.spec_version,
                    code_hash: simulation.code_hash,
                    block: terms.block(self.snapshot),
                    refused,
                    waits: waits(&terms.origin),
                    calls,
                    fee_rao: tried.fee_rao,
                    effects: tried.effects.clone(),
                    requests,
                    bytes,
                }))
            }
        };
        now.fee_rao = plan.fee_rao;
        now.findings.extend(kept);
        Ok((now, terms))
    }

    /// The plan once more, by these terms.
    fn planned(&self, plan: &Plan, terms: &Terms) -> Plan {
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
        if calls.is_empty() {
            return None;
        }
        let (origin, signer) = match &terms.origin {
            Origin::Multisig(Multisig { account, proxy, .. }) if waits(&terms.origin) => {
                let inner = proxy.clone().map_or(Origin::Direct, Origin::Proxy);
                (inner, account.as_str())
            }
            origin => (origin.clone(), self.signer),
        };
        Some(Trial {
            calls: calls.to_vec(),
            origin,
            signer: signer.to_owned(),
            block: terms.block(self.snapshot),
        })
    }

    async fn run(&self, trials: &[Trial]) -> Result<Simulation> {
        self.chain.simulate(self.snapshot.netuid, &self.snapshot.block.hash, trials).await
    }
}

/// Whether a multisig does not run the calls with this approval.
const fn waits(origin: &Origin) -> bool {
    matches!(origin, Origin::Multisig(multisig) if !multisig.runs())
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
fn outcome(origin: &Origin, calls: &[Call], tried: &Tried) -> Result<Vec<Result<(), ChainError>>> {
    let inner;
    let origin = match origin {
        Origin::Multisig(multisig) if !multisig.runs() => {
            inner = multisig.proxy.clone().map_or(Origin::Direct, Origin::Proxy);
            &inner
        }
        origin => origin,
    };
    Ok(match came(origin, calls, tried.result.clone(), tried.inside.clone())? {
        Came::Through | Came::Waits => calls.iter().map(|_| Ok(())).collect(),
        Came::Refused(error) => calls.iter().map(|_| Err(error.clone())).collect(),
        Came::Apart(refused) => calls
            .iter()
            .map(|call| match refused.iter().find(|one| one.names == call.sets) {
                None => Ok(()),
                Some(one) => Err(ChainError::named(one.error.clone())),
            })
            .collect(),
    })
}
