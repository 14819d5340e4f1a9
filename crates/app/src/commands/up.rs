//! `lynkeus up`: the store, the workers, the API and the dashboard in one process.

use std::{
    io::{self, ErrorKind, Write as _},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use api::{
    extensions, inspector2,
    keys::StoredKeys,
    server::{self, Api, Limits},
    state::State,
    token::Sealer,
};
use axum::{
    Router,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
use dashboard::{Dashboard, Settings};
use store::{
    Scope, accounts,
    keys::{self, MasterKey, Role},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    cli::Cli,
    cli_up::Up,
    clock, config,
    configuration::Configuration,
    master,
    service::{answers::Answers, metrics, pages::Pages, places::Place, worker::Service},
};

/// How long clients have for their headers, and requests to end when the service stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often notes of the service are written to the log.
const NOTES: Duration = Duration::from_secs(1);

/// Runs the service until it is told to stop.
pub(crate) fn run(cli: &Cli, arguments: &Up) -> Result<bool> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
    let configuration = Configuration::read(cli, arguments)?;
    let data_dir = configuration.data_dir.as_path();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the threads of the server")?;
    let listener = runtime.block_on(listen(configuration.listen))?;
    let bound = listener.local_addr().context("read the address")?;
    if clock::is_moved() {
        ensure!(
            bound.ip().is_loopback(),
            "a moved clock is for tests on this machine alone"
        );
        tracing::warn!("the clock is moved by LYNKEUS_TEST_CLOCK: this is a test");
    }
    let master = master::open(data_dir).with_context(|| config::unusable(data_dir))?;
    let scope = Scope::new(&configuration.account, &configuration.region);
    let place = Place::open(&configuration.exports, data_dir)?;
    let service = Arc::new(Service::open(&configuration)?.exporting_to(place));
    first_start(&service, data_dir, &master, &scope)?;
    let dashboard = Arc::new(pages(&service, &master, &scope));
    let key = first_admin(&service, &scope)?;
    let invitation = key.map(|key| dashboard.invite(&key));
    let updating = Arc::clone(&service);
    // Nobody waits for an update when the service ends: what it fetched is used by the next.
    thread::spawn(move || updating.update_advisories());
    thread::scope(|threads| {
        threads.spawn(|| service.watch());
        for _ in 0..configuration.workers {
            threads.spawn(|| service.work());
        }
        let served = announce(bound, data_dir, &scope, invitation.as_deref())
            .and_then(|()| runtime.block_on(serve(&service, listener, &master, dashboard)));
        service.stop();
        served
    })?;
    Ok(true)
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let taken = error.kind() == ErrorKind::AddrInUse;
        let context = if taken {
            format!(
                "another program listens at {address}: end it, or choose a free port with \
                 --listen 127.0.0.1:0"
            )
        } else {
            format!("listen at {address}")
        };
        anyhow::Error::new(error).context(context)
    })
}

/// Switches scans on and creates an access key where nothing was ever done.
fn first_start(
    service: &Service,
    data_dir: &Path,
    master: &MasterKey,
    scope: &Scope,
) -> Result<()> {
    let now = clock::milliseconds();
    service.engine.write(|tx| {
        if accounts::scan_states(tx, scope)?.is_empty() {
            for kind in ["EC2", "ECR"] {
                accounts::set_scan(tx, scope, kind, true, now)?;
            }
        }
        Ok(())
    })?;
    let path = config::credentials(data_dir);
    if path.exists() {
        return Ok(());
    }
    // A process that died here may have left a key without its file: it is written before the key
    // is committed, under another name, and gets its own afterwards.
    let draft = path.with_extension("new");
    let known = service
        .engine
        .read(|tx| keys::list(tx, Some(&scope.account)))?;
    if !known.is_empty() {
        let text = std::fs::read_to_string(&draft).unwrap_or_default();
        if known.iter().any(|key| text.contains(&key.id)) {
            std::fs::rename(&draft, &path).context("keep the first access key")?;
        }
        return Ok(());
    }
    let mut written = Ok(());
    let created = service.engine.write(|tx| {
        if !keys::list(tx, Some(&scope.account))?.is_empty() {
            return Ok(false);
        }
        let key = keys::create(tx, master, &scope.account, Role::Admin, now)?;
        let text = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.id, key.secret
        );
        written = replace(&draft, &text);
        Ok(true)
    })?;
    written.with_context(|| format!("write {}", draft.display()))?;
    if !created {
        return Ok(());
    }
    match std::fs::rename(&draft, &path) {
        // Another process that starts on the same data directory did it.
        Err(error) if error.kind() == ErrorKind::NotFound && path.exists() => Ok(()),
        renamed => renamed.with_context(|| format!("write {}", path.display())),
    }
}

/// Writes a secret where a dead process may have left one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    master::write_secret(path, text)
}

/// The dashboard of the service.
fn pages(service: &Arc<Service>, master: &MasterKey, scope: &Scope) -> Dashboard {
    Dashboard::new(Settings {
        engine: Arc::clone(&service.engine),
        credentials: Box::new(StoredKeys::new(Arc::clone(&service.engine), master.clone())),
        sealer: Sealer::new(master.derive("dashboard")),
        service: Box::new(Pages(Arc::clone(service))),
        region: scope.region.clone(),
        now: Box::new(clock::exact),
    })
}

/// The id of the account's oldest key that may do everything.
fn first_admin(service: &Service, scope: &Scope) -> Result<Option<String>> {
    let known = service
        .engine
        .read(|tx| keys::list(tx, Some(&scope.account)))?;
    let good = |key: &&keys::AccessKey| key.role == Role::Admin && key.disabled_at.is_none();
    Ok(known.iter().find(good).map(|key| key.id.clone()))
}

/// Says where the service is and how to ask it.
fn announce(
    bound: SocketAddr,
    data_dir: &Path,
    scope: &Scope,
    invitation: Option<&str>,
) -> Result<()> {
    let credentials = config::credentials(data_dir);
    let mut text = format!(
        "Lynkeus listens at http://{bound}\naccount {}, Region {}\n",
        scope.account, scope.region
    );
    let mut line = |more: &str| {
        text.push_str(more);
        text.push('\n');
    };
    if let Some(token) = invitation {
        line(&format!(
            "dashboard: http://{bound}/sign-in?token={token} (for 15 minutes, once)"
        ));
    }
    if credentials.exists() {
        line(&format!("access key: {}", credentials.display()));
        line(&format!(
            "try: AWS_SHARED_CREDENTIALS_FILE={} aws inspector2 list-findings --endpoint-url \
             http://{bound} --region {}",
            credentials.display(),
            scope.region
        ));
    } else {
        line("access key: create one with `lynkeus key create`");
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("write to standard output")
}

async fn serve(
    service: &Arc<Service>,
    listener: TcpListener,
    master: &MasterKey,
    dashboard: Arc<Dashboard>,
) -> Result<()> {
    let api = Api {
        state: State {
            engine: Arc::clone(&service.engine),
            advisories: Box::new(Answers(Arc::clone(service))),
            networks: Box::new(Answers(Arc::clone(service))),
        },
        registry: inspector2::handlers(),
        extensions: extensions::routes(),
        credentials: Box::new(StoredKeys::new(Arc::clone(&service.engine), master.clone())),
        sealer: Sealer::new(master.derive("page tokens")),
        limits: Limits::default(),
        now: Box::new(clock::exact),
    };
    let measured = Arc::clone(service);
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route(
            extensions::OPENAPI_PATH,
            get(|| async { ([(CONTENT_TYPE, "application/json")], extensions::OPENAPI) }),
        )
        .route(
            "/metrics",
            get(move || {
                let service = Arc::clone(&measured);
                async move {
                    let measured = tokio::task::spawn_blocking(move || metrics::expose(&service));
                    match measured.await {
                        Ok(Ok(text)) => (StatusCode::OK, text),
                        Ok(Err(error)) => {
                            tracing::error!(error = format!("{error:#}"), "measure");
                            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
                        }
                        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
                    }
                }
            }),
        )
        .merge(dashboard::router(dashboard))
        .merge(server::router(api));
    let mut interrupt = signal(SignalKind::interrupt()).context("wait for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("wait for SIGTERM")?;
    let noting = Arc::clone(service);
    let notes = tokio::spawn(async move {
        loop {
            for note in noting.take_notes() {
                tracing::warn!(note, "the service met trouble");
            }
            tokio::time::sleep(NOTES).await;
        }
    });
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    };
    let served = server::serve(listener, router, PATIENCE, stop).await;
    notes.abort();
    served.context("serve")
}
