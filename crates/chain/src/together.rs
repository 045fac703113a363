//! Many subnets at one block: what they ask for at the same time goes in one request.
//!
//! Each subnet is read by the code that reads one alone. While several are read, what they read of the
//! storage is put together, and what they ask of runtime APIs goes side by side: a round. The next round
//! begins when all of them have their answers and want more, so that their number is that of one subnet.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::snapshot::Snapshot;
use tokio::sync::oneshot;

use super::rpc::Failure;
use super::snapshot::{Api, Reported};
use super::storage::Answers;
use super::{At, Chain, Depth};

/// Storage keys of one request: those of about ten subnets, some 200 KiB.
const KEYS: usize = 2_000;
/// Runtime calls that one node is asked for at a time.
const CALLS: usize = 32;

tokio::task_local! {
    /// Where what is asked for now is put together.
    static ROUND: Arc<Round>;
}

/// Keys at a block, and who waits for them.
struct Read {
    keys: BTreeSet<String>,
    hash: Hash32,
    answer: oneshot::Sender<Result<Answers, Refusal>>,
}

/// A call of a runtime API, and who waits for it.
struct Call {
    api: String,
    args: Vec<u8>,
    hash: Hash32,
    answer: oneshot::Sender<Result<Vec<u8>, Failure>>,
}

/// What is asked for in one round.
#[derive(Default)]
struct Round {
    reads: Mutex<Vec<Read>>,
    calls: Mutex<Vec<Call>>,
}

/// A failure that several have to be told of.
#[derive(Clone)]
struct Refusal {
    kind: subtune_model::error::Kind,
    what: String,
    hint: Option<String>,
}

impl Refusal {
    fn of(error: &Error) -> Self {
        let Error { kind, what, hint, source: _ } = error;
        Self { kind: *kind, what: what.clone(), hint: hint.clone() }
    }

    fn error(self) -> Error {
        let Self { kind, what, hint } = self;
        Error { hint, ..Error::new(kind, what) }
    }
}

/// Nobody answers: whoever was to do so is gone.
fn gone() -> Error {
    Error::other("the read was broken off")
}

/// Reads in the round that is under way; `Err` gives the keys back where there is none.
pub(super) async fn read(
    keys: BTreeSet<String>,
    hash: &Hash32,
) -> Result<Result<Answers>, BTreeSet<String>> {
    let Ok(round) = ROUND.try_with(Arc::clone) else { return Err(keys) };
    let (answer, answered) = oneshot::channel();
    round.reads.lock().unwrap_or_else(PoisonError::into_inner).push(Read {
        keys,
        hash: *hash,
        answer,
    });
    Ok(match answered.await {
        Ok(answers) => answers.map_err(Refusal::error),
        Err(_) => Err(gone()),
    })
}

/// Calls a runtime API in the round that is under way; `None` where there is none.
pub(super) async fn call(
    api: &str,
    args: &[u8],
    hash: &Hash32,
) -> Option<Result<Vec<u8>, Failure>> {
    let round = ROUND.try_with(Arc::clone).ok()?;
    let (answer, answered) = oneshot::channel();
    round.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call {
        api: api.to_owned(),
        args: args.to_vec(),
        hash: *hash,
        answer,
    });
    Some(answered.await.unwrap_or_else(|_| Err(Failure::Odd(gone()))))
}

impl Chain {
    /// Reads several subnets at one block, in as many round trips as one takes. What went wrong with one
    /// of them is told for that one.
    ///
    /// # Errors
    /// When the block cannot be read at all.
    pub async fn snapshots(
        &self,
        netuids: &[u16],
        at: &At,
        depth: Depth,
    ) -> Result<Vec<Result<Snapshot>>> {
        let at = self.at(at).await?;
        let at = &at;
        // Which names the API has is the same for all of them: the first one is asked.
        let read = |(index, netuid): (usize, &u16)| {
            let (netuid, api) = (*netuid, if index == 0 { Api::Asked } else { Api::LeftOut });
            async move { self.snapshot_at(netuid, at, depth, api).await }
        };
        let mut found = self.rounds(netuids.iter().enumerate().map(read)).await;
        let news = match found.first() {
            Some(Ok((_, reported))) => !reported.is_empty(),
            Some(Err(_)) => true,
            None => false,
        };
        if news {
            let ask = |netuid: &u16| {
                let netuid = *netuid;
                async move { self.reported(netuid, at).await }
            };
            let reported = self.rounds(netuids.iter().skip(1).map(ask)).await;
            for (one, more) in found.iter_mut().skip(1).zip(reported) {
                match (&mut *one, more) {
                    (Ok((snapshot, _)), Ok(more)) => more.beside(snapshot),
                    (one @ Ok(_), Err(error)) => *one = Err(error),
                    (Err(_), _) => {}
                }
            }
        }
        Ok(found.into_iter().map(|found| found.map(|(snapshot, _)| snapshot)).collect())
    }

    /// Runs these side by side, and answers in rounds what they ask for.
    async fn rounds<T>(&self, members: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
        let round = Arc::new(Round::default());
        let member =
            |(index, member)| ROUND.scope(Arc::clone(&round), async move { (index, member.await) });
        let mut members: FuturesUnordered<_> = members.enumerate().map(member).collect();
        let mut done = Vec::with_capacity(members.len());
        let mut under_way: Option<BoxFuture<'_, ()>> = None;
        std::future::poll_fn(|context| {
            loop {
                loop {
                    match members.poll_next_unpin(context) {
                        Poll::Ready(Some(one)) => done.push(one),
                        Poll::Ready(None) => return Poll::Ready(()),
                        Poll::Pending => break,
                    }
                }
                if under_way.is_none() {
                    under_way = self.answers(&round);
                }
                match under_way.as_mut().map(|answers| answers.poll_unpin(context)) {
                    Some(Poll::Ready(())) => under_way = None,
                    // Nothing of ours is under way: they wait for something else.
                    Some(Poll::Pending) | None => return Poll::Pending,
                }
            }
        })
        .await;
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, one)| one).collect()
    }

    /// What answers all that is asked for now; nothing when nothing is.
    fn answers(&self, round: &Round) -> Option<BoxFuture<'_, ()>> {
        let take = |reads: &Mutex<Vec<Read>>| {
            std::mem::take(&mut *reads.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let reads = take(&round.reads);
        let calls =
            std::mem::take(&mut *round.calls.lock().unwrap_or_else(PoisonError::into_inner));
        if reads.is_empty() && calls.is_empty() {
            return None;
        }
        Some(async { _ = tokio::join!(self.answer_reads(reads), self.answer_calls(calls)) }.boxed())
    }

    async fn answer_calls(&self, calls: Vec<Call>) {
        let (mut calls, mut under_way) = (calls.into_iter(), FuturesUnordered::new());
        loop {
            for call in calls.by_ref().take(CALLS.saturating_sub(under_way.len())) {
                under_way.push(self.answer_call(call));
            }
            if under_way.next().await.is_none() {
                return;
            }
        }
    }

    async fn answer_call(&self, call: Call) {
        let Call { api, args, hash, answer } = call;
        // Who has gone away wants no answer.
        let _gone = answer.send(self.call(&api, &args, &hash).await);
    }

    /// Reads all keys of a block together, and gives each what it asked for.
    async fn answer_reads(&self, mut reads: Vec<Read>) {
        while let Some(hash) = reads.first().map(|read| read.hash) {
            let (now, later) = reads.into_iter().partition(|read: &Read| read.hash == hash);
            reads = later;
            let keys: BTreeSet<&String> = now.iter().flat_map(|read| &read.keys).collect();
            let keys: Vec<String> = keys.into_iter().cloned().collect();
            let parts =
                keys.chunks(KEYS).map(|part| self.read(part.iter().cloned().collect(), &hash));
            let mut all = Ok(Answers::none());
            for part in join_all(parts).await {
                match (&mut all, part) {
                    (Ok(all), Ok(part)) => all.extend(part),
                    (Ok(_), Err(error)) => all = Err(Refusal::of(&error)),
                    (Err(_), _) => {}
                }
            }
            for Read { keys, answer, .. } in now {
                let _gone =
                    answer.send(all.as_ref().map(|all| all.only(&keys)).map_err(Clone::clone));
            }
        }
    }
}

/// What an API reported of one subnet goes beside what was read.
impl Reported {
    fn beside(self, snapshot: &mut Snapshot) {
        let Self { unknown, unreadable } = self;
        for (name, value) in unknown {
            snapshot.unknown.entry(name).or_insert(value);
        }
        for (name, why) in unreadable {
            snapshot.unreadable.entry(name).or_insert(why);
        }
    }
}
