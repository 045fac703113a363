//! The exporter's HTTP server: one page, read alone, of bounded size and number.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use subtune_model::error::{Error, Result};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use super::measure::Exporter;

/// Connections at a time; more of them wait.
const CONNECTIONS: usize = 32;
/// Longest time for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// Most bytes of the head of a request.
const BYTES: usize = 16 * 1024;
/// How much earlier than Prometheus gives up an answer comes.
const EARLY: Duration = Duration::from_millis(500);
/// The header in which Prometheus says how long it waits, in seconds.
const PATIENCE: &str = "x-prometheus-scrape-timeout-seconds";
/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const PAGE: &str = "subtune exporter: see /metrics\n";

/// Listens there.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::other(format!("{address} cannot be listened on"))
            .hint("choose another address with --listen; -v shows the cause")
            .because(error)
    })
}

/// Where it listens.
pub(super) fn address(listener: &TcpListener) -> Result<SocketAddr> {
    let address = listener.local_addr();
    address.map_err(|error| Error::other("the address is not known").because(error))
}

/// Answers until the process is stopped.
pub(super) async fn serve(listener: TcpListener, exporter: Exporter, longest: Duration) {
    let exporter = Rc::new(exporter);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let all = LocalSet::new();
    all.run_until(async move {
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                // Too many open files, or a connection that was gone: it passes.
                Err(_) => {
                    tokio::time::sleep(EARLY).await;
                    continue;
                }
            };
            let exporter = Rc::clone(&exporter);
            tokio::task::spawn_local(async move {
                let answer = service_fn(|request| {
                    let exporter = Rc::clone(&exporter);
                    async move { Ok::<_, Infallible>(answer(&exporter, &request, longest).await) }
                });
                // Whoever breaks off has what is there.
                let _broken = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD)
                    .max_buf_size(BYTES)
                    .serve_connection(TokioIo::new(stream), answer)
                    .await;
                drop(place);
            });
        }
    })
    .await;
}

async fn answer(
    exporter: &Exporter,
    request: &Request<Incoming>,
    longest: Duration,
) -> Response<String> {
    let plain = |status: StatusCode, text: &str| {
        let mut answer = Response::new(text.to_owned());
        *answer.status_mut() = status;
        answer.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(TEXT));
        answer
    };
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        answer.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    match request.uri().path() {
        "/metrics" => plain(StatusCode::OK, &exporter.scrape(patience(request, longest)).await),
        "/" => plain(StatusCode::OK, PAGE),
        _ => plain(StatusCode::NOT_FOUND, PAGE),
    }
}

/// How long there is to read a block.
fn patience(request: &Request<Incoming>, longest: Duration) -> Duration {
    let header = request.headers().get(PATIENCE).and_then(|value| value.to_str().ok());
    // Whole seconds and tenths; what is none is not heeded.
    let millis = header.and_then(|text| {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let (whole, tenths) = (whole.parse::<u64>().ok()?, part.get(..1)?.parse::<u64>().ok()?);
        Some(whole.saturating_mul(1_000).saturating_add(tenths.saturating_mul(100)))
    });
    let asked = millis.map(Duration::from_millis).filter(|asked| *asked > EARLY);
    asked.map_or(longest, |asked| asked.saturating_sub(EARLY).min(longest))
}
