//! A browser without a network: requests to the router, cookies kept.

use std::{collections::BTreeMap, net::IpAddr};

use api::server::Peer;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    pub(crate) from: IpAddr,
    runtime: tokio::runtime::Runtime,
}

/// An answer.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Shown {
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or("", |line| line.to_str().unwrap())
    }

    /// What stands between two texts, the first time.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self
            .text
            .split_once(before)
            .unwrap_or_else(|| panic!("no {before} in {}", self.text));
        rest.split_once(after).unwrap().0
    }

    /// The hidden token of the last form.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.text.rsplit_once("name=\"form\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Ids of the findings that the page links to, in order.
    pub(crate) fn findings(&self) -> Vec<String> {
        let links = self.text.split("href=\"/finding/").skip(1);
        let mut ids: Vec<String> = links
            .map(|rest| rest.split_once('"').unwrap().0.to_owned())
            .collect();
        ids.dedup();
        ids
    }
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            from: "192.0.2.1".parse().unwrap(),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .build()
                .unwrap(),
        }
    }

    pub(crate) fn get(&mut self, address: &str) -> Shown {
        self.ask(Request::get(address), String::new())
    }

    pub(crate) fn post(&mut self, address: &str, form: &[(&str, &str)]) -> Shown {
        self.ask(Request::post(address), body(form))
    }

    /// What the script of the form asks for.
    pub(crate) fn part(&mut self, address: &str, form: &[(&str, &str)]) -> Shown {
        let request = Request::post(address).header("x-lynkeus-part", "1");
        self.ask(request, body(form))
    }

    /// Sends a form with a file in its field `document`.
    pub(crate) fn upload(&mut self, address: &str, token: &str, file: (&str, &str)) -> Shown {
        let (name, content) = file;
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{token}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n\r\n\
             {content}\r\n--b--\r\n"
        );
        let request = Request::post(address);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.ask(request, body)
    }

    fn ask(&mut self, request: axum::http::request::Builder, body: String) -> Shown {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .extension(Peer(self.from))
            .body(Body::from(body))
            .unwrap();
        let service = TowerToHyperService::new(self.router.clone());
        let (parts, text) = self.runtime.block_on(async {
            let response = service.call(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, 10 << 20).await.unwrap();
            (parts, String::from_utf8(bytes.to_vec()).unwrap())
        });
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            assert!(line.contains("; HttpOnly; SameSite=Strict"), "{line}");
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split_once(';').unwrap().0;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Shown {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    pub(crate) fn cookie(&mut self, name: &str) -> &mut String {
        self.cookies.get_mut(name).unwrap()
    }

    /// Fills in the sign-in form.
    pub(crate) fn sign_in(&mut self, key: &str, secret: &str) -> Shown {
        let token = self.get("/sign-in").token();
        let form = [("form", token.as_str()), ("key", key), ("secret", secret)];
        self.post("/sign-in", &form)
    }

    /// A token for forms of the session.
    pub(crate) fn token(&mut self) -> String {
        self.get("/rules").token()
    }
}

fn body(form: &[(&str, &str)]) -> String {
    let pairs = form.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}
