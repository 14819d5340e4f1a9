//! A small service in memory, with some operations of each kind.
#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "every handler has the same signature"
)]

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use jiff::Timestamp;
use lynkeus_api::{
    Context, Error, Registry,
    scalar::{Epoch, Secret},
    server::{Api, Limits, router, serve},
    sigv4::{Credentials, Key},
    token::Sealer,
    wire::{
        Account, EnableRequest, EnableResponse, Filter, FilterAction, FilterCriteria, Finding,
        FindingStatus, FindingType, ListFiltersRequest, ListFiltersResponse, ListFindingsRequest,
        ListFindingsResponse, ListTagsForResourceRequest, ListTagsForResourceResponse,
        Recommendation, Remediation, Resource, ResourceStatus, ResourceType, Severity, Status,
        calls,
    },
};
use tokio::{net::TcpListener, sync::oneshot};

/// How long a client may take for its headers.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) const ACCOUNT: &str = "123456789012";

/// Keys `GOOD` and, temporary, `TEMP` and `OLD`.
struct Keys;

impl Credentials for Keys {
    fn find(&self, access_key_id: &str) -> Result<Option<Key>, Error> {
        let key = |token: Option<&str>, expires: Option<&str>| Key {
            account: ACCOUNT.to_owned(),
            principal: format!("arn:aws:iam::{ACCOUNT}:user/tester"),
            is_reader: false,
            secret: Secret::from("SECRET".to_owned()),
            session_token: token.map(|token| Secret::from(token.to_owned())),
            expires: expires.map(|expires| expires.parse().unwrap()),
        };
        Ok(match access_key_id {
            "GOOD" => Some(key(None, None)),
            "TEMP" => Some(key(Some("TOKEN"), None)),
            "OLD" => Some(key(Some("TOKEN"), Some("2020-01-01T00:00:00Z"))),
            _ => None,
        })
    }
}

/// Names of the filters.
type State = Vec<&'static str>;

fn moment() -> Epoch {
    Epoch("2026-01-02T03:04:05.678Z".parse().unwrap())
}

fn list_findings(
    context: &Context<'_, State>,
    _: ListFindingsRequest,
) -> Result<ListFindingsResponse, Error> {
    let resource = Resource {
        r#type: ResourceType::AwsEc2Instance,
        id: "i-0123456789abcdef0".to_owned(),
        partition: Some("aws".to_owned()),
        region: Some(context.caller.region.clone()),
        tags: Some(BTreeMap::from([("team".to_owned(), "blue".to_owned())])),
        details: None,
        provider: None,
        provider_account_id: None,
        provider_org_id: None,
    };
    let finding = Finding {
        finding_arn: context.arn("finding/0123456789abcdef0123456789abcdef"),
        aws_account_id: context.caller.account.clone(),
        r#type: FindingType::PackageVulnerability,
        description: "A description.".to_owned(),
        title: Some("CVE-2024-0001 - openssl".to_owned()),
        remediation: Remediation {
            recommendation: Some(Recommendation {
                text: Some("None Provided".to_owned()),
                url: Some("https://example.org/".to_owned()),
            }),
        },
        severity: Severity::High,
        first_observed_at: moment(),
        last_observed_at: moment(),
        updated_at: None,
        status: FindingStatus::Active,
        resources: vec![resource],
        inspector_score: Some(7.5),
        inspector_score_details: None,
        network_reachability_details: None,
        package_vulnerability_details: None,
        fix_available: None,
        exploit_available: None,
        exploitability_details: None,
        code_vulnerability_details: None,
        epss: None,
    };
    Ok(ListFindingsResponse {
        findings: Some(vec![finding]),
        next_token: None,
    })
}

fn list_filters(
    context: &Context<'_, State>,
    input: ListFiltersRequest,
) -> Result<ListFiltersResponse, Error> {
    let start: usize = context.open(input.next_token.as_deref())?.unwrap_or(0);
    let count = usize::try_from(input.max_results.unwrap_or(100)).unwrap();
    let filter = |name: &&str| Filter {
        arn: context.arn(&format!("owner/{ACCOUNT}/filter/0123456789abcdef")),
        owner_id: ACCOUNT.to_owned(),
        name: (*name).to_owned(),
        criteria: FilterCriteria::default(),
        action: FilterAction::Suppress,
        created_at: moment(),
        updated_at: moment(),
        description: None,
        reason: None,
        tags: None,
    };
    let filters: Vec<Filter> = context
        .state
        .iter()
        .skip(start)
        .take(count)
        .map(filter)
        .collect();
    let end = start + filters.len();
    let more = end < context.state.len();
    Ok(ListFiltersResponse {
        filters,
        next_token: more.then(|| context.seal(&end)).transpose()?,
    })
}

fn list_tags(
    _: &Context<'_, State>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Error> {
    if !input.resource_arn.contains("/filter/") {
        return Err(Error::NotFound(format!(
            "{} does not exist",
            input.resource_arn
        )));
    }
    Ok(ListTagsForResourceResponse {
        tags: Some(BTreeMap::from([("arn".to_owned(), input.resource_arn)])),
    })
}

fn enable(context: &Context<'_, State>, input: EnableRequest) -> Result<EnableResponse, Error> {
    assert!(input.client_token.as_deref() != Some("panic"), "planted");
    let account = Account {
        account_id: context.caller.account.clone(),
        status: Status::Enabled,
        resource_status: ResourceStatus {
            ami: None,
            ec2: Status::Enabled,
            ecr: Status::Disabled,
            lambda: None,
            lambda_code: None,
            code_repository: None,
        },
    };
    Ok(EnableResponse {
        accounts: vec![account],
        failed_accounts: Some(Vec::new()),
    })
}

/// Runs the service while `client` talks to it.
pub(crate) fn with_service<T>(client: impl FnOnce(SocketAddr) -> T) -> T {
    let registry = Registry::new()
        .on(calls::ListFindings, list_findings)
        .on(calls::ListFilters, list_filters)
        .on(calls::ListTagsForResource, list_tags)
        .on(calls::Enable, enable);
    let service = Api {
        state: vec!["one", "two", "three"],
        registry,
        extensions: Vec::new(),
        credentials: Box::new(Keys),
        sealer: Sealer::new(vec![7; 32]),
        limits: Limits::default(),
        now: Box::new(Timestamp::now),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = async {
        let _ended = stopped.await;
    };
    let serving = runtime.spawn(serve(listener, router(service), PATIENCE, ended));
    let result = client(address);
    stop.send(()).unwrap();
    runtime.block_on(serving).unwrap().unwrap();
    result
}
